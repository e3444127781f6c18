"""Bringing a database to a revision of the schema: one process at a time, all or nothing, a verified copy first.

The folder `migrations/` lies beside `aios/` in a checkout and inside it in an installed package.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from aios.database.copies import copy_postgresql, copy_sqlite
from aios.errors import AiosError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from alembic.config import Config
    from sqlalchemy import Connection

    from aios.database.address import Address

T = TypeVar("T")

BASE = "base"
ADVISORY_LOCK = 0x41494F53
"""`AIOS` in ASCII: names our lock among those of the PostgreSQL server."""
_LOCK_TIMEOUT_S = 60.0


class MigrationError(AiosError):
    """The schema cannot be brought to the wanted revision; the database is as it was."""

    code = "migration"


class Migration(msgspec.Struct, frozen=True):
    """What `migrate` did. Revisions are like `0002`, or `base` for none; `copy` is the copy made before, if any."""

    before: str
    after: str
    copy: Path | None = None
    note: str = ""
    """Why there is no copy although there was data, or empty."""


def folder() -> Path:
    """Where the migrations are."""
    package = Path(__file__).parent.parent
    inside = package / "_migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def revisions() -> list[str]:
    """All revisions in order. Files are named `<revision>_<words>.py`, and the history has no branches."""
    return sorted(path.name.partition("_")[0] for path in (folder() / "versions").glob("[0-9]*_*.py"))


def head() -> str:
    """The newest revision. Reads file names only, so that a start does not pay for importing Alembic."""
    return revisions()[-1]


def current(address: Address) -> str:
    """The revision of the database, `base` for an empty one. Raises MigrationError when it cannot be reached."""
    if address.dialect == "sqlite":
        return _current_sqlite(address.target)
    return finish(_current_postgresql(address))


def migrate(address: Address, to: str = "head", *, copies: Path | None = None, copy: bool = True) -> Migration:
    """Bring the database to the revision `to`: `head`, `base` or one like `0001`, older or newer.

    A database that holds rows is copied first, into `copies` (SQLite: `backups` beside the file; PostgreSQL:
    data/backups), and the copy is checked; not with `copy` False, for a database that is a copy itself. Other
    processes that migrate wait. Raises MigrationError, with nothing changed.
    """
    target = head() if to == "head" else to
    if target != BASE and target not in revisions():
        message = f"There is no revision {target}. This version knows {BASE}, {', '.join(revisions())}."
        raise MigrationError(message)
    if current(address) == target:  # the common case needs no lock
        return Migration(target, target)
    if address.dialect == "sqlite":
        beside = copies or Path(address.target).parent / "backups"
        return _migrate_sqlite(address.target, target, beside if copy else None)
    return finish(_migrate_postgresql(address, target, copies or Path("data/backups")))


def generate(message: str) -> Path:
    """Write a new revision that takes the newest schema to what the models say. For developers, on a checkout."""
    from alembic import command  # noqa: PLC0415  heavy
    from sqlalchemy import create_engine  # noqa: PLC0415  heavy

    number = f"{int(head()) + 1:04d}"
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            config = _config(connection)
            command.upgrade(config, "head")
            config.attributes["comparing"] = True
            script: Any = command.revision(config, message, autogenerate=True, rev_id=number)
            return Path(script.path)
    finally:
        engine.dispose()


def _current_sqlite(path: str) -> str:
    if not Path(path).exists():
        return BASE
    try:
        connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
        try:
            return version(connection)
        finally:
            connection.close()
    except sqlite3.Error as error:
        message = f"{path} cannot be read as a database: {error}. Restore it from a backup."
        raise MigrationError(message) from error


def version(connection: sqlite3.Connection) -> str:
    """The revision of an open SQLite database. Raises sqlite3.Error."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchall():
        return BASE
    rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return str(rows[0][0]) if rows else BASE


async def _current_postgresql(address: Address) -> str:
    import asyncpg  # noqa: PLC0415  only the driver in use is imported

    try:
        connection = await asyncpg.connect(**address.connecting, timeout=5)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise _unreachable(error) from error
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return BASE
        return await connection.fetchval("SELECT version_num FROM alembic_version") or BASE
    finally:
        await connection.close()


