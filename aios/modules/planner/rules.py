"""What holds for tasks: when one is due, and that none stands above or before itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.errors import FieldError, InvalidError
from aios.records.clock import from_wire, to_wire
from aios.records.recurrence import refusal

if TYPE_CHECKING:
    from aios.database import Steps
    from aios.records.apply import Batch, Change
    from aios.records.collection import Document

OPEN = ("pending", "in_progress")
"""The statuses of a task that is still to be done."""
RECURRING = ("daily", "weekly", "monthly", "custom")
"""The recurrences of a task that comes again."""
MOST_MINUTES = 40_320
"""A reminder comes at most four weeks before a task is due."""
PART_OF_ITSELF = "A task cannot be part of itself. Choose another task."
WAITS_FOR_ITSELF = "A task cannot wait for itself. Leave this one out."
NO_INSTANT = "Write an instant like 2026-01-16T09:30:00.000Z."
_FIRST_MS, _LAST_MS = from_wire("0001-01-01T00:00:00Z"), from_wire("9999-12-31T23:59:59.999Z")
MOST_STEPS = 1_000
"""How far cycles are looked for. Views survive the ones that slip through (docs/sync.md, push 3)."""


def derive_task(document: Document, previous: Document | None) -> None:
    """Bring the due date into wire form, so that stored dates compare as text; a place that was not chosen is the id.

    A rule is checked when it is set: older ones, which nothing computed, do not stand in the way of other changes.
    Raises InvalidError.
    """
    rule = document["rrule"]
    if rule is not None and (previous is None or previous["rrule"] != rule) and (why := refusal(rule)):
        raise InvalidError(why, (FieldError("rrule", why),))
    if document["dueDate"] is not None:
        document["dueDate"] = _wire(document["dueDate"])
    document["position"] = document["position"] or document["id"]
    document["dependencyIds"] = list(dict.fromkeys(document["dependencyIds"]))


def due(document: Document) -> str | None:
    """When the task wants attention, while it is open: some minutes before it is due, where it has a reminder."""
    at: str | None = document["dueDate"] if document["status"] in OPEN else None
    minutes = document.get("reminderMinutes")
    return to_wire(max(from_wire(at) - minutes * 60_000, _FIRST_MS)) if at is not None and minutes else at


def refuse_parent_cycle(batch: Batch, change: Change) -> Steps[None]:
    """Walk up from the task: it must not come by itself. A parent that is not here yet is allowed."""
    task = change.document
    above = task["parentTaskId"]
    if _unchanged(change, "parentTaskId"):
        return
    for _ in range(MOST_STEPS):
        if above is None:
            return
        if above == task["id"]:
            raise InvalidError(PART_OF_ITSELF, (FieldError("parentTaskId", PART_OF_ITSELF),))
        parent = yield from batch.document(above)
        above = parent.get("parentTaskId") if parent is not None else None


def refuse_dependency_cycle(batch: Batch, change: Change) -> Steps[None]:
    """Follow all dependencies, a level at a time: none may lead back to the task."""
    task = change.document
    if _unchanged(change, "dependencyIds"):
        return
    seen: set[str] = set()
    level: list[str] = task["dependencyIds"]
    while level and len(seen) < MOST_STEPS:
        if task["id"] in level:
            raise InvalidError(WAITS_FOR_ITSELF, (FieldError("dependencyIds", WAITS_FOR_ITSELF),))
        seen.update(level)
        yield from batch.load(level)
        following: list[str] = []
        for each in level:
            found = yield from batch.document(each)
            following += found.get("dependencyIds", []) if found is not None else []
        level = [each for each in dict.fromkeys(following) if each not in seen]


def _unchanged(change: Change, field: str) -> bool:
    before = change.previous
    return change.effect == "updated" and before is not None and before[field] == change.document[field]


def _wire(given: str) -> str:
    """`given` as the wire has instants. An offset that leads out of the calendar is cut at its edge."""
    try:
        return to_wire(min(max(from_wire(given), _FIRST_MS), _LAST_MS))
    except (ValueError, OverflowError) as error:
        raise InvalidError(NO_INSTANT, (FieldError("dueDate", NO_INSTANT),)) from error
