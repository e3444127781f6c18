"""Once a day: what is old is put aside or deleted, as each person wants it (`retention` of the settings).

Modules declare the rules (`Module.retention`). Records change on the one write path, so devices hear of it by syncing.
What is deleted is in the trash for 30 days. Nothing happens to a record that somebody changes meanwhile.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from aios.database import Sql, Statement
from aios.errors import AiosError
from aios.jobs.kind import JobKind
from aios.jobs.purge import AT_ONCE, DAY_MS, TOMBSTONE_MS
from aios.jobs.versions import thin_old_versions
from aios.records.clock import from_wire, now_ms
from aios.records.mutation import Mutation, Writer
from aios.records.query import Query
from aios.records.reads import read

if TYPE_CHECKING:
    from aios.database import Database
    from aios.modules import Registry, Retention
    from aios.records.collection import Document
    from aios.records.query import Read
    from aios.records.writes import Writes

NAME = "records.retain"
_SPACES = Sql(
    "SELECT s.space_id, r.body FROM (SELECT space_id FROM sync_head WHERE space_id > ? ORDER BY space_id LIMIT ?) s "
    "LEFT JOIN record r ON r.space_id = s.space_id AND r.collection = 'settings' AND r.deleted_at IS NULL "
    "ORDER BY s.space_id"
)
_WRITER = Writer(client=f"job:{NAME}", strict=True)
_NOBODY = Query(params={}, now="", zone="UTC", new_id="", day="", bounds={}, user="", space="", settings={})


def retention_jobs(registry: Registry, writes: Writes) -> dict[str, JobKind]:
    """The job that does once a day what people want to happen to what is old."""

    async def run(database: Database, _: dict[str, Any]) -> None:
        await retain(database, registry, writes, now_ms())

    return {NAME: JobKind(name=NAME, run=run, every_s=DAY_MS // 1000)}


async def retain(database: Database, registry: Registry, writes: Writes, now: int) -> None:
    """Carry out the rules of every person, as of the instant `now`."""
    rules = [each for module in registry.modules.values() for each in module.retention]
    after = ""
    while spaces := await database.fetch(Statement(_SPACES, (after, AT_ONCE))):
        for space_id, body in spaces:
            settings: Document = msgspec.json.decode(body) if body else {}
            chosen: dict[str, int] = settings.get("retention") or {}
            for rule in rules:
                if days := chosen.get(rule.name, 0):
                    await _carry_out(database, writes, space_id, rule, now - days * DAY_MS, now)
        after = spaces[-1][0]


async def _carry_out(  # noqa: PLR0913, PLR0917  what a rule is carried out on
    database: Database, writes: Writes, space_id: str, rule: Retention, before: int, now: int
) -> None:
    if rule.reads is None:
        await thin_old_versions(database, space_id, before, now - TOMBSTONE_MS)
        return
    wanted = msgspec.structs.replace(rule.reads, limit=AT_ONCE)
    while found := await _old(database, space_id, wanted, before):
        done = (_done(writes, space_id, _mutation(rule, wanted, each)) for each in found)
        if not any(await asyncio.gather(*done)):
            return


async def _old(database: Database, space_id: str, wanted: Read, before: int) -> list[Document]:
    found: list[Document] = await read(database, space_id, wanted, _NOBODY)
    return [each for each in found if from_wire(each["updatedAt"]) < before]


def _mutation(rule: Retention, wanted: Read, document: Document) -> Mutation:
    return Mutation(
        op="update" if rule.field else "delete",
        collection=wanted.collection,
        id=document["id"],
        fields={rule.field: True} if rule.field else {},
        base_rev=document["_rev"],
    )


async def _done(writes: Writes, space_id: str, mutation: Mutation) -> bool:
    """Whether it took effect: not on what was changed since it was read."""
    try:
        await writes.apply(space_id, _WRITER, (mutation,))
    except AiosError:
        return False
    return True
