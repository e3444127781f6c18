"""A real server in a process of its own, and a real Chromium, started once in each test process.

Playwright's connection lives on the session's loop, so tests that use it run there too:
`pytestmark = pytest.mark.asyncio(loop_scope="session")`.
"""

from __future__ import annotations

import os
import shutil
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from tests.conftest import SECRET
from tests.e2e.browsing import PHONE, Browsing, Visitor
from tests.e2e.server import Server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from playwright.async_api import Browser, Page

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_numbers = count()
# A page that never shows something fails all the same; one on a machine that is busy with other tests does not.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Server]:
    """A server on SQLite for all tests of this process; each signs up people of its own."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copyfile(migrated_file, folder / "aios.sqlite3")
    running = Server(_environment(folder, f"sqlite:///{folder / 'aios.sqlite3'}"), folder / "log")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A server that a test has for itself, to be killed and started again: on SQLite, then on PostgreSQL."""
    running = Server(_environment(tmp_path, database_url), tmp_path / "log")
    running.start()
    yield running
    running.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browse(browser: Browser) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Open a window: `await browse(server.url)`, `await browse(server.url, DESKTOP, javaScriptEnabled=False)`.

    Closing says whether any page broke its Content-Security-Policy or raised in script.
    """
    browsing = Browsing(browser)
    yield browsing.open
    await browsing.close()


@pytest_asyncio.fixture(loop_scope="session")
async def sign_up(server: Server) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """Make people on the shared server: `mara = await sign_up()`; they use forms without a browser."""
    made: list[Visitor] = []

    async def begin(**headers: str) -> Visitor:
        visitor = Visitor(server.url, **headers)
        made.append(visitor)
        # As long as a name may be: pages have to bear it.
        await visitor.sign_up(f"guest{os.getpid()}n{next(_numbers)}".ljust(50, "m"))
        return visitor

    yield begin
    for visitor in made:
        await visitor.client.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def mara(sign_up: Callable[..., Awaitable[Visitor]]) -> Visitor:
    """Somebody who has just signed up."""
    return await sign_up()


@pytest_asyncio.fixture(loop_scope="session")
async def phone(server: Server, browse: Callable[..., Awaitable[Page]], mara: Visitor) -> Page:
    """Mara's phone, signed in, on an empty page."""
    return await browse(server.url, PHONE, person=mara)


def _environment(folder: Path, database_url: str) -> dict[str, str]:
    kept: dict[str, Any] = {name: value for name, value in os.environ.items() if not name.startswith(("AIOS_", "COV_"))}
    return {
        **kept,
        "AIOS_ENV": "test",
        "AIOS_DATA_DIR": str(folder),
        "DATABASE_URL": database_url,
        "JWT_SECRET": SECRET,
        "AIOS_LOGIN_LIMIT": "0",
        "AIOS_REGISTER_LIMIT": "0",
        "AIOS_ACCESS_LOG": "0",
    }
