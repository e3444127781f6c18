"""Running a `Read` on SQL. The device runs the same declaration on IndexedDB."""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import msgspec

from aios.database import Statement
from aios.jobs.purge import TRASH_MS
from aios.records import everything
from aios.records import statements as sql
from aios.records.clock import from_wire, to_wire
from aios.records.paths import conflicts
from aios.records.query import is_asked, page_number, resolve, resolve_lines
from aios.records.stubs import keep
from aios.records.text import search_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aios.database import Database, Row
    from aios.records.collection import Document
    from aios.records.query import Documents, Query, Read

_decode = msgspec.json.Decoder().decode
_NO_TEXTS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
# Texts of our own, with the place of a space's number filled in.
ASKED = (
    f"EXISTS (SELECT 1 FROM record_key f WHERE f.space = {sql.SPACE} AND f.collection = {{row}}.collection "  # noqa: S608
    "AND f.name = ? AND f.key {test} AND f.record_id = {row}.{id})"
)
"""A condition that most records meet: asked of each, until there are enough."""
FOUND = (
    f"{{row}}.{{id}} IN (SELECT f.record_id FROM record_key f WHERE f.space = {sql.SPACE} AND f.collection = ? "  # noqa: S608
    "AND f.name = ? AND f.key {test})"
)
"""A condition that few meet: they are found first."""


async def read_all(
    database: Database,
    space_id: str,
    reads: dict[str, Read],
    query: Query,
    texts: Mapping[str, tuple[str, ...]] = _NO_TEXTS,
) -> Documents:
    """The results of all reads of a page, by name, in their order: a later one may use what an earlier one found.

    `texts` has the long texts of each collection: what a projected read leaves out.
    """
    documents: Documents = {}
    bounds = dict(query.bounds)
    query = msgspec.structs.replace(query, bounds=bounds)
    for name, wanted in reads.items():
        documents[name] = await read(database, space_id, wanted, query, texts)
        if wanted.id is not None:
            found: Document = documents[name] or {}
            bounds.update({f"@{name}.{field}": text for field, value in found.items() if (text := _text_of(value))})
    return documents


def _text_of(value: Any) -> str | None:  # noqa: ANN401  any field
    """What a Param finds of a field: a text, or words as its lines."""
    if not isinstance(value, list):
        return value if isinstance(value, str) else None
    words = cast("list[object]", value)
    return "\n".join(map(str, words)) if all(isinstance(each, str) for each in words) else None


async def read(
    database: Database,
    space_id: str,
    wanted: Read,
    query: Query,
    texts: Mapping[str, tuple[str, ...]] = _NO_TEXTS,
) -> Any:  # noqa: ANN401  depends on Read
    """The result of one `Read`: documents with `_rev`, a document or None, an int, or pairs (see `Read`)."""
    if not is_asked(wanted, query):
        return _nothing(wanted)
    if wanted.id is not None:
        record_id = resolve(wanted.id, query)
        if record_id is None:
            return None
        rows = await database.fetch(Statement(sql.ONE, (space_id, record_id, wanted.collection)))
        return _document(rows[0]) if rows else None
    statement = select(space_id, wanted, query)
    search = wanted.search is not None and resolve(wanted.search, query) is not None
    away = search or wanted.projected
    rows = await (database.search(statement) if away else database.fetch(statement))
    if wanted.count or wanted.group:
        return rows[0][0] if wanted.count else [[row[0], row[1]] for row in rows]
    if not wanted.projected:
        return [_document(row) if wanted.collection else _of_any(row) for row in rows]
    return await asyncio.to_thread(_projected, rows, texts[wanted.collection])


def _nothing(wanted: Read) -> int | list[Document] | None:
    if wanted.id is not None:
        return None
    return 0 if wanted.count else []


def _document(row: Row) -> Document:
    document: Document = _decode(row[0])
    document["_rev"] = row[1]
    if row[2] is not None:
        document["_conflict"] = conflicts(_decode(row[2]))
    return document


def _projected(rows: list[Row], texts: tuple[str, ...]) -> list[Document]:
    documents = [_document(row) for row in rows]
    for document in documents:
        kept = {name: keep(document[name]) for name in texts if name in document}
        document.update(dict.fromkeys(kept, ""))
        document["_stub"] = kept
    return documents


