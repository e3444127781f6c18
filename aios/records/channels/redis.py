"""Pokes through Redis, for those who set REDIS_URL. Nothing is stored there."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from aios.records.channels.relay import CHECK_S, Relay

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

NAME = "aios:pokes"
TIMEOUT_S = 5
AGAIN_S = 0.1
_Client: Any = Redis
"""Half of its methods take keywords of any type."""


class _Link:
    def __init__(self, client: Any, reading: asyncio.Task[None]) -> None:  # noqa: ANN401  see _Client
        self._client = client
        self._reading = reading

    async def send(self, text: str) -> None:
        await self._client.publish(NAME, text)

    async def check(self) -> None:
        if self._reading.done():
            self._reading.result()
        await self._client.ping()


def redis_channel(url: str) -> Relay:
    """The channel of the processes that share the Redis at `url`."""

    @asynccontextmanager
    async def connect(received: Callable[[str], None], lost: Callable[[], None]) -> AsyncGenerator[_Link]:
        # Whoever connects again by itself hides that something was missed meanwhile.
        retry = Retry(NoBackoff(), 0)
        client = _Client.from_url(
            url, decode_responses=True, socket_connect_timeout=TIMEOUT_S, socket_timeout=TIMEOUT_S, retry=retry
        )
        async with client, client.pubsub() as subscription:
            await subscription.subscribe(NAME)
            reading = asyncio.create_task(_read(subscription, received))
            reading.add_done_callback(lambda _: lost())
            try:
                yield _Link(client, reading)
            finally:
                # The client takes a cancellation that meets its own time limit for that limit, and goes on.
                while not reading.done():
                    reading.cancel()
                    await asyncio.wait({reading}, timeout=AGAIN_S)
                if not reading.cancelled():
                    reading.exception()

    return Relay("Redis", connect)


async def _read(subscription: Any, received: Callable[[str], None]) -> None:  # noqa: ANN401  as above
    while True:
        message = await subscription.get_message(ignore_subscribe_messages=True, timeout=CHECK_S)
        if message is None:
            await subscription.ping()
        else:
            received(str(message["data"]))
