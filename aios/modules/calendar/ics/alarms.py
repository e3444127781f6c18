"""VALARM as minutes before the start (RFC 5545, 3.6.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aios.modules.calendar.ics.properties import Properties
from aios.modules.calendar.ics.times import duration, moment
from aios.modules.calendar.rules import MOST_MINUTES

if TYPE_CHECKING:
    from datetime import datetime

    from aios.modules.calendar.ics.zones import Zones

MOST = 10
NOT_BEFORE = "A reminder that comes after the start, or more than four weeks before it, was left out."
NOT_READ = "A reminder of it cannot be read, and was left out."
TOO_MANY = f"It has more than {MOST} reminders; those nearest to the start were kept."
_MINUTE = timedelta(minutes=1)
_SILENT = frozenset({"NONE"})
"""How Google and Apple write that there shall be none."""


def reminders(properties: Properties, start: datetime, end: datetime, zones: Zones, problems: list[str]) -> list[int]:
    """How many minutes before `start` each alarm is, from few to many."""
    found: set[int] = set()
    for component in properties.inner:
        alarm = Properties(component)
        if alarm.name != "VALARM" or alarm.word("ACTION") in _SILENT:
            continue
        before = _before(alarm, start, end, zones)
        problem = NOT_READ if before is None else "" if 0 <= before <= MOST_MINUTES else NOT_BEFORE
        if not problem:
            found.add(before or 0)
        elif problem not in problems:
            problems.append(problem)
    if len(found) > MOST:
        problems.append(TOO_MANY)
    return sorted(found)[:MOST]


def _before(alarm: Properties, start: datetime, end: datetime, zones: Zones) -> int | None:
    trigger = alarm.first("TRIGGER")
    if trigger is None:
        return None
    try:
        if trigger.value.strip().upper().lstrip("+-").startswith("P"):
            at = (end if trigger.params.get("RELATED", "").upper() == "END" else start) + duration(trigger.value)
        else:
            at = moment(trigger, zones).at
    except (ValueError, OverflowError):
        return None
    return (start - at) // _MINUTE
