"""Forgetting what nobody needs any more: counts of windows that have ended."""

from __future__ import annotations

from typing import Any

from aios.accounts.limits import sweep
from aios.database import Database
from aios.jobs.kind import JobKind
from aios.records.clock import now_ms

HOUR_S = 3600


async def _sweep(database: Database, _: dict[str, Any]) -> None:
    await database.run(sweep(now_ms()))


ACCOUNTS_SWEEP = JobKind(name="accounts.sweep", run=_sweep, every_s=HOUR_S)
