"""Tasks that were completed today, which keep their place among the open ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.dates import due_key

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Documents, Query

PAGE_SIZE = 50


def with_done(
    tasks: list[Document],
    documents: Documents,
    query: Query,
    *,
    span: tuple[str, str] = ("", ""),
    size: int = PAGE_SIZE,
) -> list[Document]:
    """Open tasks in order of due date, and between them those that were completed today, so that no row moves.

    `span` names the bounds of the due dates, the second exclusive; "" leaves a side open.
    """
    since, below = (query.bounds.get(name, "") for name in span)
    kept = [
        task
        for task in done_today(documents, query)
        if (not since or (task["dueDate"] or "") >= since) and (not below or due_key(task)[0] < below)
    ]
    return merged(tasks, kept, size)


def merged(tasks: list[Document], kept: list[Document], size: int) -> list[Document]:
    """Both in order of due date, as the read gives them, up to where a full page ends."""
    listed = {task["id"] for task in tasks}
    last = due_key(tasks[-1]) if len(tasks) == size else None
    more = [task for task in kept if task["id"] not in listed and (last is None or due_key(task) < last)]
    return sorted([*tasks, *more], key=due_key)


def done_today(documents: Documents, query: Query) -> list[Document]:
    """Tasks that somebody completed today. One that came here completed was not."""
    return [
        task
        for task in documents["recent"]
        if task["status"] == "completed"
        and task["updatedAt"] >= query.bounds["@dayStart"]
        and task["updatedAt"] != task["createdAt"]
    ]
