"""The page of an event, and the pages with its form. The device has a twin, `event.js`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.days import span_text, twelve
from aios.modules.calendar.form import REMINDERS, event_values, new_values
from aios.modules.calendar.happening import occurrence
from aios.modules.calendar.meetings import meeting_name
from aios.modules.calendar.repeating import CHOICES, day_boxes, words_of
from aios.modules.calendar.rows import tone_of
from aios.modules.calendar.rules import rule_of
from aios.modules.conflict import conflict_path
from aios.modules.forms import shown
from aios.records.clock import is_day
from aios.records.stubs import is_stub
from aios.records.text import text_hash

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

_SOURCES = {"LOCAL": "", "ICS": "From another calendar", "CALDAV": "From another calendar"}
AWAY = "The description is on your server, which does not answer. Copy it later, or save without it."
_HOUR, _DAY = 60, 1_440
SCOPES = (
    {"value": "one", "label": "This one"},
    {"value": "following", "label": "This and following"},
    {"value": "all", "label": "All"},
)


def event_page(documents: Documents, query: Query) -> Context:
    """An event, or an occurrence of a series: when and where it is, and what can be done with it."""
    event: Document = documents["event"]
    on = _on(event, query)
    each = occurrence(event, on, query.zone)
    path, halves = f"/calendar/{event['id']}", twelve(documents)
    at_home = occurrence(event, on, event["timezone"])
    abroad = not event["allDay"] and at_home["begins"] != each["begins"]
    edit = f"{path}/edit?date={each['first']}"
    return {
        "title": each["title"],
        "path": path,
        "on": on,
        "back": f"/calendar/day?date={each['first']}",
        "tone": tone_of(each),
        "when": span_text(each, query, halves=halves),
        "elsewhere": f"{span_text(at_home, query, halves=halves)} in {event['timezone']}" if abroad else "",
        "repeats": words_of(event, query.day),
        "skipped": on in event["exceptions"],
        "location": each["location"],
        "link": each["meetingLink"] or "",
        "join": meeting_name(each["meetingLink"] or ""),
        "reminders": [_before(minutes) for minutes in event["reminderMinutes"]],
        "description": each["description"],
        "source": _SOURCES[event["source"]],
        "series": f"/calendar/{documents['series']['id']}" if documents["series"] is not None else "",
        "edit": f"{edit}&on={on}" if on else edit,
        "copy": f"/calendar/new?copy={event['id']}&date={each['first']}",
        "history": f"/history/events/{event['id']}",
        "file": f"/calendar/ics/{event['id']}.ics",
        "conflict": conflict_path(event, "description", path),
        "scopes": list(SCOPES) if on and rule_of(event) else [],
    }


def new_page(documents: Documents, query: Query) -> Context:
    """The form of an event, empty or as a copy, or the one that was refused."""
    copied: Document | None = documents["copied"]
    values = new_values(query, copied)
    return {
        "title": "New event",
        "form_error": AWAY if copied is not None and is_stub(copied, "description") else "",
        "id": query.form.get("id", query.new_id),
        "description": query.form.get("description", copied["description"] if copied is not None else ""),
        "back": f"/calendar/day?date={values['date']}",
        **_form(values, query),
    }


def edit_page(documents: Documents, query: Query) -> Context:
    """The form of an event that is there, at one of its occurrences."""
    event: Document = documents["event"]
    on = query.form.get("on", _on(event, query))
    values = event_values(event, on)
    description = occurrence(event, on, query.zone)["description"]
    path = f"/calendar/{event['id']}"
    return {
        "title": "Edit event",
        "path": path,
        "back": f"{path}?on={on}" if on else path,
        "on": on,
        "new_id": query.form.get("newId", query.new_id),
        "scopes": list(SCOPES) if on else [],
        "scope": query.form.get("scope", "one" if on else "all"),
        "base_rev": query.form.get("baseRev", str(event["_rev"])),
        "base": query.form.get("bases.description", text_hash(description)),
        "shown": shown(query, values),
        "description": query.form.get("description", description),
        **_form(values, query),
    }


def _form(values: dict[str, str], query: Query) -> Context:
    # A box that is not ticked sends nothing.
    boxes = {name: "" for name in values if name == "allDay" or name.startswith(("day-", "remind-"))}
    fields = {**values, **(boxes | query.form if query.form else {})}
    return {
        "fields": fields,
        "all_day": fields["allDay"] == "true",
        "repeats": [{"value": name, "label": label} for name, label in CHOICES],
        "days": day_boxes(fields),
        "reminders": [
            {"name": f"remind-{minutes}", "label": label, "on": bool(fields[f"remind-{minutes}"])}
            for minutes, label in REMINDERS
        ],
        "more": any(query.errors.get(name) for name in ("timezone", "meetingLink")),
    }


def _on(event: Document, query: Query) -> str:
    on = query.get("on")
    return on if is_day(on) and (rule_of(event) or event["overrides"]) else ""


def _before(minutes: int) -> str:
    if minutes == 0:
        return "At the start"
    number, unit = minutes, "minute"
    if minutes % _DAY == 0:
        number, unit = minutes // _DAY, "day"
    elif minutes % _HOUR == 0:
        number, unit = minutes // _HOUR, "hour"
    return f"{number} {unit}{'' if number == 1 else 's'} before"
