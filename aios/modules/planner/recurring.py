"""Tasks that come again: their words, and the one that completing makes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aios.modules.planner.dates import ALL_DAY
from aios.modules.planner.rules import OPEN
from aios.records.ids import implied_id
from aios.records.mutation import Mutation
from aios.records.recurrence import following
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Query

_RULES = {"daily": "FREQ=DAILY", "weekly": "FREQ=WEEKLY", "monthly": "FREQ=MONTHLY"}
_WORDS = {"none": "", "daily": "Every day", "weekly": "Every week", "monthly": "Every month"}
_OWN = "By its own rule"
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAYS = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday",
    "SU": "Sunday",
}  # fmt: skip
_INTERVAL = re.compile("FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(?:;INTERVAL=([0-9]{1,3}))?")
_BY_DAY = re.compile("FREQ=WEEKLY;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*)")
_CARRIED = (
    "title",
    "userNotes",
    "priority",
    "projectId",
    "parentTaskId",
    "recurrenceRule",
    "reminderMinutes",
    "position",
)
"""What the next task has of the one before."""


def repeats(task: Document) -> str:
    """How often, in words: `Every 2 weeks`, `Every Monday`; "" for a task that does not come again."""
    return words_of(task["recurrenceRule"], task["rrule"])


def words_of(recurrence: str, rule: str | None) -> str:
    """The words of a recurrence as records have it."""
    if recurrence != "custom":
        return _WORDS[recurrence]
    found = _INTERVAL.fullmatch(rule or "")
    if found:
        number, unit = found[2] or "1", _UNITS[found[1]]
        return f"Every {unit}" if number == "1" else f"Every {number} {unit}s"
    found = _BY_DAY.fullmatch(rule or "")
    if not found:
        return _OWN
    if found[1] == "MO,TU,WE,TH,FR":
        return "Every weekday"
    return f"Every {', '.join(_DAYS[each] for each in found[1].split(','))}"


def next_task(task: Document, deleted: list[Document], query: Query) -> Mutation | None:
    """The task that comes when `task` is completed; None where it was the last.

    It is due when the rule gives its first time after `task` that is not before today. Every device gives it the
    same id (docs/sync.md, "Implied records"). One of `deleted` comes back: completing was undone once before.
    """
    rule = _RULES.get(task["recurrenceRule"]) or task["rrule"]
    if task["recurrenceRule"] == "none" or task["status"] not in OPEN or not rule:
        return None
    start = when.to_local_input(task["dueDate"], query.zone) if task["dueDate"] else f"{query.day}T{ALL_DAY}"
    found = following(rule, start, f"{query.day}T00:00")
    if found is None:
        return None
    at, rest = found
    task_id = implied_id(query.space, "tasks", f"{task['id']}/{at[:10]}")
    if any(each["id"] == task_id for each in deleted):
        return Mutation(op="restore", collection="tasks", id=task_id)
    left: Document = task.get("_stub") or {}  # a text that is not here goes on from the record that has it
    fields = {name: task[name] for name in _CARRIED if name in task and name not in left}
    fields |= {"dueDate": when.from_local_input(at, query.zone), "previousTaskId": task["id"]}
    if task["recurrenceRule"] == "custom":
        fields["rrule"] = rest
    return Mutation(op="create", collection="tasks", id=task_id, fields=fields)
