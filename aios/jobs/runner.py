"""Running jobs: one at a time in a process, never the same one in two processes.

A runner claims a due job by one UPDATE, which sets a lease and a token. While the job runs the lease is
renewed; a runner that dies lets it lapse, and another takes the job over. A runner that finds its lease
gone stops the job, and whatever it writes about a job carries the token, so it cannot spoil a newer claim.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from aios.database import Sql, Statement, Steps
from aios.errors import UnavailableError
from aios.jobs.queue import Sleeper, enqueue_steps
from aios.records.clock import now_ms
from aios.records.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aios.database import Database, Row
    from aios.jobs.kind import JobKind

_log = logging.getLogger(__name__)

LEASE_MS = 60_000
POLL_S = 15.0
AFTER_WAKE_S = (0.0, 0.2, 1.0)
"""A runner may be woken just before the commit that it is woken for, so it looks again shortly after."""
FIRST_RETRY_MS = 5_000
LONGEST_RETRY_MS = 3_600_000
STOP_TIMEOUT_S = 8.0
LONGEST_ERROR = 2_000

_RENEW = Sql("UPDATE job SET locked_until = ? WHERE id = ? AND locked_by = ? RETURNING id")
_DONE = Sql(
    "UPDATE job SET done_at = ?, last_error = ?, locked_by = NULL, locked_until = NULL WHERE id = ? AND locked_by = ?"
)
_AGAIN = Sql(
    "UPDATE job SET run_at = ?, attempts = ?, last_error = ?, locked_by = NULL, locked_until = NULL "
    "WHERE id = ? AND locked_by = ?"
)


class Claim(msgspec.Struct, frozen=True):
    """A job that this runner holds. `token` names the claim, `attempts` counts it."""

    id: str
    kind: str
    payload: str
    attempts: int
    token: str


class Runner:
    """Runs the jobs of the given kinds.

    `clock` gives milliseconds since the epoch; `lease_ms` is how long a claim holds without being renewed.
    """

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, JobKind],
        clock: Callable[[], int] = now_ms,
        *,
        lease_ms: int = LEASE_MS,
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._clock = clock
        self._lease_ms = lease_ms
        self._claim_sql, self._next_sql = _statements(len(kinds))
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._stopping = False

    async def start(self) -> None:
        """Begin. A database that is away, or has no tables yet, is asked again until it answers."""
        self._loop = asyncio.get_running_loop()
        self._sleeper = Sleeper(self._wake)
        self._task = asyncio.create_task(self._run(), name="aios-jobs")

    async def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Claim nothing more and wait for the running job; after `timeout_s` give it back for another runner."""
        self._stopping = True
        self._woken.set()
        task, self._task = self._task, None
        if task is None:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(task), timeout_s)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def seed(self) -> None:
        """Write the row of each recurring or one-time kind. The unique key makes it one, whoever starts."""
        for kind in self._kinds.values():
            if kind.every_s:
                await self._database.run(enqueue_steps(kind.name, unique_key=f"every:{kind.name}"))
            if kind.once:
                await self._database.run(enqueue_steps(kind.name, unique_key=f"once:{kind.name}:{kind.once}"))

    async def run_due(self) -> int:
        """Run what is due now, one after the other. Gives the number of jobs that were run."""
        count = 0
        while not self._stopping and (claim := await self._claim()) is not None:
            await self._carry_out(claim)
            count += 1
        return count

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def _run(self) -> None:
        waits = list(AFTER_WAKE_S)
        seeded = False
        while not self._stopping:
            try:
                if not seeded:
                    await self.seed()
                    seeded = True
                await self.run_due()
            except Exception as error:  # noqa: BLE001  the database is away, or not migrated: the next look may do
                _log.warning("Jobs wait for the database: %s", error)
            if await self._sleep(waits.pop(0) if waits else POLL_S):
                waits = list(AFTER_WAKE_S)

    async def _sleep(self, longest_s: float) -> bool:
        """Wait for a wake-up, the next job's time or `longest_s`. Gives whether it was a wake-up."""
        wait_s = longest_s
        with suppress(Exception):  # it was logged when a job was looked for
            at = (await self._database.fetch(Statement(self._next_sql, tuple(self._kinds))))[0][0]
            if at is not None:
                wait_s = min(wait_s, max(0.05, (at - self._clock()) / 1000))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), wait_s)
        woken = self._woken.is_set()
        self._woken.clear()
        return woken

    async def _claim(self) -> Claim | None:
        if not self._kinds:
            return None
        now = self._clock()
        at = (await self._database.fetch(Statement(self._next_sql, tuple(self._kinds))))[0][0]
        if at is None or at > now:  # the common case costs a read, not a write
            return None
        token = new_id()
        statement = Statement(self._claim_sql, (token, now + self._lease_ms, now, now, *self._kinds))
        rows = await self._database.run(_one(statement))
        if not rows:
            return None
        job_id, kind, payload, attempts = rows[0]
        return Claim(job_id, kind, payload, attempts, token)

    async def _carry_out(self, claim: Claim) -> None:
        kind = self._kinds[claim.kind]
        if claim.attempts > kind.attempts:  # the last attempt ended with its process
            await self._failed(claim, kind, "The process ended in the middle of each attempt.")
            return
        work = asyncio.create_task(self._perform(claim, kind))
        renewal = asyncio.create_task(self._renew(claim))
        try:
            await asyncio.wait({work, renewal}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _end(work)
            await self._again(claim, self._clock(), claim.attempts - 1, None)
            raise
        finally:
            await _end(renewal)
        if not work.done():
            await _end(work)  # the lease is lost: whoever holds it now runs the job
        elif (error := work.exception()) is not None:
            _log.warning("%s failed, attempt %d of %d", claim.kind, claim.attempts, kind.attempts, exc_info=error)
            await self._failed(claim, kind, f"{type(error).__name__}: {error}"[:LONGEST_ERROR])
        else:
            await self._succeeded(claim, kind)

    async def _perform(self, claim: Claim, kind: JobKind) -> None:
        await kind.run(self._database, msgspec.json.decode(claim.payload, type=dict[str, Any]))

    async def _renew(self, claim: Claim) -> None:
        """Keep the lease until cancelled. Returns when somebody else holds the job, or nobody can tell any more."""
        until = self._clock() + self._lease_ms
        while True:
            await asyncio.sleep(self._lease_ms / 3000)
            try:
                ahead = self._clock() + self._lease_ms
                if not await self._database.run(_one(Statement(_RENEW, (ahead, claim.id, claim.token)))):
                    return
                until = ahead
            except UnavailableError:
                if self._clock() >= until:
                    return

    async def _succeeded(self, claim: Claim, kind: JobKind) -> None:
        if kind.every_s:
            await self._again(claim, self._clock() + kind.every_s * 1000, 0, None)
        else:
            await self._done(claim, None)

    async def _failed(self, claim: Claim, kind: JobKind, error: str) -> None:
        if claim.attempts < kind.attempts:
            await self._again(claim, self._clock() + retry_delay_ms(claim.attempts), claim.attempts, error)
        elif kind.every_s:
            await self._again(claim, self._clock() + kind.every_s * 1000, 0, error)
        else:
            await self._done(claim, error)

    async def _again(self, claim: Claim, run_at: int, attempts: int, error: str | None) -> None:
        await self._database.run(_one(Statement(_AGAIN, (run_at, attempts, error, claim.id, claim.token))))

    async def _done(self, claim: Claim, error: str | None) -> None:
        await self._database.run(_one(Statement(_DONE, (self._clock(), error, claim.id, claim.token))))


def retry_delay_ms(attempts: int) -> int:
    """How long to wait after the failed attempt number `attempts`: twice as long each time, at most an hour, ±50 %."""
    delay = min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1))
    return int(delay * random.uniform(0.5, 1.5))  # noqa: S311  spreads retries, guards nothing


