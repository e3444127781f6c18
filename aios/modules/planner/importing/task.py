"""Making tasks and projects of what was read: nothing is lost to a limit, or for want of a field."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from aios.port import Draft, Remark
from aios.port.dates import wire
from aios.records.recurrence import refusal
from aios.records.text import normalise, trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.port import Found, Into

MOST_TITLE = 200
MOST_NOTES = 5_000
MOST_KEY = 500
_SIMPLE = {"FREQ=DAILY": "daily", "FREQ=WEEKLY": "weekly", "FREQ=MONTHLY": "monthly"}


class Planned(msgspec.Struct, kw_only=True):
    """A task as it was read. `lines` is what has no field here; it goes below the notes."""

    key: str
    where: str
    title: str
    notes: str = ""
    lines: list[str] = []
    priority: str = "medium"
    status: str = "pending"
    due: str | None = None
    recurrence: str = "none"
    rrule: str | None = None
    project: str | None = None
    parent: str | None = None
    """Ids."""
    created_ms: int | None = None
    updated_ms: int | None = None


def tasks(planned: Planned, into: Into) -> Iterator[Found]:
    """The task, and subtasks for notes that are too long for one."""
    title = one_line(planned.title) or "Untitled"
    lines = list(planned.lines)
    notes = normalise(planned.notes)
    if len(title) > MOST_TITLE:
        reason = f"The title is longer than {MOST_TITLE} characters; all of it stands in the notes."
        yield Remark(where=planned.where, reason=reason, tone="changed")
        notes = f"{title}\n\n{notes}"
        title = title[: MOST_TITLE - 1].rstrip() + "…"
    text = "\n\n".join(part for part in (notes.strip("\n"), "\n".join(lines)) if part)
    parts = [text[start : start + MOST_NOTES] for start in range(0, len(text), MOST_NOTES)] or [""]
    if len(parts) > 1:
        reason = f"The notes are longer than {MOST_NOTES:,} characters; they go on in {len(parts) - 1} subtasks."
        yield Remark(where=planned.where, reason=reason, tone="changed")
    task_id = into.id("tasks", planned.key)
    yield _draft(planned, task_id, {**_fields(planned), "title": title, "userNotes": parts[0]})
    for number, part in enumerate(parts[1:], 2):
        ending = f" (notes, part {number})"
        fields: dict[str, object] = {
            "title": title[: MOST_TITLE - len(ending)] + ending,
            "userNotes": part,
            "parentTaskId": task_id,
            "projectId": planned.project,
            "status": planned.status,
        }
        yield _draft(planned, into.id("tasks", f"{planned.key}/notes {number}"), fields)


def project(into: Into, key: str, name: str, description: str = "", where: str = "") -> Draft:
    """A project, whose name is cut where it is too long; then its description begins with all of it."""
    plain = one_line(name) or "Untitled"
    whole = f"{plain}\n\n{description}" if len(plain) > MOST_TITLE else description
    return Draft(
        collection="projects",
        id=into.id("projects", key),
        fields={"name": plain[:MOST_TITLE], "description": whole[:MOST_NOTES]},
        where=where or plain,
    )


def repeat(planned: Planned, rule: str, program: str) -> Remark | None:
    """Let a task come again by an RFC 5545 rule. One that cannot be followed is told in the notes."""
    plain = ";".join(part for part in rule.removeprefix("RRULE:").split(";") if part and part != "INTERVAL=1")
    if plain in _SIMPLE:
        planned.recurrence = _SIMPLE[plain]
        return None
    why = refusal(plain)
    if not why:
        planned.recurrence, planned.rrule = "custom", plain
        return None
    planned.lines.append(f"Repeats in {program}: {rule}")
    return Remark(where=planned.where, reason=f"How it repeats stands in its notes. {why}", tone="changed")


def short_key(key: str) -> str:
    """What names a task in its source, never long: the keys of all that belongs to it begin with it."""
    return key if len(key) <= MOST_KEY else f"{key[:MOST_KEY]}… {hashlib.sha256(key.encode()).hexdigest()}"


def one_line(text: str) -> str:
    """A text on one line."""
    return trim(" ".join(normalise(text).split()))


def _fields(planned: Planned) -> dict[str, object]:
    fields: dict[str, object] = {
        "priority": planned.priority,
        "status": planned.status,
        "dueDate": planned.due,
        "recurrenceRule": planned.recurrence,
        "rrule": planned.rrule,
        "projectId": planned.project,
        "parentTaskId": planned.parent,
    }
    created = wire(planned.created_ms)
    return fields if created is None else {**fields, "createdAt": created}


def _draft(planned: Planned, task_id: str, fields: dict[str, object]) -> Draft:
    return Draft(collection="tasks", id=task_id, fields=fields, where=planned.where, updated_ms=planned.updated_ms)
