"""The form of an event: what it is filled with, and what comes back. The device has a twin, `form.js`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aios.modules.calendar.happening import FIRST, LAST, MIDNIGHT, occurrence
from aios.modules.calendar.meetings import meeting_link
from aios.modules.calendar.repeating import repeat_values, rule_from
from aios.modules.calendar.rules import ENDS_FIRST, NO_MEETING, NO_ZONE
from aios.modules.forms import value
from aios.records.clock import from_wire, is_day, to_wire
from aios.records.text import normalise, text_hash, trim
from aios.web import when
from aios.web.quick import understand

if TYPE_CHECKING:
    from aios.modules.forms import Form
    from aios.records.collection import Document
    from aios.records.query import Query

REMINDERS = (
    (0, "At the start"),
    (10, "10 minutes before"),
    (60, "An hour before"),
    (1_440, "A day before"),
)
NO_TITLE = "Write what happens."
NO_TIME = "Choose a day and a time."
TIMES = ("startAt", "endAt", "allDay", "timezone")
_SHOWN = "shown."
_CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")
_MINUTES = re.compile("[0-9]{1,5}")
_HOUR_MS = 3_600_000
_LAST_HOUR = 23


def new_values(query: Query, copied: Document | None) -> dict[str, str]:
    """What the form of a new event is filled with: the day and time in the address, or what is copied."""
    if copied is not None:
        return event_values(copied, "")
    date, time = query.get("date"), query.get("time")
    day = date if is_day(date) else query.day
    if _CLOCK.fullmatch(time) is None:
        time = _next_hour(query) if day == query.day else "09:00"
    hour = int(time[:2]) + 1
    return {
        "title": query.get("title"),
        "location": "",
        "meetingLink": "",
        "date": day,
        "time": time,
        "endDate": when.add_days(day, 1) if hour > _LAST_HOUR else day,
        "endTime": f"{hour % (_LAST_HOUR + 1):02d}{time[2:]}",
        "allDay": "",
        "timezone": query.zone,
        **repeat_values(_ONCE),
        **_reminders([]),
    }


def event_values(event: Document, on: str) -> dict[str, str]:
    """What the form of an event is filled with, on the clocks of its own zone."""
    shown = occurrence(event, on, event["timezone"])
    over = shown["ends"] == MIDNIGHT and not shown["allDay"]
    return {
        "title": shown["title"],
        "location": shown["location"],
        "meetingLink": shown["meetingLink"] or "",
        "date": shown["first"],
        "time": "09:00" if shown["allDay"] else shown["begins"],
        "endDate": when.add_days(shown["last"], 1) if over else shown["last"],
        "endTime": "10:00" if shown["allDay"] else "00:00" if over else shown["ends"],
        "allDay": "true" if shown["allDay"] else "",
        "timezone": event["timezone"],
        **repeat_values(event),
        **_reminders(event["reminderMinutes"]),
    }


def line_fields(line: str, query: Query) -> Document:
    """The event that a line means: `dentist tomorrow 9:30`. Without a time it takes the whole day that it names.

    Raises ValueError where the calendar has no such day.
    """
    found = understand(line, [], query)
    day, time = found.get("day", query.day), found.get("time", "")
    fields: Document = {"title": found["title"], "timezone": query.zone}
    fields |= {name: found[name] for name in ("recurrenceRule", "rrule") if found.get(name)}
    if "day" in found and not time:
        start, end = f"{day}T00:00", f"{when.add_days(day, 1)}T00:00"
        times = {"startAt": when.from_local_input(start, query.zone), "endAt": when.from_local_input(end, query.zone)}
        return fields | times | {"allDay": True}
    begin = when.from_local_input(f"{day}T{time or _next_hour(query)}", query.zone)
    return fields | {"startAt": begin, "endAt": to_wire(from_wire(begin) + _HOUR_MS)}


def read_form(form: Form, query: Query) -> tuple[Document, dict[str, str]]:
    """The fields of an event as the form holds them, and a sentence for each that cannot be read."""
    errors: dict[str, str] = {}
    fields: Document = {"title": trim(value(form, "title")), "location": trim(value(form, "location"))}
    if not fields["title"]:
        errors["title"] = NO_TITLE
    fields["timezone"] = trim(value(form, "timezone")) or query.zone
    if not when.is_zone(fields["timezone"]):
        errors["timezone"] = NO_ZONE
    fields["allDay"] = value(form, "allDay") == "true"
    try:
        if not FIRST <= value(form, "date") <= LAST:
            errors["date"] = NO_TIME
        fields |= _times(form, fields["timezone"], all_day=fields["allDay"])
        # Whole days end at the midnight after the last, so an end on the day before would look like no time at all.
        if fields["endAt"] < fields["startAt"] or (fields["allDay"] and fields["endAt"] == fields["startAt"]):
            errors["endDate"] = ENDS_FIRST
    except ValueError:
        errors["date"] = NO_TIME
    if "description" in form:
        fields["description"] = value(form, "description")
    link = trim(value(form, "meetingLink"))
    found = meeting_link(link or f"{fields['location']}\n{value(form, 'description')}")
    fields["meetingLink"] = found or None
    if link and not found:
        errors["meetingLink"] = NO_MEETING
    fields |= rule_from(form, value(form, "date"), errors)
    others = [int(each) for each in value(form, "remind-other").split(",") if _MINUTES.fullmatch(each)]
    fields["reminderMinutes"] = sorted([*others, *(each for each, _ in REMINDERS if value(form, f"remind-{each}"))])
    return fields, errors


def changed_fields(form: Form, fields: Document, query: Query) -> Document:
    """Those of `fields` that the person changed; of what belongs together both, so that they fit."""
    shown = {name.removeprefix(_SHOWN): values for name, values in form.items() if name.startswith(_SHOWN)}
    before, _ = read_form(shown, query)
    changed = {name: given for name, given in fields.items() if not shown or before.get(name) != given}
    if "description" in fields and value(form, "bases.description") == text_hash(normalise(fields["description"])):
        changed.pop("description", None)
    elif "description" in fields:
        changed["description"] = fields["description"]
    for together in (TIMES, ("recurrenceRule", "rrule")):
        if any(name in changed for name in together):
            changed |= {name: fields[name] for name in together}
    return changed


def _times(form: Form, zone: str, *, all_day: bool) -> Document:
    day, last = value(form, "date"), value(form, "endDate") or value(form, "date")
    if all_day:
        start, end = f"{day}T00:00", f"{when.add_days(last, 1)}T00:00"
        return {"startAt": when.from_local_input(start, zone), "endAt": when.from_local_input(end, zone)}
    begin = when.from_local_input(f"{day}T{value(form, 'time')}", zone)
    if not value(form, "endTime"):
        return {"startAt": begin, "endAt": to_wire(from_wire(begin) + _HOUR_MS)}
    return {"startAt": begin, "endAt": when.from_local_input(f"{last}T{value(form, 'endTime')}", zone)}


def _next_hour(query: Query) -> str:
    return f"{min(int(when.clock(query.now, query.zone)[:2]) + 1, _LAST_HOUR):02d}:00"


def _reminders(minutes: list[int]) -> dict[str, str]:
    known = [each for each, _ in REMINDERS]
    boxes = {f"remind-{each}": "true" if each in minutes else "" for each in known}
    return boxes | {"remind-other": ",".join(str(each) for each in minutes if each not in known)}


_ONCE = {"recurrenceRule": "none", "rrule": None}
