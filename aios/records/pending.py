"""What a transaction will write: gathered while calls are planned, written at its end, a statement a table."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from aios.database import Statement
from aios.records import statements as sql
from aios.records.clock import from_wire
from aios.records.merge import author
from aios.records.paths import LIFE, Stamps, conflicts
from aios.records.stored import Stored
from aios.records.text import fold, text_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aios.database import Steps
    from aios.records.apply import Change
    from aios.records.collection import Collection, Document

Key = tuple[int, str, str, str, str]
"""A row of `record_key`: number of the space, collection, name, key, record."""
NAME_LENGTH = 64
"""Of a field or path among the versions (`records/tables.py`)."""
_encode = msgspec.json.Encoder().encode


class Rows(NamedTuple):
    """Rows of one space or of many, by table, and what is to go."""

    heads: list[tuple[str, int]]
    records: list[tuple[Any, ...]]
    dropped: list[Key]
    added: list[Key]
    versions: list[tuple[Any, ...]]
    due: list[tuple[str, str, int]]
    done: list[tuple[str, str]]


class Pending:
    """Rows to write, by table. A record that changes twice is written once, as it is at the end."""

    def __init__(self, space_id: str, number: int, now_ms: int) -> None:
        self._space_id = space_id
        self._number = number
        self._now_ms = now_ms
        self._rev = 0
        self._records: dict[str, tuple[Any, ...]] = {}
        self._keys: dict[str, tuple[list[Key], list[Key]]] = {}
        self._due: dict[str, int | None] = {}
        self._versions: list[tuple[Any, ...]] = []

    def copy(self) -> Pending:
        """The same, to return to."""
        copied = Pending(self._space_id, self._number, self._now_ms)
        copied._rev = self._rev
        copied._records = dict(self._records)
        copied._keys = dict(self._keys)
        copied._due = dict(self._due)
        copied._versions = list(self._versions)
        return copied

    def add(self, change: Change, client: str, rev: int) -> Stored:
        """Take a change that has the revision `rev`. Returns the row as it will be."""
        collection, document = change.collection, change.document
        stamps = self._stamps(change, client, rev)
        row = Stored(
            id=change.mutation.id,
            collection=collection.name,
            rev=rev,
            deleted_at=self._now_ms if change.effect == "deleted" else None,
            body=_encode(document),
            meta=_encode(stamps).decode(),
            conflict=len(stamps) > 1 and bool(conflicts(stamps)),
        )
        search = search_text(collection, document)
        updated_ms = from_wire(document["updatedAt"])
        self._records[row.id] = (
            self._space_id, row.id, row.collection, rev, row.deleted_at, row.conflict, row.body, row.meta, search,
            len(row.body), updated_ms,
        )  # fmt: skip
        self._rev = rev
        self._add_keys(change)
        self._add_versions(change, rev)
        if collection.due is not None:
            at = None if change.effect == "deleted" else collection.due(document)
            self._due[row.id] = None if at is None else from_wire(at)
        return row

    @property
    def rows(self) -> Rows:
        """What is to be written, by table."""
        return Rows(
            heads=[(self._space_id, self._rev)] if self._records else [],
            records=list(self._records.values()),
            dropped=[key for new, old in self._keys.values() for key in old if key not in new],
            added=[key for new, old in self._keys.values() for key in new if key not in old],
            versions=self._versions,
            due=[(self._space_id, record_id, at) for record_id, at in self._due.items() if at is not None],
            done=[(self._space_id, record_id) for record_id, at in self._due.items() if at is None],
        )

    def version(self, record_id: str, field: str, wanted: str) -> str | None:
        """A text with this hash that a call before this one leaves among the versions of a field."""
        found = (row for row in self._versions if (row[1], row[2], row[5]) == (record_id, field, wanted))
        return next((row[6] for row in found), None)

    def _stamps(self, change: Change, client: str, rev: int) -> Stamps:
        ms = change.mutation.ms if change.mutation.ms is not None else self._now_ms
        if change.stored is None:
            return {"": [rev, client, ms]}
        stamps = change.joined.stamps(rev) if change.joined is not None else change.stored.stamps()
        if change.effect in {"deleted", "restored"}:
            stamps[LIFE] = [rev, client, ms]
        return stamps

    def _add_keys(self, change: Change) -> None:
        record_id = change.mutation.id
        gone = change.stored is None or change.stored.deleted_at is not None
        _, old = self._keys.get(
            record_id, ([], key_rows(self._number, change.collection, None if gone else change.previous))
        )
        deleted = change.effect == "deleted"
        self._keys[record_id] = (key_rows(self._number, change.collection, None if deleted else change.document), old)

    def _add_versions(self, change: Change, rev: int) -> None:
        """Keep each text that is replaced, and what gave way: history for people, and the base of edits made on it."""
        previous, stored, joined = change.previous, change.stored, change.joined
        if previous is None or stored is None or joined is None:
            return
        texts = [
            name for name in change.collection.texts if previous.get(name) and previous[name] != change.document[name]
        ]
        stamps = stored.stamps() if texts else {}
        replaced = [(name, stored.rev, "current", previous[name], *author(stamps, name)) for name in texts]
        kept = [(each.field[:NAME_LENGTH], rev, *each[1:]) for each in joined.kept]
        self._versions += [
            (self._space_id, stored.id, name, at_rev, kind, text_hash(body), body, client, ms)
            for name, at_rev, kind, body, client, ms in (*replaced, *kept)
        ]


def write_pending(spaces: Sequence[Pending]) -> Steps[None]:
    """Write what was gathered for some spaces, a statement a table, and their heads last."""
    tables = zip(*(pending.rows for pending in spaces), strict=True)
    rows = Rows(*(list(chain.from_iterable(table)) for table in tables)) if spaces else None
    if rows is None or not rows.heads:
        return
    yield Statement(sql.SAVE, rows.records, many=True)
    if rows.dropped:
        yield Statement(sql.DROP_KEYS, (_encode(rows.dropped).decode(),))
    for text, tuples in (
        (sql.ADD_KEYS, rows.added), (sql.ADD_VERSION, rows.versions), (sql.SET_DUE, rows.due), (sql.DROP_DUE, rows.done)
    ):  # fmt: skip
        if tuples:
            yield Statement(text, tuples, many=True)
    yield Statement(sql.SET_HEADS, (_encode(rows.heads).decode(),))


def key_rows(number: int, collection: Collection, document: Document | None) -> list[Key]:
    """The rows of `record_key` for a living document; none for None."""
    if document is None:
        return []
    return [(number, collection.name, name, key, document["id"]) for name, key in collection.keys(document)]


def search_text(collection: Collection, document: Document) -> str:
    """What search looks through: the searchable fields, folded, a line each."""
    return "\n".join(fold(_flat(document.get(name))) for name in collection.searchable)


def _flat(value: Any) -> str:  # noqa: ANN401  any JSON value
    """The text of a value, as search sees it."""
    if not isinstance(value, list):
        return str(value or "")
    members: list[Any] = [*value]
    return " ".join(map(str, members))
