"""The database: whether it is whole, and whether its tables agree with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.database import Sql, Statement
from aios.doctor.finding import REPAIR, Finding, counted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aios.database import Database, Steps

_INTEGRITY = Sql("PRAGMA integrity_check")
_FOREIGN_KEYS = Sql("PRAGMA foreign_key_check")
_INVALID = Sql(
    "SELECT (SELECT count(*) FROM pg_index WHERE NOT indisvalid) "
    "+ (SELECT count(*) FROM pg_constraint WHERE NOT convalidated)"
)
_CHECKSUMS = Sql(
    "SELECT coalesce(sum(checksum_failures), 0)::bigint FROM pg_stat_database WHERE datname = current_database()"
)
_NO_RECORD = "NOT EXISTS (SELECT 1 FROM record WHERE record.space_id = {0}.space_id AND record.id = {0}.record_id{1})"
_NO_HEAD = "NOT EXISTS (SELECT 1 FROM sync_head h WHERE h.space_id = {0}.space_id)"
_NO_CLIENT = (
    "NOT EXISTS (SELECT 1 FROM sync_client c WHERE c.space_id = sync_reject.space_id "
    "AND c.client_id = sync_reject.client_id)"
)
_LEFTOVERS = {
    "sort keys": "record_key WHERE NOT EXISTS (SELECT 1 FROM sync_head h JOIN record r ON r.space_id = h.space_id "
    "WHERE h.number = record_key.space AND r.id = record_key.record_id AND r.deleted_at IS NULL)",
    "due times": f"due WHERE {_NO_RECORD.format('due', ' AND record.deleted_at IS NULL')}",
    "text versions": f"text_version WHERE {_NO_RECORD.format('text_version', '')}",
    "clients": f"sync_client WHERE {_NO_HEAD.format('sync_client')}",
    "rejects": f"sync_reject WHERE {_NO_CLIENT}",
}
"""Rows that belong to nothing: they do no harm, and can be removed, in this order."""
_LOST = {
    "records": Sql(f"SELECT count(*) FROM record WHERE {_NO_HEAD.format('record')}"),  # noqa: S608  constants
    "devices": Sql(
        "SELECT count(*) FROM device WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.id = device.account_id)"
    ),
    "accounts": Sql(
        "SELECT count(*) FROM account WHERE NOT EXISTS (SELECT 1 FROM sync_head h WHERE h.space_id = account.id)"
    ),
}
_HEADS = Sql(
    "SELECT count(*) FROM sync_head h WHERE h.rev <> (SELECT CASE WHEN coalesce(max(r.rev), 0) > h.floor_rev "
    "THEN coalesce(max(r.rev), 0) ELSE h.floor_rev END FROM record r WHERE r.space_id = h.space_id)"
)
"""The last revision is that of a record, or of a deletion that was purged, which raised the floor to it."""
_TWICE = Sql("SELECT count(*) FROM (SELECT 1 FROM record GROUP BY space_id, rev HAVING count(*) > 1) twice")
_FLOORS = Sql("SELECT count(*) FROM sync_head WHERE floor_rev > rev OR floor_rev < 0")
_FAILED_JOBS = Sql("SELECT kind, last_error FROM job WHERE last_error IS NOT NULL ORDER BY run_at DESC LIMIT 5")
NEWEST = Sql("SELECT max(updated_ms) FROM record")
NOW = Sql("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
RESTORE = "Restore a backup: aios restore"


async def whole(database: Database) -> AsyncIterator[Finding]:
    """Look at the database as such."""
    if database.dialect == "sqlite":
        damage = [str(row[0]) for row in await database.search(Statement(_INTEGRITY)) if row[0] != "ok"]
        yield Finding("integrity", not damage, f"{damage[0]}. {RESTORE}" if damage else "The file is whole.")
        broken = len(await database.search(Statement(_FOREIGN_KEYS)))
        yield counted(
            "foreign keys", broken, f"rows refer to missing ones. {RESTORE}", "Every reference leads somewhere."
        )
        return
    invalid = (await database.search(Statement(_INVALID)))[0][0]
    yield counted("integrity", invalid, "indexes or constraints are invalid. Run: REINDEX DATABASE", "All are valid.")
    failures = (await database.search(Statement(_CHECKSUMS)))[0][0]
    yield counted("checksums", failures, f"pages were damaged on disk. {RESTORE}", "No page was damaged.")


async def consistent(database: Database) -> AsyncIterator[Finding]:
    """Look whether the tables agree."""

    async def count(sql: Sql) -> int:
        found: int = (await database.search(Statement(sql)))[0][0]
        return found

    for subject, leftover in _LEFTOVERS.items():
        number = await count(Sql(f"SELECT count(*) FROM {leftover}"))  # noqa: S608  constants
        yield counted(subject, number, f"belong to nothing. {REPAIR}", "All belong to something.")
    for subject, sql in _LOST.items():
        yield counted(subject, await count(sql), f"belong to nobody. {RESTORE}", "All belong to somebody.")
    apart, twice = await count(_HEADS), await count(_TWICE)
    yield counted("heads", apart, f"spaces have another last revision than their records. {RESTORE}", "All are right.")
    yield counted("revisions", twice, f"were given twice. {RESTORE}", "Each was given once.")
    yield counted("floors", await count(_FLOORS), f"are above the last revision. {RESTORE}", "None is too high.")
    failed = await database.search(Statement(_FAILED_JOBS))
    sentence = "; ".join(f"{kind} failed last time: {error}" for kind, error in failed)
    yield Finding("jobs", not failed, sentence or "None failed last time.")


async def remove_leftovers(database: Database) -> None:
    """Remove the rows that belong to nothing."""

    def steps() -> Steps[None]:
        for leftover in _LEFTOVERS.values():
            yield Statement(Sql(f"DELETE FROM {leftover}"))  # noqa: S608  constants

    await database.run(steps())
