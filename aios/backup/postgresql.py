"""PostgreSQL: the backup holds a file for each table, as COPY writes it: any version of the server reads it back.

pg_dump would be another program that has to be there and to be no older than the server; the schema is in our
migrations anyway.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from aios.backup.errors import BackupError
from aios.backup.manifest import CHUNK, Table, flush
from aios.backup.people import People, bring_people, new_epochs, read_people
from aios.database import Base
from aios.database.migrate import ADVISORY_LOCK, BASE, head, run_revisions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from aios.backup.manifest import Manifest, Progress
    from aios.database import Address

VERSION = "alembic_version"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> $1 ORDER BY tablename"
_COLUMNS = (
    "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped "
    "AND attgenerated = '' ORDER BY attnum"
)
_COUNTERS = (
    "SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name) "
    "FROM information_schema.columns WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'"
)
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)


async def dump(
    address: Address, folder: Path, progress: Progress
) -> tuple[str, dict[str, Table], dict[str, int], list[str]]:
    """Copy all tables into `folder` as they are at one moment; a server goes on writing meanwhile.

    Gives revision, tables, counters and the names of the files. Raises BackupError.
    """
    tables: dict[str, Table] = {}
    async with _connected(address) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        if await connection.fetchval(f"SELECT to_regclass('{VERSION}')") is None:
            return BASE, {}, {}, []
        revision: str = await connection.fetchval(f"SELECT version_num FROM {VERSION}") or BASE  # noqa: S608  a constant
        for (name,) in await connection.fetch(_TABLES, VERSION):
            columns = [row[0] for row in await connection.fetch(_COLUMNS, f'"{name}"')]
            tables[name] = Table(await _dump(connection, name, columns, folder / file_name(name), progress), columns)
        counters = {
            f"{table}.{column}": await connection.fetchval(f"SELECT last_value FROM {sequence}")  # noqa: S608  as above
            for table, column, sequence in await connection.fetch(_COUNTERS)
        }
    return revision, tables, counters, [file_name(name) for name in tables]


def file_name(table: str) -> str:
    """The file of a table in a backup."""
    return f"{table}.copy"


async def _dump(connection: Any, name: str, columns: list[str], to: Path, progress: Progress) -> int:  # noqa: ANN401  asyncpg's types name no COPY
    """Write one table. Gives its number of rows."""
    with to.open("xb") as file:

        async def write(data: bytes) -> None:
            file.write(data)
            progress(f"Copying {name}", file.tell(), 0)

        status: str = await connection.copy_from_table(name, output=write, columns=columns)
    flush(to)
    return int(status.rpartition(" ")[2])


def check_rows(folder: Path, manifest: Manifest) -> None:
    """Count the rows of each file: line ends inside of texts are written otherwise. Raises BackupError."""
    for name, table in manifest.tables.items():
        with (folder / file_name(name)).open("rb") as file:
            rows = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(CHUNK), b""))
        if rows != table.rows:
            message = f"{folder / file_name(name)} holds {rows} rows instead of {table.rows}. Use another backup."
            raise BackupError(message)


async def refuse_in_use(address: Address) -> None:
    """Raise BackupError while anybody else is connected to the database, also after a moment to leave it."""
    others = 0
    async with _connected(address) as connection:
        for _ in range(10):
            others = await connection.fetchval(_OTHERS)
            if not others:
                return
            await asyncio.sleep(0.2)
    message = (
        f"{others} other connection{'s use' if others > 1 else ' uses'} this database. "
        "Stop the server (also: aios worker), then restore again."
    )
    raise BackupError(message)


async def load(address: Address, folder: Path, manifest: Manifest, progress: Progress) -> People | None:
    """Replace all tables by those of the backup, in one transaction. Gives the people that were taken over.

    Raises BackupError and MigrationError, with the database as it was.
    """
    engine = create_async_engine("postgresql+asyncpg://", poolclass=NullPool, **address.engine_options)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
            people = await connection.run_sync(read_people)
            await _empty(connection, manifest)
            await connection.run_sync(run_revisions, BASE, manifest.revision)
            await _fill(connection, folder, manifest, progress)
            if manifest.revision != head():
                await connection.run_sync(run_revisions, manifest.revision, head())
            if people is not None:
                await connection.run_sync(bring_people, people)
            await connection.run_sync(new_epochs)
            await connection.exec_driver_sql("ANALYZE")
            return people
    except (DBAPIError, asyncpg.PostgresError, OSError) as error:
        message = f"The backup could not be restored: {getattr(error, 'orig', error)}. The database is as it was."
        raise BackupError(message) from error
    finally:
        await engine.dispose()


async def _empty(connection: AsyncConnection, manifest: Manifest) -> None:
    """Drop our tables. Whoever uses one after all ends here: it is not waited for."""
    await connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    ours = {VERSION, *Base.metadata.tables, *manifest.tables}
    names = ", ".join(f'"{name}"' for name in sorted(ours))
    await connection.exec_driver_sql(f"DROP TABLE IF EXISTS {names}")


async def _fill(connection: AsyncConnection, folder: Path, manifest: Manifest, progress: Progress) -> None:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    there = {row[0] for row in await driver.fetch(_TABLES, VERSION)}
    order = [table.name for table in Base.metadata.sorted_tables]
    names = [name for name in manifest.tables if name in there]  # others were never ours
    done = 0
    for name in sorted(names, key=lambda name: order.index(name) if name in order else -1):
        progress(f"Restoring {name}", done, manifest.bytes)
        table = manifest.tables[name]
        source = str(folder / file_name(name))
        status: str = await driver.copy_to_table(name, source=source, columns=table.columns)
        if int(status.rpartition(" ")[2]) != table.rows:
            message = f"{name} has {status} rows instead of {table.rows}. The database is as it was."
            raise BackupError(message)
        done += manifest.files[file_name(name)].bytes
    for place, number in manifest.counters.items():
        table_name, _, column = place.partition(".")
        if table_name in there:
            await driver.execute("SELECT setval(pg_get_serial_sequence($1, $2), $3)", table_name, column, number)


@asynccontextmanager
async def _connected(address: Address) -> AsyncGenerator[Any]:
    try:
        connection = await asyncpg.connect(**address.connecting, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        message = f"The database server cannot be reached: {error}. Check DATABASE_URL and that the server runs."
        raise BackupError(message) from error
    try:
        yield connection
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        message = f"No backup could be made: {error}."
        raise BackupError(message) from error
    finally:
        await connection.close()
