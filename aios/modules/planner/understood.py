"""What a line will make, shown before it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.choices import PRIORITIES
from aios.modules.planner.recurring import words_of
from aios.web import when
from aios.web.quick import understand

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query


def understood_page(documents: Documents, query: Query) -> Context:
    """The line, the title that it leaves, and a chip for each thing that was understood."""
    line = query.get("quick")
    found = understand(line, documents["projects"], query)
    chips: list[Context] = []
    if "day" in found:
        day = when.short_day(found["day"], query.day)
        chips.append({"icon": "calendar-days", "text": f"{day}, {found['time']}" if found["time"] else day})
    if "recurrenceRule" in found:
        chips.append({"icon": "repeat", "text": words_of(found["recurrenceRule"], found["rrule"])})
    if "priority" in found:
        chips.append({"icon": "circle-alert", "text": f"{dict(PRIORITIES)[found['priority']]} priority"})
    if "project" in found:
        chips.append({"icon": "folder", "text": found["project"]})
    return {
        "title": "Add a task",
        "id": query.new_id,
        "line": line,
        "name": found["title"],
        "chips": chips,
        "unknown": found.get("unknown", ""),
    }
