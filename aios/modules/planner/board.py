"""The board: tasks in columns by their status, in the person's own order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.order import STATUSES, place_of
from aios.modules.planner.parts import completed_undo
from aios.modules.planner.rows import names_of, open_ids, row

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

COLUMN_SIZE = 50
_TITLES = {"pending": "To do", "in_progress": "In progress", "completed": "Done"}
_EMPTY = {
    "pending": "Nothing to do here.",
    "in_progress": "Move a task here when you begin it.",
    "completed": "What is done appears here, the last first.",
}


def board_page(documents: Documents, query: Query) -> Context:
    """Three columns, of all tasks or of one project."""
    project = query.get("project")
    names = names_of(documents)
    here = f"/planner/board?project={project}" if project in names else "/planner/board"
    return {
        "title": "Board",
        "here": here,
        "project": project if project in names else "",
        "projects": [{"value": each["id"], "label": each["name"]} for each in documents["projects"]],
        "columns": [_column(status, documents, query) for status in STATUSES],
        "undo": completed_undo(documents, query),
    }


def moves(tasks: list[Document], at: int) -> list[Context]:
    """Up and down for the task at `at`: between which two it would stand then."""
    places = ["", *(place_of(each) for each in tasks), ""]
    found: list[Context] = []
    if at > 0:
        low = places[at - 1]
        found.append({"label": "Move up", "icon": "arrow-up", "to": f"~{low}~{places[at]}"})
    if at < len(tasks) - 1:
        low, high = places[at + 2], places[at + 3]
        found.append({"label": "Move down", "icon": "arrow-down", "to": f"~{low}~{high}"})
    return found


def _column(status: str, documents: Documents, query: Query) -> Context:
    tasks = documents["finished" if status == "completed" else status]
    names, opened = names_of(documents), open_ids(documents)
    return {
        "id": status,
        "title": _TITLES[status],
        "empty": _EMPTY[status],
        "cards": [
            {
                **row(task, names, query, opened),
                "place": place_of(task),
                "moves": [*(moves(tasks, at) if status != "completed" else []), *_beside(status)],
            }
            for at, task in enumerate(tasks)
        ],
    }


def _beside(status: str) -> list[Context]:
    """The columns left and right of this one; a task comes to their top."""
    at = STATUSES.index(status)
    found: list[Context] = []
    if at > 0:
        found.append(
            {"label": f"Move to {_TITLES[STATUSES[at - 1]]}", "icon": "arrow-left", "to": f"{STATUSES[at - 1]}~~"}
        )
    if at < len(STATUSES) - 1:
        found.append(
            {"label": f"Move to {_TITLES[STATUSES[at + 1]]}", "icon": "arrow-right", "to": f"{STATUSES[at + 1]}~~"}
        )
    return found
