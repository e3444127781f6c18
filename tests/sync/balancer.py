"""One address before several servers: connections go to each in turn. Tells which of them carry a stream of events."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MOST = 65_536
LONGEST_S = 20


class Balancer:
    """`streams` counts open connections that carry a stream; `opened` all that ever did."""

    def __init__(self, urls: list[str]) -> None:
        self.url = ""
        self.streams = 0
        self.opened = 0
        self.taken = [0] * len(urls)
        """Connections of each server."""
        self._targets = [(parts.hostname, parts.port) for parts in map(urlsplit, urls)]
        self._next = 0
        self._changed = asyncio.Event()

    async def until(self, *, streams: int) -> None:
        """Wait until so many streams are open."""
        async with asyncio.timeout(LONGEST_S):
            while self.streams != streams:
                self._changed.clear()
                await self._changed.wait()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join a client to the server whose turn it is, until either goes."""
        place = self._next % len(self._targets)
        self._next += 1
        self.taken[place] += 1
        stream = [False]
        try:
            back_reader, back_writer = await asyncio.open_connection(*self._targets[place])
        except OSError:
            writer.close()
            return
        ways = {
            asyncio.ensure_future(self._copy(reader, back_writer, stream)),
            asyncio.ensure_future(self._copy(back_reader, writer, [True])),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            back_writer.close()
            writer.close()
            if stream[0]:
                self.streams -= 1
                self._changed.set()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stream: list[bool]) -> None:
        with suppress(OSError):
            while part := await reader.read(MOST):
                if not stream[0] and part.startswith(b"GET /api/sync/events"):
                    stream[0] = True
                    self.streams += 1
                    self.opened += 1
                    self._changed.set()
                writer.write(part)
                await writer.drain()


@asynccontextmanager
async def balanced(*urls: str) -> AsyncIterator[Balancer]:
    """Listen on a free port of the loopback address."""
    balancer = Balancer(list(urls))
    server = await asyncio.start_server(balancer.connected, "127.0.0.1", 0)
    balancer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield balancer
    finally:
        server.close()
