"""Running background jobs without a server."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from aios.cli.schema import require_head
from aios.database import open_database
from aios.jobs import Runner, backup_jobs, core_jobs
from aios.modules import Means, discover
from aios.port.outside import Outside
from aios.port.uploads import port_jobs
from aios.records.channels import open_channel
from aios.records.events import Events
from aios.records.retention import retention_jobs
from aios.records.writes import Writes

if TYPE_CHECKING:
    from aios.settings import Settings


def work(settings: Settings) -> int:
    """Run jobs until interrupted. Gives the exit status."""
    asyncio.run(_work(settings))
    return 0


async def _work(settings: Settings) -> None:
    address = require_head(settings)
    database = open_database(address, pool=settings.database_pool)
    await database.open()
    registry = discover()
    events = Events(open_channel(settings, address, database))
    events.open()
    writes = Writes(registry, database, events, settings.account_limit)
    means = Means(registry=registry, writes=writes, outside=Outside())
    own = {
        **core_jobs(registry),
        **port_jobs(registry, writes),
        **retention_jobs(registry, writes),
        **backup_jobs(settings, address),
    }
    runner = Runner(database, {**own, **registry.work(means)})
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await runner.start()
        print("The worker is ready.", flush=True)
        await stopped.wait()
    finally:
        await runner.stop()
        await events.close()
        await database.close()
