"""Reading a stream of events from the app itself: httpx waits for the end of an answer, which never comes."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.people import Person

PATH = "/api/sync/events"
LONGEST_S = 20
"""For what has to come; tests end long before."""


class Reading:
    """What has arrived of one stream."""

    def __init__(self, sent: asyncio.Queue[dict[str, Any]], disconnect: asyncio.Event) -> None:
        self._sent = sent
        self._disconnect = disconnect
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""

    async def part(self) -> bytes | None:
        """The next part of the body; None at the end."""
        async with asyncio.timeout(LONGEST_S):
            message = await self._sent.get()
        if not message.get("more_body"):
            self.body += message.get("body", b"")
            return None
        part: bytes = message["body"]
        self.body += part
        return part

    async def rev(self) -> int | None:
        """The revision of the next event; None when the stream ends."""
        part = await self.part()
        if part is None:
            return None
        assert part.startswith(b"data: "), part
        assert part.endswith(b"\n\n"), part
        given: dict[str, int] = json.loads(part.removeprefix(b"data: "))
        assert set(given) == {"rev"}
        return given["rev"]

    async def until(self, rev: int) -> int:
        """Read up to the event of `rev`. Gives how many events that took."""
        for count in range(1, 1_000):
            found = await self.rev()
            if found is not None and found >= rev:
                assert found == rev
                return count
        raise AssertionError(rev)

    def is_quiet(self) -> bool:
        """Whether nothing waits to be read."""
        return self._sent.empty()

    def leave(self) -> None:
        """Go, as a device that lost its network."""
        self._disconnect.set()


@asynccontextmanager
async def listening(
    person: Person, client: Any = None, *, method: str = "GET", headers: dict[str, str] | None = None, **params: str
) -> AsyncIterator[Reading]:
    """Open the stream of `person`; `client` is of another process of the same server."""
    app = (client or person.client)._transport.app
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    disconnect = asyncio.Event()
    began = False

    async def receive() -> dict[str, Any]:
        nonlocal began
        if not began:
            began = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await disconnect.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        await sent.put(dict(message))

    given = {"host": "aios.test", "authorization": f"Bearer {person.token}"} if headers is None else headers
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": urlencode({"account": person.id, **params}).encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 40_000),
        "server": ("aios.test", 80),
    }
    task = asyncio.create_task(app(scope, receive, send))
    reading = Reading(sent, disconnect)
    try:
        async with asyncio.timeout(LONGEST_S):
            start = await sent.get()
        reading.status = start["status"]
        reading.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        yield reading
    finally:
        disconnect.set()
        async with asyncio.timeout(LONGEST_S):
            await task
