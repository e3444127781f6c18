"""To-dos and journal entries, which other modules keep: a VTODO becomes a task, a VJOURNAL a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.ics import texts
from aios.modules.calendar.ics.properties import Properties
from aios.modules.calendar.ics.rules import repeated
from aios.modules.calendar.ics.times import moment
from aios.port import Draft, Remark
from aios.records.clock import from_wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.modules.calendar.ics.components import Component
    from aios.modules.calendar.ics.series import Ids
    from aios.modules.calendar.ics.times import Moment
    from aios.modules.calendar.ics.zones import Zones
    from aios.port import Found

MOST_NOTES = 5_000
MOST_BODY = 50_000
_STATUSES = {"IN-PROCESS": "in_progress", "COMPLETED": "completed", "CANCELLED": "cancelled"}
_PRIORITIES = {"1": "urgent", "2": "high", "3": "high", "4": "high", "6": "low", "7": "low", "8": "low", "9": "low"}


def todo(component: Component, ids: Ids, zones: Zones) -> Iterator[Found]:
    """A task."""
    properties = Properties(component)
    problems = [*properties.problems]
    title = texts.title_of(properties)
    where = texts.short_title(title)
    due = _moment(properties, "DUE", zones, problems)
    fields: dict[str, object] = {
        "title": where,
        "priority": _PRIORITIES.get(properties.word("PRIORITY")[:1], "medium"),
        "status": "completed" if properties.first("COMPLETED") else _STATUSES.get(properties.word("STATUS"), "pending"),
        "dueDate": None if due is None else _due(due),
    }
    rule = properties.first("RRULE")
    notes = texts.description_of(properties, title, None)
    if rule is not None:
        start = due or _moment(properties, "DTSTART", zones, problems)
        again = repeated(rule.value, start.local, start.zone.name, is_day=start.is_day) if start else None
        if again is None or again.problem:
            notes = f"{notes}\n\nRepeats: {rule.line}".strip("\n")
            problems.append(f"How it repeats stands in its notes. {again.problem if again else ''}".rstrip())
        else:
            fields |= {"recurrenceRule": again.kind, "rrule": again.rule}
    created = _moment(properties, "CREATED", zones, [])
    if created is not None:
        fields["createdAt"] = created.wire
    task_id = ids.of(properties.text("UID").strip() or f"{title}/{due.wire if due else ''}", "tasks")
    fields["userNotes"] = notes[:MOST_NOTES]
    yield Draft(collection="tasks", id=task_id, fields=fields, where=where, updated_ms=_changed(properties, zones))
    for number, start_at in enumerate(range(MOST_NOTES, len(notes), MOST_NOTES), 2):
        ending = f" (notes, part {number})"
        more: dict[str, object] = {
            "title": where[: texts.MOST_TITLE - len(ending)] + ending,
            "userNotes": notes[start_at : start_at + MOST_NOTES],
            "parentTaskId": task_id,
            "status": fields["status"],
        }
        yield Draft(collection="tasks", id=ids.of(f"{task_id}/notes {number}", "tasks"), fields=more, where=where)
    for reason in dict.fromkeys(problems):
        yield Remark(where=where, reason=reason, tone="changed")


def journal(component: Component, ids: Ids, zones: Zones) -> Iterator[Found]:
    """A note; several, where it is too long for one."""
    properties = Properties(component)
    title = texts.title_of(properties)
    where = texts.short_title(title)
    body = texts.description_of(properties, title, None)
    begun = _moment(properties, "DTSTART", zones, []) or _moment(properties, "CREATED", zones, [])
    key = properties.text("UID").strip() or f"{title}/{begun.wire if begun else ''}"
    for number, start in enumerate(range(0, max(len(body), 1), MOST_BODY), 1):
        ending = f" (part {number})" if number > 1 else ""
        fields: dict[str, object] = {
            "title": where[: texts.MOST_TITLE - len(ending)] + ending,
            "bodyMarkdown": body[start : start + MOST_BODY],
        }
        if begun is not None:
            fields["createdAt"] = begun.wire
        note_id = ids.of(f"{key}/{number}" if number > 1 else key, "notes")
        yield Draft(collection="notes", id=note_id, fields=fields, where=where, updated_ms=_changed(properties, zones))
    for reason in properties.problems:
        yield Remark(where=where, reason=reason, tone="changed")


def _moment(properties: Properties, name: str, zones: Zones, problems: list[str]) -> Moment | None:
    found = properties.first(name)
    try:
        return None if found is None else moment(found, zones)
    except (ValueError, OverflowError):
        problems.append(f"Its {name} cannot be read: “{'' if found is None else found.value[:40]}”.")
        return None


def _due(due: Moment) -> str:
    """A task that is due on a day is so at 23:59 (docs/domain.md, "tasks")."""
    return due._replace(local=due.local.replace(hour=23, minute=59)).wire if due.is_day else due.wire


def _changed(properties: Properties, zones: Zones) -> int | None:
    found = _moment(properties, "LAST-MODIFIED", zones, [])
    return None if found is None else from_wire(found.wire)
