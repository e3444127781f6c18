"""Forgetting devices that have not come for half a year. One that comes back after all takes a new client id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.database import Sql, Statement

if TYPE_CHECKING:
    from aios.database import Database, Row, Steps

_STALE = Sql("SELECT 1 FROM sync_client WHERE space_id = ? AND seen_at < ? LIMIT 1")
_FORGET = Sql("DELETE FROM sync_client WHERE space_id = ? AND seen_at < ? RETURNING client_id")
_REJECTS = Sql("DELETE FROM sync_reject WHERE space_id = ? AND client_id = ?")


async def forget_clients(database: Database, space_id: str, before: int) -> None:
    """Remove the clients of a space last seen before the instant `before`, and what was rejected of theirs."""
    if await database.fetch(Statement(_STALE, (space_id, before))):
        await database.run(_forget(space_id, before))


def _forget(space_id: str, before: int) -> Steps[None]:
    forgotten: list[Row] = yield Statement(_FORGET, (space_id, before))
    yield Statement(_REJECTS, [(space_id, row[0]) for row in forgotten], many=True)
