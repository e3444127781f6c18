"""Migrations: down and up again keep the data, a checked copy comes first, two at once do no harm."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, Boolean, LargeBinary, create_engine, inspect, select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import aios.accounts.models
import aios.jobs.models
import aios.port.models
import aios.records.tables  # noqa: F401  they register themselves
from aios.database import Address, Base
from aios.database import migrate as subject
from aios.database.migrate import MigrationError, current, generate, head, migrate, revisions
from aios.errors import AiosError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from tests.conftest import PostgresqlServer

FILL = "0" * 36
LEARNED_ANEW: dict[str, int | None] = {"cursor": None, "waiting": 0}
"""What older schemas have no place for, and devices tell again with their next call."""

SENT_AGAIN = ("invitation", "upload", "upload_part", "private_address", "feed", "feed_record")
"""Files on their way in, and addresses to and from here, which older schemas have no place for either."""


def on_connection(url: str, work: Callable[[Connection], Any]) -> Any:
    """Run `work` on a plain connection, and commit."""
    address = Address.parse(url)
    if address.dialect == "sqlite":
        engine = create_engine(f"sqlite:///{address.target}", poolclass=NullPool)
        with engine.begin() as connection:
            return work(connection)

    async def run() -> Any:
        engine = create_async_engine("postgresql+asyncpg://", poolclass=NullPool, **address.engine_options)
        async with engine.begin() as connection:
            return await connection.run_sync(work)

    return asyncio.run(run())


def fill(connection: Connection) -> None:
    """One row in each table; all ids alike, so that references hold."""
    for table in Base.metadata.sorted_tables:
        row = {
            column.name: LEARNED_ANEW[column.name]
            if column.name in LEARNED_ANEW
            else True
            if isinstance(column.type, Boolean)
            else 1
            if column.name in {"number", "space"}  # counted anew on the way up
            else 7
            if isinstance(column.type, BigInteger)
            else b"0"
            if isinstance(column.type, LargeBinary)
            else FILL
            for column in table.columns
        }
        connection.execute(table.insert().values(row))


def contents(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    there = inspect(connection).get_table_names()
    return {
        table.name: [tuple(row) for row in connection.execute(select(table))]
        for table in Base.metadata.sorted_tables
        if table.name in there
    }


def schema(connection: Connection) -> dict[str, Any]:
    """Tables, columns, keys and indexes, as the database describes them."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%%'").all()
        return {str(name): sql for name, sql in rows}
    look = inspect(connection)
    return {
        name: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in look.get_columns(name)],
            look.get_pk_constraint(name),
            look.get_foreign_keys(name),
            sorted((str(index["name"]), str(index)) for index in look.get_indexes(name)),
            sorted(str(constraint) for constraint in look.get_unique_constraints(name)),
        )
        for name in sorted(look.get_table_names())
    }


def test_the_models_and_the_migrated_schema_are_one(database_url: str) -> None:
    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)

    assert on_connection(database_url, differences) == []
    assert len(Base.metadata.sorted_tables) > 10


def test_an_empty_database_goes_to_head_without_a_copy(empty_database_url: str, tmp_path: Path) -> None:
    address = Address.parse(empty_database_url)
    assert current(address) == "base"
    done = migrate(address, copies=tmp_path / "copies")
    assert (done.before, done.after, done.copy, done.note) == ("base", head(), None, "")
    assert current(address) == head()
    again = migrate(address, copies=tmp_path / "copies")
    assert (again.before, again.after) == (head(), head())
    assert not (tmp_path / "copies").exists()


def test_down_and_up_again_keep_every_row_and_give_the_same_schema(database_url: str, tmp_path: Path) -> None:
    address = Address.parse(database_url)
    on_connection(database_url, fill)
    rows, shape = on_connection(database_url, contents), on_connection(database_url, schema)
    assert all(len(each) == 1 for each in rows.values())
    for revision in reversed(revisions()[:-1]):
        migrate(address, revision, copies=tmp_path / "copies")
        assert current(address) == revision
        assert on_connection(database_url, schema) != shape
    assert migrate(address, copies=tmp_path / "copies").after == head()
    again = on_connection(database_url, contents)
    # Nobody had a role before revision 0007; coming from there, the first person is the owner.
    again["account"] = [(*row[:5], rows["account"][0][5], *row[6:]) for row in again["account"] if row[5] == "owner"]
    rows["account"] = [(*row[:6], None, *row[7:]) for row in rows["account"]]
    assert again == rows | {name: [] for name in SENT_AGAIN}
    assert on_connection(database_url, schema) == shape


