"""What a write promises: together where that is quicker, alone where one fails, and on disk when it returns."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from aios.backup.sqlite import held
from aios.database import Address, Sql, Statement, open_database
from aios.errors import ConflictError, UnavailableError

if TYPE_CHECKING:
    from aios.database import Database, Steps

INSERT = Sql("INSERT INTO sync_head (space_id, epoch, rev, floor_rev) VALUES (?, 'e', ?, 0)")
REVISIONS = Sql("SELECT rev FROM sync_head ORDER BY rev")


def add(number: int, *, fail: bool = False) -> Steps[int]:
    yield Statement(INSERT, (f"space-{number}", number))
    if fail:
        message = "no"
        raise ConflictError(message)
    return number


async def revisions(database: Database) -> list[int]:
    return [row[0] for row in await database.fetch(Statement(REVISIONS))]


async def test_of_a_hundred_writes_at_once_only_the_failing_one_fails(database: Database) -> None:
    work = [database.run(add(number, fail=number == 42)) for number in range(100)]
    results = await asyncio.gather(*work, return_exceptions=True)
    assert [type(each) for each in results if not isinstance(each, int)] == [ConflictError]
    assert isinstance(results[42], ConflictError)
    assert await revisions(database) == [number for number in range(100) if number != 42]


async def test_a_refused_statement_undoes_its_own_work_alone(database: Database) -> None:
    def twice() -> Steps[None]:
        yield Statement(INSERT, ("space-1", 1))
        yield Statement(INSERT, ("space-1", 2))  # the primary key refuses it

    results = await asyncio.gather(
        database.run(add(7)), database.run(twice()), database.run(add(8)), return_exceptions=True
    )
    assert isinstance(results[1], UnavailableError)
    assert await revisions(database) == [7, 8]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_closed_database_leaves_its_file_to_others(database_url: str) -> None:
    address = Address.parse(database_url)
    opened = open_database(address)
    await opened.open()
    await opened.search(Statement(REVISIONS))
    await opened.close()
    with held(Path(address.target)) as alone:
        assert alone is not None


async def test_sessions_and_statements_write_to_one_database(database: Database) -> None:
    await database.write(
        lambda session: session.execute(
            text("INSERT INTO sync_head (space_id, epoch, rev, floor_rev) VALUES ('a', 'e', 5, 0)")
        )
    )
    assert await database.read(lambda session: session.execute(text("SELECT rev FROM sync_head")).scalar()) == 5
    with pytest.raises(ZeroDivisionError):
        await database.write(lambda session: [session.execute(text("DELETE FROM sync_head")), 1 / 0])
    assert await revisions(database) == [5]


async def test_a_failing_commit_is_an_error_and_leaves_nothing(database: Database, dialect: str) -> None:
    """The statement succeeds and COMMIT fails: both databases check a deferred reference only then."""
    column = "VARCHAR(36)" if dialect == "postgresql" else "TEXT"
    reference = "REFERENCES sync_head (space_id) DEFERRABLE INITIALLY DEFERRED"
    await database.run(_one(Sql(f"CREATE TABLE promise (space_id {column} {reference})")))
    broken = Sql("INSERT INTO promise VALUES ('nobody')")

    with pytest.raises(UnavailableError):
        await database.run(_one(broken))
    with pytest.raises(UnavailableError):
        await database.write(lambda session: session.execute(text(broken.sqlite)))
    assert await database.fetch(Statement(Sql("SELECT * FROM promise"))) == []

    assert await database.run(add(1)) == 1  # and the next one is not affected
    assert await revisions(database) == [1]


async def test_nobody_in_a_failing_group_commit_is_told_that_it_was_kept(database: Database) -> None:
    await database.run(_one(Sql("CREATE TABLE promise (space_id VARCHAR(36) REFERENCES sync_head (space_id) "
                                "DEFERRABLE INITIALLY DEFERRED)")))  # fmt: skip
    broken = Sql("INSERT INTO promise VALUES ('nobody')")
    work = [database.run(add(number)) if number != 5 else database.run(_one(broken)) for number in range(20)]
    results = await asyncio.gather(*work, return_exceptions=True)
    assert isinstance(results[5], UnavailableError)
    kept = [number for number, result in enumerate(results) if not isinstance(result, BaseException)]
    assert await revisions(database) == kept


WRITING = """
import asyncio, sys
from aios.database import Address, Sql, Statement, open_database
INSERT = Sql("INSERT INTO sync_head (space_id, epoch, rev, floor_rev) VALUES (?, 'e', ?, 0)")
def add(number):
    yield Statement(INSERT, (f"space-{number}", number))
async def write(database, first):
    for number in range(first, 1_000_000, 8):
        await database.run(add(number))
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()
async def main():
    database = open_database(Address.parse(sys.argv[1]))
    await database.open()
    await asyncio.gather(*(write(database, first) for first in range(8)))
asyncio.run(main())
"""


async def test_kill_minus_nine_loses_nothing_that_was_acknowledged(database_url: str) -> None:
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITING, database_url, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    acknowledged = [int(await writer.stdout.readline()) for _ in range(300)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += [
        int(line) for line in (await writer.stdout.read()).splitlines(keepends=True) if line.endswith(b"\n")
    ]
    await writer.wait()

    database = open_database(Address.parse(database_url))
    await database.open()
    try:
        kept = set(await revisions(database))
    finally:
        await database.close()
    assert set(acknowledged) <= kept
    assert len(kept - set(acknowledged)) <= 8  # at most what was on its way


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = open_database(Address.parse("postgres://127.0.0.1:9/nowhere"))
    with pytest.raises(UnavailableError):
        await database.open()


def _one(sql: Sql, *params: Any) -> Steps[None]:
    yield Statement(sql, params)
