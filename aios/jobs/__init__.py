"""Durable background jobs: one row each, enqueued in the transaction that wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aios.jobs.models  # noqa: F401  the table is known to whoever empties an account  # pyright: ignore[reportUnusedImport]
from aios.jobs.kind import JobKind
from aios.jobs.purge import RECORDS_PURGE
from aios.jobs.queue import enqueue, enqueue_steps, wake
from aios.jobs.runner import Runner

if TYPE_CHECKING:
    from aios.database import Address
    from aios.modules import Registry
    from aios.settings import Settings


def core_jobs(registry: Registry) -> dict[str, JobKind]:
    """Every kind by name: the ones that AIOS always has, and the modules' own."""
    from aios.accounts.sweep import ACCOUNTS_SWEEP  # noqa: PLC0415  it imports this package
    from aios.records.reindex import reindex_kind  # noqa: PLC0415  as above

    core = (RECORDS_PURGE, ACCOUNTS_SWEEP, reindex_kind(registry))
    return {**{kind.name: kind for kind in core}, **registry.jobs}


def backup_jobs(settings: Settings, address: Address) -> dict[str, JobKind]:
    """The server's own backups, where AIOS_BACKUP_DIR is set. Raises SettingsError."""
    if settings.backup_dir is None:
        return {}
    from aios.backup.schedule import backup_job  # noqa: PLC0415  not for those who set none

    kind = backup_job(settings, address, settings.backup_dir)
    return {kind.name: kind} if kind is not None else {}


__all__ = ["JobKind", "Runner", "backup_jobs", "core_jobs", "enqueue", "enqueue_steps", "wake"]
