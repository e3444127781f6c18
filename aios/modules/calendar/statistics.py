"""Figures of a month, as whole numbers that the template draws. The device has a twin, `statistics.js`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.days import WEEKDAYS, month_after, month_before, month_name, week_start, weekday
from aios.modules.calendar.rows import chosen_day, happening_on
from aios.records.clock import from_wire
from aios.web import when

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

_MOST_PLACES = 5
_MINUTE_MS = 60_000


def statistics_page(documents: Documents, query: Query) -> Context:
    """How much happens in a month, on which days of the week, and where. An event counts on the day it begins."""
    day, start = chosen_day(query), week_start(documents)
    month = day[:7]
    found = [
        each
        for each in happening_on(documents, f"{month}-01", when.add_days(month_after(day), -1), query)
        if each["first"][:7] == month
    ]
    timed = [each for each in found if not each["allDay"]]
    minutes = sum(_minutes(each) for each in timed)
    counts = [0] * len(WEEKDAYS)
    for each in found:
        counts[weekday(each["first"])] += 1
    places: dict[str, int] = {}
    for each in found:
        if each["location"]:
            places[each["location"]] = places.get(each["location"], 0) + 1
    order = [(start + number) % len(WEEKDAYS) for number in range(len(WEEKDAYS))]
    return {
        "title": "Statistics",
        "month": f"{month_name(day)} {day[:4]}",
        "earlier": f"/calendar/statistics?date={month_before(day)}",
        "later": f"/calendar/statistics?date={month_after(day)}",
        "back": f"/calendar?date={day}",
        "figures": [
            {"label": "Events", "value": str(len(found))},
            {"label": "Hours", "value": str((minutes + 30) // 60)},
            {"label": "Whole days", "value": str(len(found) - len(timed))},
            {"label": "With a link", "value": str(len([each for each in found if each["meetingLink"]]))},
        ],
        "weekdays": _shares([(WEEKDAYS[number], counts[number]) for number in order]),
        "places": _shares(sorted(places.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_PLACES]),
        "empty": not found,
    }


def _minutes(each: Context) -> int:
    return (from_wire(each["endAt"]) - from_wire(each["startAt"])) // _MINUTE_MS


def _shares(pairs: list[tuple[str, int]]) -> list[Context]:
    most = max([1, *(count for _, count in pairs)])
    return [{"label": label, "count": count, "most": most} for label, count in pairs]
