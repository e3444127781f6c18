"""How tasks say when they are due, and in which order that puts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.records.collection import NO_KEY
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Query

ALL_DAY = "23:59"
"""The time of a task that is due on a day and not at a time (schema.py, `due_date`)."""


def due_text(instant: str, query: Query) -> str:
    """`Today`, `Tomorrow, 12:00`, `Fri 20 Nov`."""
    day = when.short_day(when.local_day(instant, query.zone), query.day)
    time = when.clock(instant, query.zone)
    return day if time == ALL_DAY else f"{day}, {time}"


def due_key(task: Document) -> tuple[str, str]:
    """The place of a task in order of due date, as the index has it: those without one last."""
    return task["dueDate"] or NO_KEY, task["id"]
