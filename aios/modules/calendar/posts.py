"""What the calendar's form posts mean. The device has a twin, `posts.js`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aios.modules import Submission
from aios.modules.calendar.days import span_text, twelve
from aios.modules.calendar.form import NO_TIME, NO_TITLE, changed_fields, line_fields, read_form
from aios.modules.calendar.happening import clashes, happenings, occurrence
from aios.modules.calendar.repeating import ended
from aios.modules.calendar.rules import OVERRIDABLE, rule_of
from aios.modules.calendar.series import apart, from_here, shifted
from aios.modules.forms import bases, next_path, record_id, seen_rev, value
from aios.records.clock import from_wire, is_day, to_wire
from aios.records.ids import implied_id, is_id
from aios.records.mutation import Mutation
from aios.records.recurrence import refusal
from aios.web import when

if TYPE_CHECKING:
    from aios.modules.forms import Form
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

_MINUTES = re.compile("-?[0-9]{1,4}")
_MINUTE_MS = 60_000
AHEAD = 28
"""Days in which overlaps are looked for: a series is looked at for four weeks."""
_NAMED = 2
_SIMPLE = ("daily", "weekly", "monthly")
_SAME = ("allDay", "timezone")
"""Of the times of an occurrence what hardly ever differs from its series."""
_OWN = (*OVERRIDABLE, "startAt", "endAt", "allDay")


def create_event(documents: Documents, form: Form, query: Query) -> Submission:
    """Keep a new event, unless it overlaps with another and nobody said that it may."""
    event_id = record_id(form, query)
    if "quick" in form:
        return _from_line(value(form, "quick"), event_id, query)
    fields, errors = read_form(form, query)
    errors = errors or _in_the_way({**_PLAIN, **fields, "id": event_id}, documents, form, query)
    if errors:
        return Submission(errors=errors)
    mutation = Mutation(op="create", collection="events", id=event_id, fields=fields)
    return Submission(mutations=(mutation,), location=next_path(form, "calendar", f"/calendar/{event_id}"))


def save_event(documents: Documents, form: Form, query: Query) -> Submission:
    """Keep what was changed: of one occurrence, of one and those that follow, or of all."""
    event: Document = documents["event"]
    fields, errors = read_form(form, query)
    on, scope = _scope(event, form)
    if errors:
        return Submission(errors=errors)
    changed = changed_fields(form, fields, query)
    if "startAt" in changed or "rrule" in changed:
        alone = {"recurrenceRule": "none", "rrule": None} if scope == "one" else {}
        errors = _in_the_way({**_PLAIN, **fields, **alone, "id": event["id"]}, documents, form, query)
        if errors:
            return Submission(errors=errors)
    if scope == "one":
        return _save_one(event, on, changed, form)
    if scope == "following":
        return _save_following(event, on, changed, form, query)
    changed = shifted(event, changed, value(form, "shown.date"), value(form, "date"))
    mutation = Mutation(
        op="update",
        collection="events",
        id=event["id"],
        fields=changed,
        bases=bases(form, "description"),
        base_rev=seen_rev(form),
    )
    return Submission(mutations=(mutation,), location=f"/calendar/{event['id']}")


def move_event(documents: Documents, form: Form, query: Query) -> Submission:
    """Move an event by `move` minutes and make it `stretch` longer; of a series the one occurrence."""
    event: Document = documents["event"]
    each = occurrence(event, value(form, "on") if rule_of(event) or event["overrides"] else "", query.zone)
    move, stretch = (
        int(given) if _MINUTES.fullmatch(given) else 0 for given in (value(form, "move"), value(form, "stretch"))
    )
    begin = from_wire(each["startAt"]) + move * _MINUTE_MS
    end = max(from_wire(each["endAt"]) + (move + stretch) * _MINUTE_MS, begin)
    try:
        times: Document = {"startAt": to_wire(begin), "endAt": to_wire(end)}
    except ValueError:
        times = {}
    fields = {f"overrides/{each['on']}": {**event["overrides"].get(each["on"], {}), **times}} if each["on"] else times
    mutations = (_update(event, fields),) if times else ()
    return Submission(mutations=mutations, location=next_path(form, "calendar", f"/calendar/{event['id']}"))


def delete_event(documents: Documents, form: Form, _: Query) -> Submission:
    """Move an event to the trash, take one date out of a series, or end it before that date."""
    event: Document = documents["event"]
    on, scope = _scope(event, form)
    day = on or when.local_day(event["startAt"], event["timezone"])
    back = f"/calendar?date={day}&deleted={event['id']}"
    if scope == "all":
        return Submission(mutations=(Mutation(op="delete", collection="events", id=event["id"]),), location=back)
    if scope == "one":
        return Submission(mutations=(_update(event, {f"exceptions/{on}": True}),), location=f"{back}&on={on}")
    fields, days = _ended(event, on)
    was = event["rrule"] if event["recurrenceRule"] == "custom" else event["recurrenceRule"]
    location = f"{back}&was={was.replace(';', '%3B').replace('+', '%2B')}&days={','.join(days)}"
    return Submission(mutations=(_update(event, fields),), location=location)


def restore_event(_: Documents, __: Form, query: Query) -> Submission:
    """Take an event back from the trash."""
    event_id = query.get("id")
    mutation = Mutation(op="restore", collection="events", id=event_id)
    return Submission(mutations=(mutation,), location=f"/calendar/{event_id}")


def restore_occurrences(documents: Documents, form: Form, _: Query) -> Submission:
    """Take back one date of a series, or those after its end: the rule that it had, and the dates in `days`."""
    event: Document = documents["event"]
    days = [each for each in (value(form, "on"), *value(form, "days").split(",")) if is_day(each)]
    fields: Document = {f"exceptions/{day}": None for day in days if day in event["exceptions"]}
    was = value(form, "was")
    if was in _SIMPLE:
        fields |= {"recurrenceRule": was, "rrule": None}
    elif was and not refusal(was):
        fields |= {"recurrenceRule": "custom", "rrule": was}
    at = f"?on={days[0]}" if is_day(value(form, "on")) else ""
    return Submission(mutations=(_update(event, fields),) if fields else (), location=f"/calendar/{event['id']}{at}")


def save_settings(documents: Documents, form: Form, query: Query) -> Submission:
    """How weeks and times are written, on all devices."""
    mutation = Mutation(
        op="update" if documents["chosen"] else "create",
        collection="calendarSettings",
        id=implied_id(query.space, "calendarSettings", "calendarSettings"),
        fields={name: value(form, name) for name in ("weekStart", "hours") if name in form},
    )
    return Submission(mutations=(mutation,), location="/calendar/settings?saved=1")


def _from_line(line: str, event_id: str, query: Query) -> Submission:
    try:
        fields = line_fields(line, query)
    except ValueError:
        return Submission(errors={"date": NO_TIME})
    if not fields["title"]:
        return Submission(errors={"title": NO_TITLE})
    mutation = Mutation(op="create", collection="events", id=event_id, fields=fields)
    return Submission(mutations=(mutation,), location=f"/calendar/{event_id}")


def _save_one(event: Document, on: str, changed: Document, form: Form) -> Submission:
    before: Document = event["overrides"].get(on, {})
    own = {
        name: given
        for name, given in changed.items()
        if name in _OWN and (name in before or name not in _SAME or given != event[name])
    }
    if not own:
        return Submission(location=f"/calendar/{event['id']}?on={on}")
    entry = {**before, **own}
    mutation = _update(event, {f"overrides/{on}": entry}, seen_rev(form))
    return Submission(mutations=(mutation,), location=f"/calendar/{event['id']}?on={on}")


def _save_following(event: Document, on: str, changed: Document, form: Form, query: Query) -> Submission:
    given = value(form, "newId")
    new_id = given if is_id(given) else query.new_id
    fields, _ = _ended(event, on)
    made = from_here(event, on, changed, value(form, "date"))
    mutations = (
        _update(event, fields, seen_rev(form)),
        Mutation(op="create", collection="events", id=new_id, fields=made),
    )
    return Submission(mutations=mutations, location=f"/calendar/{new_id}")


def _ended(event: Document, on: str) -> tuple[Document, list[str]]:
    """A series that ends before `on`, and the dates with something of their own that no longer happen."""
    days = [day for day in apart(event, on)[1] if day not in event["exceptions"]]
    fields: Document = {"recurrenceRule": "custom", "rrule": ended(rule_of(event), when.add_days(on, -1))}
    return fields | {f"exceptions/{day}": True for day in days}, days


def _scope(event: Document, form: Form) -> tuple[str, str]:
    """The occurrence that a form is about, and what it changes: one, following or all."""
    on, scope = value(form, "on"), value(form, "scope")
    if not is_day(on) or not (rule_of(event) or event["overrides"]) or scope not in {"one", "following"}:
        return "", "all"
    begins = occurrence(event, "", event["timezone"])["first"]
    return (on, scope) if scope == "one" or (on > begins and rule_of(event)) else ("", "all")


def _in_the_way(event: Document, documents: Documents, form: Form, query: Query) -> dict[str, str]:
    """What an event overlaps with, as a sentence; nothing where the person wants it anyway."""
    if value(form, "anyway"):
        return {}
    begins = occurrence(event, "", query.zone)
    first = begins["first"]
    last = when.add_days(first, AHEAD) if rule_of(event) else begins["last"]
    wanted = happenings([event], first, last, query.zone)
    found = clashes(wanted, happenings([*documents["events"], *documents["lasting"]], first, last, query.zone))
    if not found:
        return {}
    halves = twelve(documents)
    names = [_named(other, query, halves=halves) for _, other in found[:_NAMED]]
    more = len(found) - len(names)
    return {"conflict": f"This overlaps with {' and '.join(names)}{f', and {more} more' if more else ''}."}


def _named(each: Context, query: Query, *, halves: bool) -> str:
    return f"{each['title']} ({span_text(each, query, halves=halves)})"


def _update(event: Document, fields: Document, base_rev: int | None = None) -> Mutation:
    return Mutation(op="update", collection="events", id=event["id"], fields=fields, base_rev=base_rev)


_PLAIN: Document = {"overrides": {}, "exceptions": [], "source": "LOCAL", "lastAt": ""}
