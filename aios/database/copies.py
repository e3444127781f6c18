"""A checked copy of a database, made before something that could lose data."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from aios.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from aios.database.address import Address

PAGES_AT_ONCE = 2_000
"""8 MB between two words of progress."""


def copy_sqlite(path: str, connection: sqlite3.Connection, to: Path) -> Path | None:
    """Copy the file at `path` and check the copy; None when there are no rows to lose.

    `connection` holds the write lock, so that what is copied stands still. Raises UnavailableError when the
    copy is not whole.
    """
    counts = row_counts(connection)
    if not any(counts.values()):
        return None
    to.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as source:
        write_copy(source, to, counts)
    return to


def write_copy(
    source: sqlite3.Connection, to: Path, counts: dict[str, int], progress: Callable[[int, int], None] | None = None
) -> None:
    """Copy what `source` sees to the new file `to`; see that it is whole, has `counts` rows and is on disk.

    With a read transaction open on `source`, the copy is of that moment, and others go on writing. `progress` is
    told the pages done and all. Raises UnavailableError.
    """
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(to)) as copy:
        if progress is None:
            source.backup(copy)
        else:
            source.backup(
                copy, pages=PAGES_AT_ONCE, progress=lambda _, left, all_: progress(all_ - left, all_), sleep=0
            )
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        whole = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)] and row_counts(copy) == counts
    if not whole:
        message = f"The copy {to} is not whole, so nothing was changed. Check the disk, then try again."
        raise UnavailableError(message)
    _flush(to)


async def copy_postgresql(address: Address, connection: AsyncConnection, to: Path) -> tuple[Path | None, str]:
    """Copy with pg_dump, where it is installed and not older than the server. Gives the copy, or why there is none.

    Raises UnavailableError when pg_dump is there but its copy is not whole.
    """
    if not await _has_rows(connection):
        return None, ""
    dump, restore = shutil.which("pg_dump"), shutil.which("pg_restore")
    if dump is None or restore is None:
        return None, "No copy was made: pg_dump is not installed here. Use your server's own backups."
    server = int(str((connection.dialect.server_version_info or (0,))[0]))
    version = _major(await _output(dump, "--version"))
    if version < server:
        return None, f"No copy was made: pg_dump {version} cannot copy a server of version {server}."
    to.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    url, password = _without_password(address.target)
    await _output(dump, "--format=custom", f"--file={to}", f"--dbname={url}", password=password)
    listing = await _output(restore, "--list", str(to))
    if " TABLE DATA " not in listing:
        message = f"The copy {to} holds no tables, so nothing was changed. Check pg_dump, then try again."
        raise UnavailableError(message)
    _flush(to)
    return to, ""


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """The number of rows of each table."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
    ).fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608


async def _has_rows(connection: AsyncConnection) -> bool:
    names = await connection.exec_driver_sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'alembic_version'"
    )
    for (name,) in names.all():
        if (await connection.exec_driver_sql(f'SELECT 1 FROM "{name}" LIMIT 1')).first():  # noqa: S608  from the catalogue
            return True
    return False


def _major(version: str) -> int:
    """`pg_dump (PostgreSQL) 15.18 (Debian …)` → 15."""
    number = version.partition(") ")[2].partition(" ")[0].partition(".")[0]
    return int("".join(character for character in number if character.isdigit()) or 0)


def _without_password(url: str) -> tuple[str, str]:
    """A command line is visible to every user of the machine, the environment is not."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, ""
    credentials, _, place = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{credentials.partition(':')[0]}@{place}").geturl(), unquote(parts.password)


async def _output(program: str, *arguments: str, password: str = "") -> str:
    environ = {**os.environ, "PGPASSWORD": password} if password else None
    process = await asyncio.create_subprocess_exec(
        program, *arguments, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, problems = await process.communicate()
    if process.returncode != 0:
        message = f"No copy could be made, so nothing was changed. {problems.decode(errors='replace').strip()}"
        raise UnavailableError(message)
    return out.decode(errors="replace")


def _flush(path: Path) -> None:
    """Wait until the copy is on disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
