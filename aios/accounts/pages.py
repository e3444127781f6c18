"""Pages of accounts: sign in, sign up, welcome, devices, account. They need the server, so they are no module's.

Each form works without script; what was refused comes back with status 422 and a sentence at each field.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from urllib.parse import parse_qsl, unquote

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from aios.accounts.caller import caller_of
from aios.accounts.cookies import device_cookie, no_session_cookie, session_cookie
from aios.accounts.credentials import for_new_account, for_sign_in
from aios.accounts.forwarded import hosts, over_https
from aios.accounts.identity import Identity, present, require
from aios.accounts.registration import OWNER
from aios.accounts.service import Accounts, Admission
from aios.accounts.store import Synced
from aios.errors import (
    AiosError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyError,
    UnauthenticatedError,
)
from aios.records.clock import now_ms, to_wire
from aios.records.ids import implied_id
from aios.records.mutation import Writer
from aios.records.query import Query, Read
from aios.records.reads import read
from aios.web.when import is_zone, local_day, short_day

AnyRequest = Request[Any, Any, Any]
HOME = "/"
WELCOME = "/welcome"
SIGN_IN = "/sign-in"
DEVICES = "/settings/devices"
_UNITS = ((86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"))
_NO_QUERY = Query(params={}, now="", zone="UTC", new_id="", day="", bounds={}, user="", space="", settings={})


@get(SIGN_IN, include_in_schema=False)
async def sign_in_page(request: AnyRequest) -> Response[bytes]:
    """Show the form; who is signed in goes on."""
    following = safe_path(request.query_params.get("next", ""))
    if present(request) is not None:
        return _go(following)
    return await _gate(request, "accounts/sign_in.html", "Sign in", {"next": following})


@post(SIGN_IN, include_in_schema=False)
async def sign_in(request: AnyRequest) -> Response[bytes]:
    """Begin a session in a cookie, then go where the person wanted to."""
    form = await _form(request)
    following = safe_path(form.get("next", ""))
    try:
        admission = await _accounts(request).sign_in(for_sign_in(form), caller_of(request), "cookie")
    except (InvalidError, UnauthenticatedError, ForbiddenError, TooManyError) as error:
        context = {"next": following, "username": form.get("username", "")}
        return await _gate(request, "accounts/sign_in.html", "Sign in", context, error)
    return _enter(request, admission, following)


@get("/sign-up", include_in_schema=False)
async def sign_up_page(request: AnyRequest) -> Response[bytes]:
    """Show the form; who is signed in goes on."""
    if present(request) is not None:
        return _go(HOME)
    return await _gate(
        request,
        "accounts/sign_up.html",
        "Create an account",
        {"invitation": request.query_params.get("invitation", "")},
    )


@post("/sign-up", include_in_schema=False)
async def sign_up(request: AnyRequest) -> Response[bytes]:
    """Make an account, keep the browser's time zone as a setting, begin a session, and welcome the person."""
    form = await _form(request)
    try:
        invitation = form.get("invitation", "")
        admission = await _accounts(request).register(for_new_account(form), caller_of(request), "cookie", invitation)
    except (InvalidError, ConflictError, ForbiddenError, TooManyError) as error:
        context = {"username": form.get("username", ""), "invitation": form.get("invitation", "")}
        return await _gate(request, "accounts/sign_up.html", "Create an account", context, error)
    zone = form.get("timezone", "")
    if zone and is_zone(zone):
        await _save_settings(request, admission.identity, {"timezone": zone})
    return _enter(request, admission, WELCOME)


@post("/sign-out", include_in_schema=False)
async def sign_out(request: AnyRequest) -> Response[bytes]:
    """End the session for real. Without one there is nothing to end."""
    identity = present(request)
    if identity is not None:
        await _accounts(request).sign_out(identity)
    return _leave(request)


@get(WELCOME, include_in_schema=False)
async def welcome_page(request: AnyRequest) -> Response[bytes]:
    """Let the person choose modules."""
    identity = require(request)
    state = request.app.state
    wanted = Read(collection="settings", id=implied_id(identity.space_id, "settings", "settings"))
    settings: dict[str, Any] = await read(state.database, identity.space_id, wanted, _NO_QUERY) or {}
    chosen: list[str] = settings.get("enabledModules") or []
    modules = [
        {
            "name": module.name,
            "title": module.title,
            "icon": module.icon,
            "summary": module.summary,
            "on": not chosen or module.name in chosen,
        }
        for module in state.registry.listed()
    ]
    return await _show(request, "accounts/welcome.html", {"title": "Welcome", "modules": modules})


