"""RFC 5545 rules as other programs write them, in the form that events keep, and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from aios.modules.calendar.ics.times import Moment, local
from aios.modules.calendar.ics.zones import Zone
from aios.records.recurrence import refusal

_SIMPLE = {"FREQ=DAILY": "daily", "FREQ=WEEKLY": "weekly", "FREQ=MONTHLY": "monthly"}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z)?)?")
_LAST = "235959"
"""Until the end of a day, which a day alone says as well."""
MOST_RULE = 500
TOO_LONG = f"A rule has at most {MOST_RULE} characters."


class Repeated(NamedTuple):
    """How an event repeats."""

    kind: str = "none"
    """`recurrenceRule`."""
    rule: str | None = None
    """`rrule` of a custom one."""
    problem: str = ""
    """Why it cannot be followed."""


def repeated(value: str, start: datetime, zone: str, *, is_day: bool) -> Repeated:
    """A rule for events that begin at the local time `start` in `zone`."""
    parts: dict[str, str] = {}
    for part in "".join(value.split()).upper().removeprefix("RRULE:").split(";"):
        name, _, given = part.partition("=")
        if given:
            parts.setdefault(name, given)
    if "UNTIL" in parts:
        parts["UNTIL"] = _until(parts["UNTIL"], zone, is_day=is_day)
    _drop_time_of_day(parts, start)
    simple = _simple(parts, start)
    if simple:
        return Repeated(simple)
    plain = ";".join(f"{name}={given}" for name, given in parts.items())
    problem = TOO_LONG if len(plain) > MOST_RULE else refusal(plain)
    return Repeated(problem=problem) if problem else Repeated("custom", plain)


def until_of(rule: str, zone: str, *, is_day: bool) -> str:
    """The rule with its UNTIL as others read it (3.3.10): an instant, for a series that has times.

    A time that there is not stays as it stands.
    """
    found = re.search(r"UNTIL=(\d{8})(?:T(\d{4})(\d{2}))?Z?", rule)
    if found is None:
        return rule
    if is_day:
        return rule.replace(found[0], f"UNTIL={found[1]}")
    # Seconds do not count here, so rules are kept with any.
    time = f"{found[2]}{min(int(found[3]), 59):02d}" if found[2] else _LAST
    try:
        at = datetime.strptime(f"{found[1]}{time}", "%Y%m%d%H%M%S")  # noqa: DTZ007  local
    except ValueError:
        return rule
    instant = Moment(at, is_day=False, zone=Zone(zone)).at
    return rule.replace(found[0], f"UNTIL={instant.year:04d}{instant:%m%dT%H%M%SZ}")


def _until(value: str, zone: str, *, is_day: bool) -> str:
    """The last time by the clocks of the series, as it is kept here."""
    found = _UNTIL.fullmatch(value)
    if found is None:
        return value
    if is_day or not found[2] or (found[2] == _LAST and not found[3]):
        return found[1]
    if not found[3]:
        return value
    try:
        at = datetime.strptime(f"{found[1]}{found[2]}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return value
    last = local(at, zone)
    return f"{last:%Y%m%d}" if f"{last:%H%M%S}" == _LAST else f"{last:%Y%m%dT%H%M%S}"


def _simple(parts: dict[str, str], start: datetime) -> str:
    """The simple kind that a rule comes to; "" for none."""
    left = {name: given for name, given in parts.items() if name != "WKST"}
    if left.get("FREQ") == "WEEKLY" and left.get("BYDAY") == _DAYS[start.weekday()]:
        del left["BYDAY"]
    if left.get("FREQ") == "MONTHLY" and left.get("BYMONTHDAY") == str(start.day):
        del left["BYMONTHDAY"]
    return _SIMPLE.get(";".join(f"{name}={given}" for name, given in left.items()), "")


def _drop_time_of_day(parts: dict[str, str], start: datetime) -> None:
    """Take away what the start says as well."""
    said = {"BYHOUR": start.hour, "BYMINUTE": start.minute, "BYSECOND": start.second, "INTERVAL": 1}
    for name, number in said.items():
        given = parts.get(name, "")
        if given.isascii() and given.isdecimal() and int(given) == number:
            del parts[name]
