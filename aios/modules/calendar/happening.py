"""What happens between two days: events, with the occurrences of series, in the zone of whoever looks.

A series keeps to the clocks of its own zone, so 09:00 stays 09:00 when they change; how long an occurrence lasts stays
the same (RFC 5545, 3.8.5.3). A whole day is the same date everywhere. The device has a twin, `happening.js`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.rules import rule_of
from aios.records.clock import from_wire, is_day, to_wire
from aios.records.recurrence import occurrences
from aios.web import when

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aios.records.collection import Document
    from aios.records.query import Context

_DAY_MS = 86_400_000
_LAST_MS = from_wire("9999-12-31T23:59:59.999Z")
FIRST, LAST = "1900-01-02", "9899-12-30"
"""Days between which something may happen again."""
_SHOWN = ("id", "title", "location", "meetingLink", "allDay", "timezone", "source")
MIDNIGHT = "24:00"
"""How a day ends."""


def happenings(events: Iterable[Document], first: str, last: str, zone: str) -> list[Context]:
    """What happens from the day `first` to the day `last`, by start.

    Each has `id`, `on` (the date that names the occurrence of a series, or ""), `startAt`, `endAt`, the local days
    `first` and `last`, the local times `begins` and `ends`, and what the event or its override says.
    """
    found: list[Context] = []
    early, late = when.add_days(first, -2), when.add_days(last, 3)
    for event in {each["id"]: each for each in events}.values():
        # Most of what a page reads happens once, and not within these days when an overlap is looked for.
        if event["lastAt"] is None and (event["endAt"] < early or event["startAt"] >= late):
            continue
        for each in _of(event, first, last):
            if each["endAt"] < early or each["startAt"] >= late:
                continue
            each.update(_local(each, zone))
            if each["first"] <= last and each["last"] >= first:
                found.append(each)
    return sorted(found, key=lambda each: (each["startAt"], each["id"], each["on"]))


def occurrence(event: Document, on: str, zone: str) -> Context:
    """The occurrence of a series that the date `on` names; for any other text the first, or the event itself."""
    found = _one(event, on, _Series(event)) if is_day(on) and FIRST <= on <= LAST else _lean(event, event, "")
    return {**event, **found, **_local(found, zone)}


def clashes(wanted: list[Context], others: list[Context]) -> list[tuple[Context, Context]]:
    """Pairs that overlap, of two lists by start. Whole days, and what lasts no time, are in nobody's way."""
    timed = [each for each in others if not each["allDay"]]
    return [
        (one, other)
        for one in wanted
        if not one["allDay"]
        for other in timed
        if other["id"] != one["id"] and one["startAt"] < other["endAt"] and other["startAt"] < one["endAt"]
    ]


class _Series:
    """Where a series begins on the clocks of its zone, and how long each of its occurrences lasts."""

    def __init__(self, event: Document) -> None:
        self.zone: str = event["timezone"]
        self.begin = when.to_local_input(event["startAt"], self.zone)
        self.length = from_wire(event["endAt"]) - from_wire(event["startAt"])
        self.days = (self.length + _DAY_MS // 2) // _DAY_MS
        """Of whole days, which are longer or shorter where clocks change."""

    def at(self, day: str, *, all_day: bool) -> Context:
        """When the occurrence of `day` begins and ends."""
        start = when.from_local_input(f"{day}T{self.begin[11:]}", self.zone)
        if all_day:
            end = when.from_local_input(f"{when.add_days(day, self.days)}T{self.begin[11:]}", self.zone)
        else:
            end = _later(start, self.length)
        return {"startAt": start, "endAt": end}


def _of(event: Document, first: str, last: str) -> Iterator[Context]:
    rule = rule_of(event)
    if not rule and not event["overrides"]:
        yield _lean(event, event, "")
        return
    series = _Series(event)
    begins = series.begin[:10]
    since = max(when.add_days(first, -3 - series.length // _DAY_MS), FIRST)
    below = min(when.add_days(last, 3), LAST)
    # An event always happens when it says that it starts, whatever its rule says.
    days = [begins] if since <= begins < below else []
    days += [each[:10] for each in occurrences(rule, series.begin, f"{since}T00:00", f"{below}T00:00")] if rule else []
    days += [each for each in event["overrides"] if FIRST <= each <= LAST]
    for day in dict.fromkeys(days):
        if day not in event["exceptions"]:
            yield _one(event, day, series)


def _one(event: Document, day: str, series: _Series) -> Context:
    made = _lean(event, series.at(day, all_day=event["allDay"]), day)
    own: Document = event["overrides"].get(day, {})
    made |= own
    if "startAt" in own and "endAt" not in own:
        made["endAt"] = _later(own["startAt"], series.length)
    made["endAt"] = max(made["startAt"], made["endAt"])
    return made


def _lean(event: Document, times: Context, on: str) -> Context:
    """What lists show of an event, and its place in them, which comes later."""
    shown = {name: event[name] for name in _SHOWN}
    return {**shown, "startAt": times["startAt"], "endAt": times["endAt"], "on": on}


def _later(instant: str, ms: int) -> str:
    return to_wire(min(from_wire(instant) + ms, _LAST_MS))


def _local(each: Context, zone: str) -> Context:
    where = each["timezone"] if each["allDay"] else zone
    begin, end = when.to_local_input(each["startAt"], where), when.to_local_input(each["endAt"], where)
    first, last = begin[:10], end[:10]
    if last > first and end[11:] == "00:00":
        return {"first": first, "last": when.add_days(last, -1), "begins": begin[11:], "ends": MIDNIGHT}
    return {"first": first, "last": last, "begins": begin[11:], "ends": end[11:]}
