"""Emptying the trash: what was deleted 30 days ago loses its contents for good (docs/sync.md, push 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.database import Row, Sql, Statement, Steps
from aios.jobs.kind import JobKind
from aios.records.clock import now_ms

if TYPE_CHECKING:
    from aios.database import Database

DAY_MS = 86_400_000
TRASH_MS = 30 * DAY_MS
EXPIRED_DEVICE_MS = 90 * DAY_MS
"""As long as accounts/store.py keeps them: a device that is known still exempts from the account's lock."""
DONE_JOB_MS = 7 * DAY_MS
FAILED_JOB_MS = 30 * DAY_MS
AT_ONCE = 200
"""Records a transaction, so that nobody's save waits long behind it."""

_NEXT = Sql(
    "SELECT space_id, id FROM record WHERE deleted_at < ? AND deleted_at IS NOT NULL AND body <> '{}' "
    "ORDER BY deleted_at LIMIT ?"
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
_DEVICES = Sql("DELETE FROM device WHERE expires_at < ?")
# Those with a key are the memory of what was done once.
_DONE = Sql("DELETE FROM job WHERE done_at < ? AND last_error IS NULL AND unique_key IS NULL")
_FAILED = Sql("DELETE FROM job WHERE done_at < ?")


async def purge(database: Database, _: dict[str, Any]) -> None:
    """Blank old trash, and remove expired devices and finished jobs that nobody asks for any more.

    Tombstones stay, with their revisions, so that every device still learns of the deletion.
    """
    now = now_ms()
    while await database.run(_blank(now - TRASH_MS)):
        pass
    await database.run(_sweep(now))


def _blank(before: int) -> Steps[bool]:
    """Blank up to AT_ONCE records. Gives whether there were any."""
    records: list[Row] = yield Statement(_NEXT, (before, AT_ONCE))
    ids = [(space_id, record_id) for space_id, record_id in records]
    yield Statement(_BLANK, [(*each, before) for each in ids], many=True)
    yield Statement(_TEXTS, ids, many=True)
    return bool(ids)


def _sweep(now: int) -> Steps[None]:
    yield Statement(_DEVICES, (now - EXPIRED_DEVICE_MS,))
    yield Statement(_DONE, (now - DONE_JOB_MS,))
    yield Statement(_FAILED, (now - FAILED_JOB_MS,))


RECORDS_PURGE = JobKind(name="records.purge", run=purge, every_s=86_400)
