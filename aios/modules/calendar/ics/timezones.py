"""The rules of an IANA zone spelled out as a VTIMEZONE (RFC 5545, 3.6.5).

icalendar can do this too, but gives the beginning of summer time in the clock after the change; the RFC wants the one
before it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from aios.web.when import zone_info

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_YEAR, LAST_YEAR = 1970, 2038
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


class _Change(NamedTuple):
    """From one offset to another, at a local time of the first."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


@lru_cache(maxsize=256)
def timezone_lines(zone: str, year: int) -> tuple[str, ...]:
    """A VTIMEZONE that holds from a year on."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    groups: dict[tuple[object, ...], list[_Change]] = {}
    for change in _changes(zone, min(max(year, FIRST_YEAR), LAST_YEAR - 1)):
        groups.setdefault(change[1:], []).append(change)
    for changes in groups.values():
        first = changes[0]
        kind = "DAYLIGHT" if first.is_summer else "STANDARD"
        lines += [f"BEGIN:{kind}", f"DTSTART:{first.local:%Y%m%dT%H%M%S}"]
        if len(changes) > 1:
            # ical.js (Thunderbird, Nextcloud) takes the first date of each line, and then DTSTART no more.
            lines += [f"RDATE:{each.local:%Y%m%dT%H%M%S}" for each in changes]
        lines += [f"TZNAME:{first.name}", f"TZOFFSETFROM:{_offset(first.before)}"]
        lines += [f"TZOFFSETTO:{_offset(first.after)}", f"END:{kind}"]
    return (*lines, "END:VTIMEZONE")


def _changes(zone: str, year: int) -> Iterator[_Change]:
    """What holds when the year begins, and each change after it."""
    rules = zone_info(zone)

    def offset(at: datetime) -> timedelta:
        return at.astimezone(rules).utcoffset() or timedelta()

    def change(at: datetime, before: timedelta) -> _Change:
        local = at.astimezone(rules)
        after = offset(at)
        is_summer = bool(local.dst())
        return _Change((at + before).replace(tzinfo=None), before, after, local.tzname() or zone, is_summer)

    at = datetime(year, 1, 1, tzinfo=UTC)
    known = offset(at)
    yield change(at, known)
    while at.year < LAST_YEAR:
        following = at + _DAY
        found = offset(following)
        if found != known:
            early, late = at, following
            while late - early > _SECOND:
                middle = early + (late - early) // 2
                middle -= timedelta(microseconds=middle.microsecond)
                early, late = (middle, late) if offset(middle) == known else (early, middle)
            yield change(late, known)
        at, known = following, found


def _offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    minutes, rest = divmod(abs(seconds), 60)
    plain = f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}{minutes % 60:02d}"
    return f"{plain}{rest:02d}" if rest else plain
