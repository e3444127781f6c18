"""What the Planner's pages for one task or project show. Pure functions of documents and query (docs/parity.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.conflict import conflict_path
from aios.modules.forms import shown
from aios.modules.planner.choices import choices
from aios.modules.planner.dates import ALL_DAY
from aios.modules.planner.dependencies import waiting
from aios.modules.planner.done import PAGE_SIZE, done_today, merged
from aios.modules.planner.parts import around, completed_undo, deleted_toast, paged, project_rows, quick_form
from aios.modules.planner.rows import names_of, open_ids, progress, row
from aios.records.query import page_number
from aios.records.text import text_hash
from aios.web import when

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query


def new_task_page(documents: Documents, query: Query) -> Context:
    """An empty task, or the one that was refused."""
    return {
        "title": "New task",
        "id": query.form.get("id", query.new_id),
        "parentTaskId": query.form.get("parentTaskId", ""),
        "next": query.form.get("next", ""),
        "fields": {
            "title": query.form.get("title", query.form.get("quick", "")),
            "userNotes": query.form.get("userNotes", ""),
            "dueDate": query.form.get("dueDate", f"{query.day}T{ALL_DAY}" if query.form.get("due") == "today" else ""),
            "priority": query.form.get("priority", "medium"),
            "status": "pending",
            "recurrenceRule": query.form.get("recurrenceRule", "none"),
            "rrule": query.form.get("rrule", ""),
            "reminderMinutes": query.form.get("reminderMinutes", ""),
            "projectId": query.form.get("projectId", query.get("projectId")),
        },
        "choices": choices(
            documents, query.form.get("projectId", query.get("projectId")), query.form.get("reminderMinutes", "")
        ),
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
        "rrule": task["rrule"] or "",
        "reminderMinutes": "" if task.get("reminderMinutes") is None else str(task["reminderMinutes"]),
        "projectId": task["projectId"] or "",
    }
    path = f"/planner/{task['id']}"
    return {
        "title": task["title"],
        "path": path,
        "here": paged(path, page=page_number(query)),
        "completion": f"{path}/completion",
        "conflict": conflict_path(task, "userNotes", path),
        "history": f"/history/tasks/{task['id']}",
        "completed": task["status"] == "completed",
        "fields": {name: query.form.get(name, given) for name, given in stored.items()},
        "base_rev": query.form.get("baseRev", str(task["_rev"])),
        "base": query.form.get("bases.userNotes", text_hash(task["userNotes"])),
        "shown": shown(query, {name: text for name, text in stored.items() if name != "userNotes"}),
        **waiting(documents),
        "assistant_notes": task["aiNotes"],
        "parent": [{"href": f"/planner/{parent['id']}", "title": parent["title"]}] if parent is not None else [],
        # In the order in which they were written, done or not: ticking one moves none.
        "steps": [row(step, names_of(documents), query, open_ids(documents)) for step in documents["steps"]],
        **around(path, query, more=len(documents["steps"]) == PAGE_SIZE),
        "progress": progress(documents["done_count"], documents["total_count"]),
        "undo": completed_undo(documents, query),
        "quick": quick_form("Add a step", query, project=task["projectId"] or "", parent=task["id"]),
        "choices": choices(documents, stored["projectId"], stored["reminderMinutes"]),
    }


def projects_page(documents: Documents, query: Query) -> Context:
    """All projects, and how far each is."""
    return {
        "title": "Projects",
        "projects": project_rows(documents),
        "toast": deleted_toast("/planner/projects", "Project deleted, its tasks are kept", documents, query),
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
    kept = [task for task in done_today(documents, query) if task["projectId"] == project["id"]]
    listed = merged(documents["open"], kept, PAGE_SIZE)
    ids = {task["id"] for task in listed}
    still_open: int = documents["total_count"] - documents["done_count"]
    return {
        "title": project["name"],
        "path": path,
        "here": paged(path, page=page_number(query), finished=page_number(query, "finished")),
        "conflict": conflict_path(project, "description", path),
        "history": f"/history/projects/{project['id']}",
        "fields": {
            "name": query.form.get("name", project["name"]),
            "description": query.form.get("description", project["description"]),
        },
        "base_rev": query.form.get("baseRev", str(project["_rev"])),
        "base": query.form.get("bases.description", text_hash(project["description"])),
        "shown": shown(query, {"name": project["name"]}),
        "progress": progress(documents["done_count"], documents["total_count"]),
        "board": f"/planner/board?project={project['id']}",
        "open": [row(task, names, query, open_ids(documents)) for task in listed],
        "open_count": still_open,
        **around(path, query, more=page_number(query) * PAGE_SIZE < still_open),
        "finished": [row(task, names, query) for task in documents["finished"] if task["id"] not in ids],
        "finished_pages": around(path, query, "finished", more=len(documents["finished"]) == PAGE_SIZE),
        "quick": quick_form("Add a task to this project", query, project=project["id"]),
        "undo": completed_undo(documents, query),
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
