"""What is stored beside each document must follow from it: keys, search text, size, times."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from aios.database import Sql, Statement
from aios.doctor.finding import REPAIR, Finding, counted
from aios.records import statements as sql
from aios.records.clock import from_wire
from aios.records.pending import key_rows, search_text
from aios.records.reindex import rebuild

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aios.database import Database, Row, Steps
    from aios.modules import Registry

T = TypeVar("T")
AT_ONCE = 500
SUBJECTS = {
    "keys": "sort keys are missing or do not follow from their records",
    "search": "records are found by other words than theirs",
    "sizes": "records have another size than is noted",
    "times": "records have another time of change, or are due at another time, than is noted",
}
"""What can be rebuilt, and what is said of it."""
_SPACES = Sql("SELECT space_id, number FROM sync_head WHERE space_id > ? ORDER BY space_id LIMIT 100")
_PAGE = (
    "SELECT id, collection, deleted_at, {body}, meta, search, bytes, updated_ms FROM record "
    "WHERE space_id = ? AND id > ? ORDER BY id LIMIT ?"
)
_RECORDS = Sql(_PAGE.format(body="CAST(body AS BLOB)"), _PAGE.format(body="convert_to(body, 'UTF8')"))
_KEYS = Sql("SELECT space, collection, name, key, record_id FROM record_key WHERE space = ?")
_DUE = Sql("SELECT record_id, at FROM due WHERE space_id = ?")
_decode = msgspec.json.Decoder().decode


async def ledgers(database: Database, registry: Registry, *, repair: bool) -> AsyncIterator[Finding]:
    """Compare every record with what is stored beside it; with `repair`, write that anew where it differs."""
    faults: Counter[str] = Counter()
    async for space_id, number in _all_spaces(database):
        if not await _read(database, _space(registry, space_id, number)):
            continue
        # A save between two of our statements looks like a fault: asked again while nobody writes to the space.
        found = await database.run(_locked(registry, space_id, number))
        if found["documents"]:
            faults["documents"] += found["documents"]  # what follows from these, nobody can tell
            continue
        if repair and found:
            await database.run(rebuild(registry, space_id))
            found = await database.run(_locked(registry, space_id, number))
        faults += found
    for subject, fault in SUBJECTS.items():
        yield counted(subject, faults[subject], f"{fault}. {REPAIR}", "All follow from their records.")
    yield counted(
        "documents", faults["documents"], "records cannot be read. Restore a backup: aios restore", "All can be read."
    )


async def _all_spaces(database: Database) -> AsyncIterator[tuple[str, int]]:
    last = ""
    while rows := await database.fetch(Statement(_SPACES, (last,))):
        for space_id, number in rows:
            yield space_id, number
        last = rows[-1][0]


async def _read(database: Database, steps: Steps[T]) -> T:
    """Run reading statements each for itself, away from the loop and without a lock."""
    try:
        statement = next(steps)
        while True:
            statement = steps.send(await database.search(statement))
    except StopIteration as stop:
        value: T = stop.value
        return value


def _locked(registry: Registry, space_id: str, number: int) -> Steps[Counter[str]]:
    yield Statement(sql.HEAD, (space_id,))
    return (yield from _space(registry, space_id, number))


def _space(registry: Registry, space_id: str, number: int) -> Steps[Counter[str]]:
    """Count the faults of one space by subject."""
    faults: Counter[str] = Counter()
    rows: list[Row] = yield Statement(_KEYS, (number,))
    keys = {tuple(row) for row in rows if row[1] in registry.collections}
    rows = yield Statement(_DUE, (space_id,))
    due = dict(tuple(row) for row in rows)
    last = ""
    while True:
        page: list[Row] = yield Statement(_RECORDS, (space_id, last, AT_ONCE))
        if not page:
            break
        last = page[-1][0]
        for row in page:
            faults += _record(registry, number, row, keys, due)
    faults["keys"] += len(keys)
    faults["times"] += len(due)
    return +faults


def _record(registry: Registry, number: int, row: Row, keys: set[Any], due: dict[str, int]) -> Counter[str]:
    """Count the faults of one record; takes its keys and its due time away from those of the space."""
    record_id, name, deleted_at, raw, meta, search, size, updated_ms = row
    body = bytes(raw)
    if body == b"{}" and deleted_at is not None:
        return Counter(sizes=int(size != 0))
    collection = registry.collections.get(name)
    try:
        document: dict[str, Any] = _decode(body)
        _decode(meta)
        updated = from_wire(document["updatedAt"])
        faults = Counter(sizes=int(size != len(body)))
        if collection is None or deleted_at is not None:
            return faults
        wanted = set(key_rows(number, collection, document))
        at = collection.due(document) if collection.due is not None else None
        faults["search"] += search != search_text(collection, document)
        faults["times"] += (updated != updated_ms) + (
            due.pop(record_id, None) != (None if at is None else from_wire(at))
        )
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError):
        return Counter(documents=1)
    faults["keys"] += len(wanted - keys)
    keys -= wanted
    return faults
