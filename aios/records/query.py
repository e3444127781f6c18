"""What a page or a REST list reads, declared once and run on SQL here and on IndexedDB on the device.

A `Read` is data: names of a collection and an index, bounds, and `Param`s that are filled from the query.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from aios.records.clock import add_days
from aios.records.text import sort_key

_PAGE_DIGITS = 4
ALL = 100_000
"""A `limit` that leaves nothing out: more records than a space of this size has."""


class Param(msgspec.Struct, frozen=True):
    """A value taken from the query: a path or search parameter, or `@dayStart`, `@dayEnd`, `@weekEnd`, `@now`.

    The `@` ones are instants in wire form, of the person's local day. `@note.title` is a text field of the
    document that an earlier read of the same page, named `note`, has found. Where the query has no such
    parameter, or an empty one, the condition that uses it falls away. A field of words is a text of lines.
    `@date` is the day that the parameter `date` begins with, or today: a text before every instant of that day in UTC.
    """

    name: str
    fold: bool = False
    """Whether the value is looked up in an index with `fold`, and so becomes a sort key."""
    days: int = 0
    """So many days after a value that is a day."""


Value: TypeAlias = str | Param


class Condition(msgspec.Struct, frozen=True):
    """The record has one of `values` as a key in `index`; `negate` turns it round. With `every` it has all of them.

    A Param stands for as many values as it has lines. With `kind` below or above, the record has a key before or
    after the first value instead (exclusive). `rare` tells that few records match, so the query starts from them
    instead of asking each record.
    """

    index: str
    values: tuple[Value, ...]
    negate: bool = False
    kind: Literal["equal", "below", "above"] = "equal"
    rare: bool = False
    every: bool = False


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Records of one collection.

    `id` reads one by its id (the result is a document or None). Otherwise the result is a list in the order
    of `index` (ties by id), of keys equal to `equal`, or after `above` and before `below` (exclusive), or
    from `since` on (inclusive, so that a day is `since` its start and `below` the start of the next).
    `search` keeps records whose searchable text contains every word. `count` gives an int instead, and
    `group` gives `[[key, count], …]` by the keys of `index`, in key order. `deleted` reads the trash.

    An empty `collection` with `deleted` is the trash of all collections, 30 days back and the last deleted first; its
    documents carry `_collection`, and in `_deleted` when that was.

    An empty `collection` without `deleted` reads every living record of all collections, or of those that `within`
    names (joined by spaces): with `search` the best first (records/everything.py), without words the last changed
    first. Its documents carry `_collection`; `group` counts by collection. No other condition holds there.
    """

    collection: str
    id: Value | None = None
    index: str = "updated"
    descending: bool = False
    equal: Value | None = None
    above: Value | None = None
    since: Value | None = None
    below: Value | None = None
    where: tuple[Condition, ...] = ()
    search: Value | None = None
    limit: int = 50
    offset: int = 0
    page: str = ""
    """The name of a parameter that counts pages of `limit` records from 1; its offset is added to `offset`."""
    when: tuple[str, tuple[str, ...]] | None = None
    """Read only when the parameter (first) has one of the values (second), or any where none are named.

    Otherwise the result is empty.
    """
    count: bool = False
    group: bool = False
    deleted: bool = False
    within: Value | None = None
    projected: bool = False
    """A list without long texts: each is "", and `_stub` has its length, words and beginning (records/stubs.py).

    Cheap enough for a whole collection, with `limit=ALL`: for statistics, and for what compares each with each.
    """


NO_COPY: dict[str, Any] = {
    "state": "server",
    "label": "",
    "waiting": 0,
    "attention": 0,
    "href": "/storage",
    "copy": False,
    "ledger": [],
    "limit": 10_000_000,
    "warn": 6_000_000,
    "full": 8_000_000,
    "files": 0,
    "free": 0,
    "largest": [],
    "pins": [],
    "protection": "",
    "installed": False,
    "restored": "",
    "outbox": [],
    "refused": [],
    "lastSync": "",
    "paused": "",
    "discarded": "",
}
"""`Query.device` where the server answers: it knows of no copy. A device fills in what its worker keeps."""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """All that a view may know besides documents. Given, never asked: a view calls no clock and no generator."""

    params: dict[str, str]
    """Path and search parameters by name."""
    now: str
    """The instant, in wire form."""
    zone: str
    """IANA name of the person's time zone."""
    new_id: str
    """An id that a form on this page may use for a record it makes."""
    day: str
    """The local date, `2026-11-23`."""
    bounds: dict[str, str]
    """The instants `@now`, `@dayStart`, `@dayEnd`, `@weekEnd` (seven days from the day's start).

    `@in` holds the collections of the module that the parameter `in` names, joined by spaces; `@date` is as in Param.
    """
    user: str
    """The name of the account."""
    space: str
    """The id of the space; implied ids are made from it."""
    settings: dict[str, Any]
    """The person's settings document."""
    form: dict[str, str] = {}
    """When a form was refused: what was typed, by field."""
    errors: dict[str, str] = {}
    """When a form was refused: a sentence by field; `""` holds one for the whole form."""
    device: dict[str, Any] = msgspec.field(default_factory=lambda: NO_COPY)
    """The copy that this device keeps: its state, its ledger, what waits and what was refused."""

    def get(self, name: str, default: str = "") -> str:
        """The parameter `name`, or `default`."""
        return self.params.get(name, default)


def resolve(value: Value | None, query: Query) -> str | None:
    """Fill a Param from the query; None where it is absent or empty."""
    if not isinstance(value, Param):
        return value
    found = query.bounds.get(value.name) if value.name.startswith("@") else query.params.get(value.name)
    if not found:
        return None
    if value.days:
        return add_days(found, value.days)
    return sort_key(found) if value.fold else found


def resolve_lines(value: Value, query: Query) -> list[str]:
    """Fill a Param from the query with each of its lines; none where it is absent or empty."""
    if not isinstance(value, Param):
        return [value]
    found = resolve(Param(value.name), query) or ""
    return [sort_key(line) if value.fold else line for line in found.split("\n") if line]


def is_asked(wanted: Read, query: Query) -> bool:
    """Whether `when` lets a read happen."""
    if wanted.when is None:
        return True
    name, values = wanted.when
    found = resolve(Param(name), query) or ""
    return found in values if values else bool(found)


def page_number(query: Query, name: str = "page") -> int:
    """The page that the parameter `name` asks for, from 1; what is no number asks for the first."""
    given = query.get(name)
    if not (given.isascii() and given.isdecimal()) or len(given) > _PAGE_DIGITS:
        return 1
    return max(int(given), 1)


Documents: TypeAlias = dict[str, Any]
"""What the reads of a page gave, by name: a list of documents, a document or None, an int, or pairs."""
Context: TypeAlias = dict[str, Any]
"""What a view gives to its template."""
