"""Running a `Read` on SQL. The device runs the same declaration on IndexedDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from aios.database import Sql, Statement
from aios.records import statements as sql
from aios.records.query import page_number, resolve
from aios.records.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aios.database import Database, Row
    from aios.records.collection import Document
    from aios.records.query import Documents, Query, Read

_decode = msgspec.json.Decoder().decode
_TEXTS: dict[str, Sql] = {}
_MOST_TEXTS = 512
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


async def read_all(database: Database, space_id: str, reads: dict[str, Read], query: Query) -> Documents:
    """The results of all reads of a page, by name, in their order: a later one may use what an earlier one found."""
    documents: Documents = {}
    bounds = dict(query.bounds)
    query = msgspec.structs.replace(query, bounds=bounds)
    for name, wanted in reads.items():
        documents[name] = await read(database, space_id, wanted, query)
        if wanted.id is not None:
            found: Document = documents[name] or {}
            bounds.update({f"@{name}.{field}": value for field, value in found.items() if isinstance(value, str)})
    return documents


async def read(database: Database, space_id: str, wanted: Read, query: Query) -> Any:  # noqa: ANN401  depends on Read
    """The result of one `Read`: documents with `_rev`, a document or None, an int, or pairs (see `Read`)."""
    if wanted.when is not None and query.get(wanted.when[0]) not in wanted.when[1]:
        return _nothing(wanted)
    if wanted.id is not None:
        record_id = resolve(wanted.id, query)
        if record_id is None:
            return None
        rows = await database.fetch(Statement(sql.ONE, (space_id, record_id, wanted.collection)))
        return _document(rows[0]) if rows else None
    statement = select(space_id, wanted, query)
    search = wanted.search is not None and resolve(wanted.search, query) is not None
    rows = await (database.search(statement) if search else database.fetch(statement))
    if wanted.count:
        return rows[0][0]
    if wanted.group:
        return [[row[0], row[1]] for row in rows]
    return [_document(row) for row in rows]


def _nothing(wanted: Read) -> int | list[Document] | None:
    if wanted.id is not None:
        return None
    return 0 if wanted.count else []


def _document(row: Row) -> Document:
    document: Document = _decode(row[0])
    document["_rev"] = row[1]
    return document


def select(space_id: str, wanted: Read, query: Query) -> Statement:
    """The statement of a list, count or group read; rows are (body, rev), (count,) or (key, count)."""
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
        tail, head = f"ORDER BY {order} LIMIT ? OFFSET ?", "BODY, r.rev"
        skipped = (page_number(query, wanted.page) - 1) * wanted.limit if wanted.page else 0
        params += [wanted.limit, wanted.offset + skipped]
    return Statement(_text(head, source, where, tail), params)


def _from(wanted: Read, where: list[str], *, keyed: bool) -> str:
    if not keyed:
        return "record r"
    if (wanted.group or wanted.count) and not any("r." in part for part in where):
        return "record_key k"
    return "record_key k JOIN record r ON r.id = k.record_id"


def _source(space_id: str, wanted: Read, query: Query, *, keyed: bool) -> tuple[list[str], list[Any]]:
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
        values = [value for value in (resolve(each, query) for each in condition.values) if value is not None]
        if not values:
            continue
        text = (FOUND if condition.rare else ASKED).format(
            row=row, id=record_id, test=_test(condition.kind, len(values))
        )
        where.append(f"NOT {text}" if condition.negate else text)
        params += [space_id, *([wanted.collection] if condition.rare else []), condition.index, *values]
    for word in words(resolve(wanted.search, query) or ""):
        where.append("HOLDS(r.search, ?) > 0")
        params.append(word)
    return where, params


def _test(kind: str, count: int) -> str:
    if kind == "equal":
        return f"IN ({', '.join('?' * count)})"
    return "< ?" if kind == "below" else "> ?"


def words(text: str) -> Iterable[str]:
    """The folded words of a search text, split at spaces."""
    return [word for word in fold(text).split(" ") if word]


def _text(head: str, source: str, where: list[str], tail: str) -> Sql:
    """The two wordings of a select, kept so that prepared statements are found again."""
    text = f"SELECT {head} FROM {source} WHERE {' AND '.join(where)} {tail}"  # noqa: S608  parts are constants, values are bound
    found = _TEXTS.get(text)
    if found is None:
        if len(_TEXTS) >= _MOST_TEXTS:
            _TEXTS.clear()
        found = _TEXTS[text] = Sql(
            text.replace("BODY", "CAST(r.body AS BLOB)").replace("HOLDS(", "instr("),
            text.replace("BODY", "convert_to(r.body, 'UTF8')").replace("HOLDS(", "strpos("),
        )
    return found
