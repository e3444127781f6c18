"""PostgreSQL: asyncpg for the records, SQLAlchemy over asyncpg for accounts, one pool each."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from aios.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from sqlalchemy.orm import Session

    from aios.database.address import Address
    from aios.database.base import Row, Statement, Steps

T = TypeVar("T")

CONNECT_TIMEOUT_S = 5
STATEMENT_TIMEOUT_S = 30
ACCOUNT_CONNECTIONS = 3
ENGINE = "postgresql+asyncpg://"
"""The rest of the address goes to asyncpg as it was given."""


class PostgresqlDatabase:
    """`Database` on a PostgreSQL server."""

    dialect: Literal["postgresql"] = "postgresql"

    def __init__(self, address: Address, *, pool: int) -> None:
        self._address = address
        self._size = pool

    async def open(self) -> None:
        """Connect both pools. Raises UnavailableError when the server does not answer."""
        async with _unavailable():
            self._pool = await asyncpg.create_pool(
                **self._address.connecting,
                min_size=1,
                max_size=self._size,
                timeout=CONNECT_TIMEOUT_S,
                command_timeout=STATEMENT_TIMEOUT_S,
                reset=_keep,
            )
        self._engine = create_async_engine(
            ENGINE,
            pool_size=ACCOUNT_CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,
            **self._address.engine_options,
        )

    async def close(self) -> None:
        """Wait for running statements, then disconnect."""
        await self._engine.dispose()
        await self._pool.close()

    async def read(self, work: Callable[[Session], T]) -> T:
        """See Database.read."""
        async with _unavailable(), AsyncSession(self._engine, expire_on_commit=False) as session:
            return await session.run_sync(work)

    async def write(self, work: Callable[[Session], T]) -> T:
        """See Database.write."""
        async with _unavailable(), AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            return await session.run_sync(work)

    async def run(self, steps: Steps[T]) -> T:
        """See Database.run. The transaction ends with the generator, so its locks are short."""
        async with _unavailable(), self._pool.acquire() as connection, connection.transaction():
            try:
                statement = next(steps)
                while True:
                    if statement.many:
                        if statement.params and statement.sql.array:
                            await connection.execute(statement.sql.postgresql, *statement.as_array)
                        elif statement.params:
                            await connection.executemany(statement.sql.postgresql, statement.params)
                        statement = steps.send([])
                    else:
                        rows: Any = await connection.fetch(statement.sql.postgresql, *statement.params)
                        statement = steps.send(rows)
            except StopIteration as stop:
                value: T = stop.value
                return value

    async def fetch(self, statement: Statement) -> list[Row]:
        """See Database.fetch."""
        async with _unavailable():
            # A Record is read like a sequence, though its type does not say so.
            if self._address.pooler:  # parsed and run on one server only inside a transaction
                async with self._pool.acquire() as connection, connection.transaction():
                    rows: Any = await connection.fetch(statement.sql.postgresql, *statement.params)
            else:
                rows = await self._pool.fetch(statement.sql.postgresql, *statement.params)
            return cast("list[Row]", rows)

    async def search(self, statement: Statement) -> list[Row]:
        """See Database.search; the server does the work either way."""
        return await self.fetch(statement)


async def _keep(_: object) -> None:
    """Give a connection back as it is: we set nothing on it, and asyncpg's reset is a round trip for every use."""


@asynccontextmanager
async def _unavailable() -> AsyncGenerator[None]:
    """Turn lost connections, refused commits and time-outs into the error that says: nothing was kept, try again."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError, OSError, TimeoutError) as error:
        message = "The change could not be kept just now. Nothing was changed; try again in a moment."
        raise UnavailableError(message) from error
