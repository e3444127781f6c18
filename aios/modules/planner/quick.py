"""The task that a line means, which was understood by `aios/web/quick.py` (docs/planner.md, "Quick add")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.dates import ALL_DAY
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Query


def fields_of(understood: Context, query: Query) -> Document:
    """The fields of the task. Raises ValueError where the calendar has no such instant."""
    fields: Document = {"title": understood["title"]}
    fields |= {name: understood[name] for name in ("priority", "projectId", "rrule") if understood.get(name)}
    if "day" in understood:
        fields["dueDate"] = when.from_local_input(f"{understood['day']}T{understood['time'] or ALL_DAY}", query.zone)
    if "recurrenceRule" in understood:
        fields["recurrenceRule"] = understood["recurrenceRule"]
    return fields
