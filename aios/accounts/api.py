"""The calls of the first backend: register, login, logout, me (docs/domain.md, "Accounts").

They read their bodies themselves, to name every wrong field at once.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.types import ASGIApp

from aios.accounts.caller import caller_of
from aios.accounts.cookies import no_session_cookie
from aios.accounts.credentials import for_new_account, for_sign_in
from aios.accounts.forwarded import over_https
from aios.accounts.identity import require
from aios.accounts.service import Accounts, Admission
from aios.errors import InvalidError
from aios.web.answer import Answer

AnyRequest = Request[Any, Any, Any]


class User(msgspec.Struct, frozen=True):
    """A person on this server."""

    id: str
    username: str


class Session(msgspec.Struct, frozen=True):
    """A session that has begun: the token goes into `Authorization: Bearer`, and holds for 7 days."""

    token: str
    user: User


class Message(msgspec.Struct, frozen=True):
    """A sentence for a person."""

    message: str


@post("/api/auth/register", status_code=201)
async def register(request: AnyRequest) -> Response[Session]:
    """Make an account and begin a session. At most three accounts an hour from one address."""
    body = _object(await request.body())
    credentials, invitation = for_new_account(body), body.get("invitation")
    invitation = invitation if isinstance(invitation, str) else ""
    return _session(await _accounts(request).register(credentials, caller_of(request), "bearer", invitation), 201)


@post("/api/auth/login", status_code=200)
async def login(request: AnyRequest) -> Response[Session]:
    """Begin a session. At most five wrong passwords in 15 minutes, by address and by name."""
    credentials = for_sign_in(_object(await request.body()))
    return _session(await _accounts(request).sign_in(credentials, caller_of(request), "bearer"), 200)


@post("/api/auth/logout", status_code=200)
async def logout(request: AnyRequest) -> Response[Message]:
    """End this session: its token is worth nothing from now on."""
    identity = require(request)
    await _accounts(request).sign_out(identity)
    response = Response(Message("You are signed out."))
    if identity.kind == "cookie":
        settings = request.app.state.settings
        secure = settings.secure_cookies or over_https(request.scope, settings)
        response.set_cookie(no_session_cookie(secure=secure))
    return response


@get("/api/auth/me")
async def me(request: AnyRequest) -> ASGIApp:
    """Answer the signed-in person."""
    identity = require(request)
    return Answer(msgspec.json.encode(User(identity.account_id, identity.username)), {})


auth_handlers = [register, login, logout, me]


def _accounts(request: AnyRequest) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts


def _object(body: bytes) -> dict[str, Any]:
    """The members of a JSON object; of an empty body none, so that each missing field is named. Raises InvalidError."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.ValidationError as error:
        message = "The body must be a JSON object."
        raise InvalidError(message) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if not body:
            return {}
        message = "The body is not valid JSON."
        raise InvalidError(message) from error


def _session(admission: Admission, status: int) -> Response[Session]:
    user = User(admission.identity.account_id, admission.identity.username)
    headers = {"Cache-Control": "no-store", **(admission.use.headers() if admission.use else {})}
    return Response(Session(admission.token, user), status_code=status, headers=headers)
