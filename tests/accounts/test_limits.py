"""Counting attempts, on both databases."""

from __future__ import annotations

import asyncio

import pytest

from aios.accounts.limits import Gate, Use, address_key, admit, device_key, give_back, name_key, sweep
from aios.database import Sql, Statement
from aios.errors import TooManyError
from aios.records.clock import now_ms
from aios.settings import Rate

RATE = Rate(3, 60)
NOW = 1_800_000_000_000


async def count(database, key):
    rows = await database.fetch(Statement(Sql("SELECT count FROM rate_count WHERE key = ?"), (key,)))
    return rows[0][0] if rows else None


async def test_attempts_up_to_the_limit_are_admitted(database):
    left = [(await database.run(admit(RATE, ("a",), NOW + wait))).remaining for wait in (0, 10, 20)]
    assert left == [2, 1, 0]
    with pytest.raises(TooManyError) as refused:
        await database.run(admit(RATE, ("a",), NOW + 15_500))
    assert refused.value.headers == {
        "Retry-After": "45",
        "RateLimit-Limit": "3",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "45",
    }
    assert refused.value.detail == "Too many attempts. Try again in a minute."
    assert (await database.run(admit(RATE, ("b",), NOW))).remaining == 2


async def test_a_window_ends_although_attempts_go_on(database):
    for _ in range(3):
        await database.run(admit(RATE, ("a",), NOW))
    for wait in range(0, 60_000, 20_000):
        with pytest.raises(TooManyError):
            await database.run(admit(RATE, ("a",), NOW + wait))
    assert await database.run(admit(RATE, ("a",), NOW + 60_000)) == Use(3, 2, 60)


async def test_a_refused_attempt_counts_nowhere(database):
    for _ in range(3):
        await database.run(admit(RATE, ("address", "one"), NOW))
    with pytest.raises(TooManyError):
        await database.run(admit(RATE, ("other", "one"), NOW))
    with pytest.raises(TooManyError):
        await database.run(admit(RATE, ("address", "two"), NOW))
    assert await count(database, "other") is None
    assert await count(database, "two") is None
    assert await count(database, "one") == 3


async def test_the_tightest_of_several_is_told(database):
    await database.run(admit(RATE, ("a",), NOW))
    assert (await database.run(admit(RATE, ("a", "b"), NOW))).remaining == 1
    assert (await database.run(admit(RATE, ("b", "a"), NOW))).remaining == 0


async def test_what_was_right_is_given_back(database):
    await database.run(admit(RATE, ("a", "b"), NOW))
    await database.run(give_back(("a", "b", "never")))
    await database.run(give_back(("a",)))
    assert [await count(database, key) for key in ("a", "b", "never")] == [0, 0, None]


async def test_together_they_are_admitted_only_up_to_the_limit(database):
    results = await asyncio.gather(*(database.run(admit(RATE, ("a",), NOW)) for _ in range(20)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["TooManyError"] * 17 + ["Use"] * 3


async def test_ended_windows_are_forgotten(database):
    await database.run(admit(RATE, ("old",), NOW))
    await database.run(admit(RATE, ("new",), NOW + 30_000))
    await database.run(sweep(NOW + 60_000))
    assert [await count(database, key) for key in ("old", "new")] == [None, 1]


def test_keys_fit_their_column_and_do_not_tell_names():
    keys = [
        address_key("register", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"),
        name_key("login", "mara" * 50),
        device_key("password", "019ab2c4-7d10-7c3e-9b54-6f1d2a8e4c01"),
    ]
    assert max(len(key) for key in keys) <= 64
    assert "mara" not in keys[1]
    assert address_key("login", "2001:db8::1") == address_key("login", "2001:db8::2")


async def test_the_gate_lets_as_many_in_as_there_are_places():
    gate, inside, most = Gate(), 0, 0

    async def attempt():
        nonlocal inside, most
        async with gate.passing(2, ("address", "name")):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(attempt() for _ in range(10)))
    assert most == 2
    assert not gate._waiting


async def test_the_gate_forgets_who_gave_up():
    gate = Gate()

    async def attempt():
        async with gate.passing(1, ("name",)):
            await asyncio.sleep(10)

    waiting = [asyncio.create_task(attempt()) for _ in range(3)]
    await asyncio.sleep(0.01)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert not gate._waiting


async def test_the_sweeping_job_takes_what_has_ended(database):
    from aios.accounts.sweep import ACCOUNTS_SWEEP  # noqa: PLC0415  beside its only test

    await database.run(admit(RATE, ("old",), NOW - 10 * 365 * 86_400_000))
    await database.run(admit(RATE, ("new",), now_ms()))
    await ACCOUNTS_SWEEP.run(database, {})
    assert [await count(database, key) for key in ("old", "new")] == [None, 1]
