"""SQLite: one writer thread with group commit, readers inline.

`synchronous=FULL` makes an acknowledged write survive a power cut. Group commit pays for it: while one
commit waits for the disk, the next requests queue up and share the following one. Every commit of the
process happens on that thread, so two of our own transactions never wait for each other's lock.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from aios.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from aios.database.base import Row, Statement, Steps

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
MOST_IN_ONE_COMMIT = 256
CACHE_KB = 4_000
"""Of each connection. SQLite's own 2 MB do not hold the inner pages of a file with some hundred people."""
CHECKPOINT_PAGES = 16_000
"""64 MB of log before it is folded into the file: many people's saves touch the same pages again and again."""
SEARCH_THREADS = 2
ROWS_AT_ONCE = 16


def connect(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    """Open `path` with the pragmas that AIOS relies on; transactions are begun and ended by hand."""
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KB}")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    return connection


class SqliteDatabase:
    """`Database` on one file."""

    dialect: Literal["sqlite"] = "sqlite"

    def __init__(self, path: str) -> None:
        self.path = path

    async def open(self) -> None:
        """Make the folder and the file where they are missing, and start the writer."""
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            self._writer = Writer(connect(self.path))
            self._reader = connect(self.path, read_only=True)
        except (OSError, sqlite3.Error) as error:
            message = f"The database file {self.path} cannot be opened: {error}."
            raise UnavailableError(message) from error
        self._sessions = _borrow(self._reader)
        self._searchers = ThreadPoolExecutor(SEARCH_THREADS, thread_name_prefix="aios-search")
        self._local = threading.local()
        self._lent: list[sqlite3.Connection] = []

    async def close(self) -> None:
        """Commit what was accepted, then close every connection."""
        await asyncio.to_thread(self._writer.stop)
        self._searchers.shutdown(wait=True)
        for connection in self._lent:  # or the file stays open until they are collected
            connection.close()
        self._sessions.dispose()
        self._reader.close()

    async def read(self, work: Callable[[Session], T]) -> T:
        """See Database.read; runs inline, since accounts are point look-ups."""
        with Session(self._sessions, expire_on_commit=False) as session:
            return work(session)

    async def write(self, work: Callable[[Session], T]) -> T:
        """See Database.write."""
        writer = self._writer

        def on_writer(_: sqlite3.Connection) -> T:
            with Session(writer.sessions, expire_on_commit=False) as session:
                result = work(session)
                session.flush()
                return result

        return await writer.submit(on_writer)

    async def run(self, steps: Steps[T]) -> T:
        """See Database.run."""
        return await self._writer.submit(lambda connection: _drive(connection, steps))

    async def fetch(self, statement: Statement) -> list[Row]:
        """See Database.fetch."""
        return self.fetch_now(statement)

    def fetch_now(self, statement: Statement) -> list[Row]:
        """Run one indexed reading statement inline: a few microseconds, less than a thread hop."""
        return self._reader.execute(statement.sql.sqlite, statement.params).fetchall()

    async def search(self, statement: Statement) -> list[Row]:
        """See Database.search."""
        return await asyncio.get_running_loop().run_in_executor(self._searchers, self._search, statement)

    def _search(self, statement: Statement) -> list[Row]:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self.path, read_only=True)
            self._lent.append(connection)
        return connection.execute(statement.sql.sqlite, statement.params).fetchall()


class Writer:
    """The only thread that writes. All work that waits shares one commit; a savepoint each, unless it is alone."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.sessions = _borrow(connection)
        self._connection = connection
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="aios-writer", daemon=True)
        self._thread.start()

    def submit(self, function: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """Queue `function`; the future is done once its effects are on disk, or failed with nothing kept."""
        work = _Work(function)
        self._queue.put(work)
        return work.future

    def stop(self) -> None:
        """Finish what is queued and close the connection."""
        self._queue.put(None)
        self._thread.join()
        self.sessions.dispose()
        self._connection.close()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            first = self._queue.get()
            if first is None:
                return
            batch = [first]
            while len(batch) < MOST_IN_ONE_COMMIT and not self._queue.empty():
                work = self._queue.get()
                if work is None:
                    stopping = True
                    break
                batch.append(work)
            self._commit(batch)
            _settle(batch)

    def _commit(self, batch: list[_Work]) -> None:
        execute = self._connection.execute
        try:
            execute("BEGIN IMMEDIATE")
            if len(batch) == 1:
                execute("COMMIT" if self._try(batch[0]) else "ROLLBACK")
                return
            for work in batch:
                execute("SAVEPOINT work")
                if not self._try(work):
                    execute("ROLLBACK TO work")
                execute("RELEASE work")
            execute("COMMIT")
        except sqlite3.Error as error:
            failure = _unavailable(error)
            for work in batch:
                work.error = work.error or failure
            if self._connection.in_transaction:
                execute("ROLLBACK")

    def _try(self, work: _Work) -> bool:
        try:
            work.result = work.function(self._connection)
        except (sqlite3.Error, OperationalError) as error:
            work.error = _unavailable(error)
        except Exception as error:  # noqa: BLE001  the caller gets it, whatever it is
            work.error = error
        return work.error is None


class _Work:
    __slots__ = ("error", "function", "future", "loop", "result")

    def __init__(self, function: Callable[[sqlite3.Connection], Any]) -> None:
        self.function = function
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None


def _settle(batch: list[_Work]) -> None:
    """Wake each loop once for all its finished work."""
    loops: dict[asyncio.AbstractEventLoop, list[_Work]] = {}
    for work in batch:
        loops.setdefault(work.loop, []).append(work)
    for loop, works in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, works)


def _resolve(batch: list[_Work]) -> None:
    for work in batch:
        if work.future.done():
            continue
        if work.error is None:
            work.future.set_result(work.result)
        else:
            work.future.set_exception(work.error)


def _unavailable(error: Exception) -> UnavailableError:
    failure = UnavailableError("The change could not be kept just now. Nothing was changed; try again in a moment.")
    failure.__cause__ = error
    return failure


def _drive(connection: sqlite3.Connection, steps: Steps[T]) -> T:
    try:
        statement = next(steps)
        while True:
            if statement.many:
                _many(connection, statement)
                statement = steps.send([])
            else:
                statement = steps.send(connection.execute(statement.sql.sqlite, statement.params).fetchall())
    except StopIteration as stop:
        value: T = stop.value
        return value


def _many(connection: sqlite3.Connection, statement: Statement) -> None:
    """Insert rows `ROWS_AT_ONCE` a statement: between two statements the interpreter may go to another thread."""
    rows = statement.params
    if not statement.sql.inserts:
        connection.executemany(statement.sql.sqlite, rows)
        return
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        connection.execute(statement.sql.of_rows(len(part)), tuple(chain.from_iterable(part)))


def _borrow(connection: sqlite3.Connection) -> Engine:
    """Lend one connection to SQLAlchemy without its transaction control: the writer begins and commits."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    dialect: Any = engine.dialect
    dialect.do_begin = dialect.do_commit = dialect.do_rollback = dialect.do_close = _nothing
    return engine


def _nothing(_: object) -> None:
    pass
