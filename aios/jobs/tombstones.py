"""Forgetting deletions: devices know of them, or hear of them by reading everything anew (docs/sync.md, push 7)."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from aios.database import Sql, Statement
from aios.records import statements as sql

if TYPE_CHECKING:
    from aios.database import Database, Row, Steps

AT_ONCE = 200
"""Tombstones a transaction, so that nobody's save waits long behind it."""

_OLD = Sql(
    "SELECT space_id, id FROM record WHERE deleted_at < ? AND deleted_at IS NOT NULL AND body = '{}' "
    "ORDER BY deleted_at LIMIT ?"
)
_IDS = "IN (SELECT value FROM json_each(?))"
_IDS_POSTGRESQL = "= ANY(ARRAY(SELECT json_array_elements_text(?::text::json)))"
_REMOVE = "DELETE FROM record WHERE space_id = ? AND id {} AND deleted_at < ? AND body = '{{}}' RETURNING id, rev"
_REMOVE_OLD = Sql(_REMOVE.format(_IDS), _REMOVE.format(_IDS_POSTGRESQL))
"""Asked again under the lock of the head: one of them may have been made anew meanwhile."""
_TEXTS = Sql("DELETE FROM text_version WHERE space_id = ? AND record_id = ?")
_RAISE = Sql("UPDATE sync_head SET floor_rev = ? WHERE space_id = ? AND floor_rev < ?")
_encode = msgspec.json.Encoder().encode


async def purge_tombstones(database: Database, before: int) -> None:
    """Remove blanked records that were deleted before the instant `before`, and raise the floor of their spaces.

    A device whose cursor is below the floor might never hear of one of them; its next pull is answered 410.
    """
    while rows := await database.fetch(Statement(_OLD, (before, AT_ONCE))):
        removed = 0
        for space_id, group in groupby(sorted(tuple(row) for row in rows), key=lambda row: row[0]):
            ids = [record_id for _, record_id in group]
            removed += await database.run(_purge(space_id, ids, before))
        if not removed:
            return  # others were quicker


def _purge(space_id: str, ids: list[str], before: int) -> Steps[int]:
    """Remove tombstones of one space. Gives how many there were."""
    yield Statement(sql.HEAD, (space_id,))
    removed: list[Row] = yield Statement(_REMOVE_OLD, (space_id, _encode(ids).decode(), before))
    if removed:
        yield Statement(_TEXTS, [(space_id, record_id) for record_id, _ in removed], many=True)
        floor = max(rev for _, rev in removed)
        yield Statement(_RAISE, (floor, space_id, floor))
    return len(removed)
