"""Looking for what is wrong, without changing anything."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from aios.database import Address, Sql, Statement, open_database
from aios.database.migrate import current, head
from aios.errors import AiosError
from aios.records.clock import now_ms, to_wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aios.database import Database
    from aios.settings import Settings

LEAST_FREE_BYTES = 200 * 1024 * 1024
FIRST_POSSIBLE_MS = 1_767_225_600_000
"""2026-01-01: a clock before this one was never set."""
MOST_AHEAD_MS = 300_000


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at: whether it is well, and a sentence."""

    subject: str
    well: bool
    sentence: str


_LIVING = "JOIN record ON record.space_id = {0}.space_id AND record.id = {0}.record_id"
_ORPHANS = {
    "sort keys": Sql(
        "SELECT count(*) FROM record_key LEFT JOIN sync_head ON sync_head.number = record_key.space "
        "LEFT JOIN record ON record.space_id = sync_head.space_id AND record.id = record_key.record_id "
        "WHERE record.id IS NULL OR record.deleted_at IS NOT NULL"
    ),
    "due times": Sql(
        f"SELECT count(*) FROM due LEFT {_LIVING.format('due')} "  # noqa: S608
        "WHERE record.id IS NULL OR record.deleted_at IS NOT NULL"
    ),
    "text versions": Sql(
        f"SELECT count(*) FROM text_version LEFT {_LIVING.format('text_version')} WHERE record.id IS NULL"  # noqa: S608
    ),
    "records": Sql(
        "SELECT count(*) FROM record LEFT JOIN sync_head ON sync_head.space_id = record.space_id "
        "WHERE sync_head.space_id IS NULL OR record.rev > sync_head.rev"
    ),
}
_INTEGRITY = Sql("PRAGMA integrity_check")
_FOREIGN_KEYS = Sql("PRAGMA foreign_key_check")
_NEWEST = Sql("SELECT max(updated_ms) FROM record")
_FAILED_JOBS = Sql("SELECT kind, last_error FROM job WHERE last_error IS NOT NULL ORDER BY run_at DESC LIMIT 5")


def examine(settings: Settings) -> list[Finding]:
    """Look at everything that can be looked at; each finding says what to do where something is wrong."""
    findings = [
        Finding("settings", True, f"AIOS_ENV is {settings.env}; data is kept in {settings.data_dir}."),  # noqa: FBT003
        _disk(settings.data_dir),
    ]
    address = Address.parse(settings.database_url)
    if address.dialect == "sqlite" and not Path(address.target).exists():
        return [*findings, Finding("database", False, f"There is no file {address.target}. Run: aios migrate")]  # noqa: FBT003
    try:
        return [*findings, *asyncio.run(_examine_database(address))]
    except AiosError as error:
        return [*findings, Finding("database", False, error.detail)]  # noqa: FBT003


async def _examine_database(address: Address) -> list[Finding]:
    revision = current(address)
    schema = Finding(
        "schema",
        revision == head(),
        f"It is at revision {revision}."
        if revision == head()
        else f"It is at revision {revision}, and this version needs {head()}. Run: aios migrate",
    )
    database = open_database(address, pool=1)
    await database.open()
    try:
        findings = [Finding("database", True, f"It answers ({address.dialect})."), schema]  # noqa: FBT003
        findings += [each async for each in _file(database)]
        if schema.well:
            findings += [each async for each in _contents(database)]
        return findings
    finally:
        await database.close()


async def _file(database: Database) -> AsyncIterator[Finding]:
    if database.dialect != "sqlite":
        return
    damage = [str(row[0]) for row in await database.search(Statement(_INTEGRITY)) if row[0] != "ok"]
    yield Finding("integrity", not damage, f"{damage[0]}. Restore a backup." if damage else "The file is whole.")
    broken = len(await database.search(Statement(_FOREIGN_KEYS)))
    yield Finding(
        "foreign keys",
        not broken,
        f"{broken} rows refer to missing ones. Restore a backup." if broken else "Every reference leads somewhere.",
    )


async def _contents(database: Database) -> AsyncIterator[Finding]:
    for subject, sql in _ORPHANS.items():
        count = (await database.search(Statement(sql)))[0][0]
        yield Finding(subject, not count, f"{count} belong to nothing." if count else "All belong to something.")
    newest = (await database.search(Statement(_NEWEST)))[0][0] or 0
    yield _clock(now_ms(), newest)
    failed = await database.search(Statement(_FAILED_JOBS))
    yield Finding(
        "jobs",
        not failed,
        "; ".join(f"{kind} failed last time: {error}" for kind, error in failed) or "None failed last time.",
    )


def _clock(now: int, newest: int) -> Finding:
    if now < FIRST_POSSIBLE_MS:
        return Finding("clock", False, f"It says {to_wire(now)}, which cannot be. Set it.")  # noqa: FBT003
    if newest > now + MOST_AHEAD_MS:
        return Finding("clock", False, f"It says {to_wire(now)}, but a record was changed at {to_wire(newest)}.")  # noqa: FBT003
    return Finding("clock", True, f"It says {to_wire(now)}.")  # noqa: FBT003


def _disk(data_dir: Path) -> Finding:
    folder = next(each for each in (data_dir, *data_dir.absolute().parents) if each.exists())
    free = shutil.disk_usage(folder).free
    enough = free >= LEAST_FREE_BYTES
    return Finding("disk", enough, f"{free // 1_048_576} MB are free.{'' if enough else ' Make room.'}")