@post(WELCOME, include_in_schema=False)
async def welcome(request: AnyRequest) -> Response[bytes]:
    """Keep the chosen modules. All of them, or none, is no choice: modules that come later are on as well."""
    identity = require(request)
    ticked = set((await _values(request)).get("enabledModules", ()))
    names = [module.name for module in request.app.state.registry.listed()]
    chosen = [name for name in names if name in ticked]
    await _save_settings(request, identity, {"enabledModules": [] if len(chosen) == len(names) else chosen})
    return _go(HOME)


@get(DEVICES, include_in_schema=False)
async def devices_page(request: AnyRequest) -> Response[bytes]:
    """List where the person is signed in."""
    identity = require(request)
    now = now_ms()
    synced = await _accounts(request).last_syncs(identity)
    devices = [
        {
            "id": device.id,
            "name": device.name,
            "kind": device.kind,
            "current": device.id == identity.device_id,
            "last_seen": "Now" if device.id == identity.device_id else ago(device.last_seen_at, now),
            **_synced(synced.get(device.id), now),
        }
        for device in await _accounts(request).devices(identity)
    ]
    return await _show(request, "accounts/devices.html", {"title": "Devices", "devices": devices})


@post(DEVICES, include_in_schema=False)
async def revoke_others(request: AnyRequest) -> Response[bytes]:
    """DELETE: sign out everywhere else."""
    identity = require(request)
    _expect(await _form(request), "DELETE")
    await _accounts(request).revoke_others(identity)
    return _go(DEVICES)


@post(DEVICES + "/{device_id:str}", include_in_schema=False)
async def revoke(request: AnyRequest, device_id: FromPath[str]) -> Response[bytes]:
    """DELETE: sign out one device, which may be this one."""
    identity = require(request)
    _expect(await _form(request), "DELETE")
    await _accounts(request).revoke(identity, device_id)
    return _leave(request) if device_id == identity.device_id else _go(DEVICES)


@get("/settings/account", include_in_schema=False)
async def account_page(request: AnyRequest) -> Response[bytes]:
    """Show the account, and the form for another password."""
    return await _account(request, require(request))


@post("/settings/account/password", include_in_schema=False)
async def change_password(request: AnyRequest) -> Response[bytes]:
    """PUT: set another password; the other devices are signed out."""
    identity = require(request)
    form = await _form(request)
    _expect(form, "PUT")
    current, new = form.get("currentPassword", ""), form.get("newPassword", "")
    try:
        await _accounts(request).change_password(identity, current, new)
    except (InvalidError, TooManyError) as error:
        return await _account(request, identity, error)
    return _go("/settings/account?changed=password")


@post("/settings/account/invitations", include_in_schema=False)
async def invite(request: AnyRequest) -> Response[bytes]:
    """Make an invitation, and show its link this once. For owners."""
    identity = require(request)
    token = await _accounts(request).invite(identity)
    settings = request.app.state.settings
    named = hosts(request.scope, settings)
    own = f"{'https' if _secure(request) else 'http'}://{named[-1] if named else ''}"
    return await _account(request, identity, link=f"{settings.public_url or own}/sign-up?invitation={token}")


@get("/settings/account/delete", include_in_schema=False)
async def delete_page(request: AnyRequest) -> Response[bytes]:
    """Ask for the password before everything is removed."""
    require(request)
    return await _show(request, "accounts/delete_account.html", {"title": "Delete account"})


@post("/settings/account", include_in_schema=False)
async def delete_account(request: AnyRequest) -> Response[bytes]:
    """DELETE: remove the account and everything in it."""
    identity = require(request)
    form = await _form(request)
    _expect(form, "DELETE")
    try:
        await _accounts(request).delete_account(identity, form.get("password", ""))
    except (InvalidError, TooManyError) as error:
        return await _show(request, "accounts/delete_account.html", {"title": "Delete account"}, error)
    return _leave(request)


account_pages: list[HTTPRouteHandler] = [
    sign_in_page,
    sign_in,
    sign_up_page,
    sign_up,
    sign_out,
    welcome_page,
    welcome,
    devices_page,
    revoke_others,
    revoke,
    account_page,
    change_password,
    invite,
    delete_page,
    delete_account,
]


def safe_path(text: str) -> str:
    """`text` if it is a path on this server, else Home: a link to sign in must not lead to another site."""
    plain = all("!" <= character <= "~" and character != "\\" for character in text)
    inside = text.startswith("/") and not text.startswith("//")
    return text if plain and inside and not text.startswith((SIGN_IN, "/sign-out", "/api/")) else HOME


