"""Rebuilding what follows from documents, when a release declares other indexes: data, so no migration knows of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from aios.database import Sql, Statement
from aios.jobs.kind import JobKind
from aios.records import statements as sql
from aios.records.clock import from_wire
from aios.records.pending import Key, key_rows, search_text

if TYPE_CHECKING:
    from aios.database import Database, Row, Steps
    from aios.modules import Registry

FOLDING = 2
"""Counts the ways in which `records/text.py` has folded: 2 makes every sigma one letter."""
AT_ONCE = 500
"""Records read at a time."""
_SPACE = Sql("SELECT space_id FROM sync_head WHERE space_id > ? ORDER BY space_id LIMIT 1")
_PAGE = Sql(
    "SELECT id, collection, CAST(body AS BLOB) FROM record "
    "WHERE space_id = ? AND id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?",
    "SELECT id, collection, convert_to(body, 'UTF8') FROM record "
    "WHERE space_id = ? AND id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?",
)
_CLEAR = Sql("DELETE FROM record_key WHERE space = ?")
_CLEAR_DUE = Sql("DELETE FROM due WHERE space_id = ?")
_FOLLOWING = Sql(
    "UPDATE record SET search = ?, updated_ms = ? WHERE space_id = ? AND id = ? AND (search <> ? OR updated_ms <> ?)"
)
_SIZE = "UPDATE record SET bytes = {0} WHERE space_id = ? AND body <> '{{}}' AND bytes <> {0}"
_SIZES = Sql(_SIZE.format("length(CAST(body AS BLOB))"), _SIZE.format("octet_length(body)"))
_NO_SIZES = Sql("UPDATE record SET bytes = 0 WHERE space_id = ? AND body = '{}' AND bytes <> 0")
_decode = msgspec.json.Decoder().decode


def reindex_kind(registry: Registry) -> JobKind:
    """The job that brings every space to the indexes of this release; it runs once for each set of declarations."""

    async def run(database: Database, _: dict[str, Any]) -> None:
        space_id = ""
        while rows := await database.fetch(Statement(_SPACE, (space_id,))):
            space_id = rows[0][0]
            await database.run(rebuild(registry, space_id))

    return JobKind(name="records.reindex", run=run, once=_fingerprint(registry))


def _fingerprint(registry: Registry) -> str:
    """Changes when an index, what is searched, or the folding of texts does."""
    indexes = sorted(
        (each.name, sorted(each.indexes.items()), each.searchable) for each in registry.collections.values()
    )
    declared = (FOLDING, indexes)
    return hashlib.sha256(msgspec.json.encode(declared)).hexdigest()[:16]


def rebuild(registry: Registry, space_id: str) -> Steps[None]:
    """Write a space's keys, search texts, sizes, due times and times of change anew.

    In one transaction that holds its head, so that nobody writes meanwhile.
    """
    head: list[Row] = yield Statement(sql.HEAD, (space_id,))
    if not head:
        return  # the account was removed meanwhile
    number = head[0][2]
    yield Statement(_CLEAR, (number,))
    yield Statement(_CLEAR_DUE, (space_id,))
    yield Statement(_SIZES, (space_id,))
    yield Statement(_NO_SIZES, (space_id,))
    last = ""
    while True:
        rows: list[Row] = yield Statement(_PAGE, (space_id, last, AT_ONCE))
        if not rows:
            return
        last = rows[-1][0]
        keys: list[Key] = []
        following: list[tuple[str | int, ...]] = []
        due: list[tuple[str, str, int]] = []
        for record_id, name, body in rows:
            collection = registry.collections.get(name)
            if collection is not None:
                document = _decode(bytes(body))
                search, updated_ms = search_text(collection, document), from_wire(document["updatedAt"])
                keys += key_rows(number, collection, document)
                following.append((search, updated_ms, space_id, record_id, search, updated_ms))
                at = collection.due(document) if collection.due is not None else None
                due += [] if at is None else [(space_id, record_id, from_wire(at))]
        yield Statement(sql.ADD_KEYS, keys, many=True)
        yield Statement(sql.SET_DUE, due, many=True)
        yield Statement(_FOLLOWING, following, many=True)
