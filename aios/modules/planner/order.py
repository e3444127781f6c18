"""The person's own order: texts that compare, with room between any two (docs/planner.md, "Order")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aios.modules import Submission
from aios.modules.forms import Form, next_path, value
from aios.modules.planner.recurring import next_task
from aios.records.mutation import Mutation

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Documents, Query

STATUSES = ("pending", "in_progress", "completed")
"""The columns of the board."""
_KEY = re.compile("[--z]{1,100}")
_LOWEST, _BEYOND = ord("-"), ord("z") + 1


def place_of(task: Document) -> str:
    """Where a task stands; one that was never moved, where it was made."""
    return task.get("position") or str(task["id"])


def between(low: str, high: str) -> str:
    """A text after `low` and before `high`; "" leaves an end open. Close behind `high` where there is no room."""
    made, end = "", high if low < high else ""
    at = -1
    while True:
        at += 1
        first = ord(low[at]) if at < len(low) else _LOWEST
        last = ord(end[at]) if at < len(end) else _BEYOND
        if last - first > 1:
            return made + chr((first + last) // 2)
        made += chr(first)
        if first != last:
            end = ""


def place_task(documents: Documents, form: Form, query: Query) -> Submission:
    """Put a task elsewhere: `to` is `status~low~high`, the column (or "") and what it stands between there."""
    task = documents["task"]
    status, low, high = (*value(form, "to").split("~"), "", "", "")[:3]
    low, high = (each if _KEY.fullmatch(each) else "" for each in (low, high))
    fields: Document = {"position": between(low, high)} if low or high else {}
    following = None
    if status in STATUSES:
        fields["status"] = status
        if status == "completed" and not documents["following"]:
            following = next_task(task, documents["trash"], query)
    moved = Mutation(op="update", collection="tasks", id=task["id"], fields=fields)
    location = next_path(form, "planner", "/planner/board")
    return Submission(mutations=(moved, following) if following else (moved,), location=location)
