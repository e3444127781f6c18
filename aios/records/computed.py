"""Computed fields: not stored, spliced into stored bodies when they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aios.database import Statement
from aios.records import statements as sql

if TYPE_CHECKING:
    from aios.database import Database
    from aios.records.collection import Collection

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


async def complete(database: Database, found: Collection, space_id: str, bodies: list[bytes]) -> list[bytes]:
    """Splice the computed fields into stored bodies."""
    for field, (other, index) in found.reverse.items():
        if not bodies:
            break
        ids = [_decode(body)["id"] for body in bodies]
        rows = await database.fetch(Statement(sql.REVERSE, (space_id, other, index, _encode(ids).decode())))
        related: dict[str, list[str]] = {}
        for key, record_id in rows:
            related.setdefault(key, []).append(record_id)
        name = _encode(field)
        bodies = [
            body[:-1] + b"," + name + b":" + _encode(related.get(record_id, [])) + b"}"
            for body, record_id in zip(bodies, ids, strict=True)
        ]
    return bodies
