"""A row of `record`, as the write path reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.paths import Stamps

_decode = msgspec.json.Decoder().decode


class Stored(msgspec.Struct, frozen=True):
    """`body` and `meta` are still encoded: most writes need only one of them."""

    id: str
    collection: str
    rev: int
    deleted_at: int | None
    body: bytes
    meta: str
    conflict: bool

    def stamps(self) -> Stamps:
        """The decoded stamps of its paths."""
        stamps: Stamps = _decode(self.meta)
        return stamps

    def document(self) -> Document:
        """The decoded body."""
        document: Document = _decode(self.body)
        return document
