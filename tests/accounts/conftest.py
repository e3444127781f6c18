"""A small server of accounts only, on the databases of tests/conftest.py; pages come back as their contexts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from litestar import Litestar, Response
from litestar.datastructures import State

from aios.accounts.api import auth_handlers
from aios.accounts.pages import account_pages
from aios.accounts.passwords import Passwords
from aios.accounts.service import Accounts
from aios.accounts.tokens import Tokens
from aios.errors import AiosError
from aios.records.create import Creator
from aios.records.events import Events
from aios.records.sync.events import Streams
from aios.records.writes import Writes
from aios.settings import Settings
from aios.web.assets import Assets
from aios.web.errors import exception_handlers
from aios.web.front import Front
from aios.web.log import Log

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from aios.database import Database
    from aios.modules import Registry

SECRET = "a secret of more than thirty-two characters"
ADDRESS = "203.0.113.9"
ORIGIN = "http://aios.test"
FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"


class EchoPages:
    """Stands where templates are rendered: answers the template's name and its context as JSON."""

    async def render(self, _: Any, template: str, context: dict[str, Any], status: int = 200) -> Response[bytes]:
        body = json.dumps({"template": template, **context}).encode()
        return Response(body, status_code=status, media_type="text/html")

    def error_body(self, error: AiosError, *, signed_in: bool) -> bytes:
        return json.dumps({"detail": error.detail, "signed_in": signed_in}).encode()

    def error(self, _: Any, error: AiosError) -> Response[bytes]:
        return Response(error.detail.encode(), status_code=error.status, media_type="text/html")


class Server:
    """The app, and the parts that tests look into."""

    def __init__(self, database: Database, registry: Registry, passwords: Passwords, settings: Settings) -> None:
        self.settings = settings
        self.database = database
        self.tokens = Tokens(settings.jwt_secret)
        self.accounts = Accounts(database, settings, self.tokens, passwords)
        self.passwords = passwords
        events = Events()
        writes = Writes(registry, database, events)
        litestar = Litestar(
            route_handlers=[*auth_handlers, *account_pages],
            exception_handlers=exception_handlers,
            openapi_config=None,
            state=State(
                {
                    "settings": settings,
                    "registry": registry,
                    "database": database,
                    "writes": writes,
                    "log": Log(access=False),
                    "tokens": self.tokens,
                    "passwords": passwords,
                    "accounts": self.accounts,
                    "pages": EchoPages(),
                }
            ),
        )
        no_assets = Assets(Path(__file__).parent / "no-assets")
        self.app = Front(
            litestar,
            database=database,
            tokens=self.tokens,
            accounts=self.accounts,
            creator=Creator(registry, database, writes),
            streams=Streams(database, events),
            settings=settings,
            assets=no_assets,
            pages=EchoPages(),  # type: ignore[arg-type]
            log=Log(access=False),
        )

    def client(self, address: str = ADDRESS, *, token: str = "", **headers: str) -> httpx.AsyncClient:
        """A program at `address`, with a token if it has one."""
        if token:
            headers["authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(app=self.app, client=(address, 50_000))  # type: ignore[arg-type]
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)

    def browser(self, address: str = ADDRESS) -> httpx.AsyncClient:
        """A browser: it says where forms come from, wants HTML, and keeps cookies."""
        return self.client(address, **{"origin": ORIGIN, "accept": "text/html", "user-agent": FIREFOX})


@pytest.fixture(scope="session")
def passwords() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


@pytest.fixture
async def serve(database: Database, registry: Registry, passwords: Passwords) -> AsyncIterator[Callable[..., Server]]:
    """Makes servers on one database: `serve(login_limit=Rate(…))`."""
    made: list[Server] = []

    def make(**settings: Any) -> Server:
        given = Settings(**{"env": "test", "jwt_secret": SECRET, **settings})
        server = Server(database, registry, passwords, given)
        made.append(server)
        return server

    yield make
    for server in made:
        await server.accounts.close()


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    return serve()


@pytest.fixture
async def mara(server: Server) -> dict[str, Any]:
    """Somebody with an account: the answer to their registration."""
    async with server.client("198.51.100.1") as client:
        answer = await client.post("/api/auth/register", json={"username": "Mara", "password": "correct horse"})
    assert answer.status_code == 201
    body: dict[str, Any] = answer.json()
    return body