def _of_any(row: Row) -> Document:
    deleted = {} if row[3] is None else {"_deleted": to_wire(row[3])}
    return {**_document(row), **deleted, "_collection": row[4]}


def select(space_id: str, wanted: Read, query: Query) -> Statement:
    """The statement of a list, count or group read; rows are (body, rev, …), (count,) or (key, count)."""
    if not wanted.collection and not wanted.deleted:
        return everything.select(space_id, wanted, query)
    keyed = wanted.index != "updated"
    where, params = _source(space_id, wanted, query, keyed=keyed)
    more, values = _conditions(space_id, wanted, query, keyed=keyed)
    where += more
    params += values
    source = _from(wanted, where, keyed=keyed)
    if "JOIN" in source:
        where.append("r.space_id = ?")
        params.append(space_id)
    direction = "DESC" if wanted.descending else "ASC"
    if wanted.group:
        tail, head = "GROUP BY k.key ORDER BY k.key", "k.key, count(*)"
    elif wanted.count:
        tail, head = "", "count(*)"
    else:
        order = (
            f"k.key {direction}, k.record_id {direction}" if keyed else f"r.updated_ms {direction}, r.id {direction}"
        )
        if wanted.deleted:
            order = "r.deleted_at DESC, r.id"
        tail, head = f"ORDER BY {order} LIMIT ? OFFSET ?", "BODY, r.rev, CASE WHEN r.conflict THEN r.meta END"
        if not wanted.collection:
            head += ", r.deleted_at, r.collection"
        skipped = (page_number(query, wanted.page) - 1) * wanted.limit if wanted.page else 0
        params += [wanted.limit, wanted.offset + skipped]
    return Statement(sql.worded(head, source, where, tail), params)


def _from(wanted: Read, where: list[str], *, keyed: bool) -> str:
    if not keyed:
        return "record r"
    if (wanted.group or wanted.count) and not any("r." in part for part in where):
        return "record_key k"
    return "record_key k JOIN record r ON r.id = k.record_id"


def _source(space_id: str, wanted: Read, query: Query, *, keyed: bool) -> tuple[list[str], list[Any]]:
    if not wanted.collection:
        oldest = from_wire(query.now) - TRASH_MS
        return ["r.space_id = ?", "r.deleted_at >= ?", "r.body <> '{}'"], [space_id, oldest]
    if not keyed:
        trash = "r.deleted_at IS NOT NULL" if wanted.deleted else "r.deleted_at IS NULL"
        return ["r.space_id = ?", "r.collection = ?", trash], [space_id, wanted.collection]
    where, params = (
        [f"k.space = {sql.SPACE}", "k.collection = ?", "k.name = ?"],
        [space_id, wanted.collection, wanted.index],
    )
    for bound, operator in ((wanted.equal, "="), (wanted.above, ">"), (wanted.since, ">="), (wanted.below, "<")):
        value = resolve(bound, query)
        if value is not None:
            where.append(f"k.key {operator} ?")
            params.append(value)
    return where, params


def _conditions(space_id: str, wanted: Read, query: Query, *, keyed: bool) -> tuple[list[str], list[Any]]:
    row, record_id = ("k", "record_id") if keyed else ("r", "id")
    where: list[str] = []
    params: list[Any] = []
    for condition in wanted.where:
        values = [value for each in condition.values for value in resolve_lines(each, query)]
        if not values:
            continue
        values = values if condition.kind == "equal" else values[:1]
        for some in ([value] for value in values) if condition.every else (values,):
            text = (FOUND if condition.rare else ASKED).format(
                row=row, id=record_id, test=_test(condition.kind, len(some))
            )
            where.append(f"NOT {text}" if condition.negate else text)
            params += [space_id, *([wanted.collection] if condition.rare else []), condition.index, *some]
    for word in search_words(resolve(wanted.search, query) or ""):
        where.append("HOLDS(r.search, ?) > 0")
        params.append(word)
    return where, params


def _test(kind: str, count: int) -> str:
    if kind == "equal":
        return f"IN ({', '.join('?' * count)})"
    return "< ?" if kind == "below" else "> ?"
