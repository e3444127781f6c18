"""Handing mutations to the database: calls that arrive together share one transaction, whoever's they are.

While one transaction waits for the disk, the calls that arrive gather, and share the next one with its
statements, its round trips and its wait. A space that cannot take part, because another process is writing to
it, or because something failed, goes on in transactions of its own until nothing of it waits.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from aios.errors import ConflictError, NotFoundError
from aios.records.apply import Applied, Call, Outcome, apply_calls
from aios.records.clock import now_ms
from aios.records.group import apply_spaces
from aios.records.ids import implied_id
from aios.records.mutation import Mutation, Writer

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from aios.database import Database, Steps
    from aios.modules import Registry
    from aios.records.apply import Decide
    from aios.records.collection import Document
    from aios.records.events import Events

T = TypeVar("T")

MOST_CALLS = 64
"""In one transaction."""


class Waiting(NamedTuple):
    """A call, and who waits for its result. Whoever asked may have gone; the write still counts."""

    space_id: str
    call: Call
    future: asyncio.Future[Applied]


class Writes:
    """The write path as the rest of the app calls it."""

    def __init__(self, registry: Registry, database: Database, events: Events, quota: int = 0) -> None:
        self._registry = registry
        self._database = database
        self._events = events
        self._quota = quota
        self._together: list[Waiting] = []
        self._sharing = False
        self._alone: dict[str, list[Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def apply(
        self, space_id: str, writer: Writer, mutations: Sequence[Mutation], *, decide: Decide | None = None
    ) -> Applied:
        """Apply `mutations` whole or not at all; durable when this returns. Raises as `records.apply.apply`.

        `decide`: see `Call`.
        """
        waiting = Waiting(space_id, Call(writer, mutations, decide), asyncio.get_running_loop().create_future())
        alone = self._alone.get(space_id)
        if alone is not None:
            alone.append(waiting)
            return await waiting.future
        self._together.append(waiting)
        if not self._sharing:
            self._sharing = True
            self._start(self._share())
        return await waiting.future

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

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _share(self) -> None:
        """Apply what waits, for all spaces together, until nothing does."""
        try:
            while batch := self._together[:MOST_CALLS]:
                del self._together[:MOST_CALLS]
                await self._apply_together(batch)
        finally:
            self._sharing = False

    async def _apply_together(self, batch: list[Waiting]) -> None:
        by_space: dict[str, list[Waiting]] = {}
        for waiting in batch:
            by_space.setdefault(waiting.space_id, []).append(waiting)
        calls = {space_id: [each.call for each in asked] for space_id, asked in by_space.items()}
        attempt = _Attempt()
        try:
            results = await self._database.run(
                attempt.watch(apply_spaces(self._registry, calls, now_ms(), self._quota))
            )
        except Exception as error:  # noqa: BLE001  who caused it finds out alone, the others do not suffer
            if attempt.final:
                _fail(batch, error)
                return
            results = {}
        for space_id, asked in by_space.items():
            if space_id in results:
                self._settle(space_id, asked, results[space_id])
            else:
                self._leave(space_id, asked)

    def _leave(self, space_id: str, waiting: list[Waiting]) -> None:
        """Let a space go on alone, with what has arrived for it meanwhile: its calls keep their order."""
        later = [each for each in self._together if each.space_id == space_id]
        self._together = [each for each in self._together if each.space_id != space_id]
        self._alone[space_id] = [*waiting, *later]
        self._start(self._go_alone(space_id))

    async def _go_alone(self, space_id: str) -> None:
        """Apply what waits for one space until nothing does."""
        while waiting := self._alone[space_id]:
            batch, self._alone[space_id] = waiting[:MOST_CALLS], waiting[MOST_CALLS:]
            await self._apply_alone(space_id, batch)
        del self._alone[space_id]

    async def _apply_alone(self, space_id: str, batch: list[Waiting]) -> None:
        attempt = _Attempt()
        steps = apply_calls(self._registry, space_id, [each.call for each in batch], now_ms(), self._quota)
        try:
            results = await self._database.run(attempt.watch(steps))
        except Exception as error:  # noqa: BLE001  as above
            if attempt.final or len(batch) == 1:
                _fail(batch, error)
                return
            for each in batch:
                await self._apply_alone(space_id, [each])
            return
        self._settle(space_id, batch, results)

    def _settle(self, space_id: str, batch: list[Waiting], results: Sequence[Applied | Exception]) -> None:
        rev = 0
        for waiting, result in zip(batch, results, strict=True):
            if isinstance(result, Applied):
                rev = max(rev, result.rev)
                if not waiting.future.done():
                    waiting.future.set_result(result)
            else:
                _fail([waiting], result)
        if rev:
            self._events.publish(space_id, rev)


class _Attempt:
    """Whether what a transaction failed of is final.

    A failure between its statements undoes all of it, so each call may be tried alone. One before the first
    statement, or while committing, is everyone's: the database is not there, or what became of the commit is
    not known, and doing it again might do it twice.
    """

    def __init__(self) -> None:
        self.final = True

    def watch(self, steps: Steps[T]) -> Steps[T]:
        """The same steps; on their way, a failure is not final."""
        self.final = False
        result = yield from steps
        self.final = True
        return result


def _fail(batch: list[Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.future.done():
            waiting.future.set_exception(error)
