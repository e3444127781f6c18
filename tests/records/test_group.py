"""The calls of many spaces in one transaction: who is refused or fails, fails alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from aios.database import Sql, Statement
from aios.errors import AiosError, InvalidError, NotFoundError, UnavailableError
from aios.records.apply import Call
from aios.records.clock import now_ms
from aios.records.events import Events
from aios.records.group import apply_spaces
from aios.records.ids import new_id
from aios.records.mutation import Mutation, Writer
from aios.records.writes import Writes

if TYPE_CHECKING:
    from aios.database import Database, Steps
    from aios.database.base import T
    from aios.modules import Registry

REST = Writer(client="rest:test", lenient=True, strict=True)
MANY = 12


@pytest.fixture
async def spaces(database: Database) -> list[str]:
    """Some empty spaces."""
    made = sorted(new_id() for _ in range(MANY))
    insert = Sql("INSERT INTO sync_head (space_id, epoch, rev, floor_rev) VALUES (?, 'epoch', 0, 0)")
    await database.run(_one(insert, [(space_id,) for space_id in made], many=True))
    return made


@pytest.fixture
def writes(database: Database, registry: Registry) -> Writes:
    """The write path."""
    return Writes(registry, database, Events())


async def test_spaces_that_write_at_once_share_a_transaction(
    database: Database, registry: Registry, spaces: list[str]
) -> None:
    counted = _Counted(database)
    writes = Writes(registry, counted, Events())
    applied = await asyncio.gather(*(writes.apply(space_id, REST, (_note(),)) for space_id in spaces * 3))
    assert counted.transactions == 1
    assert sorted(each.rev for each in applied) == sorted([1, 2, 3] * MANY)
    assert await _heads(database) == dict.fromkeys(spaces, 3)


async def test_a_refused_call_is_refused_alone(database: Database, writes: Writes, spaces: list[str]) -> None:
    calls = [writes.apply(space_id, REST, (_note("" if space_id == spaces[4] else "Kept"),)) for space_id in spaces]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(each, InvalidError) for each in results] == [space_id == spaces[4] for space_id in spaces]
    assert await _heads(database) == {space_id: int(space_id != spaces[4]) for space_id in spaces}
    assert await _owners(database) == [space_id for space_id in spaces if space_id != spaces[4]]


async def test_a_call_that_the_database_refuses_fails_alone(
    database: Database, writes: Writes, spaces: list[str]
) -> None:
    """The refused one, another of the same space, and those of other spaces were in one transaction."""
    await database.run(_one(Sql(f"CREATE UNIQUE INDEX odd ON record (search) WHERE substr(search, 1, 3) = '{ODD}'")))
    await writes.apply(spaces[0], REST, (_note(ODD),))
    calls = [writes.apply(space_id, REST, (_note(),)) for space_id in spaces]
    results = await asyncio.gather(*calls, writes.apply(spaces[4], REST, (_note(ODD),)), return_exceptions=True)
    assert isinstance(results.pop(), UnavailableError)
    assert [type(each).__name__ for each in results] == ["Applied"] * MANY
    assert await _heads(database) == {space_id: 1 + int(space_id == spaces[0]) for space_id in spaces}


async def test_an_unexpected_error_in_one_space_leaves_the_others(
    database: Database, writes: Writes, registry: Registry, spaces: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(document: Any, _: Any) -> None:
        if document["title"] == ODD:
            raise ZeroDivisionError

    monkeypatch.setattr(registry.collections["notes"], "derive", broken)
    calls = [writes.apply(space_id, REST, (_note(ODD if space_id == spaces[2] else "Kept"),)) for space_id in spaces]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(results[2], ZeroDivisionError)
    assert await _heads(database) == {space_id: int(space_id != spaces[2]) for space_id in spaces}


async def test_a_space_that_does_not_exist_is_refused_alone(writes: Writes, spaces: list[str]) -> None:
    calls = [writes.apply(space_id, REST, (_note(),)) for space_id in (*spaces, new_id())]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(each, NotFoundError) for each in results] == [False] * MANY + [True]


async def test_nobody_waits_for_a_space_that_another_process_holds(
    database: Database, writes: Writes, spaces: list[str], dialect: str
) -> None:
    if dialect == "sqlite":
        pytest.skip("SQLite has one writer, and no space is held beside it")
    held, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        pool: Any = database._pool  # type: ignore[attr-defined]
        async with pool.acquire() as connection, connection.transaction():
            await connection.fetch("SELECT 1 FROM sync_head WHERE space_id = $1 FOR UPDATE", spaces[3])
            held.set()
            await release.wait()

    holder = asyncio.create_task(hold())
    await held.wait()
    waiting = [asyncio.create_task(writes.apply(spaces[3], REST, (_note(),))) for _ in range(2)]
    others = [writes.apply(space_id, REST, (_note(),)) for space_id in spaces if space_id != spaces[3]]
    await asyncio.wait_for(asyncio.gather(*others), 10)
    assert not any(each.done() for each in waiting)
    release.set()
    await holder
    assert [each.rev for each in await asyncio.gather(*waiting)] == [1, 2]
    assert await _heads(database) == {space_id: 1 + int(space_id == spaces[3]) for space_id in spaces}


async def test_a_failing_commit_is_everyones_and_is_not_tried_again(
    database: Database, registry: Registry, spaces: list[str]
) -> None:
    await database.run(_one(Sql("CREATE TABLE promise (space_id VARCHAR(36) REFERENCES sync_head (space_id) "
                                "DEFERRABLE INITIALLY DEFERRED)")))  # fmt: skip
    counted = _Counted(database, Statement(Sql("INSERT INTO promise VALUES ('nobody')")))
    writes = Writes(registry, counted, Events())
    calls = [writes.apply(space_id, REST, (_note(),)) for space_id in spaces]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in results] == [UnavailableError] * MANY
    assert counted.transactions == 1
    assert await _heads(database) == dict.fromkeys(spaces, 0)
    assert await _owners(database) == []


async def test_only_free_spaces_are_taken_and_each_has_its_results(
    database: Database, registry: Registry, spaces: list[str]
) -> None:
    unknown = new_id()
    calls = {space_id: [Call(REST, (_note(),)), Call(REST, (_note(""),))] for space_id in (spaces[0], unknown)}
    results = await database.run(apply_spaces(registry, calls, now_ms()))
    assert list(results) == [spaces[0]]
    assert [isinstance(each, AiosError) for each in results[spaces[0]]] == [False, True]
    assert await database.run(apply_spaces(registry, {unknown: calls[unknown]}, now_ms())) == {}


ODD = "odd"


class _Counted:
    """Counts transactions, and adds a statement to the end of each."""

    def __init__(self, database: Database, last: Statement | None = None) -> None:
        self._database = database
        self._last = last
        self.transactions = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def run(self, steps: Steps[T]) -> T:
        self.transactions += 1
        return await self._database.run(self._with_last(steps))

    def _with_last(self, steps: Steps[T]) -> Steps[T]:
        result = yield from steps
        if self._last is not None:
            yield self._last
        return result


def _note(title: str = "A note") -> Mutation:
    return Mutation(op="create", collection="notes", id=new_id(), fields={"title": title})


def _one(sql: Sql, params: Any = (), *, many: bool = False) -> Steps[None]:
    yield Statement(sql, params, many)


async def _heads(database: Database) -> dict[str, int]:
    return {row[0]: row[1] for row in await database.fetch(Statement(Sql("SELECT space_id, rev FROM sync_head")))}


async def _owners(database: Database) -> list[str]:
    rows = await database.fetch(Statement(Sql("SELECT space_id FROM record ORDER BY space_id")))
    return [row[0] for row in rows]
