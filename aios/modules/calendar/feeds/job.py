"""Bringing the events of a feed up to date: what is new there is new here, what is gone there goes to the trash."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from aios.errors import AiosError, NotFoundError, UnavailableError
from aios.jobs.kind import JobKind
from aios.modules.calendar.feeds import store
from aios.port import Draft
from aios.port.limits import UnreadableError
from aios.port.outside import OutsideError
from aios.port.person import into
from aios.records.clock import now_ms
from aios.records.imports import deciding
from aios.records.mutation import Mutation, Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aios.database import Database
    from aios.jobs import JobKind as Kind
    from aios.modules import Means
    from aios.port import Found, Into
    from aios.records.writes import Writes

SWEEP_S = 300
"""How often feeds whose time has come are looked for."""
MOST_DUE = 200
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
AT_ONCE = 64
MOST_TOLD = 5
NO_CALENDAR = "What is there is no calendar. Check the address: it often ends in .ics."
BROKEN = "Its events could not be taken. The server's log says more."


def jobs(means: Means) -> tuple[Kind, ...]:
    """The job that finds feeds whose time has come, and the one that reads a feed."""

    async def sweep(database: Database, _: dict[str, Any]) -> None:
        await store.ask_for_due(database, MOST_DUE)

    async def read_one(database: Database, payload: dict[str, Any]) -> None:
        feed = await store.find(database, payload["feed"])
        if feed is not None:
            await _Look(database, means, feed).run()

    return (
        JobKind(name="calendar.feeds", run=sweep, every_s=SWEEP_S),
        JobKind(name=store.READ_ONE, run=read_one, attempts=3),
    )


async def remove(database: Database, writes: Writes, feed: store.Feed) -> None:
    """Follow a feed no longer; its events go to the trash."""
    await _delete(writes, feed, sorted(await store.records(database, feed.id)))
    await store.drop(database, feed.id)


class _Look:
    """One look at a feed."""

    def __init__(self, database: Database, means: Means, feed: store.Feed) -> None:
        self._database = database
        self._means = means
        self._feed = feed

    async def run(self) -> None:
        feed = self._feed
        now = now_ms()
        try:
            answer = await self._means.outside.get(feed.url, etag=feed.etag, modified=feed.modified)
            if answer.body is not None:
                feed = await self._take(answer.body)
                feed = feed._replace(etag=answer.etag, modified=answer.modified)
            feed = feed._replace(failures=0, next_at=now + HOUR_MS)
            feed.state.problem = ""
        except (OutsideError, UnreadableError) as error:
            failures = feed.failures + 1
            later = min(HOUR_MS * 2 ** min(failures - 1, 10), DAY_MS)
            feed = feed._replace(failures=failures, next_at=now + later)
            feed.state.problem = error.detail
        await store.note(self._database, feed._replace(checked_at=now))

    async def _take(self, body: bytes) -> store.Feed:
        """Bring a calendar in. Raises UnreadableError where it is none: then nothing here changes."""
        feed = self._feed
        body_hash = hashlib.sha256(body).hexdigest()
        if body_hash == feed.body_hash:
            return feed
        whose = await into(self._database, feed.account_id, feed.zone)
        name, whole, found = await asyncio.to_thread(_read, body, feed, whose)
        drafts = {each.id: each for each in found if isinstance(each, Draft) and each.collection == "events"}
        told = [
            f"{each.where}: {each.reason}" for each in found if not isinstance(each, Draft) and each.tone == "skipped"
        ]
        told += await self._apply(list(drafts.values()))
        known = await store.records(self._database, feed.id)
        gone = sorted(known - drafts.keys()) if whole else []
        await _delete(self._means.writes, feed, gone)
        await store.drop_records(self._database, feed, gone)
        state = store.State(events=len(drafts), skipped=told[:MOST_TOLD], left=len(told))
        return feed._replace(name=feed.name or name, body_hash=body_hash, state=state)

    async def _apply(self, drafts: Sequence[Draft]) -> list[str]:
        """Bring events in. Gives what was refused."""
        feed = self._feed
        writer = Writer(client=f"import:feed-{feed.id}", importer=True)
        known = await store.records(self._database, feed.id)
        refused: list[str] = []
        for start in range(0, len(drafts), AT_ONCE):
            batch = drafts[start : start + AT_ONCE]
            calls = [
                self._means.writes.apply(
                    feed.account_id,
                    writer,
                    (Mutation(op="create", collection=each.collection, id=each.id, fields=each.fields),),
                    # What the feed took away comes back with it; what its person deleted stays deleted.
                    decide=deciding(restore=each.id not in known),
                )
                for each in batch
            ]
            results = await asyncio.gather(*calls, return_exceptions=True)
            for draft, result in zip(batch, results, strict=True):
                if isinstance(result, BaseException):
                    if isinstance(result, UnavailableError) or not isinstance(result, AiosError):
                        raise result
                    if getattr(result, "reason", "") not in {"deleted", "edited"}:
                        refused.append(f"{draft.where}: {result.detail}")
            await store.keep_records(self._database, feed, [each.id for each in batch])
        return refused


def _read(body: bytes, feed: store.Feed, whose: Into) -> tuple[str, bool, list[Found]]:
    """What a calendar calls itself, whether it is there to its end, and what is in it."""
    from aios.modules.calendar.ics.components import parse  # noqa: PLC0415  loaded when there is something to read
    from aios.modules.calendar.ics.properties import Properties  # noqa: PLC0415  as above
    from aios.modules.calendar.ics.reading import Ids, read  # noqa: PLC0415  as above

    calendar, _ = parse(body)
    if not calendar.is_calendar:
        raise UnreadableError(NO_CALENDAR)
    properties = Properties(calendar.own())
    name = properties.first("NAME", "X-WR-CALNAME")
    found = list(read(body, feed.name or "Calendar", Ids(whose, f"feed/{feed.id}", trusted=False)))
    return (name.line[:200] if name else ""), calendar.is_whole, found


async def _delete(writes: Writes, feed: store.Feed, ids: Iterable[str]) -> None:
    writer = Writer(client=f"import:feed-{feed.id}", importer=True)
    for event_id in ids:
        try:
            await writes.apply(feed.account_id, writer, (Mutation(op="delete", collection="events", id=event_id),))
        except NotFoundError:
            continue
