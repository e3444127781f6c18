"""What several of the Planner's pages hold: addresses, a quick form, projects, ways back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.rows import progress
from aios.records.ids import is_id
from aios.records.query import page_number

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

MOST_TITLE = 60
"""How much of a title a message repeats."""


def quick_form(label: str, query: Query, *, project: str = "", parent: str = "", due: str = "") -> Context:
    """A form of one line, and what the task that it makes belongs to."""
    return {"label": label, "id": query.new_id, "projectId": project, "parentTaskId": parent, "due": due}


def project_rows(documents: Documents) -> list[Context]:
    """All projects that were read, and how far each is."""
    done, total = dict(documents["project_done"]), dict(documents["project_total"])
    return [
        {
            "href": f"/planner/projects/{project['id']}",
            "name": project["name"],
            "progress": progress(done.get(project["id"], 0), total.get(project["id"], 0)),
        }
        for project in documents["projects"]
    ]


def paged(path: str, **pages: int) -> str:
    """An address with its page numbers; a first page needs none."""
    pairs = [f"{name}={page}" for name, page in pages.items() if page > 1]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def around(path: str, query: Query, name: str = "page", *, more: bool) -> Context:
    """The addresses of the pages before and after this one, or ""."""
    page = page_number(query, name)
    return {
        "newer": paged(path, **{name: page - 1}) if page > 1 else "",
        "older": paged(path, **{name: page + 1}) if more else "",
    }


def deleted_toast(root: str, text: str, documents: Documents, query: Query) -> Context | None:
    """What to say when a record has just been deleted, and the way to take it back."""
    deleted = query.get("deleted")
    if not is_id(deleted) or documents["undeleted"] is not None:
        return None
    return {
        "text": text,
        "icon": "trash-2",
        "path": f"{root}/{deleted}/restoration",
        "method": "PUT",
        "label": "Undo",
    }


def completed_undo(documents: Documents, query: Query) -> list[Context]:
    """The task that has just been completed, and the way to open it again as it was."""
    task = documents["completed"]
    if task is None or task["status"] != "completed":
        return []
    title = task["title"]
    return [
        {
            "text": f"Completed: {title if len(title) <= MOST_TITLE else title[:MOST_TITLE] + '…'}",
            "path": f"/planner/{task['id']}/completion",
            "status": "in_progress" if query.get("was") == "in_progress" else "pending",
        }
    ]
