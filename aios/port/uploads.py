"""Keeping what was sent until a job has read it, and telling what became of it."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from aios.database import Sql, Statement
from aios.errors import InvalidError, QuotaError, UnavailableError
from aios.jobs.kind import JobKind
from aios.jobs.queue import enqueue_steps
from aios.port.bring import Bringing, Report, choose
from aios.port.limits import RefusedError
from aios.port.person import into
from aios.port.source import of_file
from aios.records import statements as sql
from aios.records.clock import now_ms

if TYPE_CHECKING:
    from aios.database import Database, Row, Steps
    from aios.modules import Registry
    from aios.records.writes import Writes

_log = logging.getLogger(__name__)

PART = 1_000_000
LISTED = 10
TRIES = 3
EVERY_S = 0.5
"""Between two notes of how far it is."""
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
KEPT_MS = 30 * DAY_MS
IN_MEMORY = 2_000_000
MOST_WAITING = 3
"""Files of an account that are being sent, or not read to their end yet."""
WAITING = "Three files of yours wait to be read already. Try again once one of them is in."
BROKEN = "Something went wrong on the server, three times. What came in before it is kept; the log says more."
BEGIN = "waiting"

_INSERT = Sql(
    "INSERT INTO upload (id, account_id, name, size, zone, state, attempts, report, created_at) "
    "VALUES (?, ?, ?, 0, ?, 'sent', 0, '{}', ?)"
)
_ADD = Sql("INSERT INTO upload_part (upload_id, number, account_id, body) VALUES (?, ?, ?, ?)")
_COUNT = Sql(
    "SELECT COUNT(*) FROM upload WHERE account_id = ? "
    "AND ((state IN ('waiting', 'running') AND created_at > ?) OR (state = 'sent' AND created_at > ?))"
)
"""What is older was given up by its sender, or by the jobs."""
_PARTS_SIZE = Sql(
    "SELECT COALESCE(SUM(LENGTH(body)), 0) FROM upload_part WHERE account_id = ?",
    "SELECT COALESCE(SUM(OCTET_LENGTH(body)), 0) FROM upload_part WHERE account_id = ?",
)
_READY = Sql("UPDATE upload SET state = 'waiting', size = ? WHERE id = ? AND account_id = ?")
_PARTS = Sql("SELECT body FROM upload_part WHERE upload_id = ? AND number = ?")
_DROP_PARTS = Sql("DELETE FROM upload_part WHERE upload_id = ?")
_DROP = Sql("DELETE FROM upload WHERE id = ?")
_START = Sql(
    "UPDATE upload SET state = 'running', attempts = attempts + 1 WHERE id = ? AND state IN ('waiting', 'running') "
    "RETURNING account_id, name, size, zone, attempts"
)
_TELL = Sql("UPDATE upload SET report = ? WHERE id = ?")
_END = Sql("UPDATE upload SET state = ?, report = ? WHERE id = ?")
_SHOW = "SELECT id, name, size, state, report, created_at FROM upload WHERE account_id = ? AND state <> 'sent'"
_ONE = Sql(f"{_SHOW} AND id = ?")
_ALL = Sql(f"{_SHOW} ORDER BY created_at DESC, id LIMIT ?")
_OLD = Sql("SELECT id FROM upload WHERE created_at < ? OR (created_at < ? AND state = 'sent')")
_encode = msgspec.json.encode


class Shown(NamedTuple):
    """An import as its person sees it."""

    id: str
    name: str
    size: int
    state: str
    report: Report
    created_at: int

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self.state in {"done", "failed"}


class Incoming:
    """A file that is being sent, written to the database piece by piece.

    `limit` is how many bytes the records of the account and its files may take up together; 0 is no limit.
    """

    def __init__(self, database: Database, account_id: str, upload_id: str, limit: int) -> None:
        self._database = database
        self._account_id = account_id
        self._limit = limit
        self._buffer = bytearray()
        self._number = 0
        self.id = upload_id
        self.size = 0

    async def begin(self, name: str, zone: str) -> None:
        """Note that it comes. Raises InvalidError where too many wait already."""

        def steps() -> Steps[None]:
            yield Statement(sql.HEAD, (self._account_id,))  # one after the other, so that they count each other
            now = now_ms()
            rows: list[Row] = yield Statement(_COUNT, (self._account_id, now - DAY_MS, now - HOUR_MS))
            if rows[0][0] >= MOST_WAITING:
                raise InvalidError(WAITING)
            yield Statement(_INSERT, (self.id, self._account_id, name[-200:], zone[:64], now))

        await self._database.run(steps())

    async def write(self, data: bytes) -> None:
        """Take a piece. Raises QuotaError."""
        self._buffer += data
        self.size += len(data)
        while len(self._buffer) >= PART:
            await self._flush(PART)

    async def end(self) -> None:
        """All of it is here: let a job read it. Raises QuotaError."""
        await self._flush(PART)

        def steps() -> Steps[None]:
            yield Statement(_READY, (self.size, self.id, self._account_id))
            yield from enqueue_steps(
                IMPORT, {"upload": self.id}, account_id=self._account_id, unique_key=f"import:{self.id}"
            )

        await self._database.run(steps())

    async def drop(self) -> None:
        """It is not taken after all."""
        await forget(self._database, self.id)

    async def _flush(self, length: int) -> None:
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        if not body:
            return

        def steps() -> Steps[None]:
            if self._limit:
                yield Statement(sql.HEAD, (self._account_id,))
                kept: list[Row] = yield Statement(sql.USED, (self._account_id,))
                sent: list[Row] = yield Statement(_PARTS_SIZE, (self._account_id,))
                if kept[0][0] + sent[0][0] + len(body) > self._limit:
                    raise QuotaError(self._limit)
            yield Statement(_ADD, (self.id, self._number, self._account_id, body))

        await self._database.run(steps())
        self._number += 1


async def find(database: Database, account_id: str, upload_id: str) -> Shown | None:
    """An import of a person."""
    rows = await database.fetch(Statement(_ONE, (account_id, upload_id)))
    return _shown(rows[0]) if rows else None


async def recent(database: Database, account_id: str) -> list[Shown]:
    """The last imports of a person, the newest first."""
    return [_shown(row) for row in await database.fetch(Statement(_ALL, (account_id, LISTED)))]


async def forget(database: Database, upload_id: str) -> None:
    """Remove an import and its file."""

    def steps() -> Steps[None]:
        yield Statement(_DROP_PARTS, (upload_id,))
        yield Statement(_DROP, (upload_id,))

    await database.run(steps())


IMPORT = "port.import"
SWEEP = "port.sweep"


def port_jobs(registry: Registry, writes: Writes) -> dict[str, JobKind]:
    """The jobs that read what was sent, and forget what is old."""

    async def run(database: Database, payload: dict[str, Any]) -> None:
        await _bring(database, registry, writes, payload["upload"])

    kinds = (JobKind(name=IMPORT, run=run), JobKind(name=SWEEP, run=_sweep, every_s=DAY_MS // 1000))
    return {kind.name: kind for kind in kinds}


async def _bring(database: Database, registry: Registry, writes: Writes, upload_id: str) -> None:
    """Bring in what was sent. After a crash it is begun anew: what came in before is recognised."""
    rows = await database.run(_one(Statement(_START, (upload_id,))))
    if not rows:
        return
    account_id, name, size, zone, attempts = rows[0]
    report = Report()
    try:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            await _fetch(database, upload_id, file)
            source = await asyncio.to_thread(of_file, name, file, size)
            chosen = await asyncio.to_thread(choose, registry, source)
            whose = await into(database, account_id, zone)
            bringing = Bringing(
                writes,
                source=source,
                chosen=chosen,
                into=whose,
                name=upload_id,
                after=_Telling(database, upload_id),
            )
            report = bringing.report
            await bringing.run()
    except RefusedError as error:
        report.stopped = error.detail
    except UnavailableError:
        raise  # tried again by the runner
    except Exception:
        if attempts < TRIES:
            raise
        _log.exception("an import failed for good")
        report.stopped = BROKEN
    await _end(database, upload_id, report)


async def _fetch(database: Database, upload_id: str, file: Any) -> None:  # noqa: ANN401  a temporary file
    number = 0
    while rows := await database.search(Statement(_PARTS, (upload_id, number))):
        file.write(bytes(rows[0][0]))
        number += 1


async def _end(database: Database, upload_id: str, report: Report) -> None:
    def steps() -> Steps[None]:
        state = "failed" if report.stopped else "done"
        yield Statement(_END, (state, _encode(report).decode(), upload_id))
        yield Statement(_DROP_PARTS, (upload_id,))

    await database.run(steps())


class _Telling:
    """Notes now and then how far it is."""

    def __init__(self, database: Database, upload_id: str) -> None:
        self._database = database
        self._upload_id = upload_id
        self._next = 0.0

    async def __call__(self, report: Report) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_S
        short = Report(format=report.format, counts=report.counts, seen=report.seen, total=report.total)
        await self._database.run(_one(Statement(_TELL, (_encode(short).decode(), self._upload_id))))


async def _sweep(database: Database, _: dict[str, Any]) -> None:
    now = now_ms()
    for (upload_id,) in await database.search(Statement(_OLD, (now - KEPT_MS, now - DAY_MS))):
        await forget(database, upload_id)


def _shown(row: Row) -> Shown:
    upload_id, name, size, state, report, created_at = row
    return Shown(upload_id, name, size, state, msgspec.json.decode(report, type=Report), created_at)


def _one(statement: Statement) -> Steps[list[Row]]:
    return (yield statement)
