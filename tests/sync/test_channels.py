"""Pokes between two servers on one database: through what the database offers, through Redis, and after it was away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aios.records.channels import relay
from aios.records.sync import events as stream
from tests.people import PASSWORD, Person
from tests.sync.streams import LONGEST_S, listening
from tests.sync.test_push import run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

    from tests.redis_server import RedisServer

    Start = Callable[..., Awaitable[httpx.AsyncClient]]

AWAY = "redis://127.0.0.1:9/0"
"""The discard port: nobody listens."""
BACKENDS = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'aios pokes'"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sign of life comes, which would read the head, too; connecting again takes no half minute."""
    monkeypatch.setattr(stream, "BEAT_S", 600)
    monkeypatch.setattr(relay, "LONGEST_S", 0.1)


async def mara_on(client: httpx.AsyncClient) -> Person:
    answer = await client.post("/api/auth/register", json={"username": "mara", "password": PASSWORD})
    return Person(client, answer.json()["token"], answer.json()["user"])


def elsewhere(person: Person, client: httpx.AsyncClient) -> Person:
    """The same session, talking to another server."""
    return Person(client, person.token, {"id": person.id, "username": person.username})


async def write(person: Person, number: int) -> None:
    answer = await person.post("/api/notes", {"title": f"Note {number}"})
    assert answer.status_code == 201, answer.text


async def health(client: httpx.AsyncClient) -> dict[str, str]:
    answer = await client.get("/health/ready")
    assert answer.status_code == 200
    given: dict[str, str] = answer.json()
    return given


async def until(client: httpx.AsyncClient, *, degraded: bool) -> None:
    async with asyncio.timeout(LONGEST_S):
        while ("degraded" in await health(client)) is not degraded:  # noqa: ASYNC110  no event tells
            await asyncio.sleep(0.05)


async def test_the_database_carries_them(start: Start) -> None:
    one, two = await start(), await start()
    mara = await mara_on(one)
    async with listening(mara, two) as heard, listening(mara, one) as near:
        assert (await heard.rev(), await near.rev()) == (0, 0)
        for number in range(1, 4):
            await write(mara, number)
            assert await near.rev() == number
            assert await heard.rev() == number
        await write(elsewhere(mara, two), 4)
        assert (await near.rev(), await heard.rev()) == (4, 4)


async def test_many_writes_of_many_people_are_few_messages(start: Start) -> None:
    one, two = await start(), await start()
    mara = await mara_on(one)
    others: list[Person] = []
    for number in range(5):
        body = {"username": f"other{number}", "password": PASSWORD}
        answer = await one.post("/api/auth/register", json=body)
        others.append(Person(one, answer.json()["token"], answer.json()["user"]))
    async with listening(mara, two) as heard:
        assert await heard.rev() == 0
        await asyncio.gather(*(write(each, n) for n in range(40) for each in (*others, mara)))
        assert await heard.until(40) < 20


async def test_signing_out_ends_streams_of_other_servers(
    start: Start, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once; a shared file tells of revisions alone, so there it ends at the next sign of life."""
    if dialect == "sqlite":
        monkeypatch.setattr(stream, "BEAT_S", 0.5)
    one, two = await start(), await start()
    mara = await mara_on(one)
    async with listening(mara, two) as heard:
        assert await heard.rev() == 0
        await mara.post("/api/auth/logout", {})
        assert await heard.rev() is None


async def test_redis_carries_them(start: Start, redis_server: RedisServer) -> None:
    one, two = [await start(redis_url=redis_server.url) for _ in range(2)]
    mara = await mara_on(one)
    await until(one, degraded=False)
    async with listening(mara, two) as heard:
        assert await heard.rev() == 0
        for number in range(1, 4):
            await write(mara, number)
            assert await heard.rev() == number
        await mara.post("/api/auth/logout", {})
        assert await heard.rev() is None


async def test_without_redis_everything_else_works(start: Start) -> None:
    one = await start(redis_url=AWAY)
    mara = await mara_on(one)
    await until(one, degraded=True)
    assert "Redis cannot be reached" in (await health(one))["degraded"]
    async with listening(mara) as heard:
        assert await heard.rev() == 0
        await write(mara, 1)
        assert await heard.rev() == 1


async def test_what_redis_missed_is_looked_up(start: Start, redis_server: RedisServer) -> None:
    one, two = [await start(redis_url=redis_server.url) for _ in range(2)]
    mara = await mara_on(one)
    mute = elsewhere(mara, await start(redis_url=AWAY))
    async with listening(mara, two) as heard:
        assert await heard.rev() == 0
        redis_server.kill()
        await until(two, degraded=True)
        await write(mute, 1)
        assert heard.is_quiet()
        redis_server.start()
        assert await heard.rev() == 1
        redis_server.kill()
        await until(one, degraded=True)
        await write(mara, 2)
        redis_server.start()
        assert await heard.rev() == 2


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_what_postgresql_missed_is_looked_up(start: Start, database_url: str) -> None:
    one, two = await start(), await start()
    mara = await mara_on(one)
    mute = elsewhere(mara, await start(redis_url=AWAY))
    async with listening(mara, two) as heard:
        assert await heard.rev() == 0
        for number in range(1, 4):
            await write(mute, number)
            assert heard.is_quiet()
            async with asyncio.timeout(LONGEST_S):
                while len(await run(database_url, f"SELECT pid {BACKENDS}")) != 2:  # noqa: ASYNC110  no event tells
                    await asyncio.sleep(0.05)
            await run(database_url, f"SELECT pg_terminate_backend(pid) {BACKENDS}")
            assert await heard.rev() == number


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_nobody_listening_nothing_is_asked(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await start()
    database: Any = one._transport.app.app.state.database  # type: ignore[attr-defined]
    asked: list[str] = []
    fetch_now = database.fetch_now

    def counting(statement: Any) -> Any:
        asked.append(statement.sql.sqlite)
        return fetch_now(statement)

    monkeypatch.setattr(database, "fetch_now", counting)
    mara = await mara_on(one)
    await asyncio.sleep(0.6)
    assert not [each for each in asked if "data_version" in each]
    async with listening(mara) as heard:
        assert await heard.rev() == 0
        await asyncio.sleep(0.6)
    assert [each for each in asked if "data_version" in each]


async def test_a_missing_package_is_said(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys  # noqa: PLC0415  here only

    from aios.app import create_app  # noqa: PLC0415  slow: here only
    from aios.settings import SettingsError  # noqa: PLC0415  as above

    monkeypatch.setitem(sys.modules, "redis", None)
    for name in [each for each in sys.modules if each.startswith(("redis.", "aios.records.channels.redis"))]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SettingsError, match=r"pip install 'aios\[redis\]'"):
        create_app(msgspec.structs.replace(settings, redis_url=AWAY))
