"""The Planner's pages and form posts: what each reads, and what each post means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules import Action, Page, Submission
from aios.modules.forms import Form, changed_elsewhere, next_path, record_id, value
from aios.modules.planner import views
from aios.modules.planner.rules import OPEN
from aios.records.mutation import Mutation
from aios.records.query import Condition, Documents, Param, Query, Read
from aios.records.text import text_hash, trim
from aios.web import when

if TYPE_CHECKING:
    from collections.abc import Callable

    from aios.records.collection import Document

CHANGED = (
    "This text was changed elsewhere while you wrote. What is saved stands below, yours is above. "
    "Take over what you need, then save again."
)
_CHOICES = ("priority", "status", "recurrenceRule")
_LINKS = ("projectId", "parentTaskId")

_DAY_START, _DAY_END, _WEEK_END = Param("@dayStart"), Param("@dayEnd"), Param("@weekEnd")
_OPEN = Condition("status", OPEN)
_DONE = Condition("status", ("completed",))
_NOT_CANCELLED = Condition("status", ("cancelled",), negate=True)
_TASK = {"task": Read(collection="tasks", id=Param("id"))}
_PROJECT = {"project": Read(collection="projects", id=Param("id"))}
_PROJECTS = {"projects": Read(collection="projects", index="name", limit=200)}
_PROJECT_COUNTS = {
    "project_done": Read(collection="tasks", index="project", group=True, where=(_DONE,)),
    "project_total": Read(collection="tasks", index="project", group=True, where=(_NOT_CANCELLED,)),
}


def create_task(_: Documents, form: Form, query: Query) -> Submission:
    """Keep a new task, from a whole form or from a quick one."""
    fields, errors = _task_fields(form, query)
    if errors:
        return Submission(errors=errors)
    task_id = record_id(form, query)
    mutation = Mutation(op="create", collection="tasks", id=task_id, fields=fields)
    return Submission(mutations=(mutation,), location=next_path(form, "planner", f"/planner/{task_id}"))


def save_task(documents: Documents, form: Form, query: Query) -> Submission:
    """Keep what was changed, unless the notes were changed elsewhere since the form was opened."""
    task = documents["task"]
    fields, errors = _task_fields(form, query)
    if changed_elsewhere(form, "userNotes", task["userNotes"]):
        errors["userNotes"] = CHANGED
    if errors:
        return Submission(errors=errors)
    bases = {"userNotes": text_hash(task["userNotes"])}
    mutation = Mutation(op="update", collection="tasks", id=task["id"], fields=fields, bases=bases)
    return Submission(mutations=(mutation,), location=next_path(form, "planner", f"/planner/{task['id']}"))


def create_project(_: Documents, form: Form, query: Query) -> Submission:
    """Keep a new project."""
    fields, errors = _project_fields(form)
    if errors:
        return Submission(errors=errors)
    project_id = record_id(form, query)
    mutation = Mutation(op="create", collection="projects", id=project_id, fields=fields)
    return Submission(mutations=(mutation,), location=f"/planner/projects/{project_id}")


def save_project(documents: Documents, form: Form, _: Query) -> Submission:
    """Keep what was changed, unless the description was changed elsewhere since the form was opened."""
    project = documents["project"]
    fields, errors = _project_fields(form)
    if changed_elsewhere(form, "description", project["description"]):
        errors["description"] = CHANGED
    if errors:
        return Submission(errors=errors)
    bases = {"description": text_hash(project["description"])}
    mutation = Mutation(op="update", collection="projects", id=project["id"], fields=fields, bases=bases)
    return Submission(mutations=(mutation,), location=f"/planner/projects/{project['id']}")


def _task_fields(form: Form, query: Query) -> tuple[Document, dict[str, str]]:
    """The fields that the form holds, as the record has them, and a sentence for each that cannot be read."""
    fields: Document = {"title": trim(value(form, "title"))}
    errors: dict[str, str] = {} if fields["title"] else {"title": "Write what is to be done."}
    fields |= {name: value(form, name) for name in ("userNotes", *_CHOICES) if name in form}
    fields |= {name: value(form, name) or None for name in _LINKS if name in form}
    given = f"{query.day}T{views.ALL_DAY}" if value(form, "due") == "today" else value(form, "dueDate")
    if given:
        try:
            fields["dueDate"] = when.from_local_input(given, query.zone)
        except ValueError:
            errors["dueDate"] = "Choose a day and a time, or leave both empty."
    elif "dueDate" in form:
        fields["dueDate"] = None
    return fields, errors


def _project_fields(form: Form) -> tuple[Document, dict[str, str]]:
    fields: Document = {"name": trim(value(form, "name"))}
    if "description" in form:
        fields["description"] = value(form, "description")
    return fields, {} if fields["name"] else {"name": "Give the project a name."}


def _set_status(status: str) -> Callable[[Documents, Form, Query], Submission]:
    """A submit that gives a task this status and goes back to where it was ticked."""

    def submit(_: Documents, form: Form, query: Query) -> Submission:
        task_id = query.get("id")
        mutation = Mutation(op="update", collection="tasks", id=task_id, fields={"status": status})
        return Submission(mutations=(mutation,), location=next_path(form, "planner", f"/planner/{task_id}"))

    return submit


def _delete(collection: str, root: str) -> Callable[[Documents, Form, Query], Submission]:
    """A submit that moves a record to the trash; the page at `root` then offers to take it back."""

    def submit(_: Documents, __: Form, query: Query) -> Submission:
        record = query.get("id")
        mutation = Mutation(op="delete", collection=collection, id=record)
        return Submission(mutations=(mutation,), location=f"{root}?deleted={record}")

    return submit


def _restore(collection: str, root: str) -> Callable[[Documents, Form, Query], Submission]:
    """A submit that takes a record back from the trash."""

    def submit(_: Documents, __: Form, query: Query) -> Submission:
        record = query.get("id")
        mutation = Mutation(op="restore", collection=collection, id=record)
        return Submission(mutations=(mutation,), location=f"{root}/{record}")

    return submit


pages = (
    Page(
        path="/planner",
        template="planner/list.html",
        view=views.planner_page,
        params=("view", "page", "deleted"),
        fragment="tasks",
        reads={
            "overdue": Read(collection="tasks", index="open", below=_DAY_START, limit=100),
            "today": Read(collection="tasks", index="open", since=_DAY_START, below=_DAY_END, limit=100),
            "upcoming": Read(collection="tasks", index="open", since=_DAY_END, below=_WEEK_END, limit=20),
            "later": Read(
                collection="tasks",
                index="open",
                since=_DAY_END,
                page="page",
                limit=views.PAGE_SIZE,
                when=("view", ("upcoming",)),
            ),
            "all": Read(
                collection="tasks",
                index="due",
                where=(_OPEN,),
                page="page",
                limit=views.PAGE_SIZE,
                when=("view", ("all",)),
            ),
            "done": Read(
                collection="tasks",
                descending=True,
                where=(Condition("status", OPEN, negate=True),),
                page="page",
                limit=views.PAGE_SIZE,
                when=("view", ("done",)),
            ),
            "overdue_count": Read(collection="tasks", index="open", below=_DAY_START, count=True),
            "today_count": Read(collection="tasks", index="open", since=_DAY_START, below=_DAY_END, count=True),
            "upcoming_count": Read(collection="tasks", index="open", since=_DAY_END, below=_WEEK_END, count=True),
            "done_today": Read(
                collection="tasks", index="due", since=_DAY_START, below=_DAY_END, where=(_DONE,), count=True
            ),
            "subtasks": Read(collection="tasks", index="parent", where=(_OPEN,), limit=200),
            "step_total": Read(collection="tasks", index="parent", group=True, where=(_NOT_CANCELLED,)),
            "step_done": Read(collection="tasks", index="parent", group=True, where=(_DONE,)),
            **_PROJECTS,
            **_PROJECT_COUNTS,
            "undeleted": Read(collection="tasks", id=Param("deleted")),
        },
    ),
    Page(
        path="/planner/new",
        template="planner/new.html",
        view=views.new_task_page,
        params=("projectId",),
        reads=_PROJECTS,
    ),
    Page(
        path="/planner/projects",
        template="planner/projects.html",
        view=views.projects_page,
        params=("deleted",),
        reads={**_PROJECTS, **_PROJECT_COUNTS, "undeleted": Read(collection="projects", id=Param("deleted"))},
    ),
    Page(
        path="/planner/projects/new",
        template="planner/new_project.html",
        view=views.new_project_page,
        reads={},
    ),
    Page(
        path="/planner/projects/{id}",
        template="planner/project.html",
        view=views.project_page,
        needs="project",
        reads={
            **_PROJECT,
            "open": Read(collection="tasks", index="project", equal=Param("id"), where=(_OPEN,), limit=200),
            "finished": Read(
                collection="tasks",
                index="project",
                equal=Param("id"),
                descending=True,
                where=(Condition("status", OPEN, negate=True),),
            ),
            "done_count": Read(collection="tasks", index="project", equal=Param("id"), where=(_DONE,), count=True),
            "total_count": Read(
                collection="tasks", index="project", equal=Param("id"), where=(_NOT_CANCELLED,), count=True
            ),
        },
    ),
    Page(
        path="/planner/{id}",
        template="planner/task.html",
        view=views.task_page,
        needs="task",
        reads={
            **_TASK,
            "parent": Read(collection="tasks", id=Param("@task.parentTaskId")),
            "steps": Read(collection="tasks", index="parent", equal=Param("id"), limit=200),
            **_PROJECTS,
        },
    ),
)

actions = (
    Action(path="/planner", method="POST", submit=create_task, retry="/planner/new"),
    Action(path="/planner/{id}", method="PUT", submit=save_task, reads=_TASK, needs="task", retry="/planner/{id}"),
    Action(path="/planner/{id}", method="DELETE", submit=_delete("tasks", "/planner"), reads=_TASK, needs="task"),
    Action(path="/planner/{id}/restoration", method="PUT", submit=_restore("tasks", "/planner")),
    Action(path="/planner/{id}/completion", method="PUT", submit=_set_status("completed"), reads=_TASK, needs="task"),
    Action(path="/planner/{id}/completion", method="DELETE", submit=_set_status("pending"), reads=_TASK, needs="task"),
    Action(path="/planner/projects", method="POST", submit=create_project, retry="/planner/projects/new"),
    Action(
        path="/planner/projects/{id}",
        method="PUT",
        submit=save_project,
        reads=_PROJECT,
        needs="project",
        retry="/planner/projects/{id}",
    ),
    Action(
        path="/planner/projects/{id}",
        method="DELETE",
        submit=_delete("projects", "/planner/projects"),
        reads=_PROJECT,
        needs="project",
    ),
    Action(path="/planner/projects/{id}/restoration", method="PUT", submit=_restore("projects", "/planner/projects")),
)
