"""Thinning former texts: all of them while an edit may be based on one, then one a day for people (docs/sync.md).

A client that has read past the revision at which a text was replaced bases its next edit on a later one. So does one
that holds no unsent change; what a client with unsent changes needs is not known here, so it keeps everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.database import Sql, Statement

if TYPE_CHECKING:
    from aios.database import Database, Row, Steps

DAY_MS = 86_400_000
MONTH_MS = 30 * DAY_MS
EVERYTHING = 2**53
FOUND_AT_ONCE = 10_000
"""Texts a search, which orders all that are recent, and may take a while in a large space."""
AT_ONCE = 200
"""Texts a transaction, so that nobody's save waits long behind it."""

_REACHED = Sql(
    "SELECT min(CASE WHEN waiting > 0 THEN 0 ELSE coalesce(cursor, 0) END) FROM sync_client "
    "WHERE space_id = ? AND seen_at >= ?"
)
_REPLACED = Sql(
    "SELECT record_id, field, rev, kind FROM ("
    "SELECT record_id, field, rev, kind, "
    "lead(rev) OVER (PARTITION BY record_id, field, at / CAST(? AS bigint) ORDER BY rev) AS later "
    "FROM text_version WHERE space_id = ? AND at >= ? AND at < ? AND kind = 'current') versions "
    "WHERE later <= ? LIMIT ?"
)
"""Texts with another of the same day, or as many ms, after them, which every client is known to have read.

A version's `rev` is the last at which it was the text, so that of the one after it is no lower than where it ended.
"""
_SUBMITTED = Sql(
    "SELECT record_id, field, rev, kind FROM text_version "
    "WHERE space_id = ? AND at >= ? AND at < ? AND kind = 'submitted' AND rev <= ? LIMIT ?"
)
"""What a device sent and what then became another text: a base until it has read what it became."""
_DROP = Sql("DELETE FROM text_version WHERE space_id = ? AND record_id = ? AND field = ? AND rev = ? AND kind = ?")


async def thin_versions(database: Database, space_id: str, since: int, now: int) -> None:
    """Thin the texts of a space; clients that were not seen since the instant `since` need none of them.

    Texts of the last day stay, for people and for forms that were opened before. Those from before `since` were
    thinned when the last client that could need them was forgotten; a day's grace sees to the edge.
    """
    reached = await _reached(database, space_id, since)
    first, last = since - 7 * DAY_MS, now // DAY_MS * DAY_MS - DAY_MS
    asked = (space_id, first // DAY_MS * DAY_MS, last, reached, FOUND_AT_ONCE)
    await _thin(database, space_id, Statement(_REPLACED, (DAY_MS, *asked)))
    await _thin(database, space_id, Statement(_SUBMITTED, asked))


async def thin_old_versions(database: Database, space_id: str, before: int, since: int) -> None:
    """Keep one text a month of those from before an instant, as the person wants it; `since` as above."""
    reached = await _reached(database, space_id, since)
    asked = (MONTH_MS, space_id, 0, before // DAY_MS * DAY_MS, reached, FOUND_AT_ONCE)
    await _thin(database, space_id, Statement(_REPLACED, asked))


async def _reached(database: Database, space_id: str, since: int) -> int:
    """The revision that every client which may come back is known to have read."""
    rows = await database.fetch(Statement(_REACHED, (space_id, since)))
    return EVERYTHING if rows[0][0] is None else rows[0][0]


async def _thin(database: Database, space_id: str, wanted: Statement) -> None:
    while found := await database.search(wanted):
        for start in range(0, len(found), AT_ONCE):
            await database.run(_drop(space_id, found[start : start + AT_ONCE]))


def _drop(space_id: str, found: list[Row]) -> Steps[None]:
    yield Statement(_DROP, [(space_id, *row) for row in found], many=True)
