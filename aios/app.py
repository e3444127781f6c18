"""Where the parts are joined, and the only place: reads top to bottom."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.datastructures import State

from aios.accounts.api import auth_handlers
from aios.accounts.pages import account_pages
from aios.accounts.passwords import Passwords
from aios.accounts.service import Accounts
from aios.accounts.tokens import Tokens
from aios.database import Address, open_database
from aios.jobs import Runner, backup_jobs, core_jobs
from aios.modules import Means, Registry, discover
from aios.port.outside import Outside
from aios.port.pages import port_pages
from aios.port.uploads import port_jobs
from aios.records.api import record_handlers
from aios.records.channels import open_channel
from aios.records.create import Creator
from aios.records.events import Events
from aios.records.retention import retention_jobs
from aios.records.sync.api import sync_handlers
from aios.records.sync.events import Streams
from aios.records.writes import Writes
from aios.settings import Settings
from aios.web.body import MOST_BODY
from aios.web.browser_errors import report
from aios.web.development import development_handlers
from aios.web.device import DeviceApp
from aios.web.errors import exception_handlers
from aios.web.front import PRIVATE, Front
from aios.web.history import history_pages
from aios.web.log import Log
from aios.web.pages import Pages
from aios.web.security import security_headers
from aios.web.service import service_handlers
from aios.web.templates import Templates

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aios.web.sentry import Sentry


def create_app(
    settings: Settings | None = None, registry: Registry | None = None, outside: Outside | None = None
) -> Front:
    """Make the ASGI app. Raises SettingsError; connects to nothing before its lifespan starts.

    `registry` holds other modules than those beside this package; `outside` may read from other than public addresses.
    """
    settings = settings or Settings.from_environment()
    address = Address.parse(settings.database_url, pooler=settings.database_pooler)
    registry = registry or discover()
    database = open_database(address, pool=settings.database_pool)
    device = DeviceApp(registry, [*security_headers(settings), *PRIVATE])
    templates = Templates(device.assets.url, reload=not settings.production)
    compile_templates = device.offer(templates)
    if not settings.production:
        # What a device could not carry is an error before anybody sees a page. A server in production compiles when the
        # first device asks: it starts sooner, and without devices needs less memory.
        compile_templates()
    events = Events(open_channel(settings, address, database))
    streams = Streams(database, events)
    sentry = _sentry(settings)
    log = Log(
        access=settings.access_log,
        level=settings.log_level,
        folder=settings.log_dir,
        key=settings.jwt_secret,
        reporter=sentry,
    )
    tokens = Tokens(settings.jwt_secret)
    writes = Writes(registry, database, events, settings.account_limit)
    creator = Creator(registry, database, writes)
    accounts = Accounts(database, settings, tokens, Passwords(), events)
    pages = Pages(registry, database, templates, writes, build=device.assets.root)
    means = Means(registry=registry, writes=writes, outside=outside or Outside())
    own = {
        **core_jobs(registry),
        **port_jobs(registry, writes),
        **retention_jobs(registry, writes),
        **backup_jobs(settings, address),
    }
    jobs = Runner(database, {**own, **registry.work(means)})

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None]:
        await database.open()
        events.open()
        # Beside the first requests; a database without tables leaves jobs for the next start.
        started = asyncio.create_task(jobs.start(), name="aios-start-jobs")
        try:
            yield
        finally:
            started.cancel()
            await jobs.stop()
            await accounts.close()
            await events.close()
            await database.close()
            log.flush()
            if sentry is not None:
                sentry.close()

    litestar = Litestar(
        route_handlers=[
            *auth_handlers,
            *account_pages,
            *history_pages,
            *port_pages,
            *service_handlers,
            report,
            *record_handlers,
            *sync_handlers,
            *registry.routes(),
            *pages.handlers(),
            *([] if settings.production else development_handlers),
        ],
        exception_handlers=exception_handlers,
        lifespan=[lifespan],
        logging_config=None,
        openapi_config=None,
        request_max_body_size=MOST_BODY,
        state=State(
            {
                "settings": settings,
                "registry": registry,
                "database": database,
                "assets": device.assets,
                "device": device,
                "events": events,
                "streams": streams,
                "writes": writes,
                "creator": creator,
                "log": log,
                "tokens": tokens,
                "accounts": accounts,
                "pages": pages,
            }
        ),
    )
    log.know(part for route in litestar.routes for part in route.path.split("/") if "{" not in part)
    log.know({"assets", *registry.collections})
    return Front(
        litestar,
        database=database,
        tokens=tokens,
        accounts=accounts,
        creator=creator,
        streams=streams,
        settings=settings,
        assets=device.assets,
        pages=pages,
        log=log,
    )


def _sentry(settings: Settings) -> Sentry | None:
    """Raises SettingsError."""
    if not settings.sentry_dsn:
        return None
    from aios.web.sentry import Sentry  # noqa: PLC0415  an extra, for those who set it

    return Sentry(settings)
