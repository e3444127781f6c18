"""How an edit joins what is stored, path by path (docs/sync.md, push 5 and 6).

Revisions tell what an edit had seen; what it had seen it may replace and remove. Of two that had not seen each other,
the later one is shown and the other is kept among the versions; texts and sets keep both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from aios.records import keyed
from aios.records.merge_text import Hunk, merge_text, settle
from aios.records.paths import CONFLICT, STAMP, Seen, Stamp, Stamps, put, split, stamp_of
from aios.records.text import text_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aios.records.collection import Collection, Document, Field

_encode = msgspec.json.Encoder().encode
EMPTY = text_hash("")


class Kept(NamedTuple):
    """A value that is not shown, and stays among the versions of its field."""

    field: str
    kind: str
    """`submitted`: a text as it was sent, which the sender's next edit is based on. `lost`: a value that gave way."""
    body: str
    client: str
    ms: int


class Edit(NamedTuple):
    """What a writer sends, checked."""

    fields: Document
    """Values by path."""
    bases: Mapping[str, str]
    """The hashes of the texts that the writer was shown, by field."""
    seen: Seen
    texts: Mapping[str, str | None]
    """The texts of those hashes that are not the stored ones, by field; None where it is not known any more."""


class Joined:
    """The document that an edit makes of a stored one, and what is to be noted of it."""

    def __init__(self, collection: Collection, stored: Document, stamps: Stamps, edit: Edit) -> None:
        self.document: Document = dict(stored)
        """A member that is changed is replaced, so `stored` stays as it is."""
        self.written: dict[str, Stamp] = {}
        """Stamps of the paths that now hold what this edit brought; their revision is filled in when it is known."""
        self.kept: list[Kept] = []
        self.hunks: dict[str, list[Hunk]] = {}
        """Of texts: where a person has to look, where that is another place than before."""
        self._collection = collection
        self.stored = stored
        """As it was."""
        self._stamps = stamps
        self._edit = edit
        for name in collection.stored:
            if name not in self.document:
                self.document[name] = collection.fields[name].default()
            if name in edit.fields:
                self._set(collection.fields[name], edit.fields[name])
        for path, value in edit.fields.items():
            name, part = split(path)
            if part:
                self._set_part(collection.fields[name], path, part, value)

    @property
    def is_idle(self) -> bool:
        """Whether the edit changes nothing and leaves nothing to be kept."""
        return not self.kept and not self.hunks and self.document == self.stored

    def stamps(self, rev: int) -> Stamps:
        """The record's stamps after this edit, which has the revision `rev`."""
        changed = dict(self._stamps)
        for path, stamp in self.written.items():
            put(changed, self._collection.fields[split(path)[0]].trait.merge, path, [rev, *stamp[1:]])
        for name, hunks in self.hunks.items():
            changed.pop(f"{name}/{CONFLICT}", None)
            if hunks:
                changed[f"{name}/{CONFLICT}"] = [rev, self._edit.seen.client, self._edit.seen.ms, *hunks]
        return changed

    def _set(self, field: Field, value: Any) -> None:  # noqa: ANN401  any JSON value
        merge = field.trait.merge
        if merge == "text":
            self._set_text(field.name, value)
        elif merge == "set":
            self._set_members(field, value)
        elif merge == "keyed":
            self._keyed(
                field, keyed.replace(self.document[field.name], value, field.name, self._stamps, self._edit.seen)
            )
        else:
            self._set_value(field, value)

    def _set_value(self, field: Field, value: Any) -> None:  # noqa: ANN401  any JSON value
        name, seen = field.name, self._edit.seen
        before = self.stored.get(name)
        if before == value:
            return
        stamp = stamp_of(self._stamps, "value", name)
        # What a record got by default nobody chose: two devices may both make the settings, each for one field.
        chosen = name in self._stamps or field.required or before != field.default()
        if not chosen or seen.wins(stamp):
            if chosen and not seen.saw(stamp):
                self._keep(name, "lost", before, stamp[1], stamp[2])
            self.document[name] = value
            self._write(name)
        else:
            self._keep(name, "lost", value, seen.client, seen.ms)

    def _set_text(self, name: str, sent: str) -> None:
        """A text whose writer was shown another one than the stored is joined with it."""
        current: str = self.document[name]
        hunks: list[Hunk] = []
        result = sent
        saw = self._saw_text(name, current)
        if not saw:
            base = "" if self._edit.bases.get(name) == EMPTY else self._edit.texts.get(name)
            result, hunks = merge_text(base, current, sent)
        if result != sent:
            self._keep(name, "submitted", sent, self._edit.seen.client, self._edit.seen.ms)
        self._settle(name, current, result, hunks)
        if result != current:
            self.document[name] = result
            # A text that was joined is nobody's: who wrote a part of it has not seen the rest, or not known it.
            self.written[name] = [0, self._edit.seen.client if saw else "", self._edit.seen.ms]

    def _saw_text(self, name: str, current: str) -> bool:
        base = self._edit.bases.get(name)
        if base is None:
            # Not by who wrote it: an entry of an outbox without a base may be older than the one before it.
            base_rev = self._edit.seen.base_rev
            return base_rev is None or stamp_of(self._stamps, "text", name)[0] <= base_rev
        return base == text_hash(current)

    def _settle(self, name: str, before: str, after: str, hunks: list[Hunk]) -> None:
        """Let the places of former conflicts move with the text."""
        known: list[Hunk] = self._stamps.get(f"{name}/{CONFLICT}", [])[STAMP:]
        found = [*settle(known, before, after), *hunks]
        if found != known:
            self.hunks[name] = sorted(found)

    def _set_members(self, field: Field, value: list[Any]) -> None:
        """A whole set. What the writer had seen and leaves out is removed; what it had not seen stays."""
        before: list[Any] = self.stored.get(field.name) or []
        unseen = [
            each
            for each in before
            if each not in value and not self._edit.seen.saw(stamp_of(self._stamps, "set", f"{field.name}/{each}"))
        ]
        self.document[field.name] = [*value, *unseen]
        for each in [*(each for each in value if each not in before), *(each for each in before if each not in value)]:
            if each not in unseen:
                self._write(f"{field.name}/{each}")

    def _set_part(self, field: Field, path: str, part: str, value: Any) -> None:  # noqa: ANN401  any JSON value
        name, merge = field.name, field.trait.merge
        if merge == "text":
            if path in self._stamps and self._edit.seen.saw(self._stamps[path]):
                self.hunks[name] = []
        elif merge == "keyed":
            self._keyed(field, keyed.change(self.document[name], part, value, name, self._stamps, self._edit.seen))
        elif value is None:
            members: list[Any] = self.document[name]
            if part in members and self._edit.seen.saw(stamp_of(self._stamps, "set", path)):
                self.document[name] = [each for each in members if each != part]
                self._write(path)
        elif part not in self.document[name]:
            self.document[name] = [*self.document[name], part]
            self._write(path)

    def _keyed(self, field: Field, changed: keyed.Changed) -> None:
        self.document[field.name] = changed.value
        for path, more in changed.written.items():
            self._write(path, *more)
        for path, value, stamp in changed.lost:
            self._keep(path, "lost", value, stamp[1], stamp[2])

    def _write(self, path: str, *more: Any) -> None:  # noqa: ANN401  any JSON value
        self.written[path] = [0, self._edit.seen.client, self._edit.seen.ms, *more]

    def _keep(self, field: str, kind: str, value: Any, client: str, ms: int) -> None:  # noqa: ANN401  as above
        body = value if kind == "submitted" else _encode(value).decode()
        self.kept.append(Kept(field, kind, body, client, ms))


def merge(collection: Collection, stored: Document, fields: Document) -> Document:
    """The document that results when whole `fields` are set on `stored`, which itself is unchanged."""
    merged = dict(stored)
    for name in collection.stored:
        if name in fields:
            merged[name] = fields[name]
        elif name not in merged:
            merged[name] = collection.fields[name].default()
    return merged


def author(stamps: Stamps, name: str) -> tuple[str, int]:
    """The client that wrote the stored value of the field `name`, and when (ms)."""
    _, client, ms = stamp_of(stamps, "value", name)[:3]
    return client, ms
