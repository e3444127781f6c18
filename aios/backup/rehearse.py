"""A rehearsal: bring a backup back beside the database in use, look whether everything is well, and remove it again."""

from __future__ import annotations

import secrets
import tempfile
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from aios.backup.errors import BackupError
from aios.backup.restore import restore
from aios.database import Address
from aios.database.migrate import finish

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator
    from typing import Any

    from aios.backup.manifest import Manifest, Progress


@contextmanager
def rehearsal(address: Address, path: Path, progress: Progress) -> Generator[tuple[Address, Path, Manifest]]:
    """Restore `path` to a database and a folder that are there for the block only. Gives them and what was restored.

    On PostgreSQL the role must be allowed to create databases. Raises BackupError and MigrationError.
    """
    with tempfile.TemporaryDirectory(prefix="aios-rehearsal-") as folder:
        place = Path(folder)
        if address.dialect == "sqlite":
            scratch = Address("sqlite", str(place / "aios.sqlite3"))
            yield scratch, place, restore(scratch, place, path, progress).manifest
            return
        name = f"aios_rehearsal_{secrets.token_hex(4)}"
        finish(_sql(address, f'CREATE DATABASE "{name}" TEMPLATE template0'))
        try:
            target = urlsplit(address.target)._replace(path=f"/{name}").geturl()
            scratch = msgspec.structs.replace(address, target=target)
            yield scratch, place, restore(scratch, place, path, progress).manifest
        finally:
            finish(_sql(address, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _sql(address: Address, statement: str) -> None:
    async with _connected(address) as connection:
        await connection.execute(statement)


@asynccontextmanager
async def _connected(address: Address) -> AsyncGenerator[Any]:
    import asyncpg  # noqa: PLC0415  only the driver in use

    try:
        connection = await asyncpg.connect(**address.connecting, timeout=10)
        try:
            yield connection
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        message = (
            f"No database could be made to rehearse in: {error}. "
            "Use a role that may create databases, or rehearse on another server."
        )
        raise BackupError(message) from error