def test_down_to_base_leaves_no_table_and_up_again_gives_the_same_schema(database_url: str) -> None:
    address = Address.parse(database_url)
    shape = on_connection(database_url, schema)
    migrate(address, "base")
    assert on_connection(database_url, lambda connection: inspect(connection).get_table_names()) == ["alembic_version"]
    migrate(address)
    assert on_connection(database_url, schema) == shape


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_sqlite_is_copied_first_and_the_copy_holds_everything(database_url: str, tmp_path: Path) -> None:
    on_connection(database_url, fill)
    rows = on_connection(database_url, contents)
    done = migrate(Address.parse(database_url), "base")
    assert done.copy is not None
    assert done.copy.parent == tmp_path / "backups"
    assert stat.S_IMODE(done.copy.stat().st_mode) == 0o600
    copy_url = f"sqlite:///{done.copy}"
    assert current(Address.parse(copy_url)) == head()
    assert on_connection(copy_url, contents) == rows


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_without_a_whole_copy_nothing_is_changed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_connection(database_url, fill)
    address = Address.parse(database_url)
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(MigrationError, match="as it was"):
        migrate(address, "base", copies=tmp_path / "taken")

    counts = iter([{"record": 1}, {"record": 0}])
    monkeypatch.setattr("aios.database.copies.row_counts", lambda _: next(counts))
    with pytest.raises(AiosError, match="not whole"):
        migrate(address, "base", copies=tmp_path / "copies")
    assert current(address) == head()
    assert len(on_connection(database_url, contents)["record"]) == 1


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_postgresql_is_copied_first_and_the_copy_can_be_restored(
    database_url: str, postgresql_server: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_connection(database_url, fill)
    rows = on_connection(database_url, contents)
    monkeypatch.setenv("PATH", str(postgresql_server.programs))
    done = migrate(Address.parse(database_url), "base", copies=tmp_path / "copies")
    assert done.copy is not None
    assert done.note == ""
    name = postgresql_server.create()
    restored = postgresql_server.url(name)
    subprocess.run(
        [postgresql_server.programs / "pg_restore", "--no-owner", f"--dbname={restored}", done.copy], check=True
    )
    assert on_connection(restored, contents) == rows
    postgresql_server.drop(name)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_without_a_fitting_pg_dump_it_says_so(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_connection(database_url, fill)
    monkeypatch.setenv("PATH", str(tmp_path))
    done = migrate(Address.parse(database_url), revisions()[-2], copies=tmp_path / "copies")
    assert done.copy is None
    assert "pg_dump is not installed" in done.note

    for program in ("pg_dump", "pg_restore"):
        (tmp_path / program).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6 (Debian)'\n")
        (tmp_path / program).chmod(0o755)
    done = migrate(Address.parse(database_url), copies=tmp_path / "copies")
    assert done.copy is None
    assert "pg_dump 9 cannot copy" in done.note


def test_processes_that_migrate_at_once_wait_for_each_other(empty_database_url: str) -> None:
    code = (
        "import sys; from aios.database import Address; from aios.database.migrate import migrate; "
        "print(migrate(Address.parse(sys.argv[1])).before)"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, empty_database_url], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = sorted(process.communicate(timeout=60)[0].strip() for process in processes)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert answers == [head(), head(), "base"]
    assert current(Address.parse(empty_database_url)) == head()


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations, to add to."""
    copy = tmp_path / "migrations"
    shutil.copytree(subject.folder(), copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(subject, "folder", lambda: copy)
    return copy


FAILING = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "9999", "{down}"
def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("DELETE FROM sync_head")
    op.execute("SELECT * FROM no_such_table")
"""


def test_a_migration_that_fails_leaves_nothing_behind(database_url: str, own_folder: Path, tmp_path: Path) -> None:
    address = Address.parse(database_url)
    on_connection(database_url, fill)
    rows, shape = on_connection(database_url, contents), on_connection(database_url, schema)
    (own_folder / "versions" / "9999_failing.py").write_text(FAILING.format(down=head()))
    with pytest.raises(MigrationError, match="no_such_table"):
        migrate(address, copies=tmp_path / "copies")
    assert on_connection(database_url, contents) == rows
    assert on_connection(database_url, schema) == shape
    assert current(address) != head() == "9999"


def test_a_revision_that_nobody_knows_is_refused(database_url: str) -> None:
    address = Address.parse(database_url)
    with pytest.raises(MigrationError, match="There is no revision 0815"):
        migrate(address, "0815")

    def from_the_future(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '7777'")

    on_connection(database_url, from_the_future)
    with pytest.raises(MigrationError, match="a newer AIOS made it"):
        migrate(address)


@pytest.mark.usefixtures("own_folder")
def test_a_generated_revision_is_numbered_and_empty_while_models_and_schema_agree() -> None:
    path = generate("Colour of notes")
    assert path.name == f"{int(head()):04d}_colour_of_notes.py"
    text = path.read_text()
    assert text.count("    pass\n") == 2
    before = f"{int(head()) - 1:04d}"
    assert f"'{before}'" in text or f'"{before}"' in text


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to be taken for one" * 100)
    for work in (current, migrate):
        with pytest.raises(MigrationError):
            work(Address.parse(f"sqlite:///{file}"))


def test_file_names_and_revisions_agree() -> None:
    previous = None
    for path in sorted((subject.folder() / "versions").glob("*.py")):
        scope: dict[str, Any] = {}
        exec(compile(path.read_text(), path, "exec"), scope)  # noqa: S102  our own file, as Alembic does
        assert path.name.partition("_")[0] == scope["revision"]
        assert scope["down_revision"] == previous
        previous = scope["revision"]
    assert previous == head()


def test_the_copy_of_a_busy_database_is_of_one_moment(tmp_path: Path) -> None:
    """Whoever writes meanwhile waits: the copy and what was migrated are the same rows."""
    path = tmp_path / "aios.sqlite3"
    address = Address.parse(f"sqlite:///{path}")
    migrate(address)
    writing = sqlite3.connect(path, isolation_level=None)
    writing.execute("INSERT INTO sync_head VALUES (1, 'a', 'e', 1, 0)")
    writing.execute("BEGIN IMMEDIATE")
    code = (
        "import sys; from aios.database import Address; from aios.database.migrate import migrate; "
        "print(migrate(Address.parse(sys.argv[1]), '0001').copy)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, f"sqlite:///{path}"], stdout=subprocess.PIPE, text=True)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(4)
    writing.execute("INSERT INTO sync_head VALUES (2, 'b', 'e', 1, 0)")
    writing.execute("COMMIT")
    writing.close()
    copy = sqlite3.connect(process.communicate(timeout=60)[0].strip())
    assert copy.execute("SELECT count(*) FROM sync_head").fetchone() == (2,)
    copy.close()
