"""Instants as the wire has them: RFC 3339, UTC, milliseconds, `Z`."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
"""`datetime.fromisoformat` takes more, and other things in each Python: week dates, any sign for `T`, 24:00."""


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
    """Read any RFC 3339 instant as milliseconds since the epoch; seconds may be left out. Raises ValueError."""
    if _INSTANT.fullmatch(text) is None:
        message = "an instant is written like 2026-01-16T09:30:00.000Z"
        raise ValueError(message)
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1)


def is_day(text: str) -> bool:
    """Whether `text` is a day of the calendar, like `2026-11-24`."""
    try:
        return _DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def add_days(day: str, count: int) -> str:
    """The day so many days later; the same one where the calendar ends."""
    try:
        return (date.fromisoformat(day) + timedelta(days=count)).isoformat()
    except OverflowError:
        return day
