"""Record ids: UUIDv7 for what a person makes, UUIDv5 for what several devices must make alike."""

from __future__ import annotations

import os
import re
import time
import uuid

_NAMESPACE = uuid.UUID("6f1b6a0e-58f0-5c3e-9d3a-1f8c1a7b9e55")
_NS_A_MS = 1_000_000
_SHAPE = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, 12 of their fraction (6.2, method 3), then random bits.

    So ids of one process sort as they were made, as far as its clock tells moments apart.
    """
    ms, ns = divmod(time.time_ns(), _NS_A_MS)
    value = (ms << 80) | (0x7 << 76) | ((ns << 12) // _NS_A_MS << 64) | int.from_bytes(os.urandom(8), "big")
    value = value & ~(0x3 << 62) | (0x2 << 62)
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_id(text: str) -> bool:
    """Whether `text` is a UUID in its canonical, lower-case form."""
    return _SHAPE.fullmatch(text) is not None


def implied_id(space_id: str, collection: str, key: str) -> str:
    """The id of a record that follows from others, the same on every device: UUIDv5 of (space, collection, key)."""
    return str(uuid.uuid5(_NAMESPACE, f"{space_id}/{collection}/{key}"))
