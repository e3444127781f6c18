"""Jobs: enqueued with what wants them, run once at a time, retried, taken over, given up in sight."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from aios.database import Address, Sql, Statement, open_database
from aios.errors import UnavailableError
from aios.jobs import JobKind, Runner, enqueue, enqueue_steps
from aios.jobs.runner import retry_delay_ms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aios.database import Database, Steps

ROW = Sql("SELECT attempts, last_error, done_at, locked_by, run_at FROM job ORDER BY created_at, id")


class Clock:
    """Milliseconds that only the test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now


class Work:
    """A kind of job that notes what it was asked, and how many ran at once."""

    def __init__(self, name: str = "test.work", *, every_s: int = 0, attempts: int = 3, takes_s: float = 0) -> None:
        self.seen: list[dict[str, Any]] = []
        self.most_at_once = 0
        self.fails = 0
        self.takes_s = takes_s
        self.started = asyncio.Event()
        self.running = 0
        self.kind = JobKind(name=name, run=self._run, every_s=every_s, attempts=attempts)

    async def _run(self, _: Database, payload: dict[str, Any]) -> None:
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        self.started.set()
        try:
            await asyncio.sleep(self.takes_s)
        finally:
            self.running -= 1
        self.seen.append(payload)
        if self.fails:
            self.fails -= 1
            message = "the other side is away"
            raise ConnectionError(message)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def second(database_url: str) -> AsyncIterator[Database]:
    """Another process's view of the same database."""
    opened = open_database(Address.parse(database_url))
    await opened.open()
    yield opened
    await opened.close()


async def row(database: Database) -> Any:
    return (await database.fetch(Statement(ROW)))[0]


async def test_a_job_runs_once_with_its_payload(database: Database, clock: Clock) -> None:
    work = Work()
    runner = Runner(database, {work.kind.name: work.kind}, clock)
    await database.run(enqueue_steps("test.work", {"number": 7}, run_at=clock.now))
    assert await runner.run_due() == 1
    assert await runner.run_due() == 0
    assert work.seen == [{"number": 7}]
    attempts, error, done_at, locked_by, _ = await row(database)
    assert (attempts, error, done_at, locked_by) == (1, None, clock.now, None)


async def test_a_job_exists_if_and_only_if_its_transaction_was_kept(database: Database, clock: Clock) -> None:
    def refused(session: Any) -> None:
        enqueue(session, "test.work", {"number": 1}, run_at=clock.now)
        message = "no"
        raise ValueError(message)

    def refused_steps() -> Steps[None]:
        yield from enqueue_steps("test.work", {"number": 2}, run_at=clock.now)
        yield Statement(Sql("INSERT INTO sync_head (space_id) VALUES (NULL)"))

    with pytest.raises(ValueError, match="no"):
        await database.write(refused)
    with pytest.raises(UnavailableError):
        await database.run(refused_steps())
    await database.write(lambda session: enqueue(session, "test.work", {"number": 3}, run_at=clock.now))
    work = Work()
    await Runner(database, {work.kind.name: work.kind}, clock).run_due()
    assert work.seen == [{"number": 3}]


async def test_a_job_waits_for_its_time_and_kinds_that_are_unknown_stay(database: Database, clock: Clock) -> None:
    work = Work()
    runner = Runner(database, {work.kind.name: work.kind}, clock)
    await database.run(enqueue_steps("test.work", run_at=clock.now + 1000))
    await database.run(enqueue_steps("of.a.newer.version", run_at=clock.now))
    assert await runner.run_due() == 0
    clock.now += 1000
    assert await runner.run_due() == 1
    assert await Runner(database, {}, clock).run_due() == 0


