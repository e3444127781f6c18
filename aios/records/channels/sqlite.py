"""Pokes between processes that share one SQLite file: each looks whether another connection has committed."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from aios.database import Sql, Statement

if TYPE_CHECKING:
    from aios.database import Database
    from aios.records.events import Events

_log = logging.getLogger(__name__)

EVERY_S = 0.25
VERSION = Sql("PRAGMA data_version")
"""Another number whenever a connection other than the asking one has committed (sqlite.org/pragma.html)."""
REVISIONS = Sql("SELECT h.space_id, h.rev FROM json_each(?) w CROSS JOIN sync_head h ON h.space_id = w.value")


class Watch:
    """Looks while anybody listens, and reads the heads of what they listen to when there was a commit."""

    trouble = ""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, int] = {}

    def open(self, events: Events) -> None:
        """See Channel.open."""
        self._events = events
        self._task = asyncio.create_task(self._run(), name="aios-pokes-sqlite")

    async def close(self) -> None:
        """See Channel.close."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    def send(self, space_id: str, rev: int) -> None:
        """Remember what this process wrote itself. Others look for themselves."""
        if rev and space_id in self._known:
            self._known[space_id] = rev

    async def _run(self) -> None:
        seen = None
        while True:
            await self._events.listened.wait()
            try:
                version = (await self._database.fetch(Statement(VERSION)))[0][0]
                if version != seen:
                    await self._look()
                    seen = version
            except Exception as error:  # noqa: BLE001  the next look may succeed
                _log.warning("The database cannot be watched: %s", error)
            await asyncio.sleep(EVERY_S)

    async def _look(self) -> None:
        spaces = msgspec.json.encode(self._events.spaces).decode()
        heads = {str(row[0]): int(row[1]) for row in await self._database.fetch(Statement(REVISIONS, (spaces,)))}
        before, self._known = self._known, heads
        for space_id, rev in heads.items():
            if before.get(space_id) != rev:
                self._events.deliver(space_id, rev)
