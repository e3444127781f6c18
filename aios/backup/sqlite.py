"""SQLite: the backup holds one file, which is a database itself."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aios.backup.errors import BackupError
from aios.backup.manifest import CHUNK, Table, flush
from aios.backup.people import People, bring_people, new_epochs, read_people
from aios.database.address import Address
from aios.database.copies import row_counts, write_copy
from aios.database.migrate import BASE, lend, migrate, version

if TYPE_CHECKING:
    from collections.abc import Generator

    from aios.backup.manifest import Progress

FILE = "database.sqlite3"
_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database that is open, or was when its process ended."""


def dump(path: str, folder: Path, progress: Progress) -> tuple[str, dict[str, Table]]:
    """Copy the database at `path` into `folder`, as it is at one moment; a server goes on writing meanwhile.

    Gives its revision and its tables. Raises UnavailableError and sqlite3.Error.
    """
    with closing(
        sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    ) as source:
        source.execute("BEGIN")  # what is read from here on is of one moment (WAL)
        counts = row_counts(source)
        write_copy(source, folder / FILE, counts, lambda done, all_: progress("Copying", done, all_))
        revision = version(source)
    return revision, {name: Table(rows) for name, rows in counts.items()}


def inspect(file: Path) -> tuple[str, dict[str, Table]]:
    """Revision and tables of a file that nobody writes to, once it was found whole. Raises BackupError."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            faults = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            if faults != ["ok"]:
                message = f"{file} is damaged ({faults[0]}). Use another backup."
                raise BackupError(message)
            return version(connection), {name: Table(rows) for name, rows in row_counts(connection).items()}
    except sqlite3.Error as error:
        message = f"{file} cannot be read as a database: {error}. Use another backup."
        raise BackupError(message) from error


@contextmanager
def held(path: Path) -> Generator[sqlite3.Connection | None]:
    """Hold the database at `path` alone, with its log folded in; None where there is none, or a damaged one.

    Raises BackupError when another process has it open.
    """
    if not path.exists():
        yield None
        return
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
        yield connection if _take(connection, path) else None


def _take(connection: sqlite3.Connection, path: Path) -> bool:
    """Leaving WAL mode needs the file for itself, so it fails while a server has it open."""
    try:
        mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return False
        mode = "wal"
    if mode != "wal":
        return True
    message = f"A server or another program uses {path}. Stop it (also: aios worker), then restore again."
    raise BackupError(message)


def prepare(file: Path, fresh: Path, old: sqlite3.Connection | None, progress: Progress) -> People | None:
    """Make `fresh` from the backed-up `file`: newest schema, the people of `old`, new epochs. Gives who was brought.

    None where `old` could not be read.
    """
    for leftover in (fresh, *(fresh.with_name(fresh.name + suffix) for suffix in _BESIDE)):
        leftover.unlink(missing_ok=True)
    _copy(file, fresh, progress)
    migrate(Address("sqlite", str(fresh)), copy=False)
    people = None
    if old is not None:
        with lend(old) as connection:
            people = read_people(connection)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
        raw.execute("BEGIN IMMEDIATE")
        with lend(raw) as connection:
            if people is not None:
                bring_people(connection, people)
            new_epochs(connection)
        raw.execute("COMMIT")
    flush(fresh)
    return people


def replace(path: Path, fresh: Path, kept: Path) -> None:
    """Put `fresh` in the place of `path`, in one step; what was there is `kept` from then on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        try:
            os.link(path, kept)
        except OSError:  # a file system without hard links
            shutil.copy2(path, kept)
    for suffix in _BESIDE:  # only a damaged database has any left; the log of one must not be applied to another
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + suffix))
    fresh.replace(path)
    flush(path.parent)


def is_empty(connection: sqlite3.Connection | None) -> bool:
    """Whether there is nothing worth keeping."""
    return connection is not None and (version(connection) == BASE or not any(row_counts(connection).values()))


def _copy(file: Path, to: Path, progress: Progress) -> None:
    size, done = file.stat().st_size, 0
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with file.open("rb") as source, os.fdopen(descriptor, "wb") as copy:
        while chunk := source.read(CHUNK):
            copy.write(chunk)
            done += len(chunk)
            progress("Restoring", done, size)
        copy.flush()
        os.fsync(copy.fileno())
