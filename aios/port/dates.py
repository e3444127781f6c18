"""Dates as people and programs write them, as milliseconds since the epoch."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from aios.records.clock import from_wire, now_ms, to_wire

_DATE = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:(?:[T ]|,\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST = from_wire("0001-01-02T00:00:00Z")


def parse(given: str, zone: str) -> int | None:
    """When something was written: as `parse_future`, but never later than now."""
    ms = parse_future(given, zone)
    return None if ms is None else bounded(ms)


def day_of(given: str) -> str:
    """The date that what `parse_future` reads begins with."""
    return given.strip()[:10]


def parse_future(given: str, zone: str) -> int | None:
    """Read `2026-01-16`, `2026-01-16 09:30`, `2026-01-16T09:30:00.000+0100`; None for anything else.

    Without an offset it is a time in `zone`, and without a time it is noon there, so that it is that day for all near.
    """
    found = _DATE.fullmatch(given.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 12), int(minute or 0), int(second or 0))  # noqa: DTZ001  set below
        moment = moment.replace(tzinfo=_offset(offset) if offset else ZoneInfo(zone))
        ms = (moment - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None
    ms += int((fraction or "0").ljust(3, "0")[:3])
    return None if ms < _LEAST else ms


def local(ms: int, zone: str) -> int:
    """Milliseconds that count a local time as if it were UTC, as a zip has them, as they are."""
    try:
        naive = (_EPOCH + timedelta(milliseconds=ms)).replace(tzinfo=ZoneInfo(zone))
        return bounded((naive - _EPOCH) // timedelta(milliseconds=1)) or 0
    except OverflowError:
        return 0


def bounded(ms: int) -> int | None:
    """`ms` if there is such a date. What is yet to come was not written yet, so it is now."""
    return None if ms < _LEAST else min(ms, now_ms())


def wire(ms: int | None) -> str | None:
    """As records keep instants."""
    return None if ms is None else to_wire(ms)


def _offset(given: str) -> timezone:
    """Of `Z`, `UTC`, `+01:00` and `+0100`. Raises ValueError."""
    if given in {"Z", "UTC"}:
        return UTC
    sign = -1 if given[0] == "-" else 1
    digits = given[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
