"""Reading the records of all collections together: found by words, the best first, or the last changed first.

A record's rank is a whole number, so that a device, which computes the same (static/device/everything.js), gives the
same order. Only the title counts, the first searchable field: for each word 3 where it stands there whole, 2 where a
word begins with it, else 1 where it occurs; and for all words together 4 where they are the title, 2 where it begins
with them. Of equal rank the last changed comes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.database import Statement
from aios.records import statements as sql
from aios.records.query import page_number, resolve
from aios.records.text import search_words

if TYPE_CHECKING:
    from aios.records.query import Query, Read

MOST_RANKED = 8
"""Words that count for the rank."""
_TITLE = "substr(r.search, 1, HOLDS(r.search || '\n', '\n') - 1)"
_WORD = (
    f"CASE WHEN HOLDS(' ' || {_TITLE} || ' ', ?) > 0 THEN 3 WHEN HOLDS(' ' || {_TITLE}, ?) > 0 THEN 2 "
    f"WHEN HOLDS({_TITLE}, ?) > 0 THEN 1 ELSE 0 END"
)
_ALL = f"CASE WHEN {_TITLE} = ? THEN 4 WHEN HOLDS({_TITLE}, ?) = 1 THEN 2 ELSE 0 END"
_LAST = "{row}.updated_ms DESC, {row}.id DESC"


def select(space_id: str, wanted: Read, query: Query) -> Statement:
    """The statement of a read of everything; rows are (body, rev, …, collection), (count,) or (collection, count)."""
    words = search_words(resolve(wanted.search, query) or "")
    row = "r" if words or wanted.group or wanted.count else "s"
    where, params = _living(row, space_id, resolve(wanted.within, query))
    for word in words:
        where.append("HOLDS(r.search, ?) > 0")
        params.append(word)
    if wanted.group:
        return Statement(
            sql.worded("r.collection, count(*)", "record r", where, "GROUP BY r.collection ORDER BY r.collection"),
            params,
        )
    if wanted.count:
        return Statement(sql.worded("count(*)", "record r", where, ""), params)
    skipped = (page_number(query, wanted.page) - 1) * wanted.limit if wanted.page else 0
    limits = [wanted.limit, wanted.offset + skipped]
    head, last = "BODY, r.rev, CASE WHEN r.conflict THEN r.meta END, r.deleted_at, r.collection", _LAST.format(row="r")
    if not words:
        # The index alone is sorted; with bodies that would be most of the work.
        newest = (
            f"SELECT s.id FROM record s WHERE {' AND '.join(where)} ORDER BY {_LAST.format(row='s')} LIMIT ? OFFSET ?"  # noqa: S608  constants
        )
        tail = f"AND r.id IN ({newest}) ORDER BY {last}"
        return Statement(sql.worded(head, "record r", ["r.space_id = ?"], tail), [space_id, *params, *limits])
    rank, ranked = _rank(words)
    tail = f"ORDER BY {rank} DESC, {last} LIMIT ? OFFSET ?"
    return Statement(sql.worded(head, "record r", where, tail), [*params, *ranked, *limits])


def _living(row: str, space_id: str, within: str | None) -> tuple[list[str], list[Any]]:
    where, params = [f"{row}.space_id = ?", f"{row}.deleted_at IS NULL"], [space_id]
    if within is not None:
        names = within.split(" ")
        where.append(f"{row}.collection IN ({', '.join('?' * len(names))})")
        params += names
    return where, params


def _rank(words: list[str]) -> tuple[str, list[str]]:
    ranked = words[:MOST_RANKED]
    params = [given for word in ranked for given in (f" {word} ", f" {word}", word)]
    together = " ".join(words)
    return " + ".join([*[_WORD] * len(ranked), _ALL]), [*params, together, together]
