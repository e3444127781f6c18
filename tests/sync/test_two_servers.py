"""Two `aios serve` behind one address: what one takes, streams of both tell. And how a server with streams ends."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.e2e.server import Server
from tests.people import PASSWORD
from tests.sync.balancer import balanced

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.redis_server import RedisServer

LONGEST_S = 20


class Device:
    """Calls as a program does, each on a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._headers: dict[str, str] = {}
        self.account = ""

    async def post(self, path: str, body: dict[str, str]) -> dict[str, object]:
        """Send JSON."""
        async with httpx.AsyncClient(base_url=self._url, headers=self._headers, timeout=LONGEST_S) as client:
            answer = await client.post(path, json=body)
        assert answer.is_success, answer.text
        given: dict[str, object] = answer.json()
        return given

    async def sign_up(self) -> None:
        """Make an account."""
        answer = await self.post("/api/auth/register", {"username": "mara", "password": PASSWORD})
        self._headers["authorization"] = f"Bearer {answer['token']}"
        self.account = answer["user"]["id"]  # type: ignore[index]

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[AsyncIterator[int]]:
        """The revisions of a stream of events."""
        async with (
            httpx.AsyncClient(base_url=self._url, headers=self._headers, timeout=LONGEST_S) as client,
            client.stream("GET", "/api/sync/events", params={"account": self.account}) as answer,
        ):
            assert answer.status_code == 200

            async def revisions() -> AsyncIterator[int]:
                async for line in answer.aiter_lines():
                    if line.startswith("data: "):
                        yield json.loads(line.removeprefix("data: "))["rev"]

            yield revisions()


async def until(stream: AsyncIterator[int], rev: int) -> None:
    async with asyncio.timeout(LONGEST_S):
        while await anext(stream) != rev:
            pass


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.parametrize("through", ["NOTIFY", "Redis"])
async def test_pokes_cross(
    environment: dict[str, str], through: str, redis_server: RedisServer, tmp_path: Path
) -> None:
    shared = {**environment, **({"REDIS_URL": redis_server.url} if through == "Redis" else {})}
    running = [Server(shared, tmp_path / f"log{number}") for number in range(2)]
    for server in running:
        server.start()
    try:
        async with AsyncExitStack() as stack:
            address = await stack.enter_async_context(balanced(*(server.url for server in running)))
            device = Device(address.url)
            await device.sign_up()
            streams = [await stack.enter_async_context(device.stream()) for _ in range(2)]
            for stream in streams:
                await until(stream, 0)
            for rev in range(1, 7):
                await device.post("/api/notes", {"title": f"Note {rev}"})
                for stream in streams:
                    await until(stream, rev)
            assert min(address.taken) >= 3, "each server took a share"
            assert address.streams == 2
            # Ending is clean: the last part of each answer arrives.
            for server in running:
                await asyncio.to_thread(server.stop)
            for stream in streams:
                assert await anext(stream, None) is None
    finally:
        for server in running:
            if server._process is not None:
                server.kill()
