"""The stream of events: at once, after every write, for one person alone, and no longer than it may be."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from aios.records.ids import new_id
from aios.records.sync import events as stream
from tests.people import PASSWORD, Person
from tests.sync.streams import listening

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

    from tests.people import People
    from tests.sync.calls import Calls


async def sign_in(person: Person) -> Person:
    """The same person on another device."""
    body = {"username": person.username, "password": PASSWORD}
    answer = await person.client.post("/api/auth/login", json=body)
    return Person(person.client, answer.json()["token"], answer.json()["user"])


async def test_the_head_at_once_and_every_write(device: Calls, mara: Person) -> None:
    await mara.post("/api/notes", {"title": "Before"})
    async with listening(mara) as heard:
        assert heard.status == 200
        assert heard.headers["content-type"] == "text/event-stream"
        assert heard.headers["cache-control"] == "no-store, no-transform"
        assert heard.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in heard.headers
        assert await heard.rev() == 1
        await device.done(device.mutation("create", new_id(), title="Pushed"))
        assert await heard.rev() == 2
        note = (await mara.post("/api/notes", {"title": "By REST"})).json()["id"]
        assert await heard.rev() == 3
        await mara.delete(f"/api/notes/{note}")
        assert await heard.rev() == 4
        form = {"title": "By a form", "bodyMarkdown": "", "tags": ""}
        headers = {"origin": "http://aios.test"}
        assert (await mara.request("POST", "/notebook", data=form, headers=headers)).status_code == 303
        assert await heard.rev() == 5
        await mara.put("/api/settings", {"darkMode": False})
        assert await heard.rev() == 6


async def test_what_changed_nothing_says_nothing(device: Calls, mara: Person) -> None:
    sent = device.mutation("create", new_id(), title="Once")
    await device.done(sent)
    async with listening(mara) as heard:
        assert await heard.rev() == 1
        await device.done(sent)
        await device.push(device.mutation("update", new_id(), title="Never made"))
        await device.done(device.mutation("create", new_id(), title="Another"))
        assert await heard.rev() == 2


async def test_many_writes_are_few_events(mara: Person) -> None:
    async with listening(mara) as heard:
        assert await heard.rev() == 0
        await asyncio.gather(*(mara.post("/api/notes", {"title": f"Note {n}"}) for n in range(60)))
        assert await heard.until(60) < 30


async def test_nobody_else_hears_of_it(mara: Person, people: People) -> None:
    ines = await people()
    async with listening(mara) as hers, listening(ines) as other:
        assert (await hers.rev(), await other.rev()) == (0, 0)
        await mara.post("/api/notes", {"title": "Mine"})
        assert await hers.rev() == 1
        await ines.post("/api/notes", {"title": "One"})
        await ines.post("/api/notes", {"title": "Two"})
        await other.until(2)
        assert hers.is_quiet()


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"account": new_id()}, 409, "account"),
        ({"account": ""}, 400, "invalid"),
        ({"cursor": "1"}, 400, "invalid"),
        ({"release": "0"}, 426, "release"),
    ],
)
async def test_refused_as_every_call_of_sync(mara: Person, params: dict[str, str], status: int, code: str) -> None:
    answer = await mara.get("/api/sync/events", params={"account": mara.id, **params})
    assert (answer.status_code, answer.json()["code"], answer.json()["floor"]) == (status, code, 1)


async def test_nobody_listens_without_a_session(mara: Person, client: httpx.AsyncClient) -> None:
    other = await sign_in(mara)
    answer = await client.get("/api/sync/events", params={"account": mara.id})
    assert (answer.status_code, answer.json()["code"]) == (401, "missing")
    await other.post("/api/auth/logout", {})
    answer = await other.get("/api/sync/events", params={"account": mara.id})
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")


async def test_a_cookie_is_as_good(mara: Person, client: httpx.AsyncClient) -> None:
    form = {"username": mara.username, "password": PASSWORD}
    answer = await client.post("/sign-in", data=form, headers={"origin": "http://aios.test"})
    cookies = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
    client.cookies.clear()
    async with listening(mara, headers={"host": "aios.test", "cookie": cookies}) as heard:
        assert (heard.status, await heard.rev()) == (200, 0)


async def test_it_ends_with_the_session(mara: Person) -> None:
    other = await sign_in(mara)
    async with listening(mara) as kept, listening(other) as ended:
        assert (await kept.rev(), await ended.rev()) == (0, 0)
        await other.post("/api/auth/logout", {})
        assert await ended.rev() is None
        await mara.post("/api/notes", {"title": "Still heard here"})
        assert await kept.rev() == 1


async def test_it_ends_when_another_device_signs_it_out(mara: Person, client: httpx.AsyncClient) -> None:
    form = {"username": mara.username, "password": PASSWORD}
    answer = await client.post("/sign-in", data=form, headers={"origin": "http://aios.test"})
    cookies = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
    client.cookies.clear()
    async with listening(mara) as ended:
        assert await ended.rev() == 0
        headers = {"origin": "http://aios.test", "cookie": cookies}
        await client.post("/settings/devices", data={"_method": "DELETE"}, headers=headers)
        assert await ended.rev() is None


async def test_a_sign_of_life(mara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.05)
    async with listening(mara) as heard:
        assert await heard.rev() == 0
        assert await heard.part() == b":\n\n"
        assert await heard.part() == b":\n\n"
        await mara.post("/api/notes", {"title": "Still there"})
        while (part := await heard.part()) == b":\n\n":
            pass
        assert part == b'data: {"rev":1}\n\n'


async def test_an_expired_session_ends_at_the_next_sign_of_life(mara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.05)
    async with listening(mara) as heard:
        assert await heard.rev() == 0
        now = stream.now_ms()
        monkeypatch.setattr(stream, "now_ms", lambda: now + 8 * 86_400_000)
        while (part := await heard.part()) is not None:
            assert part == b":\n\n"


async def test_the_oldest_of_too_many_ends(mara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_STREAMS", 2)
    async with listening(mara) as first, listening(mara) as second:
        assert (await first.rev(), await second.rev()) == (0, 0)
        async with listening(mara) as third:
            assert await third.rev() == 0
            assert await first.rev() is None
            await mara.post("/api/notes", {"title": "Heard"})
            assert (await second.rev(), await third.rev()) == (1, 1)


async def test_nothing_is_left_of_a_device_that_went(mara: Person) -> None:
    state = mara.client._transport.app.app.state  # type: ignore[attr-defined]
    async with listening(mara) as heard:
        assert await heard.rev() == 0
        assert state.events.spaces == [mara.id]
        heard.leave()
        assert await heard.rev() is None
    assert state.events.spaces == []
    assert state.streams._open == {}
    assert not state.events.listened.is_set()


async def test_head_is_answered_and_ends(mara: Person) -> None:
    async with listening(mara, method="HEAD") as heard:
        assert heard.status == 200
        while await heard.part() is not None:
            pass
        assert heard.body == b""


async def test_a_stopping_server_ends_them(mara: Person) -> None:
    front: Any = mara.client._transport.app  # type: ignore[attr-defined]
    async with listening(mara) as heard:
        assert await heard.rev() == 0
        front.stop()
        assert await heard.rev() is None
    async with listening(mara) as late:
        assert await late.rev() == 0
        assert await late.rev() is None


async def test_the_log_does_not_call_it_slow(
    start: Callable[..., Awaitable[httpx.AsyncClient]], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    client = await start(access_log=True)
    answer = await client.post("/api/auth/register", json={"username": "mara", "password": PASSWORD})
    mara = Person(client, answer.json()["token"], answer.json()["user"])
    async with listening(mara) as heard:
        assert await heard.rev() == 0
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(1)
        held_ms = (asyncio.get_running_loop().time() - began) * 1000
    client._transport.app.app.state.log.flush()  # type: ignore[attr-defined]
    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    (line,) = [each for each in lines if each["path"] == "/api/sync/events"]
    assert line["status"] == 200
    assert line["ms"] < held_ms
