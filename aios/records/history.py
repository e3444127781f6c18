"""What a record was before: its kept versions, for people (docs/sync.md, "Text versions")."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import msgspec

from aios.database import Sql, Statement
from aios.records.paths import stamp_of
from aios.records.stored import Stored

if TYPE_CHECKING:
    from aios.database import Database, Row
    from aios.records.collection import Collection, Document

MOST_VERSIONS = 200
AROUND = 2
"""Lines shown before and after what is different."""
MOST_LINES = 4_000
"""Of both texts together that are compared line by line."""
_RECORD = Sql(
    "SELECT id, collection, rev, deleted_at, CAST(body AS BLOB), meta, conflict FROM record "
    "WHERE space_id = ? AND id = ? AND collection = ? AND deleted_at IS NULL",
    "SELECT id, collection, rev, deleted_at, convert_to(body, 'UTF8'), meta, conflict FROM record "
    "WHERE space_id = ? AND id = ? AND collection = ? AND deleted_at IS NULL",
)
_VERSIONS = Sql(
    "SELECT v.rev, v.kind, v.field, v.body, v.at, v.client, c.device FROM text_version v "
    "LEFT JOIN sync_client c ON c.space_id = v.space_id AND c.client_id = v.client "
    "WHERE v.space_id = ? AND v.record_id = ? ORDER BY v.rev DESC, v.at DESC LIMIT ?"
)
_CLIENT = Sql("SELECT device FROM sync_client WHERE space_id = ? AND client_id = ?")
Line: TypeAlias = "dict[str, str]"
"""`kind`: same, gone, new or skipped; `text`."""


class Version(NamedTuple):
    """A value that a field had, or that was sent for it and gave way."""

    rev: int
    kind: str
    """`current`: it was shown once. `submitted`: a text as it came, before it was joined. `lost`: it gave way."""
    field: str
    text: str
    at: int
    """ms; when it was written."""
    device: str
    """Id of the device that wrote it; "" for a program or importer."""

    @property
    def name(self) -> str:
        """By which it is asked for."""
        return f"{self.rev}.{self.kind}.{self.field}"


class History(NamedTuple):
    """A living record, and what is kept of its former states, newest first."""

    document: Document
    texts: dict[str, Version]
    """Its long texts as they are, by field."""
    versions: list[Version]


async def read_history(database: Database, collection: Collection, space_id: str, record_id: str) -> History | None:
    """The history of a living record; None where there is none."""
    rows = await database.fetch(Statement(_RECORD, (space_id, record_id, collection.name)))
    if not rows:
        return None
    _, name, rev, deleted_at, body, meta, conflict = rows[0]
    stored = Stored(record_id, name, rev, deleted_at, bytes(body), meta, bool(conflict))
    document, stamps = stored.document(), stored.stamps()
    texts: dict[str, Version] = {}
    for name in collection.texts:
        _, client, ms = stamp_of(stamps, "text", name)[:3]
        device = await _device(database, space_id, client)
        texts[name] = Version(stored.rev, "now", name, document.get(name, ""), ms, device)
    found = await database.fetch(Statement(_VERSIONS, (space_id, record_id, MOST_VERSIONS)))
    return History(document, texts, [_version(row) for row in found])


async def _device(database: Database, space_id: str, client: str) -> str:
    rows = await database.fetch(Statement(_CLIENT, (space_id, client)))
    return rows[0][0] if rows else _session(client)


def _version(row: Row) -> Version:
    rev, kind, field, body, at, client, device = row
    return Version(rev, kind, field, _readable(body) if kind == "lost" else body, at, device or _session(client))


def _session(client: str) -> str:
    """The device of a writer such as `form:<device>`."""
    kind, _, device = client.partition(":")
    return device if kind in {"form", "rest"} else ""


def _readable(body: str) -> str:
    """A value that gave way, as a person reads it."""
    value: Any = msgspec.json.decode(body)
    return value if isinstance(value, str) else body


def difference(before: str, after: str) -> list[Line]:
    """What became of `before` in `after`, line by line; long stretches that are the same are skipped."""
    old, new = before.split("\n"), after.split("\n")
    if len(old) + len(new) > MOST_LINES:
        return [_line("gone", line) for line in old] + [_line("new", line) for line in new]
    lines: list[Line] = []
    groups = list(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND))
    for number, group in enumerate(groups):
        if number or group[0][1]:
            lines.append(_line("skipped", ""))
        for kind, start, end, place, stop in group:
            if kind == "equal":
                lines += [_line("same", line) for line in old[start:end]]
            else:
                lines += [_line("gone", line) for line in old[start:end]]
                lines += [_line("new", line) for line in new[place:stop]]
    if groups and groups[-1][-1][2] < len(old):
        lines.append(_line("skipped", ""))
    return lines


def _line(kind: str, text: str) -> Line:
    return {"kind": kind, "text": text}
