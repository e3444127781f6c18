"""Days, weeks and months of the calendar's pages, and how times are written there. The device has a twin, `days.js`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.web import when

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STARTS = {"monday": 0, "saturday": 5, "sunday": 6}
_WEEK = 7
_NOON = 12


def weekday(day: str) -> int:
    """Monday is 0."""
    return WEEKDAYS.index(when.long_day(day).partition(" ")[0])


def week_of(day: str, first: int) -> list[str]:
    """The seven days of the week that `day` is in, when weeks begin on `first`."""
    start = when.add_days(day, -((weekday(day) - first) % _WEEK))
    return [when.add_days(start, number) for number in range(_WEEK)]


def weeks_of(day: str, first: int) -> list[list[str]]:
    """The weeks that hold the month of `day`."""
    month = day[:7]
    weeks = [week_of(f"{month}-01", first)]
    while len(weeks) < _WEEK and (after := when.add_days(weeks[-1][-1], 1))[:7] == month:
        weeks.append(week_of(after, first))
    return weeks


def month_before(day: str) -> str:
    """The first day of the month before that of `day`."""
    return when.add_days(f"{day[:7]}-01", -1)[:7] + "-01"


def month_after(day: str) -> str:
    """The first day of the month after that of `day`."""
    return when.add_days(f"{day[:7]}-01", 31)[:7] + "-01"


def month_name(day: str) -> str:
    """`November`."""
    return when.long_day(day).rpartition(" ")[2]


def week_start(documents: Documents) -> int:
    """On which day the person's weeks begin."""
    chosen = documents["chosen"]
    return _STARTS[chosen[0]["weekStart"]] if chosen else 0


def twelve(documents: Documents) -> bool:
    """Whether the person writes `5:00 pm`."""
    chosen = documents["chosen"]
    return bool(chosen) and chosen[0]["hours"] == "12"


def time_text(clock: str, *, halves: bool) -> str:
    """A time of day as the person writes it: `17:00` or, by `halves` of a day, `5:00 pm`."""
    if not halves:
        return clock
    hour = int(clock[:2])
    return f"{hour % _NOON or _NOON}{clock[2:]} {'pm' if _NOON <= hour < 2 * _NOON else 'am'}"


def span_text(each: Context, query: Query, *, halves: bool) -> str:
    """When it is, in a line: `Tue 24 Nov, 09:00` to `10:00`, or `Fri 27 Nov` to `Sun 29 Nov`."""
    first, last = when.short_day(each["first"], query.day), when.short_day(each["last"], query.day)
    if each["allDay"]:
        return first if first == last else f"{first} \u2013 {last}"
    begins, ends = time_text(each["begins"], halves=halves), time_text(each["ends"], halves=halves)
    if first == last:
        return f"{first}, {begins} \u2013 {ends}" if begins != ends else f"{first}, {begins}"
    return f"{first}, {begins} \u2013 {last}, {ends}"
