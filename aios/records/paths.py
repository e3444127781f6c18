"""Paths into a record: what of it a write touches, and who wrote that last (docs/sync.md, push 5).

A path is the name of a field, or of a part of one that merges by parts: `tags/work` is a member of a `set`,
`items/<id>` an entry of a `keyed` field and `items/<id>/isDone` one of its values, `bodyMarkdown/conflict` the places
of a `text` that a person has to look at. Stamps are kept for paths that were written since the record was made;
`""` is the stamp of its making, and `~` that of its last deletion or restoration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from aios.records.collection import Merge

Stamp: TypeAlias = "list[Any]"
"""[rev, client, ms, …]"""
Stamps: TypeAlias = "dict[str, Stamp]"
MADE = ""
LIFE = "~"
CONFLICT = "conflict"
STAMP = 3
"""Members of a stamp. What follows them: of a removed entry the entry, of a conflict the places in the text."""
_NOTHING: Stamp = [0, "", 0]


class Seen(NamedTuple):
    """What a writer knew: everything up to a revision (None: the head), and all that it wrote itself."""

    base_rev: int | None
    client: str
    ms: int

    def saw(self, stamp: Stamp) -> bool:
        """Whether the writer knew what was written with this stamp."""
        return self.base_rev is None or stamp[0] <= self.base_rev or stamp[1] == self.client

    def wins(self, stamp: Stamp) -> bool:
        """Whether the write replaces what has this stamp: it knew it, or is later. A clock only breaks true ties."""
        return self.saw(stamp) or (self.ms, self.client) > (stamp[2], stamp[1])

    def saw_all(self, stamps: Stamps) -> bool:
        """Whether the writer knew everything that a record consists of."""
        return self.base_rev is None or all(self.saw(stamp) for stamp in stamps.values())


def split(path: str) -> tuple[str, str]:
    """The field of a path, and the part of it ("" for the whole field)."""
    field, _, part = path.partition("/")
    return field, part


def stamp_of(stamps: Stamps, merge: Merge, path: str) -> Stamp:
    """The stamp of what stands at `path`: its own, or that of the nearest whole that was written."""
    field, part = split(path)
    candidates = [path]
    if merge == "keyed" and "/" in part:
        candidates.append(f"{field}/{part.partition('/')[0]}")
    for each in (*candidates, field, MADE):
        if each in stamps:
            return stamps[each]
    return _NOTHING


def under(stamps: Stamps, merge: Merge, path: str) -> list[Stamp]:
    """The stamp of what stands at `path`, and those of its parts."""
    return [stamp_of(stamps, merge, path), *(stamp for name, stamp in stamps.items() if name.startswith(f"{path}/"))]


def put(stamps: Stamps, merge: Merge, path: str, stamp: Stamp) -> None:
    """Note a write. Stored milliseconds never decrease. An entry that comes or goes leaves no older ones inside."""
    before = stamp_of(stamps, merge, path)[2]
    rev, client, ms, *more = stamp
    if merge == "keyed" and path.count("/") == 1:
        for part in [name for name in stamps if name.startswith(f"{path}/") and stamps[name][0] < rev]:
            del stamps[part]
    stamps[path] = [rev, client, max(ms, before), *more]


def conflicts(stamps: Stamps) -> dict[str, list[list[int]]]:
    """Where a person has to look, by text field: places as `merge_text.Hunk` has them."""
    places = {path.removesuffix(f"/{CONFLICT}"): stamp[STAMP:] for path, stamp in stamps.items() if "/" in path}
    return {name: hunks for name, hunks in places.items() if hunks and f"{name}/{CONFLICT}" in stamps}
