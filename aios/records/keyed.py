"""Fields that merge entry by entry: objects by key, and arrays of objects with an `id` (docs/sync.md, push 5)."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias, cast

from aios.errors import FieldError, InvalidError
from aios.records.paths import STAMP, Seen, Stamp, Stamps, stamp_of, under

Entries: TypeAlias = "dict[str, Any]"
Value: TypeAlias = "dict[str, Any] | list[dict[str, Any]]"
GONE = "This entry is not there any more."


class Changed(NamedTuple):
    """The field as it becomes; the paths that were written, a removal with what it removed; and what gave way."""

    value: Value
    written: dict[str, tuple[Any, ...]]
    lost: list[tuple[str, Any, Stamp]]


def change(value: Value, part: str, sent: Any, name: str, stamps: Stamps, seen: Seen) -> Changed:  # noqa: ANN401, PLR0913, PLR0917  any JSON value
    """Write one part of the field `name`: an entry (`<key>`; None removes it) or a value of one (`<key>/<name>`).

    Raises InvalidError for a value of an entry that is not there.
    """
    edit = _Edit(value, name, stamps, seen)
    key, _, member = part.partition("/")
    if member:
        edit.set_member(key, member, sent)
    elif sent is None:
        edit.remove(key)
    else:
        edit.set_entry(key, sent)
    return edit.done()


def replace(value: Value, sent: Value, name: str, stamps: Stamps, seen: Seen) -> Changed:
    """Write the whole field. Entries that the writer had not seen stay, and so do values that won since."""
    edit = _Edit(value, name, stamps, seen)
    wanted = _entries(sent)
    for key in [key for key in edit.entries if key not in wanted]:
        edit.remove(key)
    for key, entry in wanted.items():
        edit.set_entry(key, entry)
    kept = {key: entry for key, entry in edit.entries.items() if key not in wanted}
    edit.entries = {key: edit.entries[key] for key in wanted} | kept
    return edit.done()


class _Edit:
    def __init__(self, value: Value, name: str, stamps: Stamps, seen: Seen) -> None:
        self.entries = _entries(value)
        self._is_list = isinstance(value, list)
        self._name = name
        self._stamps = stamps
        self._seen = seen
        self._written: dict[str, tuple[Any, ...]] = {}
        self._lost: list[tuple[str, Any, Stamp]] = []

    def done(self) -> Changed:
        value: Value = self.entries
        if self._is_list:
            value = list(self.entries.values())
            if all(isinstance(entry.get("position"), str) for entry in value):
                value.sort(key=lambda entry: (entry["position"], entry["id"]))
        return Changed(value, self._written, self._lost)

    def remove(self, key: str) -> None:
        """Remove an entry of which everything was seen; another one outlives it."""
        path = f"{self._name}/{key}"
        if key in self.entries and all(self._seen.saw(stamp) for stamp in under(self._stamps, "keyed", path)):
            self._written[path] = (self.entries.pop(key),)

    def set_entry(self, key: str, sent: Any) -> None:  # noqa: ANN401  any JSON value
        entry = self.entries.get(key)
        if isinstance(entry, dict) and isinstance(sent, dict):
            for member, value in cast("Entries", sent).items():
                self.set_member(key, member, value)
        elif entry is None:
            self.entries[key] = {**sent, "id": key} if self._is_list else sent
            self._written[f"{self._name}/{key}"] = ()
        else:
            self._replace(f"{self._name}/{key}", self.entries, key, sent)

    def set_member(self, key: str, member: str, value: Any) -> None:  # noqa: ANN401  any JSON value
        path = f"{self._name}/{key}"
        entry = self.entries.get(key)
        if entry is None:
            removed = self._stamps.get(path, [])
            if len(removed) <= STAMP or self._seen.saw(removed):
                raise InvalidError(GONE, (FieldError(self._name, GONE),))
            self.entries[key] = {**removed[STAMP], member: value}
            self._written |= {path: (), f"{path}/{member}": ()}
            return
        changed = self.entries[key] = dict(entry)
        self._replace(f"{path}/{member}", changed, member, value)

    def _replace(self, path: str, within: Entries, name: str, value: Any) -> None:  # noqa: ANN401  any JSON value
        before = within.get(name)
        if name in within and before == value:
            return
        stamp = stamp_of(self._stamps, "keyed", path)
        if self._seen.wins(stamp):
            if name in within and not self._seen.saw(stamp):
                self._lost.append((path, before, stamp))
            within[name] = value
            self._written[path] = ()
        else:
            self._lost.append((path, value, [0, self._seen.client, self._seen.ms]))


def _entries(value: Value) -> Entries:
    if isinstance(value, list):
        return {str(entry["id"]): entry for entry in value}
    return dict(value)
