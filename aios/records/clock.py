"""Instants as the wire has them: RFC 3339, UTC, milliseconds, `Z`."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now_ms() -> int:
    """Milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


def to_wire(ms: int) -> str:
    """Write milliseconds since the epoch as `2026-01-16T09:30:00.000Z`. Raises ValueError outside years 1 to 9999."""
    seconds, rest = divmod(ms, 1000)
    return f"{_to_the_second(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=64)
def _to_the_second(seconds: int) -> str:
    """Kept, because everything that is written in one second shares it."""
    try:
        instant = _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        message = "an instant must lie in the years 1 to 9999"
        raise ValueError(message) from error
    return instant.isoformat(timespec="seconds").removesuffix("+00:00")


@lru_cache(maxsize=64)
def from_wire(text: str) -> int:
    """Read any RFC 3339 instant as milliseconds since the epoch. Raises ValueError."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        message = "an instant needs a zone, such as Z"
        raise ValueError(message)
    return (instant - _EPOCH) // timedelta(milliseconds=1)
