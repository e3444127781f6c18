"""Dates and times as iCalendar writes them (RFC 5545, 3.3.4 and 3.3.5), with the zone that each names."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, cast

from icalendar.prop import vDDDTypes, vDuration

from aios.records.clock import to_wire
from aios.web.when import zone_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aios.modules.calendar.ics.properties import Property
    from aios.modules.calendar.ics.zones import Zone, Zones

_LENIENT = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.\d+)?\s*(Z)?)?", re.IGNORECASE
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
DAY = timedelta(days=1)
_date = cast("Callable[[str], object]", vDDDTypes.from_ical)  # pyright: ignore[reportUnknownMemberType]
_duration = cast("Callable[[str], object]", vDuration.from_ical)  # pyright: ignore[reportUnknownMemberType]


class Moment(NamedTuple):
    """A day, or a local time in a zone."""

    local: datetime
    """Naive; midnight for a day."""
    is_day: bool
    zone: Zone
    fixed: bool = False
    """Whether it was an instant in UTC."""

    @property
    def at(self) -> datetime:
        """The instant; midnight in its zone for a day. At the ends of the calendar it is the nearest that there is."""
        try:
            if self.fixed:
                found = self.local.replace(tzinfo=UTC)
            elif self.zone.own is not None:
                found = self.zone.own.instant(self.local)
            else:
                found = self.local.replace(tzinfo=zone_info(self.zone.name)).astimezone(UTC)
        except OverflowError:
            found = self.local.replace(tzinfo=UTC)
        return min(max(found, _FIRST), _LAST)

    @property
    def wire(self) -> str:
        """The instant, as records keep it."""
        return wire(self.at)

    def day_in(self, zone: str) -> str:
        """The date that a clock in `zone` shows then: 2026-11-24."""
        return (self.local if self.is_day else local(self.at, zone)).date().isoformat()


def moment(found: Property, zones: Zones) -> Moment:
    """The date or time of a property. Raises ValueError."""
    return _moment(found.value.strip(), found, zones)


def moments(found: Property, zones: Zones) -> Iterator[tuple[Moment, timedelta | None] | str]:
    """The dates and times of a list, a period with how long it lasts; what cannot be read comes as it stands there."""
    for value in found.value.split(","):
        plain = value.strip()
        start, slash, end = plain.partition("/")
        try:
            began = _moment(start, found, zones)
            length = None
            if slash:
                length = duration(end) if end[:1].upper() in {"P", "+"} else _moment(end, found, zones).at - began.at
        except ValueError:
            yield plain
        else:
            yield began, length


def duration(value: str) -> timedelta:
    """A length of time (3.3.6). Raises ValueError."""
    try:
        found = _duration(value.strip().upper())
    except OverflowError as error:
        raise ValueError(value) from error
    if not isinstance(found, timedelta):
        raise ValueError(value)  # noqa: TRY004  what was read, not what was called
    return found


def local(at: datetime, zone: str) -> datetime:
    """What clocks in `zone` show (naive)."""
    try:
        return at.astimezone(zone_info(zone)).replace(tzinfo=None, fold=0)
    except OverflowError:
        return at.replace(tzinfo=None)


def wire(at: datetime) -> str:
    """An instant as records keep it."""
    return to_wire((at - _EPOCH) // timedelta(milliseconds=1))


def _moment(value: str, found: Property, zones: Zones) -> Moment:
    """One. Raises ValueError."""
    read = _read(value)
    zone = zones.find(found.params.get("TZID", ""))
    if not isinstance(read, datetime) or found.params.get("VALUE", "").upper() == "DATE":
        return Moment(datetime(read.year, read.month, read.day), is_day=True, zone=zone)  # noqa: DTZ001  a day
    if read.tzinfo is not None:
        return Moment(read.replace(tzinfo=None), is_day=False, zone=zones.find("UTC"), fixed=True)
    return Moment(read, is_day=False, zone=zone)


def _read(value: str) -> date | datetime:
    """A date, a local time (naive) or an instant. Raises ValueError."""
    try:
        read = _date(value)
        if isinstance(read, date):
            return read
    except (ValueError, OverflowError):
        pass
    found = _LENIENT.fullmatch(value)
    if found is None:
        raise ValueError(value)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if found[4] is None:
        return date(year, month, day)
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC if found[7] else None)
