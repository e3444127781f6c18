"""Series that are changed as a whole, or cut in two. The device has a twin, `series.js`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.happening import occurrence
from aios.modules.calendar.rules import rule_of
from aios.records.clock import from_wire, is_day
from aios.records.recurrence import following
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document

_CARRIED = (
    "title",
    "description",
    "location",
    "meetingLink",
    "allDay",
    "timezone",
    "reminderMinutes",
    "source",
)
_DAY_MS = 86_400_000


def shifted(event: Document, changed: Document, shown: str, given: str) -> Document:
    """`changed` for the whole series, where the form was about one occurrence.

    The series moves by as many days as the form's date did, and so do the dates with something of their own.
    """
    if "startAt" not in changed or not (is_day(shown) and is_day(given)):
        return changed
    begins = occurrence(event, "", event["timezone"])["first"]
    moved = _days(shown, given)
    back = _days(given, begins) + moved
    fields = {**changed, **_moved(changed, back)}
    if moved and (event["exceptions"] or event["overrides"]):
        fields["exceptions"] = [when.add_days(day, moved) for day in event["exceptions"]]
        fields["overrides"] = {when.add_days(day, moved): own for day, own in event["overrides"].items()}
    return fields


def from_here(event: Document, on: str, changed: Document, given: str) -> Document:
    """The event that takes over from a series on `on`, with `changed`, which may move it to the day `given`."""
    begin = when.to_local_input(event["startAt"], event["timezone"])
    here = occurrence(event, on, event["timezone"])
    rest = following(rule_of(event), begin, f"{on}T00:00")
    moved = _days(on, given) if is_day(given) and "startAt" in changed else 0
    skipped, own = apart(event, on)
    fields: Document = {name: event[name] for name in _CARRIED}
    fields |= {"startAt": here["startAt"], "endAt": here["endAt"], "recurrenceInstanceOf": event["id"]}
    fields |= {
        "recurrenceRule": event["recurrenceRule"],
        "rrule": rest[1] if rest is not None and event["recurrenceRule"] == "custom" else event["rrule"],
        "exceptions": [when.add_days(day, moved) for day in skipped],
        "overrides": {when.add_days(day, moved): event["overrides"][day] for day in own if day != on},
    }
    return fields | changed


def apart(event: Document, on: str) -> tuple[list[str], list[str]]:
    """The exceptions of a series from `on`, and its dates from there with something of their own."""
    return (
        [day for day in event["exceptions"] if day >= on],
        [day for day in event["overrides"] if day >= on],
    )


def _days(one: str, other: str) -> int:
    return (from_wire(f"{other}T00:00:00Z") - from_wire(f"{one}T00:00:00Z")) // _DAY_MS


def _moved(changed: Document, days: int) -> Document:
    """Start and end so many days later on the clocks of their zone."""
    zone = changed["timezone"]
    start = when.to_local_input(changed["startAt"], zone)
    end = when.to_local_input(changed["endAt"], zone)
    return {
        "startAt": when.from_local_input(f"{when.add_days(start[:10], days)}{start[10:]}", zone),
        "endAt": when.from_local_input(f"{when.add_days(end[:10], days)}{end[10:]}", zone),
    }
