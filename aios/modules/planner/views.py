"""What the Planner's pages show. Pure functions of documents and query (docs/parity.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.rules import OPEN
from aios.records.collection import NO_KEY
from aios.records.ids import is_id
from aios.records.query import page_number
from aios.records.text import text_hash
from aios.web import when

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

PAGE_SIZE = 50
WEEK_SIZE = 20
DEEPEST = 3
"""How many levels of steps are indented; deeper ones stand at the last."""
MOST_TITLE = 60
"""How much of a title a message repeats."""
ALL_DAY = "23:59"
"""The time of a task that is due on a day and not at a time (schema.py, `due_date`)."""
VIEWS = (("today", "Today"), ("upcoming", "Upcoming"), ("overdue", "Overdue"))
MORE_VIEWS = (("all", "All"), ("done", "Done"))
"""Reached through the head's menu."""
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
    week = _with_done(documents["upcoming"], documents, query, span=("@dayEnd", "@weekEnd"), size=WEEK_SIZE)
    return {
        "title": "Planner",
        "here": _address(query),
        "views": [_view_link(name, label, documents, view) for name, label in VIEWS],
        "more_views": [_view_link(name, label, documents, view) for name, label in MORE_VIEWS],
        "today": view == "today",
        "done": done,
        "due_today": due_today,
        "quick": _quick("Add a task for today", query, due="today") if view == "today" else _quick("Add a task", query),
        "sections": sections,
        "empty_states": [] if sections else [_empty(view, query)],
        "older": _page_address(query, view, 1) if _has_more(view, documents, query) else "",
        "newer": _page_address(query, view, -1) if page_number(query) > 1 else "",
        "week": [_row(task, _names(documents), query) for task in week],
        "week_count": documents["upcoming_count"],
        "projects": _projects(documents),
        "toast": _deleted("/planner", _deleted_text(query), documents, query),
        "undo": _completed(documents, query),
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
    path = f"/planner/{task['id']}"
    return {
        "title": task["title"],
        "path": path,
        "here": _paged(path, page=page_number(query)),
        "completion": f"{path}/completion",
        "completed": task["status"] == "completed",
        "fields": {name: query.form.get(name, given) for name, given in stored.items()},
        "base_rev": task["_rev"],
        "base": text_hash(task["userNotes"]),
        "saved_notes": task["userNotes"] if "userNotes" in query.errors else "",
        "assistant_notes": task["aiNotes"],
        "parent": [{"href": f"/planner/{parent['id']}", "title": parent["title"]}] if parent is not None else [],
        # In the order in which they were written, done or not: ticking one moves none.
        "steps": [_row(step, _names(documents), query) for step in documents["steps"]],
        **_around(path, query, more=len(documents["steps"]) == PAGE_SIZE),
        "progress": _progress(documents["done_count"], documents["total_count"]),
        "undo": _completed(documents, query),
        "quick": _quick("Add a step", query, project=task["projectId"] or "", parent=task["id"]),
        "choices": _choices(documents, stored["projectId"], task["recurrenceRule"]),
    }


def projects_page(documents: Documents, query: Query) -> Context:
    """All projects, and how far each is."""
    return {
        "title": "Projects",
        "projects": _projects(documents),
        "toast": _deleted("/planner/projects", "Project deleted, its tasks are kept", documents, query),
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
    path = f"/planner/projects/{project['id']}"
    names = {project["id"]: ""}
    kept = [task for task in _done_today(documents, query) if task["projectId"] == project["id"]]
    listed = _merged(documents["open"], kept, PAGE_SIZE)
    shown = {task["id"] for task in listed}
    still_open: int = documents["total_count"] - documents["done_count"]
    return {
        "title": project["name"],
        "path": path,
        "here": _paged(path, page=page_number(query), finished=page_number(query, "finished")),
        "fields": {
            "name": query.form.get("name", project["name"]),
            "description": query.form.get("description", project["description"]),
        },
        "base_rev": project["_rev"],
        "base": text_hash(project["description"]),
        "saved_description": project["description"] if "description" in query.errors else "",
        "progress": _progress(documents["done_count"], documents["total_count"]),
        "open": [_row(task, names, query) for task in listed],
        "open_count": still_open,
        **_around(path, query, more=page_number(query) * PAGE_SIZE < still_open),
        "finished": [_row(task, names, query) for task in documents["finished"] if task["id"] not in shown],
        "finished_pages": _around(path, query, "finished", more=len(documents["finished"]) == PAGE_SIZE),
        "quick": _quick("Add a task to this project", query, project=project["id"]),
        "undo": _completed(documents, query),
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
    if view == "today":
        return _today_sections(documents, query)
    if view == "overdue":
        late = _with_done(documents["late"], documents, query, span=("", "@dayStart"))
        return [_section("overdue", "Overdue", "bad", _nested([late], documents, query)[0])]
    if view == "upcoming":
        later = _with_done(documents["later"], documents, query, span=("@dayEnd", ""))
        return _days(_nested([later], documents, query)[0], query)
    if view == "all":
        tasks = _with_done(documents["all"], documents, query)
        # Only what this page has read: so each open task has its one place on one page.
        return [_section("all", "Open tasks", "", _nested([tasks], documents, query, steps=[])[0])]
    return [_section("done", "Done", "", [_row(task, _names(documents), query) for task in documents["done"]])]


def _today_sections(documents: Documents, query: Query) -> list[Context]:
    """What is overdue, the first of it, and a page of what is due today."""
    first = page_number(query) == 1
    late = _with_done(documents["overdue"], documents, query, span=("", "@dayStart")) if first else []
    late_rows, today_rows = _nested([late, documents["today"]], documents, query)
    total: int = documents["overdue_count"]
    overdue = _section("overdue", "Overdue", "bad", late_rows)
    if total > PAGE_SIZE:
        overdue["links"] = [{"href": "/planner?view=overdue", "label": f"All {total} overdue"}]
    return [overdue, {**_section("today", "Today", "", today_rows), "note": when.long_day(query.day)}]


def _empty(view: str, query: Query) -> Context:
    if page_number(query) > 1:
        return {"title": "No more tasks", "text": "This is where the list ends."}
    return {"title": _EMPTY[view][0], "text": _EMPTY[view][1]}


def _quick(label: str, query: Query, *, project: str = "", parent: str = "", due: str = "") -> Context:
    """A form of one line, and what the task that it makes belongs to."""
    return {"label": label, "id": query.new_id, "projectId": project, "parentTaskId": parent, "due": due}


def _section(name: str, title: str, tone: str, rows: list[Context]) -> Context:
    return {"id": name, "title": title, "tone": tone, "note": "", "rows": rows, "links": []}


def _days(rows: list[Context], query: Query) -> list[Context]:
    """A section for each day, in the order of the rows."""
    sections: list[Context] = []
    for row in rows:
        if not sections or sections[-1]["id"] != f"day-{row['day']}":
            sections.append(_section(f"day-{row['day']}", when.short_day(row["day"], query.day), "", []))
        sections[-1]["rows"].append(row)
    return sections


def _has_more(view: str, documents: Documents, query: Query) -> bool:
    """Whether a page follows this one."""
    before = page_number(query) * PAGE_SIZE
    if view == "today":
        total: int = documents["today_count"] + documents["done_today"]
        return total > before
    reads = {"upcoming": "later", "overdue": "late", "all": "all", "done": "done"}
    return len(documents[reads[view]]) == PAGE_SIZE


def _with_done(
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
        for task in _done_today(documents, query)
        if (not since or (task["dueDate"] or "") >= since) and (not below or _due_key(task)[0] < below)
    ]
    return _merged(tasks, kept, size)


def _merged(tasks: list[Document], kept: list[Document], size: int) -> list[Document]:
    """Both in order of due date, as the read gives them, up to where a full page ends."""
    listed = {task["id"] for task in tasks}
    last = _due_key(tasks[-1]) if len(tasks) == size else None
    more = [task for task in kept if task["id"] not in listed and (last is None or _due_key(task) < last)]
    return sorted([*tasks, *more], key=_due_key)


def _done_today(documents: Documents, query: Query) -> list[Document]:
    """Tasks that somebody completed today. One that came here completed was not."""
    return [
        task
        for task in documents["recent"]
        if task["status"] == "completed"
        and task["updatedAt"] >= query.bounds["@dayStart"]
        and task["updatedAt"] != task["createdAt"]
    ]


def _nested(
    sections: list[list[Document]], documents: Documents, query: Query, *, steps: list[Document] | None = None
) -> list[list[Context]]:
    """Rows for the tasks of each section: a step stands under its task wherever that is shown, to any depth.

    `steps` are those that are shown only under a task. Each task is shown once, even in a cycle.
    """
    listed = {task["id"]: task for tasks in sections for task in tasks}
    if steps is None:
        steps = [*documents["subtasks"], *_done_today(documents, query)]
    pool = {task["id"]: task for task in (*steps, *listed.values())}
    below = _steps_by_task(pool)
    names, counts = _names(documents), _steps(documents)
    seen: set[str] = set()

    def row(task: Document) -> Context:
        seen.add(task["id"])
        done, total = counts.get(task["id"], (0, 0))
        return {**_row(task, names, query), "progress": _progress(done, total)}

    def tree(task: Document) -> Context:
        made = row(task)
        waiting = [(each, made["children"], 1) for each in reversed(below.get(task["id"], []))]
        while waiting:
            step, siblings, level = waiting.pop()
            if step["id"] in seen:
                continue
            shown = row(step)
            siblings.append(shown)
            under = shown["children"] if level < DEEPEST else siblings
            waiting += [(each, under, level + 1) for each in reversed(below.get(step["id"], []))]
        return made

    tops = [task for task in listed.values() if _top(task, listed, pool) == task["id"]]
    made = {task["id"]: tree(task) for task in tops}
    # What is left is part of a cycle, in which no task is the top.
    for task in listed.values():
        if task["id"] not in seen:
            made[task["id"]] = tree(task)
    titles = _titles(documents)
    for task_id, shown in made.items():
        shown["part_of"] = titles.get(pool[task_id]["parentTaskId"] or "", "")
    return [[made[task["id"]] for task in tasks if task["id"] in made] for tasks in sections]


def _top(task: Document, listed: dict[str, Document], pool: dict[str, Document]) -> str:
    """The id of the highest listed task that this one is part of, itself included."""
    highest: str = task["id"]
    seen: set[str] = set()
    above: Document | None = task
    while above is not None and above["id"] not in seen:
        seen.add(above["id"])
        if above["id"] in listed:
            highest = above["id"]
        above = pool.get(above["parentTaskId"] or "")
    return highest


def _steps_by_task(pool: dict[str, Document]) -> dict[str, list[Document]]:
    """Steps by the id of their task, in the order in which they were made."""
    found: dict[str, list[Document]] = {}
    for task_id in sorted(pool):
        above = pool[task_id]["parentTaskId"]
        if above:
            found.setdefault(above, []).append(pool[task_id])
    return found


def _titles(documents: Documents) -> dict[str, str]:
    """The titles of all tasks that were read, by id."""
    reads = ("recent", "subtasks", "upcoming", "overdue", "today", "late", "later", "all")
    return {task["id"]: task["title"] for name in reads for task in documents[name]}


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
        "part_of": "",
        "repeats": "" if task["recurrenceRule"] == "none" else dict(RECURRENCES)[task["recurrenceRule"]],
        "progress": _progress(0, 0),
        "children": [],
    }


def _due(instant: str, query: Query) -> str:
    """`Today`, `Tomorrow, 12:00`, `Fri 20 Nov`."""
    day = when.short_day(when.local_day(instant, query.zone), query.day)
    time = when.clock(instant, query.zone)
    return day if time == ALL_DAY else f"{day}, {time}"


def _due_key(task: Document) -> tuple[str, str]:
    """The place of a task in order of due date, as the index has it: those without one last."""
    return task["dueDate"] or NO_KEY, task["id"]


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
    return _page_address(query, _view(query), 0)


def _page_address(query: Query, view: str, step: int) -> str:
    page = page_number(query) + step
    if view == "today":
        return f"/planner?page={page}" if page > 1 else "/planner"
    return f"/planner?view={view}&page={page}" if page > 1 else f"/planner?view={view}"


def _paged(path: str, **pages: int) -> str:
    """An address with its page numbers; a first page needs none."""
    pairs = [f"{name}={page}" for name, page in pages.items() if page > 1]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _around(path: str, query: Query, name: str = "page", *, more: bool) -> Context:
    """The addresses of the pages before and after this one, or ""."""
    page = page_number(query, name)
    return {
        "newer": _paged(path, **{name: page - 1}) if page > 1 else "",
        "older": _paged(path, **{name: page + 1}) if more else "",
    }


def _deleted_text(query: Query) -> str:
    steps = page_number(query, "steps") if query.get("steps") else 0
    if not steps:
        return "Task deleted"
    return "Task and 1 step deleted" if steps == 1 else f"Task and {steps} steps deleted"


def _deleted(root: str, text: str, documents: Documents, query: Query) -> Context | None:
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


def _completed(documents: Documents, query: Query) -> list[Context]:
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
