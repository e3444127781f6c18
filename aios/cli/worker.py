"""Running background jobs without a server."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from aios.cli.schema import require_head
from aios.database import open_database
from aios.jobs import Runner, core_jobs
from aios.modules import discover

if TYPE_CHECKING:
    from aios.settings import Settings


def work(settings: Settings) -> int:
    """Run jobs until interrupted. Gives the exit status."""
    asyncio.run(_work(settings))
    return 0


async def _work(settings: Settings) -> None:
    database = open_database(require_head(settings), pool=settings.database_pool)
    await database.open()
    runner = Runner(database, core_jobs(discover()))
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await runner.start()
        print("The worker is ready.", flush=True)
        await stopped.wait()
    finally:
        await runner.stop()
        await database.close()
