"""What the Planner's pages show. Pure functions of documents and query (docs/parity.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.rules import OPEN
from aios.records.ids import is_id
from aios.records.query import page_number
from aios.records.text import text_hash
from aios.web import when

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

PAGE_SIZE = 50
ALL_DAY = "23:59"
"""The time of a task that is due on a day and not at a time (schema.py, `due_date`)."""
VIEWS = (("today", "Today"), ("upcoming", "Upcoming"), ("overdue", "Overdue"), ("all", "All"), ("done", "Done"))
PRIORITIES = (("low", "Low"), ("medium", "Medium"), ("high", "High"), ("urgent", "Urgent"))
STATUSES = (
    ("pending", "To do"),
    ("in_progress", "In progress"),
    ("completed", "Done"),
    ("cancelled", "Cancelled"),
)
RECURRENCES = (
    ("none", "Never"),
    ("daily", "Every day"),
    ("weekly", "Every week"),
    ("monthly", "Every month"),
    ("custom", "By its own rule"),
)
_EMPTY = {
    "today": ("Nothing due today", "What is due today appears here. Add a task above, or plan ahead under Upcoming."),
    "upcoming": ("Nothing planned", "Tasks with a date after today appear here."),
    "overdue": ("Nothing is overdue", "A task moves here when its day has passed."),
    "all": ("No open tasks", "Add the first one above."),
    "done": ("Nothing done yet", "Completed tasks are kept here."),
}


def planner_page(documents: Documents, query: Query) -> Context:
    """The tasks of one view, and beside them what comes up and how the projects stand."""
    view = _view(query)
    sections = [section for section in _sections(view, documents, query) if section["rows"]]
    done, due_today = documents["done_today"], documents["today_count"] + documents["done_today"]
    return {
        "title": "Planner",
        "here": _address(query),
        "views": [_view_link(name, label, documents, view) for name, label in VIEWS],
        "today": view == "today",
        "done": done,
        "due_today": due_today,
        "quick": _quick("Add a task for today", query, due="today") if view == "today" else _quick("Add a task", query),
        "sections": sections,
        "empty_states": [] if sections else [{"title": _EMPTY[view][0], "text": _EMPTY[view][1]}],
        "older": _page_address(query, view, 1) if _shown(view, documents) == PAGE_SIZE else "",
        "newer": _page_address(query, view, -1) if page_number(query) > 1 else "",
        "week": [_row(task, _names(documents), query) for task in documents["upcoming"]],
        "week_count": documents["upcoming_count"],
        "projects": _projects(documents),
        "toast": _toast("Task deleted", "/planner", documents, query),
    }


def new_task_page(documents: Documents, query: Query) -> Context:
    """An empty task, or the one that was refused."""
    return {
        "title": "New task",
        "id": query.form.get("id", query.new_id),
        "parentTaskId": query.form.get("parentTaskId", ""),
        "next": query.form.get("next", ""),
        "fields": {
            "title": query.form.get("title", ""),
            "userNotes": query.form.get("userNotes", ""),
            "dueDate": query.form.get("dueDate", _today(query) if query.form.get("due") == "today" else ""),
            "priority": query.form.get("priority", "medium"),
            "status": "pending",
            "recurrenceRule": query.form.get("recurrenceRule", "none"),
            "projectId": query.form.get("projectId", query.get("projectId")),
        },
        "choices": _choices(documents, query.form.get("projectId", query.get("projectId")), "none"),
    }


def task_page(documents: Documents, query: Query) -> Context:
    """One task: all of it to edit, what it is part of, and its steps."""
    task, parent = documents["task"], documents["parent"]
    due_date = when.to_local_input(task["dueDate"], query.zone) if task["dueDate"] else ""
    stored = {
        "title": task["title"],
        "userNotes": task["userNotes"],
        "dueDate": due_date,
        "priority": task["priority"],
        "status": task["status"],
        "recurrenceRule": task["recurrenceRule"],
        "projectId": task["projectId"] or "",
    }
    steps = sorted(documents["steps"], key=_by_state)
    counted = [step for step in steps if step["status"] != "cancelled"]
    return {
        "title": task["title"],
        "path": f"/planner/{task['id']}",
        "completion": f"/planner/{task['id']}/completion",
        "completed": task["status"] == "completed",
        "fields": {name: query.form.get(name, given) for name, given in stored.items()},
        "base_rev": task["_rev"],
        "base": text_hash(task["userNotes"]),
        "saved_notes": task["userNotes"] if "userNotes" in query.errors else "",
        "assistant_notes": task["aiNotes"],
        "parent": [{"href": f"/planner/{parent['id']}", "title": parent["title"]}] if parent is not None else [],
        "steps": [_row(step, _names(documents), query) for step in steps],
        "progress": _progress(sum(step["status"] == "completed" for step in counted), len(counted)),
        "quick": _quick("Add a step", query, project=task["projectId"] or "", parent=task["id"]),
        "choices": _choices(documents, stored["projectId"], task["recurrenceRule"]),
    }


def projects_page(documents: Documents, query: Query) -> Context:
    """All projects, and how far each is."""
    return {
        "title": "Projects",
        "projects": _projects(documents),
        "toast": _toast("Project deleted, its tasks are kept", "/planner/projects", documents, query),
    }


def new_project_page(_: Documents, query: Query) -> Context:
    """An empty project, or the one that was refused."""
    return {
        "title": "New project",
        "id": query.form.get("id", query.new_id),
        "fields": {"name": query.form.get("name", ""), "description": query.form.get("description", "")},
    }


def project_page(documents: Documents, query: Query) -> Context:
    """One project: its open and its finished tasks, and itself to edit."""
    project = documents["project"]
    names = {project["id"]: ""}
    done, total = documents["done_count"], documents["total_count"]
    return {
        "title": project["name"],
        "path": f"/planner/projects/{project['id']}",
        "fields": {
            "name": query.form.get("name", project["name"]),
            "description": query.form.get("description", project["description"]),
        },
        "base_rev": project["_rev"],
        "base": text_hash(project["description"]),
        "saved_description": project["description"] if "description" in query.errors else "",
        "progress": _progress(done, total),
        "open": [_row(task, names, query) for task in sorted(documents["open"], key=_by_state)],
        "finished": [_row(task, names, query) for task in documents["finished"]],
        "quick": _quick("Add a task to this project", query, project=project["id"]),
    }


def tile(documents: Documents, _: Query) -> Context:
    """How much is due today, what is overdue included."""
    overdue: int = documents["overdue"]
    total: int = documents["today"] + overdue
    return {
        "value": str(total) if total else "",
        "label": f"due, {overdue} overdue" if overdue else "due" if total else "Nothing due",
        "tone": "warn" if overdue else "",
    }


def _view(query: Query) -> str:
    given = query.get("view")
    return given if given in _EMPTY else "today"


def _view_link(name: str, label: str, documents: Documents, view: str) -> Context:
    """A place of the segmented navigation; only what is ahead is counted."""
    counts = {
        "today": documents["today_count"],
        "upcoming": documents["upcoming_count"],
        "overdue": documents["overdue_count"],
    }
    count: int = counts.get(name, 0)
    return {
        "label": label,
        "href": "/planner" if name == "today" else f"/planner?view={name}",
        "current": name == view,
        "count": count,
        "urgent": name == "overdue",
    }


def _sections(view: str, documents: Documents, query: Query) -> list[Context]:
    overdue = _section("overdue", "Overdue", "bad", _rows(documents["overdue"], documents, query))
    if view == "overdue":
        return [overdue]
    if view == "today":
        today = _section("today", "Today", "", _rows(documents["today"], documents, query))
        return [overdue, {**today, "note": when.long_day(query.day)}]
    if view == "upcoming":
        return _days(_rows(documents["later"], documents, query), query)
    name, title = ("all", "Open tasks") if view == "all" else ("done", "Done")
    return [_section(name, title, "", _rows(documents[name], documents, query))]


def _quick(label: str, query: Query, *, project: str = "", parent: str = "", due: str = "") -> Context:
    """A form of one line, and what the task that it makes belongs to."""
    return {"label": label, "id": query.new_id, "projectId": project, "parentTaskId": parent, "due": due}


def _section(name: str, title: str, tone: str, rows: list[Context]) -> Context:
    return {"id": name, "title": title, "tone": tone, "note": "", "rows": rows}


def _days(rows: list[Context], query: Query) -> list[Context]:
    """A section for each day, in the order of the rows."""
    sections: list[Context] = []
    for row in rows:
        if not sections or sections[-1]["id"] != f"day-{row['day']}":
            sections.append(_section(f"day-{row['day']}", when.short_day(row["day"], query.day), "", []))
        sections[-1]["rows"].append(row)
    return sections


def _shown(view: str, documents: Documents) -> int:
    """How many records the paged read of this view has given."""
    reads = {"upcoming": "later", "all": "all", "done": "done"}
    return len(documents[reads[view]]) if view in reads else 0


def _rows(tasks: list[Document], documents: Documents, query: Query) -> list[Context]:
    """A row for each task, with its open subtasks one level under it.

    An open task whose open parent is listed too stands under it only, unless that parent stands under another
    itself: so every task is shown, even in a cycle.
    """
    listed = {task["id"]: task for task in tasks if task["status"] in OPEN}
    names, steps = _names(documents), _steps(documents)
    children = _children([*documents["subtasks"], *tasks])

    def is_nested(task: Document) -> bool:
        parent = listed.get(task["parentTaskId"] or "") if task["id"] in listed else None
        return parent is not None and (parent["parentTaskId"] or "") not in listed

    rows: list[Context] = []
    for task in tasks:
        if is_nested(task):
            continue
        below = children.get(task["id"], []) if task["status"] in OPEN else []
        done, total = steps.get(task["id"], (0, 0))
        rows.append(
            {
                **_row(task, names, query),
                "progress": _progress(done, total),
                "children": [_row(child, names, query) for child in below if child["id"] != task["id"]],
            }
        )
    return rows


def _children(tasks: Iterable[Document]) -> dict[str, list[Document]]:
    """Open tasks by the id of their parent, each once."""
    found: dict[str, list[Document]] = {}
    seen: set[str] = set()
    for task in tasks:
        if task["id"] not in seen and task["parentTaskId"] and task["status"] in OPEN:
            found.setdefault(task["parentTaskId"], []).append(task)
            seen.add(task["id"])
    return found


def _row(task: Document, names: dict[str, str], query: Query) -> Context:
    """One task on one line."""
    path = f"/planner/{task['id']}"
    done = task["status"] not in OPEN
    return {
        "path": path,
        "completion": f"{path}/completion",
        "title": task["title"],
        "done": done,
        "cancelled": task["status"] == "cancelled",
        "started": task["status"] == "in_progress",
        "priority": "" if done else task["priority"],
        "day": when.local_day(task["dueDate"], query.zone) if task["dueDate"] else "",
        "due": _due(task["dueDate"], query) if task["dueDate"] else "",
        "late": bool(task["dueDate"]) and not done and task["dueDate"] < query.bounds["@dayStart"],
        "project": names.get(task["projectId"] or "", ""),
        "repeats": "" if task["recurrenceRule"] == "none" else dict(RECURRENCES)[task["recurrenceRule"]],
        "progress": _progress(0, 0),
        "children": [],
    }


def _due(instant: str, query: Query) -> str:
    """`Today`, `Tomorrow, 12:00`, `Fri 20 Nov`."""
    day = when.short_day(when.local_day(instant, query.zone), query.day)
    time = when.clock(instant, query.zone)
    return day if time == ALL_DAY else f"{day}, {time}"


def _by_state(task: Document) -> tuple[bool, str, str]:
    """Open tasks first, by due date; those without one after."""
    return task["status"] not in OPEN, task["dueDate"] or "~", task["id"]


def _names(documents: Documents) -> dict[str, str]:
    return {project["id"]: project["name"] for project in documents["projects"]}


def _steps(documents: Documents) -> dict[str, tuple[int, int]]:
    """Finished and all subtasks by the id of their parent."""
    done = dict(documents["step_done"])
    return {parent: (done.get(parent, 0), count) for parent, count in documents["step_total"]}


def _progress(done: int, total: int) -> Context:
    return {"done": done, "total": total, "percent": done * 100 // total if total else 0}


def _projects(documents: Documents) -> list[Context]:
    done, total = dict(documents["project_done"]), dict(documents["project_total"])
    return [
        {
            "href": f"/planner/projects/{project['id']}",
            "name": project["name"],
            "description": project["description"],
            "progress": _progress(done.get(project["id"], 0), total.get(project["id"], 0)),
        }
        for project in documents["projects"]
    ]


def _choices(documents: Documents, project_id: str, recurrence: str) -> Context:
    """The options of the selects. What is stored is always among them, even a project that is gone."""
    known = [{"value": project["id"], "label": project["name"]} for project in documents["projects"]]
    gone = [{"value": project_id, "label": "Deleted project"}]
    if not project_id or project_id in _names(documents):
        gone = []
    shown = [each for each in RECURRENCES if each[0] != "custom" or recurrence == "custom"]
    return {
        "projects": [{"value": "", "label": "None"}, *known, *gone],
        "priorities": _options(PRIORITIES),
        "statuses": _options(STATUSES),
        "recurrences": _options(shown),
    }


def _options(pairs: Iterable[tuple[str, str]]) -> list[Context]:
    return [{"value": value, "label": label} for value, label in pairs]


def _today(query: Query) -> str:
    """Some time today, as a datetime-local input has it."""
    return f"{query.day}T{ALL_DAY}"


def _address(query: Query) -> str:
    """The address of this page, to come back to."""
    view, page = _view(query), page_number(query)
    if view == "today":
        return "/planner"
    return f"/planner?view={view}&page={page}" if page > 1 else f"/planner?view={view}"


def _page_address(query: Query, view: str, step: int) -> str:
    page = page_number(query) + step
    return f"/planner?view={view}&page={page}" if page > 1 else f"/planner?view={view}"


def _toast(text: str, root: str, documents: Documents, query: Query) -> Context | None:
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
