"""How an edit joins what is stored, field by field (docs/sync.md, push 5 to 7).

For now a field that is sent replaces the stored one: every writer of this release has seen the head. The
stamps that the causal rules need are already kept with each write: `meta` maps a field to
`[rev, client, ms]` of the write that set it, and `""` to that of the creation, which all others share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aios.records.collection import Collection, Document

Stamps = dict[str, list[object]]


def merge(collection: Collection, stored: Document, fields: Document) -> Document:
    """The document that results when `fields` are set on `stored`; `stored` itself is unchanged."""
    merged = dict(stored)
    for name in collection.stored:
        if name in fields:
            merged[name] = fields[name]
        elif name not in merged:
            merged[name] = collection.fields[name].default()
    return merged


def stamp(stamps: Stamps, names: list[str], rev: int, client: str, ms: int) -> Stamps:
    """`stamps` after a write of the fields `names`. Stored milliseconds never decrease."""
    fallback = stamps.get("", [0, "", 0])
    changed = dict(stamps)
    for name in names:
        before = changed.get(name, fallback)[2]
        changed[name] = [rev, client, max(ms, before if isinstance(before, int) else 0)]
    return changed


def author(stamps: Stamps, name: str) -> tuple[object, object]:
    """The client that wrote the stored value of the field `name`, and when (ms)."""
    _, client, ms = stamps.get(name) or stamps.get("", [0, "", 0])
    return client, ms
