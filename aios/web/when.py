"""Instants as a person reads them. Pure: the instant, the zone and the present are given, never asked.

Instants are in wire form, days are `2026-11-23`. Names are tables here and on the device, because locales differ
(docs/parity.md). A zone that is unknown counts as UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from aios.records import clock as instants
from aios.records.clock import from_wire, is_day, to_wire

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SHORT = 3
_LOCAL_INPUT = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
_ZONES = files("tzdata")
"""The package's rules, never the machine's: systems add names, and build rules before 1970 in their own ways."""
_RELATIVE = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}


def local_day(instant: str, zone: str) -> str:
    """The date at `instant` in `zone`: `2026-11-23`."""
    return _local(instant, zone).date().isoformat()


def bounds(now: str, zone: str, chosen: str = "") -> dict[str, str]:
    """What pages read by: `@now`, start and end of the local day, end of the seven days after it; `@date`.

    `@date` is the day that `chosen` begins with, or the local one.
    """
    today = _local(now, zone).date()
    return {
        "@now": now,
        "@date": chosen[:10] if is_day(chosen[:10]) else today.isoformat(),
        "@dayStart": _start(today, zone),
        "@dayEnd": _start(today + timedelta(days=1), zone),
        "@weekEnd": _start(today + timedelta(days=8), zone),
    }


def short_day(day: str, today: str) -> str:
    """`Today`, `Tomorrow`, `Yesterday`, `Tue 24 Nov`; in another year `24 Nov 2025`."""
    that, this = date.fromisoformat(day), date.fromisoformat(today)
    relative = _RELATIVE.get((that - this).days)
    if relative:
        return relative
    if that.year == this.year:
        return f"{_DAYS[that.weekday()][:_SHORT]} {_day_month(that)}"
    return f"{_day_month(that)} {that.year}"


def long_day(day: str) -> str:
    """`Tuesday 24 November`."""
    that = date.fromisoformat(day)
    return f"{_DAYS[that.weekday()]} {that.day} {_MONTHS[that.month - 1]}"


def clock(instant: str, zone: str) -> str:
    """The time of day: `09:05`."""
    local = _local(instant, zone)
    return f"{local.hour:02d}:{local.minute:02d}"


def moment(instant: str, zone: str, now: str) -> str:
    """As short as it stays clear: `09:05` today, `Mon` in the last six days, `18 Nov` this year, `18 Nov 2025`."""
    that, this = _local(instant, zone).date(), _local(now, zone).date()
    age = (this - that).days
    if age == 0:
        return clock(instant, zone)
    if 0 < age <= 6:  # noqa: PLR2004  a week ago would have today's name
        return _DAYS[that.weekday()][:_SHORT]
    return _day_month(that) if that.year == this.year else f"{_day_month(that)} {that.year}"


def add_days(day: str, count: int) -> str:
    """The day so many days later; the same one where the calendar ends."""
    return instants.add_days(day, count)


def to_local_input(instant: str, zone: str) -> str:
    """The value of a datetime-local input: `2026-11-24T09:00`."""
    return f"{local_day(instant, zone)}T{clock(instant, zone)}"


def from_local_input(text: str, zone: str) -> str:
    """The instant that a datetime-local input means in `zone`. Raises ValueError for anything else.

    A time that a clock change repeats is the first of the two; one that it skips moves on by the gap.
    """
    if _LOCAL_INPUT.fullmatch(text) is None:
        message = "a local time is written like 2026-11-24T09:00"
        raise ValueError(message)
    try:
        return _wire(datetime.fromisoformat(text).replace(tzinfo=zone_info(zone)))
    except OverflowError as error:
        raise ValueError(text) from error


@lru_cache(maxsize=1)
def zone_names() -> list[str]:
    """The names of all time zones, sorted. Devices are told these, so that both sides take the same names."""
    names = _ZONES.joinpath("zones").read_text(encoding="utf-8").split()
    return sorted(set(names) - {"Factory"})  # it says that no zone was set


def is_zone(zone: str) -> bool:
    """Whether `zone` names a time zone."""
    return zone in _zones()


def zone_info(zone: str) -> tzinfo:
    """The rules of the IANA zone `zone`; UTC when there is none of that name."""
    return _rules(zone) if is_zone(zone) else UTC


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(zone_names())


@lru_cache(maxsize=1024)
def _rules(zone: str) -> ZoneInfo:
    with _ZONES.joinpath("zoneinfo", *zone.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


def _local(instant: str, zone: str) -> datetime:
    """The local time; at the ends of the calendar, where a zone has none, that of UTC."""
    at = datetime.fromisoformat(instant)
    try:
        return at.astimezone(zone_info(zone))
    except OverflowError:
        return at


def _start(day: date, zone: str) -> str:
    # The date of a clock change may have no midnight; then its first instant is one hour on, which is what this gives.
    return _wire(datetime(day.year, day.month, day.day, tzinfo=zone_info(zone)))


def _wire(local: datetime) -> str:
    return to_wire(from_wire(local.astimezone(UTC).isoformat()))


def _day_month(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1][:_SHORT]}"
