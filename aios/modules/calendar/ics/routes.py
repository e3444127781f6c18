"""Events as files: one, those of a range, all of them; and the private address that other calendars follow."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from aios.accounts.identity import require
from aios.accounts.limits import admit
from aios.errors import FieldError, InvalidError, NotFoundError
from aios.modules.calendar.ics.kept import Kept
from aios.modules.calendar.ics.stored import all_events, one_event, version
from aios.port.filenames import safe_name
from aios.port.private import whose
from aios.records.clock import now_ms
from aios.records.ids import is_id
from aios.settings import Rate
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document

AnyRequest = Request[Any, Any, Any]
FILES = "/calendar/ics"
FOLLOWED = "/calendar/feed/events.ics"
KEY = "key"
"""The parameter with the token: the log keeps paths, and never a query."""
ALL = "events.ics"
ENDING = ".ics"
CALENDAR = "calendar"
"""What the private address shows."""
KIND = "text/calendar"
RATE = Rate(120, 600)
"""How often the file behind an address is sent. That it did not change is told without a limit."""
NO_EVENT = "There is no event at this address. It may have been deleted, or belong to someone else."
NO_ADDRESS = "There is nothing at this address. It may have been revoked."
NO_DAY = "Write a day like 2026-11-24."
BACKWARDS = "The last day is before the first."


@get(f"{FILES}/{{name:str}}", include_in_schema=False)
async def file(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """One event (`<id>.ics`), or all (`events.ics`), of which `from` and `to` pick those of some days."""
    identity = require(request)
    database = request.app.state.database
    if name == ALL:
        zone = (await request.app.state.pages.query(request, identity)).zone
        first, last = _day(request, "from", zone, 0), _day(request, "to", zone, 1)
        if first and last and last <= first:
            raise InvalidError(BACKWARDS, (FieldError("to", BACKWARDS),))
        events = await all_events(database, identity.space_id, first, last)
        return await _answer(events, ALL)
    event_id = name.removesuffix(ENDING)
    event = await one_event(database, identity.space_id, event_id) if is_id(event_id) else None
    if event is None or not name.endswith(ENDING):
        raise NotFoundError(NO_EVENT)
    plain = safe_name(event["title"])
    return await _answer([event], f"{plain if plain.isascii() else 'event'}{ENDING}")


@get(FOLLOWED, include_in_schema=False)
async def followed(request: AnyRequest) -> Response[bytes]:
    """All events, for whoever knows the address. What a phone has already is not sent again (304, by web/front.py)."""
    database = request.app.state.database
    account_id = await whose(database, request.query_params.get(KEY, ""), CALENDAR)
    if not account_id:
        raise NotFoundError(NO_ADDRESS)
    current = await version(database, account_id)
    etag = f'"{current}"'
    headers = {"ETag": etag, "Content-Disposition": 'inline; filename="aios.ics"', "X-Robots-Tag": "noindex"}
    if etag in [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]:
        return Response(b"", media_type=KIND, headers=headers)
    await database.run(admit(RATE, [f"followed:{account_id}"], now_ms()))

    async def write() -> bytes:
        return await asyncio.to_thread(_joined, await all_events(database, account_id), "AIOS")

    kept: Kept = request.app.state.setdefault("followed_calendars", Kept())
    body = await kept.get(account_id, current, write)
    return Response(body, media_type=KIND, headers=headers)


file_routes: list[HTTPRouteHandler] = [file, followed]


async def _answer(events: list[Document], name: str) -> Response[bytes]:
    body = await asyncio.to_thread(_joined, events)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=KIND, headers=headers)


def _joined(events: list[Document], name: str = "") -> bytes:
    from aios.modules.calendar.ics.writing import calendar  # noqa: PLC0415  loaded when somebody asks

    return b"".join(calendar(events, name))


def _day(request: AnyRequest, name: str, zone: str, days: int) -> str:
    """The instant at which the day of a parameter begins, or so many days later; "" without it."""
    given = request.query_params.get(name, "")
    if not given:
        return ""
    try:
        return when.from_local_input(f"{when.add_days(given, days)}T00:00", zone)
    except ValueError as error:
        raise InvalidError(NO_DAY, (FieldError(name, NO_DAY),)) from error
