"""Pokes by LISTEN and NOTIFY, over one connection of their own."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import asyncpg

from aios.records.channels.relay import Relay

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from aios.database import Address

NAME = "aios_pokes"
TIMEOUT_S = 5


class _Link:
    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection

    async def send(self, text: str) -> None:
        await self._connection.execute("SELECT pg_notify($1, $2)", NAME, text)

    async def check(self) -> None:
        await self._connection.execute("SELECT 1")


def postgresql_channel(address: Address) -> Relay:
    """The channel of the processes that share the database at `address`.

    A NOTIFY inside the writing transaction would be sent by the same commit, but such commits wait for each other, over
    the whole server (PreCommit_Notify takes a lock on the database). So it is sent after, by itself, many at a time.
    """

    @asynccontextmanager
    async def connect(received: Callable[[str], None], lost: Callable[[], None]) -> AsyncGenerator[_Link]:
        connection = await asyncpg.connect(**address.connecting, timeout=TIMEOUT_S, command_timeout=TIMEOUT_S)
        try:
            connection.add_termination_listener(lambda _: lost())
            # A notification leaves a commit record, and nobody needs that on disk before going on.
            await connection.execute("SET synchronous_commit TO off; SET application_name TO 'aios pokes'")
            await connection.add_listener(NAME, lambda _connection, _pid, _channel, payload: received(str(payload)))
            yield _Link(connection)
        finally:
            with suppress(Exception):
                await connection.close(timeout=TIMEOUT_S)

    return Relay("PostgreSQL", connect)