def _statements(kinds: int) -> tuple[Sql, Sql]:
    """The claim and the instant of the next job. Kinds are named, so that an older process leaves newer kinds alone."""
    known = f"kind IN ({', '.join('?' * kinds)})" if kinds else "1 = 0"
    due = f"done_at IS NULL AND run_at <= ? AND (locked_until IS NULL OR locked_until <= ?) AND {known}"
    first = f"SELECT id FROM job WHERE {due} ORDER BY run_at, id LIMIT 1"  # noqa: S608  placeholders only
    claim = (
        "UPDATE job SET locked_by = ?, locked_until = ?, attempts = attempts + 1 "
        "WHERE id = ({}) RETURNING id, kind, payload, attempts"
    )
    return (
        Sql(claim.format(first), claim.format(f"{first} FOR UPDATE SKIP LOCKED")),
        Sql(
            "SELECT min(CASE WHEN locked_until > run_at THEN locked_until ELSE run_at END) "  # noqa: S608  as above
            f"FROM job WHERE done_at IS NULL AND {known}"
        ),
    )


def _one(statement: Statement) -> Steps[list[Row]]:
    return (yield statement)


async def _end(work: asyncio.Future[Any]) -> None:
    """Cancel and wait, whatever the outcome."""
    work.cancel()
    await asyncio.wait({work})
    if not work.cancelled():
        work.exception()
