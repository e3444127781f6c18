"""Reading a person's events to give them out, page by page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from aios.database import Sql, Statement

if TYPE_CHECKING:
    from aios.database import Database, Row
    from aios.records.collection import Document

AT_ONCE = 500
_PAGE = Sql(
    "SELECT id, body FROM record WHERE space_id = ? AND collection = 'events' AND id > ? AND deleted_at IS NULL "
    "ORDER BY id LIMIT ?"
)
_ONE = Sql("SELECT body FROM record WHERE space_id = ? AND collection = 'events' AND id = ? AND deleted_at IS NULL")
_VERSION = Sql("SELECT count(*), max(rev) FROM record WHERE space_id = ? AND collection = 'events'")
_decode = msgspec.json.Decoder(dict[str, Any]).decode


async def all_events(database: Database, space_id: str, since: str = "", below: str = "") -> list[Document]:
    """The events of a person, by id; of those that happen between two instants (wire form), where they are given."""
    found: list[Document] = []
    after = ""
    while rows := await database.search(Statement(_PAGE, (space_id, after, AT_ONCE))):
        found += await asyncio.to_thread(_chosen, rows, since, below)
        after = rows[-1][0]
    return found


async def one_event(database: Database, space_id: str, event_id: str) -> Document | None:
    """An event of a person."""
    rows = await database.fetch(Statement(_ONE, (space_id, event_id)))
    return _decode(rows[0][0]) if rows else None


async def version(database: Database, space_id: str) -> str:
    """What is another one whenever an event is."""
    count, rev = (await database.search(Statement(_VERSION, (space_id,))))[0]
    return f"{count}.{rev or 0}"


def _chosen(rows: list[Row], since: str, below: str) -> list[Document]:
    return [event for row in rows if _within(event := _decode(row[1]), since, below)]


def _within(event: Document, since: str, below: str) -> bool:
    """Whether it may happen in between; a series counts from its first occurrence to its last."""
    last: str = max(event.get("lastAt") or event["endAt"], event["endAt"])
    starts = [event["startAt"], *(own["startAt"] for own in event["overrides"].values() if "startAt" in own)]
    return (not below or min(starts) < below) and (not since or last > since or event["startAt"] >= since)
