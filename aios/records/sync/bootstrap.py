"""The first sync: everything, newest first, whole until the device's budget is used, then as stubs (docs/sync.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from aios.jobs.purge import TRASH_MS
from aios.records.stubs import START, keep
from aios.records.sync.page import record

if TYPE_CHECKING:
    from aios.database import Row
    from aios.modules import Registry

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def oldest_deleted(now_ms: int) -> int:
    """The instant from which on deleted records are part of the first sync: those that can still be restored."""
    return now_ms - TRASH_MS


class Allowance:
    """The bytes of bodies that a device has room for. None is enough for everything."""

    def __init__(self, registry: Registry, left: int | None) -> None:
        self.left = left
        self._collections = registry.collections

    def record(self, row: Row) -> bytes:
        """The record of a row of `statements.BEFORE`: whole, or a stub where it does not fit and that saves anything.

        A smaller one that comes later may still fit. Stubs count too, since they have to be kept as well.
        """
        body = bytes(row[-1])
        stub: bytes = b""
        if self.left is not None and len(body) > self.left:
            body, stub = self._stub(row[1], body)
        if self.left is not None:
            self.left = max(self.left - len(body) - len(stub), 0)
        return record(row, body, stub)

    def _stub(self, name: str, body: bytes) -> tuple[bytes, bytes]:
        """The body without its long texts, and what is kept of them; or the body as it is when it has none."""
        collection = self._collections.get(name)
        if collection is None or not collection.texts:
            return body, b""
        document: dict[str, Any] = _decode(body)
        texts = {field: document[field] for field in collection.texts if field in document}
        if all(len(text) <= START for text in texts.values()):
            return body, b""
        rest = {field: value for field, value in document.items() if field not in texts}
        return _encode(rest), _encode({field: keep(text) for field, text in texts.items()})
