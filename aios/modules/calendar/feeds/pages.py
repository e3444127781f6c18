"""Settings, Calendar: calendars from elsewhere, and the private address by which one's own is followed elsewhere.

It holds secrets and asks the server for each thing, so no device keeps it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from aios.accounts.forwarded import hosts, over_https
from aios.accounts.identity import Identity, require
from aios.errors import InvalidError, NotFoundError
from aios.modules.calendar.feeds import store
from aios.modules.calendar.feeds.job import remove
from aios.modules.calendar.ics.routes import CALENDAR, FOLLOWED, KEY
from aios.port import private
from aios.records.clock import from_wire, to_wire
from aios.records.ids import is_id
from aios.records.text import normalise, trim
from aios.web import when

if TYPE_CHECKING:
    from aios.accounts.identity import Identity
    from aios.records.query import Query

AnyRequest = Request[Any, Any, Any]
PATH = "/settings/calendar"
TEMPLATE = "calendar/served/elsewhere.html"
NOTHING = "You do not follow this calendar."


@get(PATH, include_in_schema=False)
async def page(request: AnyRequest) -> Response[bytes]:
    """Show what is followed, and whether there is an address."""
    return await _show(request, require(request))


@post(f"{PATH}/feeds", include_in_schema=False)
async def follow(request: AnyRequest) -> Response[bytes]:
    """Follow a calendar; refused, the page again with what was typed."""
    identity = require(request)
    form = await _form(request)
    url, name = trim(form.get("url", "")), trim(form.get("name", ""))
    zone = unquote(request.cookies.get("zone", ""))
    try:
        address = store.normal(url)
        await store.follow(
            request.app.state.database, identity.account_id, address, name, zone if when.is_zone(zone) else ""
        )
    except InvalidError as error:
        errors = {each.field: each.message for each in error.errors}
        return await _show(request, identity, {"url": url, "name": name, "errors": errors}, 422)
    return _go(PATH)


@post(f"{PATH}/feeds/{{feed_id:str}}", include_in_schema=False)
async def change(request: AnyRequest, feed_id: FromPath[str]) -> Response[bytes]:
    """Look at a calendar now (PUT), or follow it no longer (DELETE)."""
    identity = require(request)
    state = request.app.state
    feed = await store.find(state.database, feed_id) if is_id(feed_id) else None
    if feed is None or feed.account_id != identity.account_id:
        raise NotFoundError(NOTHING)
    method = (await _form(request)).get("_method", "").upper()
    if method == "DELETE":
        await remove(state.database, state.writes, feed)
        return _go(f"{PATH}?{urlencode({'removed': feed.url})}")
    if method != "PUT":
        raise NotFoundError(NOTHING)
    await store.read_again(state.database, feed)
    return _go(PATH)


@post(f"{PATH}/address", include_in_schema=False)
async def address(request: AnyRequest) -> Response[bytes]:
    """Make a private address and show it, this once; or revoke the one that there is (DELETE)."""
    identity = require(request)
    database = request.app.state.database
    if (await _form(request)).get("_method", "").upper() == "DELETE":
        await private.revoke(database, identity.account_id, CALENDAR)
        return _go(PATH)
    token = await private.make(database, identity.account_id, CALENDAR)
    plain = f"{_here(request)}{FOLLOWED}?{KEY}={token}"
    answer = await _show(request, identity, {"address": plain, "webcal": f"webcal://{plain.partition('://')[2]}"})
    answer.headers["Cache-Control"] = "no-store"
    return answer


feed_routes: list[HTTPRouteHandler] = [page, follow, change, address]


async def _show(
    request: AnyRequest, identity: Identity, more: dict[str, Any] | None = None, status: int = 200
) -> Response[bytes]:
    state = request.app.state
    query = await state.pages.query(request, identity)
    known = await private.known(state.database, identity.account_id, CALENDAR)
    context: dict[str, Any] = {
        "title": "Calendar elsewhere",
        "feeds": [_row(feed, query) for feed in await store.feeds(state.database, identity.account_id)],
        "made": "" if known is None else _when(known.created_at, query),
        "used": _when(known.used_at, query) if known is not None and known.used_at is not None else "",
        "removed": _removed(request),
        "url": "",
        "name": "",
        "address": "",
        "webcal": "",
        **(more or {}),
    }
    answer: Response[bytes] = await state.pages.render(request, TEMPLATE, context, status)
    return answer


def _row(feed: store.Feed, query: Query) -> dict[str, Any]:
    state = feed.state
    waiting = feed.next_at <= from_wire(query.now)
    number = f"{state.events:,} event{'' if state.events == 1 else 's'}"
    return {
        "id": feed.id,
        "path": f"{PATH}/feeds/{feed.id}",
        "name": feed.name or feed.url.partition("://")[2].partition("/")[0],
        "url": feed.url,
        "state": "Waiting" if waiting else "Not reached" if state.problem else number,
        "tone": "" if waiting else "bad" if state.problem else "good",
        "when": _when(feed.checked_at, query) if feed.checked_at is not None else "",
        "problem": state.problem,
        "skipped": state.skipped,
        "more": state.left - len(state.skipped),
    }


def _removed(request: AnyRequest) -> str:
    """The address that was followed until just now, to be followed again."""
    given = normalise(request.query_params.get("removed", ""))
    try:
        return store.normal(given) if given else ""
    except InvalidError:
        return ""


def _when(ms: int, query: Query) -> str:
    return when.moment(to_wire(ms), query.zone, query.now)


def _here(request: AnyRequest) -> str:
    """How this server is called from outside."""
    settings, scope = request.app.state.settings, request.scope
    if settings.public_url:
        return str(settings.public_url)
    scheme = "https" if over_https(scope, settings) else "http"
    return f"{scheme}://{quote(hosts(scope, settings)[0], safe='.:[]-')}"


async def _form(request: AnyRequest) -> dict[str, str]:
    from aios.web.pages import parse_form  # noqa: PLC0415  it imports the modules

    return {name: normalise(values[-1]) for name, values in parse_form(await request.body()).items()}


def _go(location: str) -> Response[bytes]:
    return Response(b"", status_code=303, headers={"Location": location})
