"""Bringing the events of a feed up to date: what is new there is new here, what is gone there goes to the trash."""

from __future__ import annotations

import asyncio
import hashlib
import logging
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
    from aios.port import Into
    from aios.records.writes import Writes

_log = logging.getLogger(__name__)

SWEEP_S = 300
"""How often feeds whose time has come are looked for."""
MOST_DUE = 200
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
AT_ONCE = 64
MOST_TOLD = 5
NO_CALENDAR = "What is there is no calendar. Check the address: it often ends in .ics."
BROKEN = "Its events could not be taken. The server's log says more."


class _Removed(Exception):  # noqa: N818  says what happened
    """Its person follows it no longer."""


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
    known = await store.records(database, feed.id)
    await _delete(writes, feed, sorted(known))
    # A job may have brought more of it meanwhile; what it brings after this it takes away itself.
    dropped = await store.drop(database, feed.id)
    await _delete(writes, feed, sorted(dropped - known))


class _Told:
    """What of a feed was not taken: the first of it, and how much it is."""

    def __init__(self) -> None:
        self.first: list[str] = []
        self.count = 0

    def add(self, sentence: str) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < MOST_TOLD:
            self.first.append(sentence)


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
        except _Removed:
            return
        except (OutsideError, UnreadableError) as error:
            feed = self._failed(now, error.detail)
        except UnavailableError:
            raise  # tried again by the runner
        except Exception:  # noqa: BLE001  a feed that fails in a way of its own would be the first to be read for ever
            _log.exception("a feed cannot be read")
            feed = self._failed(now, BROKEN)
        await store.note(self._database, feed._replace(checked_at=now))

    def _failed(self, now: int, problem: str) -> store.Feed:
        """The feed as it was, to be read later, each time later."""
        feed = self._feed
        failures = feed.failures + 1
        later = min(HOUR_MS * 2 ** min(failures - 1, 10), DAY_MS)
        feed.state.problem = problem
        return feed._replace(failures=failures, next_at=now + later)

    async def _take(self, body: bytes) -> store.Feed:
        """Bring a calendar in. Raises UnreadableError where it is none: then nothing here changes."""
        feed = self._feed
        body_hash = hashlib.sha256(body).hexdigest()
        if body_hash == feed.body_hash:
            return feed
        whose = await into(self._database, feed.account_id, feed.zone)
        name, whole, drafts, told = await asyncio.to_thread(_read, body, feed, whose)
        await self._apply(list(drafts.values()), told)
        known = await store.records(self._database, feed.id)
        gone = sorted(known - drafts.keys()) if whole else []
        await _delete(self._means.writes, feed, gone)
        await store.drop_records(self._database, feed, gone)
        state = store.State(events=len(drafts), skipped=told.first, left=told.count)
        return feed._replace(name=feed.name or name, body_hash=body_hash, state=state)

    async def _apply(self, drafts: Sequence[Draft], told: _Told) -> None:
        """Bring events in, and tell what was refused. Raises _Removed, with nothing left behind."""
        feed = self._feed
        writer = Writer(client=f"import:feed-{feed.id}", importer=True)
        known = await store.records(self._database, feed.id)
        for start in range(0, len(drafts), AT_ONCE):
            batch = drafts[start : start + AT_ONCE]
            ids = [each.id for each in batch]
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
            if not await store.keep_records(self._database, feed, ids):
                await _delete(self._means.writes, feed, ids)
                raise _Removed
            for draft, result in zip(batch, results, strict=True):
                if isinstance(result, BaseException):
                    if isinstance(result, UnavailableError) or not isinstance(result, AiosError):
                        raise result
                    if getattr(result, "reason", "") not in {"deleted", "edited"}:
                        told.add(f"{draft.where}: {result.detail}")


def _read(body: bytes, feed: store.Feed, whose: Into) -> tuple[str, bool, dict[str, Draft], _Told]:
    """What a calendar calls itself, whether it is there to its end, its events by id, and what is left out."""
    from aios.modules.calendar.ics.components import parse  # noqa: PLC0415  loaded when there is something to read
    from aios.modules.calendar.ics.observances import Budget  # noqa: PLC0415  as above
    from aios.modules.calendar.ics.properties import Properties  # noqa: PLC0415  as above
    from aios.modules.calendar.ics.reading import Ids, entries  # noqa: PLC0415  as above

    calendar, guessed = parse(body)
    if not calendar.is_calendar:
        raise UnreadableError(NO_CALENDAR)
    properties = Properties(calendar.own())
    name = properties.first("NAME", "X-WR-CALNAME")
    ids = Ids(whose, f"feed/{feed.id}", trusted=False)
    drafts: dict[str, Draft] = {}
    told = _Told()
    for each in entries(calendar, guessed, feed.name or "Calendar", ids, Budget()):
        if not isinstance(each, Draft):
            if each.tone == "skipped":
                told.add(f"{each.where}: {each.reason}")
        elif each.collection == "events":
            drafts[each.id] = each
    return (name.line[:200] if name else ""), calendar.is_whole, drafts, told


async def _delete(writes: Writes, feed: store.Feed, ids: Iterable[str]) -> None:
    writer = Writer(client=f"import:feed-{feed.id}", importer=True)
    for event_id in ids:
        try:
            await writes.apply(feed.account_id, writer, (Mutation(op="delete", collection="events", id=event_id),))
        except NotFoundError:
            continue
