"""A network between a browser and its server that can be pulled out and put back."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MOST = 65_536


class Network:
    """One address before a server. What is under way when it is pulled out is cut in the middle."""

    def __init__(self, url: str) -> None:
        self.url = ""
        self.cuts = 0
        self._target = urlsplit(url)
        self._is_down = False
        self._open: set[asyncio.StreamWriter] = set()

    def pull_out(self) -> None:
        """Cut everything, and refuse what comes."""
        self._is_down = True
        self.cuts += 1
        for writer in self._open:
            writer.transport.abort()

    def put_back(self) -> None:
        """Let everything through again."""
        self._is_down = False

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join a client to the server, until either goes or the network does."""
        if self._is_down:
            writer.transport.abort()
            return
        back_reader, back_writer = await asyncio.open_connection(self._target.hostname, self._target.port)
        ends = {writer, back_writer}
        self._open |= ends
        ways = {
            asyncio.ensure_future(_copy(reader, back_writer)),
            asyncio.ensure_future(_copy(back_reader, writer)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            self._open -= ends
            for end in ends:
                end.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while part := await reader.read(MOST):
            writer.write(part)
            await writer.drain()


@asynccontextmanager
async def network(url: str) -> AsyncIterator[Network]:
    """Listen on a free port of the loopback address."""
    made = Network(url)
    server = await asyncio.start_server(made.connected, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        made.pull_out()
        server.close()
