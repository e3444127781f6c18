"""Files that wait to be read take up room, so there are few of them and they count."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from aios.records.ids import new_id
from tests.people import PASSWORD, Person
from tests.port.sending import PATH

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    import httpx

    from tests.people import People

WAITING = "Three files of yours wait to be read already. Try again once one of them is in."
FULL = "Your account has used the 1 MB that this server gives it, so this was not kept."


class Slow:
    """A form that is sent up to the middle of its file, and on when it is told to."""

    def __init__(self, person: Person, body: bytes) -> None:
        self._go = asyncio.Event()
        self._half = asyncio.Event()
        self._body = body
        headers = {"content-type": "multipart/form-data; boundary=x"}
        self._answer = asyncio.create_task(person.request("POST", PATH, content=self._form(), headers=headers))

    async def half(self) -> Slow:
        """Wait until the server has the first part, or has answered."""
        waiting = asyncio.create_task(self._half.wait())
        await asyncio.wait({waiting, self._answer}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        waiting.cancel()
        return self

    async def end(self) -> httpx.Response:
        """Send the rest."""
        self._go.set()
        return await self._answer

    async def _form(self) -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n' + self._body
        yield b"\xff"  # asked for once the server has taken the first part
        self._half.set()
        with suppress(TimeoutError):  # a test that failed before does not wait for ever
            await asyncio.wait_for(self._go.wait(), 10)
        yield b"\r\n--x--\r\n"


async def nothing_waits(person: Person) -> None:
    """Wait until all that was sent is read."""
    for _ in range(500):
        if "Waiting" not in (page := (await person.get(PATH)).text) and "Coming in" not in page:
            return
        await asyncio.sleep(0.02)
    pytest.fail("the imports do not end")


async def test_three_imports_of_a_person_wait_at_most(people: People) -> None:
    mara, foz = await people(), await people()
    slow = [await Slow(mara, b"\xff" * 10).half() for _ in range(3)]
    refused = await mara.request("POST", PATH, files={"file": ("a.md", b"text")})
    assert refused.status_code == 422
    assert WAITING in refused.text
    assert (await foz.request("POST", PATH, files={"file": ("a.md", b"text")})).status_code == 303
    assert [(await each.end()).status_code for each in slow] == [303] * 3
    await nothing_waits(mara)
    assert (await mara.request("POST", PATH, files={"file": ("a.md", b"text")})).status_code == 303


async def test_files_that_wait_count_as_records_do(start: Callable[..., Awaitable[httpx.AsyncClient]]) -> None:
    client = await start(account_limit=1_000_000)
    body = {"username": f"person{new_id()[-12:]}", "password": PASSWORD}
    answer = await client.post("/api/auth/register", json=body)
    mara = Person(client, answer.json()["token"], answer.json()["user"])

    async def send(size: int) -> httpx.Response:
        return await mara.request("POST", PATH, files={"file": ("a.bin", b"\xff" * size)})

    large = await send(1_000_001)
    assert (large.status_code, FULL in large.text) == (422, True)
    slow = await Slow(mara, b"\xff" * 600_000).half()
    other = await Slow(mara, b"\xff" * 600_000).half()
    answers = [await slow.end(), await other.end()]
    assert sorted(each.status_code for each in answers) == [303, 422]
    assert any(FULL in each.text for each in answers)
    await nothing_waits(mara)
    for _ in range(10):
        assert (await mara.post("/api/notes", {"title": "x", "bodyMarkdown": "word " * 9_000})).status_code == 201
    assert (await send(700_000)).status_code == 422
    assert (await send(100_000)).status_code == 303
