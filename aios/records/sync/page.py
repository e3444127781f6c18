"""Pages of records as devices get them: stored JSON passed through as bytes, no more than a megabyte at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aios.records.paths import conflicts

if TYPE_CHECKING:
    from aios.database import Row

MOST_SENT = 1_000_000
MOST_STORED = 4_000_000
"""Bytes of bodies in one page, as sent and as stored: making stubs of long texts takes the server time, too."""
AT_ONCE = 200
"""Rows a statement, so that a page of long texts never reads much more than it sends."""
REV = 2
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def record(row: Row, body: bytes, stub: bytes = b"") -> bytes:
    """A row of `statements.SINCE` as JSON. Ids and names of collections hold nothing that needs escaping."""
    record_id: str = row[0]
    collection: str = row[1]
    _, _, rev, deleted_at, meta, _ = row
    deleted = b"null" if deleted_at is None else b"%d" % deleted_at
    marked = b"" if meta is None else b',"conflict":' + _encode(conflicts(_decode(meta)))
    stubbed = b',"stub":' + stub if stub else b""
    return (
        b'{"id":"' + record_id.encode() + b'","collection":"' + collection.encode() + b'","rev":%d,"deleted":' % rev
        + deleted + b',"body":' + body + marked + stubbed + b"}"
    )  # fmt: skip


class Page:
    """Records in the order they were added, up to `limit` or the bytes of a page."""

    def __init__(self, limit: int) -> None:
        self.records: list[bytes] = []
        self.last: int | None = None
        """The revision of the last one."""
        self.more = False
        """Whether one was left for the next page."""
        self._limit = limit
        self._sent = 0
        self._stored = 0

    def has_room(self, row: Row) -> bool:
        """Whether `row` belongs to this page; the first always does."""
        full = len(self.records) >= self._limit or self._sent >= MOST_SENT
        if full or (self.records and self._stored + len(row[-1]) > MOST_STORED):
            self.more = True
        return not self.more

    def add(self, row: Row, encoded: bytes) -> None:
        """Append a record."""
        self.records.append(encoded)
        self.last = row[REV]
        self._sent += len(encoded)
        self._stored += len(row[-1])