async def test_a_failing_job_is_tried_again_later_and_later_and_then_given_up(database: Database, clock: Clock) -> None:
    work = Work(attempts=3)
    work.fails = 99
    runner = Runner(database, {work.kind.name: work.kind}, clock)
    await database.run(enqueue_steps("test.work", run_at=clock.now))
    waits = []
    for attempt in (1, 2, 3):
        assert await runner.run_due() == 1
        attempts, error, done_at, locked_by, run_at = await row(database)
        assert (attempts, error, locked_by) == (attempt, "ConnectionError: the other side is away", None)
        assert (done_at is not None) == (attempt == 3)
        assert await runner.run_due() == 0
        waits.append(run_at - clock.now)
        clock.now = run_at
    assert 2_500 <= waits[0] <= 7_500
    assert 5_000 <= waits[1] <= 15_000
    assert len(work.seen) == 3


async def test_a_job_that_succeeds_at_last_is_done_without_an_error(database: Database, clock: Clock) -> None:
    work = Work()
    work.fails = 1
    runner = Runner(database, {work.kind.name: work.kind}, clock)
    await database.run(enqueue_steps("test.work", run_at=clock.now))
    await runner.run_due()
    clock.now += 60_000
    await runner.run_due()
    assert tuple(await row(database))[:3] == (2, None, clock.now)


async def test_two_runners_share_the_work_and_never_one_job(database: Database, second: Database) -> None:
    work = Work(takes_s=0.05)
    kinds = {work.kind.name: work.kind}
    for number in range(20):
        await database.run(enqueue_steps("test.work", {"number": number}))
    counts = await asyncio.gather(*(Runner(each, kinds).run_due() for each in (database, second, database, second)))
    assert sum(counts) == 20
    assert sorted(each["number"] for each in work.seen) == list(range(20))
    assert min(counts) > 0


async def test_the_job_of_a_runner_that_died_is_taken_over_after_its_lease(
    database: Database, second: Database, clock: Clock
) -> None:
    work = Work()
    kinds = {work.kind.name: work.kind}
    await database.run(enqueue_steps("test.work", run_at=clock.now))
    dead = Runner(database, kinds, clock, lease_ms=60_000)
    assert await dead._claim() is not None  # and its process ends here
    heir = Runner(second, kinds, clock)
    clock.now += 59_000
    assert await heir.run_due() == 0
    clock.now += 1_000
    assert await heir.run_due() == 1
    assert (await row(database))[0] == 2


async def test_a_job_that_ends_its_process_each_time_is_given_up(database: Database, clock: Clock) -> None:
    work = Work(attempts=2)
    runner = Runner(database, {work.kind.name: work.kind}, clock)
    await database.run(enqueue_steps("test.work", run_at=clock.now))
    for _ in range(2):
        assert await runner._claim() is not None
        clock.now += 60_000
    await runner.run_due()
    assert work.seen == []
    _, error, done_at, _, _ = await row(database)
    assert "The process ended" in error
    assert done_at == clock.now


async def test_a_long_job_keeps_its_lease_and_nobody_runs_it_beside(database: Database, second: Database) -> None:
    work = Work(takes_s=1.2)
    kinds = {work.kind.name: work.kind}
    await database.run(enqueue_steps("test.work"))
    first = asyncio.create_task(Runner(database, kinds, lease_ms=300).run_due())
    await work.started.wait()
    other = Runner(second, kinds, lease_ms=300)
    while not first.done():
        assert await other.run_due() == 0
        await asyncio.sleep(0.05)
    assert (await first, len(work.seen), work.most_at_once) == (1, 1, 1)


async def test_a_runner_that_lost_its_lease_stops_the_job_and_leaves_the_row_alone(
    database: Database, second: Database
) -> None:
    work = Work(takes_s=30)
    runner = Runner(database, {work.kind.name: work.kind}, lease_ms=300)
    await database.run(enqueue_steps("test.work"))
    task = asyncio.create_task(runner.run_due())
    await work.started.wait()
    await second.write(
        lambda session: session.execute(text("UPDATE job SET locked_by = 'another', locked_until = 9999999999999"))
    )
    await asyncio.wait_for(task, 5)
    assert work.running == 0
    assert work.seen == []
    assert tuple(await row(database))[:4] == (1, None, None, "another")


