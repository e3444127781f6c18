"""The weekly review: what the last week brought, what waits, and what has been forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.parts import completed_undo
from aios.modules.planner.rows import names_of, open_ids, row
from aios.records.clock import from_wire, to_wire

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

DAY_MS = 86_400_000
_STALE_DAYS = 30


def review_page(documents: Documents, query: Query) -> Context:
    """Step by step, each with its tasks; the last are projects in which nothing is next."""
    week, stale = (_ago(query, days) for days in (7, _STALE_DAYS))
    done = [each for each in documents["done"] if each["updatedAt"] >= week]
    old = [each for each in documents["oldest"] if each["updatedAt"] < stale]
    busy = {key for key, _ in documents["project_open"]}
    return {
        "title": "Weekly review",
        "here": "/planner/review",
        "steps": [
            _step(
                "done", "Done in the last 7 days", "Nothing was completed in the last 7 days.", done, documents, query
            ),
            _step("late", "Overdue: do, move or drop", "Nothing is overdue.", documents["overdue"], documents, query),
            _step("next", "The next 7 days", "Nothing is planned yet.", documents["upcoming"], documents, query),
            _step("stale", f"Untouched for {_STALE_DAYS} days", "Nothing has been lying about.", old, documents, query),
        ],
        "idle": [
            {"href": f"/planner/projects/{each['id']}", "name": each["name"]}
            for each in documents["projects"]
            if each["id"] not in busy
        ],
        "undo": completed_undo(documents, query),
    }


def _ago(query: Query, days: int) -> str:
    """The instant so many days before the day began; the first of the calendar where there is none."""
    try:
        return to_wire(from_wire(query.bounds["@dayStart"]) - days * DAY_MS)
    except ValueError:
        return ""


def _step(  # noqa: PLR0913, PLR0917  what a step shows
    name: str, title: str, empty: str, tasks: list[Document], documents: Documents, query: Query
) -> Context:
    names, opened = names_of(documents), open_ids(documents)
    return {"id": name, "title": title, "empty": empty, "rows": [row(each, names, query, opened) for each in tasks]}
