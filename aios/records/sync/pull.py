"""A pull: the records that changed since a cursor as they are now, never a log; or the first sync (docs/sync.md).

The state of the space is read before its records, so `last_mid` never promises what the page does not show,
and again after them, so that nothing can have been taken away in between.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from aios.database import Statement
from aios.errors import NotFoundError, ResyncError, UnavailableError
from aios.records import statements as sql
from aios.records.epoch import began_at
from aios.records.sync.bootstrap import Allowance, oldest_deleted
from aios.records.sync.page import AT_ONCE, REV, Page, record
from aios.records.sync.push import RESYNC, Reject
from aios.records.sync.release import FLOOR, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aios.accounts.identity import Identity
    from aios.database import Database, Row, Sql, Steps
    from aios.modules import Registry
    from aios.records.sync.wire import Pull

    Fetch = Callable[[Statement], Awaitable[list[Row]]]

SEEN_EVERY_MS = 300_000
MOST_BEHIND = 500
"""Revisions that a device may have read since its cursor was noted: those who push often are seldom noted by time."""
_encode = msgspec.json.Encoder().encode


class State(msgspec.Struct, frozen=True):
    """A space and one client of it; what is of the client is None while it is unknown."""

    epoch: str
    rev: int
    floor_rev: int
    last_mid: int | None
    device: str | None
    seen_at: int | None
    cursor: int | None

    def is_behind(self, cursor: int | None) -> bool:
        """Whether what is known of the client's reading should be noted anew, now that it asks from `cursor` on."""
        if cursor is None or self.cursor is None:
            return cursor != self.cursor
        return cursor - self.cursor >= MOST_BEHIND