async def test_a_runner_that_comes_back_late_cannot_spoil_a_newer_claim(
    database: Database, second: Database, clock: Clock
) -> None:
    work = Work()
    kinds = {work.kind.name: work.kind}
    await database.run(enqueue_steps("test.work", run_at=clock.now))
    late = Runner(database, kinds, clock)
    stale = await late._claim()
    clock.now += 60_000
    assert stale is not None
    newer = await Runner(second, kinds, clock)._claim()
    assert newer is not None
    await late._succeeded(stale, work.kind)
    await late._failed(stale, work.kind, "late")
    assert tuple(await row(database))[:4] == (2, None, None, newer.token)


async def test_recurring_kinds_are_one_row_however_many_start(
    database: Database, second: Database, clock: Clock
) -> None:
    work = Work("test.daily", every_s=86_400)
    runners = [Runner(each, {work.kind.name: work.kind}, clock) for each in (database, second, database)]
    await asyncio.gather(*(each.seed() for each in runners))
    assert len(await database.fetch(Statement(ROW))) == 1
    clock.now = (await row(database))[4]
    assert sum(await asyncio.gather(*(each.run_due() for each in runners))) == 1
    attempts, error, done_at, _, run_at = await row(database)
    assert (attempts, error, done_at, run_at) == (0, None, None, clock.now + 86_400_000)
    await runners[0].seed()
    assert (await row(database))[4] == run_at


async def test_a_recurring_job_that_failed_shows_it_and_goes_on_next_time(database: Database, clock: Clock) -> None:
    work = Work("test.daily", every_s=86_400, attempts=1)
    work.fails = 1
    runner = Runner(database, {work.kind.name: work.kind}, clock)
    await runner.seed()
    clock.now = (await row(database))[4]
    await runner.run_due()
    attempts, error, done_at, _, run_at = await row(database)
    assert (attempts, done_at, run_at) == (0, None, clock.now + 86_400_000)
    assert "away" in error
    clock.now = run_at
    await runner.run_due()
    assert (await row(database))[1] is None


async def test_a_started_runner_wakes_for_new_work_and_stops_cleanly(database: Database) -> None:
    work = Work()
    runner = Runner(database, {work.kind.name: work.kind})
    await runner.start()
    await asyncio.sleep(1.6)  # it has gone to sleep for its 15 seconds
    await database.write(lambda session: enqueue(session, "test.work"))
    await asyncio.wait_for(work.started.wait(), 3)
    await runner.stop()
    assert tuple(await row(database))[3] is None
    await database.run(enqueue_steps("test.work", {"late": True}))
    await asyncio.sleep(0.3)
    assert work.seen == [{}]


async def test_stopping_gives_an_unfinished_job_back(database: Database) -> None:
    work = Work(takes_s=30)
    runner = Runner(database, {work.kind.name: work.kind})
    await database.run(enqueue_steps("test.work"))
    await runner.start()
    await asyncio.wait_for(work.started.wait(), 3)
    await runner.stop(timeout_s=0.1)
    assert tuple(await row(database))[:4] == (0, None, None, None)
    work.takes_s = 0
    assert await Runner(database, {work.kind.name: work.kind}).run_due() == 1


async def test_a_runner_waits_for_a_database_that_has_no_tables_yet(empty_database_url: str) -> None:
    database = open_database(Address.parse(empty_database_url))
    await database.open()
    try:
        runner = Runner(database, {"test.daily": Work("test.daily", every_s=60).kind})
        await runner.start()
        await asyncio.sleep(0.3)
        assert runner._task is not None
        assert not runner._task.done()
        await runner.stop()
    finally:
        await database.close()


def test_retries_come_later_each_time_and_at_least_each_hour_and_a_half() -> None:
    for attempt, least in ((1, 2_500), (2, 5_000), (5, 40_000)):
        assert all(least <= retry_delay_ms(attempt) <= 3 * least for _ in range(50))
    assert retry_delay_ms(500) <= 5_400_000
    assert len({retry_delay_ms(1) for _ in range(20)}) > 1
