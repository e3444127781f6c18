"""What holds for events: their times fit together, and what changes single occurrences can be read.

The device has a twin, `rules.js`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from aios.errors import FieldError, InvalidError
from aios.modules.calendar.meetings import meeting_link
from aios.records.clock import from_wire, to_wire
from aios.records.recurrence import refusal
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document

RECURRING = ("daily", "weekly", "monthly", "custom")
"""The recurrences of an event that happens more than once."""
MOST_MINUTES = 40_320
"""A reminder comes at most four weeks before an event."""
SHORT_MS = 25 * 3_600_000
"""What lasts longer counts as more than a day; a day of a clock change has 25 hours."""
OVERRIDABLE = {"title": 200, "description": 5_000, "location": 500, "meetingLink": 2_000, "timezone": 100}
"""The texts that an occurrence may have of its own, and their limits; times and `allDay` it may have as well."""
ENDS_FIRST = "The end is before the start. Choose a later end."
NO_INSTANT = "Write an instant like 2026-01-16T09:30:00.000Z."
NO_ZONE = "This zone is not known. Write it like Europe/Lisbon."
NO_MEETING = "Only links to Zoom, Google Meet or Teams are kept here. Put others into the description."
NO_OVERRIDE = "What one date has of its own must be texts, times or allDay, under a date like 2026-11-24."
_FOREVER = "9999-12-31T23:59:59.999Z"
_FIRST_MS, _LAST_MS = from_wire("0001-01-01T00:00:00Z"), from_wire(_FOREVER)
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNTIL = re.compile("UNTIL=([0-9]{4})([0-9]{2})([0-9]{2})")
_DAY_MS = 86_400_000


def derive_event(document: Document, previous: Document | None) -> None:
    """Bring times and link into wire form, and note until when the event may happen. Raises InvalidError.

    What was stored before, and is not changed, does not stand in the way of other changes.
    """
    for name in ("startAt", "endAt"):
        document[name] = _wire(document[name], name)
    if document["endAt"] < document["startAt"]:
        raise _refused(ENDS_FIRST, "endAt")
    if _is_new("timezone", document, previous) and not when.is_zone(document["timezone"]):
        raise _refused(NO_ZONE, "timezone")
    rule = document["rrule"]
    if rule is not None and _is_new("rrule", document, previous) and (why := refusal(rule)):
        raise _refused(why, "rrule")
    if document["meetingLink"] is not None and _is_new("meetingLink", document, previous):
        document["meetingLink"] = _link(document["meetingLink"], "meetingLink")
    if _is_new("overrides", document, previous):
        document["overrides"] = {day: _override(day, each) for day, each in document["overrides"].items()}
    document["reminderMinutes"] = sorted(set(document["reminderMinutes"]))
    document["lastAt"] = _last_at(document)


def due(document: Document) -> str | None:
    """When the event first wants attention: as long before its start as its earliest reminder says."""
    minutes: list[int] = document["reminderMinutes"]
    return to_wire(max(from_wire(document["startAt"]) - max(minutes) * 60_000, _FIRST_MS)) if minutes else None


def rule_of(event: Document) -> str:
    """The RFC 5545 rule of an event; "" for one that happens once."""
    return _RULES.get(event["recurrenceRule"]) or event["rrule"] or "" if event["recurrenceRule"] != "none" else ""


_RULES = {"daily": "FREQ=DAILY", "weekly": "FREQ=WEEKLY", "monthly": "FREQ=MONTHLY"}


def _last_at(event: Document) -> str | None:
    length = from_wire(event["endAt"]) - from_wire(event["startAt"])
    rule = rule_of(event)
    if not rule and not event["overrides"]:
        return event["endAt"] if length > SHORT_MS else None
    until = _UNTIL.search(rule)
    if rule and until is None:
        return _FOREVER
    days = [*event["overrides"], "-".join(until.groups()) if until else event["startAt"][:10]]
    days += [each[name][:10] for each in event["overrides"].values() for name in ("startAt", "endAt") if name in each]
    # Days are those of some zone, and clocks change: three more hold both.
    return to_wire(min(from_wire(f"{max(days)}T00:00:00Z") + length + 3 * _DAY_MS, _LAST_MS))


def _override(day: str, given: Any) -> Document:  # noqa: ANN401  what a writer sent
    if not _is_day(day) or not isinstance(given, dict):
        raise _refused(NO_OVERRIDE, "overrides")
    entry = cast("Document", given)
    kept = {name: _overridden(name, value) for name, value in entry.items()}
    if "startAt" in kept and kept.get("endAt", kept["startAt"]) < kept["startAt"]:
        raise _refused(ENDS_FIRST, "overrides")
    return kept


def _overridden(name: str, value: Any) -> Any:  # noqa: ANN401  any JSON value
    if name == "allDay" and isinstance(value, bool):
        return value
    if name == "meetingLink" and value is None:
        return None
    if not isinstance(value, str):
        raise _refused(NO_OVERRIDE, "overrides")
    if name in {"startAt", "endAt"}:
        return _wire(value, "overrides")
    if len(value) > OVERRIDABLE.get(name, -1) or (name == "title" and not value):
        raise _refused(NO_OVERRIDE, "overrides")
    if name == "timezone" and not when.is_zone(value):
        raise _refused(NO_ZONE, "overrides")
    return _link(value, "overrides") if name == "meetingLink" else value


def _is_day(text: str) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _link(given: str, field: str) -> str:
    found = meeting_link(given)
    if not found:
        raise _refused(NO_MEETING, field)
    return found


def _is_new(field: str, document: Document, previous: Document | None) -> bool:
    return previous is None or previous.get(field) != document[field]


def _refused(why: str, field: str) -> InvalidError:
    return InvalidError(why, (FieldError(field, why),))


def _wire(given: str, field: str) -> str:
    """`given` as the wire has instants. An offset that leads out of the calendar is cut at its edge."""
    try:
        return to_wire(min(max(from_wire(given), _FIRST_MS), _LAST_MS))
    except (ValueError, OverflowError) as error:
        raise _refused(NO_INSTANT, field) from error