class Puller:
    """One pull by the signed-in `identity`."""

    def __init__(self, database: Database, registry: Registry, identity: Identity, wanted: Pull, now_ms: int) -> None:
        self._database = database
        self._registry = registry
        self._identity = identity
        self._space_id = identity.space_id
        self._wanted = wanted
        self._now_ms = now_ms

    async def answer(self) -> bytes:
        """The page as JSON. Raises ResyncError."""
        state = await self._state()
        known = await self._is_known(state)
        rejects = await self._rejects()
        page, place = await (self._first(state) if self._wanted.cursor is None else self._since(state))
        await self._state()
        await self._note(state, rejects)
        acknowledged = self._wanted.ack or 0
        rest: dict[str, Any] = {
            **place,
            "more": page.more,
            "lastMid": state.last_mid or 0,
            "rejects": [each for each in rejects if each.mid > acknowledged],
            "epoch": state.epoch,
            "now": self._now_ms,
            "floor": FLOOR,
            **({"known": True} if known else {}),
        }
        return b'{"records":[' + b",".join(page.records) + b"]," + _encode(rest)[1:]

    async def _state(self) -> State:
        """Read it, and see that what the device knows still leads to the present. Raises ResyncError."""
        rows = await self._database.fetch(Statement(sql.STATE, (self._wanted.client, self._space_id)))
        if not rows:
            message = "This space does not exist."
            raise NotFoundError(message)
        state = State(*rows[0])
        wanted = self._wanted
        # While bootstrapping, the place in the pages says nothing: it runs down to 0.
        reached = wanted.cursor if wanted.cursor is not None else wanted.boot
        other = wanted.epoch is not None and wanted.epoch != state.epoch
        if other or (reached is not None and not state.floor_rev <= reached <= state.rev):
            raise ResyncError(RESYNC)
        return state

    async def _is_known(self, state: State) -> bool:
        """Whether this sign-in had another copy before, which is gone now. Asked when a client's first sync begins."""
        if self._wanted.cursor is not None or self._wanted.boot is not None or state.last_mid:
            return False
        params = (self._space_id, self._identity.device_id, self._wanted.client)
        return bool(await self._database.fetch(Statement(sql.OTHER_CLIENT, params)))

    async def _rejects(self) -> list[Reject]:
        """What the device has to hear of; read after `last_mid`, so that none up to there is missing."""
        params = (self._space_id, self._wanted.client, 0, 2**53)
        return [Reject(*row) for row in await self._database.fetch(Statement(sql.REJECTS, params))]

    async def _since(self, state: State) -> tuple[Page, dict[str, Any]]:
        cursor = self._wanted.cursor or 0
        page = await self._walk(self._database.fetch, sql.SINCE, (), cursor, lambda row: record(row, bytes(row[-1])))
        reached = page.last if page.last is not None else cursor
        return page, {"cursor": reached if page.more else max(reached, state.rev)}

    async def _first(self, state: State) -> tuple[Page, dict[str, Any]]:
        wanted = self._wanted
        boot = state.rev if wanted.boot is None else wanted.boot
        before = boot + 1 if wanted.before is None else min(wanted.before, boot + 1)
        kept = (oldest_deleted(self._now_ms),)
        total = wanted.total
        if wanted.boot is None:
            counted = await self._database.search(Statement(sql.COUNT, (self._space_id, *kept, before)))
            total = counted[0][0]
        allowance = Allowance(self._registry, wanted.budget)
        page = await self._walk(self._database.search, sql.BEFORE, kept, before, allowance.record)
        place: dict[str, Any] = {
            "cursor": boot,
            "boot": boot,
            "before": page.last if page.last is not None else before,
            "restored": began_at(state.epoch),
        }
        if allowance.left is not None:
            place["budgetLeft"] = allowance.left
        if total is not None:
            place["total"] = total
        return page, place

    async def _walk(
        self, fetch: Fetch, text: Sql, given: tuple[int, ...], place: int, encode: Callable[[Row], bytes]
    ) -> Page:
        """Fill a page with the rows of `text` from the revision `place` on, exclusive."""
        page = Page(self._wanted.limit)
        count = min(self._wanted.limit + 1, AT_ONCE)
        while True:
            rows = await fetch(Statement(text, (self._space_id, *given, place, count)))
            for row in rows:
                if not page.has_room(row):
                    return page
                page.add(row, encode(row))
            if len(rows) < count:
                return page
            place = rows[-1][REV]

    async def _note(self, state: State, rejects: Sequence[Reject]) -> None:
        """Forget acknowledged rejects; remember that the device was here and how far it is, every five minutes."""
        acknowledged = self._wanted.ack or 0
        stale = state.seen_at is None or self._now_ms - state.seen_at >= SEEN_EVERY_MS
        moved = state.device != self._identity.device_id
        dropped = any(each.mid <= acknowledged for each in rejects)
        if stale or moved or dropped or state.is_behind(self._wanted.cursor):
            # What cannot be noted now, on a full disk for instance, is noted next time; reading goes on.
            with suppress(UnavailableError):
                await self._database.run(self._notes(acknowledged, dropped=dropped))

    def _notes(self, acknowledged: int, *, dropped: bool) -> Steps[None]:
        space_id, client, identity = self._space_id, self._wanted.client, self._identity
        met = (space_id, client, identity.account_id, SCHEMA, identity.device_id, self._now_ms, self._wanted.cursor)
        yield Statement(sql.MEET_CLIENT, met)
        if dropped:
            yield Statement(sql.DROP_REJECTS, (space_id, client, acknowledged))


async def whole(database: Database, identity: Identity, ids: list[str], now_ms: int) -> bytes:
    """The records with these ids, with their whole bodies, as JSON; unknown ones are left out."""
    space_id = identity.space_id
    states = await database.fetch(Statement(sql.STATE, ("", space_id)))
    rows = await database.search(Statement(sql.WHOLE, (space_id, _encode(ids).decode())))
    rest = _encode({"epoch": states[0][0] if states else "", "now": now_ms, "floor": FLOOR})
    return b'{"records":[' + b",".join(record(row, bytes(row[-1])) for row in rows) + b"]," + rest[1:]
