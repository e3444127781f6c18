"""Password hashes."""

from __future__ import annotations

import asyncio
import statistics
import time

from argon2 import PasswordHasher, extract_parameters

from aios.accounts import passwords as module
from aios.errors import UnavailableError


async def test_a_hash_is_argon2id_with_the_parameters_of_the_design(passwords):
    parameters = extract_parameters(await passwords.hash_password("correct horse"))
    assert (parameters.type.name, parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (
        "ID",
        19456,
        2,
        1,
    )


async def test_only_the_right_password_is_right(passwords):
    hashed = await passwords.hash_password("correct horse")
    assert await passwords.verify(hashed, "correct horse")
    assert not await passwords.verify(hashed, "correct horsf")
    assert not await passwords.verify("not a hash", "correct horse")
    assert not passwords.outdated(hashed)


async def test_accents_may_be_composed_or_not(passwords):
    hashed = await passwords.hash_password("caf\u00e9 at eight")
    assert await passwords.verify(hashed, "cafe\u0301 at eight")


async def test_a_name_nobody_has_takes_as_long(passwords):
    hashed = await passwords.hash_password("correct horse")

    async def took(check):
        start = time.perf_counter()
        await check
        return time.perf_counter() - start

    known, nobody = [], []
    for _ in range(9):
        known.append(await took(passwords.verify(hashed, "wrong")))
        nobody.append(await took(passwords.verify_nothing("wrong")))
    ratio = statistics.median(nobody) / statistics.median(known)
    assert 0.4 < ratio < 2.5, ratio  # without a hash it is below 0.01


async def test_other_parameters_are_outdated(passwords):
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("correct horse"))


async def test_the_loop_goes_on_meanwhile(passwords):
    hashing = asyncio.gather(*(passwords.hash_password("correct horse") for _ in range(4)))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 4


async def test_too_many_at_once_are_asked_to_come_back(passwords, monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    results = await asyncio.gather(*(passwords.verify_nothing("x") for _ in range(4)), return_exceptions=True)
    assert [type(result) for result in results] == [type(None)] * 2 + [UnavailableError] * 2
    await passwords.verify_nothing("x")
