"""A server elsewhere, on this machine, and an app that may read from it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import httpx

from aios.app import create_app
from aios.port.outside import Outside, is_public
from tests.conftest import lifespan
from tests.people import PASSWORD, Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aios.settings import Settings

LOOPBACK = "127.0.0.1"
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Club\r\n{}END:VCALENDAR\r\n"
EVENT = "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:20270105T{hour:02d}0000Z\r\nSUMMARY:{title}\r\n{more}END:VEVENT\r\n"


def event(uid: str, title: str, hour: int = 9, more: str = "") -> str:
    """A VEVENT."""
    return EVENT.format(uid=uid, title=title, hour=hour, more=more)


def calendar(*events: str) -> bytes:
    """A VCALENDAR."""
    return CALENDAR.format("".join(events)).encode()


class Elsewhere:
    """Answers each path with what `answers` has for it: bytes as they go over the wire, or a body."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.port = 0
        self.pause_s = 0.0
        self.endless: dict[str, bytes] = {}
        """What follows the answer of a path, again and again until nobody reads it."""

    def url(self, path: str, host: str = LOOPBACK) -> str:
        """The address of a path."""
        return f"http://{host}:{self.port}{path}"

    def give(self, path: str, body: bytes, headers: str = "", status: str = "200 OK") -> None:
        """Answer `path` like this."""
        length = f"Content-Length: {len(body)}\r\n"
        self.answers[path] = f"HTTP/1.1 {status}\r\n{headers}{length}\r\n".encode() + body

    def lead(self, path: str, location: str) -> None:
        """Lead from `path` to somewhere else."""
        self.give(path, b"", f"Location: {location}\r\n", "302 Found")

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        path = first.split(" ")[1]
        self.asked.append((path, headers))
        if self.pause_s:
            await asyncio.sleep(self.pause_s)
        missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        writer.write(self.answers.get(path, missing))
        with suppress(ConnectionError):
            while path in self.endless and not writer.is_closing():
                writer.write(self.endless[path])
                await writer.drain()


@asynccontextmanager
async def elsewhere() -> AsyncIterator[Elsewhere]:
    """Run it."""
    made = Elsewhere()
    server = await asyncio.start_server(made.handle, LOOPBACK, 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


def reaching(*addresses: str, most_s: float = 5) -> Outside:
    """Reads from these addresses as if they were public."""
    return Outside(lambda address: address in addresses or is_public(address), most_s=most_s)


@asynccontextmanager
async def signed_in(settings: Settings, outside: Outside) -> AsyncIterator[Person]:
    """Somebody with an app that reads by `outside`."""
    async with AsyncExitStack() as stack:
        app = create_app(settings, outside=outside)
        await stack.enter_async_context(lifespan(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://aios.test", timeout=30)
        )
        body = {"username": "mara", "password": PASSWORD}
        answer = (await client.post("/api/auth/register", json=body)).json()
        yield Person(client, answer["token"], answer["user"])


async def titles(person: Person) -> list[str]:
    """What the events are called."""
    found: list[dict[str, Any]] = (await person.get("/api/events?sort=startAt")).json()
    return sorted(each["title"] for each in found)