def _migrate_sqlite(path: str, target: str, copies: Path | None) -> Migration:
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415  heavy

    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if not Path(path).exists():
            Path(path).touch(0o600)  # what people keep is for the server's user alone; the log beside it follows
        with closing(_open_sqlite(path)) as connection:
            return _migrate_connection(connection, path, target, copies)
    except (OSError, sqlite3.Error, DBAPIError) as error:
        raise _failed(error) from error


def _migrate_connection(raw: sqlite3.Connection, path: str, target: str, copies: Path | None) -> Migration:
    # The write lock, held from here to the end: nobody migrates or writes meanwhile, so the copy is the state before.
    raw.execute("BEGIN IMMEDIATE")
    try:
        before = version(raw)
        if before == target:
            return Migration(before, target)
        copy = copy_sqlite(path, raw, copies / _copy_name(before, "sqlite3")) if copies else None
        with lend(raw) as connection:
            run_revisions(connection, before, target)
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            message = f"The migration would leave {len(broken)} rows that refer to missing ones. Nothing was changed."
            raise MigrationError(message)
        raw.execute("COMMIT")
        return Migration(before, target, copy)
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")


@contextmanager
def lend(raw: sqlite3.Connection) -> Generator[Connection]:
    """Lend one connection to SQLAlchemy, without its transaction control."""
    from sqlalchemy import create_engine  # noqa: PLC0415  heavy
    from sqlalchemy.pool import StaticPool  # noqa: PLC0415  heavy

    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    dialect: Any = engine.dialect
    dialect.do_begin = dialect.do_commit = dialect.do_rollback = dialect.do_close = _nothing
    with engine.connect() as connection:
        yield connection


def _nothing(_: object) -> None:
    pass


def _open_sqlite(path: str) -> sqlite3.Connection:
    """Open without foreign keys: batch migrations drop and rename tables. Statements wait for the write lock."""
    connection = sqlite3.connect(path, timeout=_LOCK_TIMEOUT_S, isolation_level=None)
    deadline = time.monotonic() + _LOCK_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:  # switching to WAL does not wait for a lock
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=OFF")
    return connection


async def _migrate_postgresql(address: Address, target: str, copies: Path) -> Migration:
    from sqlalchemy import text  # noqa: PLC0415  heavy
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415  heavy
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  heavy
    from sqlalchemy.pool import NullPool  # noqa: PLC0415  heavy

    engine = create_async_engine("postgresql+asyncpg://", poolclass=NullPool, **address.engine_options)
    try:
        # DDL is transactional: the lock, the check and all revisions are one transaction.
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            before = await _version_postgresql(connection)
            if before == target:
                return Migration(before, target)
            copy, note = await copy_postgresql(address, connection, copies / _copy_name(before, "dump"))
            await connection.run_sync(run_revisions, before, target)
            return Migration(before, target, copy, note)
    except OSError as error:
        raise _unreachable(error) from error
    except DBAPIError as error:
        raise _failed(error) from error
    finally:
        await engine.dispose()


async def _version_postgresql(connection: Any) -> str:  # noqa: ANN401  SQLAlchemy is imported late
    from sqlalchemy import text  # noqa: PLC0415  heavy

    if (await connection.execute(text("SELECT to_regclass('alembic_version')"))).scalar() is None:
        return BASE
    return (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar() or BASE


def run_revisions(connection: Connection, before: str, target: str) -> None:
    """Run the revisions between `before` and `target`, in whichever direction, on an open transaction.

    Raises MigrationError when this version does not know `before`.
    """
    from alembic import command  # noqa: PLC0415  heavy

    order = [BASE, *revisions()]
    if before not in order:
        message = (
            f"The database is at revision {before}, which this version does not know: a newer AIOS made it. "
            "Start the newer version, or restore a backup."
        )
        raise MigrationError(message)
    run = command.upgrade if order.index(target) > order.index(before) else command.downgrade
    run(_config(connection), target)


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415  heavy

    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _copy_name(before: str, suffix: str) -> str:
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    return f"before-leaving-{before}-{moment}-{time.time_ns() % 10**9:09d}.{suffix}"


def _failed(error: BaseException) -> MigrationError:
    """`orig` is what the driver said, without the statement and a link that SQLAlchemy adds."""
    return MigrationError(f"The migration failed: {getattr(error, 'orig', error)}. The database is as it was.")


def _unreachable(error: BaseException) -> MigrationError:
    return MigrationError(
        f"The database server cannot be reached: {error}. Check DATABASE_URL and that the server runs."
    )


def finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a loop of its own, also where the caller's thread has a running one."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, coroutine).result()
