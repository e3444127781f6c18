"""Whose records come in: their space, and the zone of times that say none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.port import Into
from aios.records.ids import implied_id
from aios.records.query import Query, Read
from aios.records.reads import read
from aios.web.when import is_zone

if TYPE_CHECKING:
    from aios.database import Database
    from aios.records.collection import Document

_NO_QUERY = Query(params={}, now="", zone="UTC", new_id="", day="", bounds={}, user="", space="", settings={})


async def into(database: Database, space_id: str, zone: str = "") -> Into:
    """What an import has to know of a person. `zone` is that of their browser, where they chose none."""
    wanted = Read(collection="settings", id=implied_id(space_id, "settings", "settings"))
    found: Document = await read(database, space_id, wanted, _NO_QUERY) or {}
    chosen: str = found.get("timezone") or zone
    return Into(space_id=space_id, zone=chosen if chosen and is_zone(chosen) else "UTC")