def ago(then_ms: int, now_ms: int) -> str:
    """How long ago, in words: `Just now`, `5 minutes ago`, `3 days ago`."""
    for size, unit in _UNITS:
        many = (now_ms - then_ms) // size
        if many > 0:
            return f"{many} {unit}{'s' if many > 1 else ''} ago"
    return "Just now"


def _synced(last: Synced | None, now: int) -> dict[str, str]:
    """What a device's row says of its last sync; nothing where it keeps no copy."""
    if last is None:
        return {"synced": "", "waiting": ""}
    waiting = f"{last.waiting} change{'s wait' if last.waiting > 1 else ' waits'} there" if last.waiting else ""
    return {"synced": f"Last sync {ago(last.at, now).lower()}", "waiting": waiting}


def _accounts(request: AnyRequest) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts


async def _values(request: AnyRequest) -> dict[str, list[str]]:
    """All values of each field of an urlencoded form."""
    text = (await request.body()).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=200)
    except ValueError as error:
        message = "The form could not be read."
        raise InvalidError(message) from error
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


async def _form(request: AnyRequest) -> dict[str, str]:
    """The last value of each field."""
    return {name: values[-1] for name, values in (await _values(request)).items()}


def _expect(form: dict[str, str], method: str) -> None:
    if form.get("_method", "POST").upper() != method:
        message = f"This form is sent with {method}."
        raise NotFoundError(message)


async def _show(
    request: AnyRequest, template: str, context: dict[str, Any], error: AiosError | None = None
) -> Response[bytes]:
    """Render `template`, with what `error` says about each field and the whole form."""
    errors: dict[str, str] = {}
    form_error, status = "", 200
    if error is not None:
        errors = {each.field: each.message for each in getattr(error, "errors", ())}
        if isinstance(error, ConflictError):
            errors = {"username": error.detail}
        form_error = "" if errors else error.detail
        status = error.status if isinstance(error, (TooManyError, ForbiddenError)) else 422
    context = {**context, "errors": errors, "form_error": form_error}
    rendering: Awaitable[Response[bytes]] = request.app.state.pages.render(request, template, context, status)
    response = await rendering
    if error is not None:
        response.headers.update({name: value for name, value in error.headers.items() if name != "WWW-Authenticate"})
    return response


async def _gate(
    request: AnyRequest, template: str, title: str, given: dict[str, Any], error: AiosError | None = None
) -> Response[bytes]:
    """A page outside the shell. The typed name is kept, the password never is."""
    named = hosts(request.scope, request.app.state.settings)
    context = {
        "title": title,
        "values": {"username": given.get("username", "")},
        "next": given.get("next", HOME),
        "invitation": given.get("invitation", ""),
        "closed": request.app.state.settings.registration == "closed",
        "host": named[-1] if named else "",
    }
    return await _show(request, template, context, error)


async def _account(
    request: AnyRequest, identity: Identity, error: AiosError | None = None, link: str = ""
) -> Response[bytes]:
    account = await _accounts(request).account(identity)
    zone = unquote(request.cookies.get("zone", ""))
    created, today = (local_day(to_wire(ms), zone) for ms in (account.created_at, now_ms()))
    context: dict[str, Any] = {
        "title": "Account",
        "username": account.username,
        "created": short_day(created, today),
        "owner": account.role == OWNER,
        "link": link,
    }
    if request.query_params.get("changed") == "password":
        text = "Password changed. Other devices were signed out."
        context["toast"] = {"text": text, "icon": "circle-check", "path": "", "method": "", "label": ""}
    return await _show(request, "accounts/account.html", context, error)


async def _save_settings(request: AnyRequest, identity: Identity, fields: dict[str, Any]) -> None:
    """Set fields of the person's settings, making the record where it is missing."""
    writer = Writer(client=f"form:{identity.device_id}")
    await request.app.state.writes.save_single(identity.space_id, writer, "settings", fields)


def _secure(request: AnyRequest) -> bool:
    settings = request.app.state.settings
    return settings.secure_cookies or over_https(request.scope, settings)


def _go(path: str) -> Response[bytes]:
    return Response(b"", status_code=303, headers={"Location": path})


def _enter(request: AnyRequest, admission: Admission, path: str) -> Response[bytes]:
    response = _go(path)
    secure = _secure(request)
    response.set_cookie(session_cookie(admission.token, secure=secure))
    response.set_cookie(device_cookie(admission.device_token, secure=secure))
    response.headers.update(admission.use.headers() if admission.use else {})
    return response


def _leave(request: AnyRequest) -> Response[bytes]:
    """Forget the session, and what Back would still show. The device's own records are its worker's to remove."""
    response = _go(SIGN_IN)
    response.set_cookie(no_session_cookie(secure=_secure(request)))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
