"""Handing mutations to the database: calls to the same space that arrive together share one transaction.

A space has one order, so its writers wait for each other anyway. Sharing the transaction shares its round
trips and its wait for the disk: on PostgreSQL that is the difference between hundreds and thousands a second.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aios.errors import ConflictError, NotFoundError
from aios.records.apply import Applied, Call, Outcome, apply_calls
from aios.records.clock import now_ms
from aios.records.ids import implied_id
from aios.records.mutation import Mutation, Writer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aios.database import Database
    from aios.modules import Registry
    from aios.records.collection import Document
    from aios.records.events import Events

MOST_CALLS = 64

Waiting = tuple[Call, "asyncio.Future[Applied]"]


class Writes:
    """The write path as the rest of the app calls it."""

    def __init__(self, registry: Registry, database: Database, events: Events) -> None:
        self._registry = registry
        self._database = database
        self._events = events
        self._waiting: dict[str, list[Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def apply(self, space_id: str, writer: Writer, mutations: Sequence[Mutation]) -> Applied:
        """Apply `mutations` whole or not at all; durable when this returns. Raises as `records.apply.apply`."""
        future: asyncio.Future[Applied] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.get(space_id)
        if waiting is not None:
            waiting.append((Call(writer, mutations), future))
            return await future
        self._waiting[space_id] = [(Call(writer, mutations), future)]
        task = asyncio.create_task(self._drain(space_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await future

    async def save_single(
        self, space_id: str, writer: Writer, collection: str, fields: Document, base_rev: int | None = None
    ) -> Outcome:
        """Set `fields` of the one record of `collection`, making it where it is missing. Raises as `apply`."""
        record_id = implied_id(space_id, collection, collection)
        update = Mutation(op="update", collection=collection, id=record_id, fields=fields, base_rev=base_rev)
        create = Mutation(op="create", collection=collection, id=record_id, fields=fields)
        try:
            return (await self.apply(space_id, writer, (update,))).outcomes[0]
        except NotFoundError:
            pass
        try:
            return (await self.apply(space_id, writer, (create,))).outcomes[0]
        except ConflictError:  # another device was first, with other content
            return (await self.apply(space_id, writer, (update,))).outcomes[0]

    async def _drain(self, space_id: str) -> None:
        """Apply what waits for this space until nothing does. Whoever asked may have gone; the write still counts."""
        while waiting := self._waiting[space_id]:
            batch, self._waiting[space_id] = waiting[:MOST_CALLS], waiting[MOST_CALLS:]
            await self._commit(space_id, batch)
        del self._waiting[space_id]

    async def _commit(self, space_id: str, batch: list[Waiting]) -> None:
        calls = [call for call, _ in batch]
        results: Sequence[Applied | BaseException]
        try:
            results = await self._database.run(apply_calls(self._registry, space_id, calls, now_ms()))
        except Exception as error:  # noqa: BLE001  each caller gets it
            results = [error] * len(batch)
        rev = 0
        for (_, future), result in zip(batch, results, strict=True):
            if isinstance(result, Applied):
                rev = max(rev, result.rev)
            if future.done():
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)
        if rev:
            self._events.publish(space_id, rev)
