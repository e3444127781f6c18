"""Once a day: what nobody can ask for any more is removed (docs/sync.md, push 7 and 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.database import Row, Sql, Statement, Steps
from aios.jobs.clients import forget_clients
from aios.jobs.kind import JobKind
from aios.jobs.tombstones import purge_tombstones
from aios.jobs.versions import thin_versions
from aios.records.clock import now_ms

if TYPE_CHECKING:
    from aios.database import Database

DAY_MS = 86_400_000
TRASH_MS = 30 * DAY_MS
TOMBSTONE_MS = 180 * DAY_MS
"""How long a deletion is remembered, and a device that does not come."""
EXPIRED_DEVICE_MS = 90 * DAY_MS
"""As long as accounts/store.py keeps them: a device that is known still exempts from the account's lock."""
DONE_JOB_MS = 7 * DAY_MS
FAILED_JOB_MS = 30 * DAY_MS
AT_ONCE = 200
"""Records a transaction, so that nobody's save waits long behind it."""

_NEXT = Sql(
    "SELECT space_id, id, deleted_at FROM record "
    "WHERE deleted_at >= ? AND deleted_at < ? AND deleted_at IS NOT NULL AND body <> '{}' ORDER BY deleted_at LIMIT ?"
)
_BLANK = Sql(
    "UPDATE record SET body = '{}', search = '', bytes = 0 "
    "WHERE space_id = ? AND id = ? AND deleted_at < ? AND deleted_at IS NOT NULL"
)
_TEXTS = Sql(
    "DELETE FROM text_version WHERE space_id = ? AND record_id = ? AND EXISTS (SELECT 1 FROM record "
    "WHERE record.space_id = text_version.space_id AND record.id = text_version.record_id "
    "AND record.deleted_at IS NOT NULL AND record.body = '{}')"
)
"""Not those of a record that was restored just before it would have been blanked."""
_SPACES = Sql("SELECT space_id FROM sync_head WHERE space_id > ? ORDER BY space_id LIMIT ?")
_DEVICES = Sql("DELETE FROM device WHERE expires_at < ?")
# Those with a key are the memory of what was done once.
_DONE = Sql("DELETE FROM job WHERE done_at < ? AND last_error IS NULL AND unique_key IS NULL")
_FAILED = Sql("DELETE FROM job WHERE done_at < ?")


async def purge(database: Database, _: dict[str, Any]) -> None:
    """Blank what was deleted 30 days ago, and remove old tombstones, clients, texts, sign-ins and finished jobs.

    Tombstones stay half a year, with their revisions, so that every device still learns of the deletion.
    """
    now = now_ms()
    after: int | None = 0
    while after is not None:
        after = await database.run(_blank(after, now - TRASH_MS))
    await purge_tombstones(database, now - TOMBSTONE_MS)
    space_id = ""
    while spaces := await database.fetch(Statement(_SPACES, (space_id, AT_ONCE))):
        for (space_id,) in spaces:
            await forget_clients(database, space_id, now - TOMBSTONE_MS)
            await thin_versions(database, space_id, now - TOMBSTONE_MS, now)
    await database.run(_sweep(now))


def _blank(after: int, before: int) -> Steps[int | None]:
    """Blank up to AT_ONCE records. Gives when the last of them was deleted: where to go on; None when none is left."""
    records: list[Row] = yield Statement(_NEXT, (after, before, AT_ONCE))
    ids = [(space_id, record_id) for space_id, record_id, _ in records]
    yield Statement(_BLANK, [(*each, before) for each in ids], many=True)
    yield Statement(_TEXTS, ids, many=True)
    return records[-1][2] if records else None


def _sweep(now: int) -> Steps[None]:
    yield Statement(_DEVICES, (now - EXPIRED_DEVICE_MS,))
    yield Statement(_DONE, (now - DONE_JOB_MS,))
    yield Statement(_FAILED, (now - FAILED_JOB_MS,))


RECORDS_PURGE = JobKind(name="records.purge", run=purge, every_s=86_400)
