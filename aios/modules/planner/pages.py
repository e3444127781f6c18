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
    from aios.records.collection import Document

CHANGED = (
    "This text was changed elsewhere while you wrote. What is saved stands below, yours is above. "
    "Take over what you need, then save again."
)
_CHOICES = ("priority", "status", "recurrenceRule")
_LINKS = ("projectId", "parentTaskId")
MOST_TOGETHER = 200
"""How many steps are deleted with their task, the nearest first."""

_DAY_START, _DAY_END, _WEEK_END = Param("@dayStart"), Param("@dayEnd"), Param("@weekEnd")
_OPEN = Condition("status", OPEN)
_DONE = Condition("status", ("completed",))
_NOT_CANCELLED = Condition("status", ("cancelled",), negate=True)
_TASK = {"task": Read(collection="tasks", id=Param("id"))}
_PROJECT = {"project": Read(collection="projects", id=Param("id"))}
_PROJECTS = {"projects": Read(collection="projects", index="name", limit=200)}
_COMPLETED = {"completed": Read(collection="tasks", id=Param("completed"))}
_RECENT = {"recent": Read(collection="tasks", descending=True, limit=100)}
"""What changed last: those of them that were completed today stay in their place until tomorrow."""
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


def complete_task(documents: Documents, form: Form, query: Query) -> Submission:
    """Tick a task and go back to where that was done; the page there then offers to open it again."""
    task = documents["task"]
    back = next_path(form, "planner", f"/planner/{task['id']}")
    started = "&was=in_progress" if task["status"] == "in_progress" else ""
    location = f"{back}{'&' if '?' in back else '?'}completed={task['id']}{started}"
    mutation = Mutation(op="update", collection="tasks", id=query.get("id"), fields={"status": "completed"})
    return Submission(mutations=(mutation,), location=location)


def reopen_task(_: Documents, form: Form, query: Query) -> Submission:
    """Open a task again, as it was before where the form knows that, and go back to where that was done."""
    task_id = query.get("id")
    status = value(form, "status") if value(form, "status") in OPEN else OPEN[0]
    mutation = Mutation(op="update", collection="tasks", id=task_id, fields={"status": status})
    return Submission(mutations=(mutation,), location=next_path(form, "planner", f"/planner/{task_id}"))


def delete_task(documents: Documents, _: Form, query: Query) -> Submission:
    """Move a task and its steps, to any depth, to the trash; the list then offers to take all back."""
    task_id = query.get("id")
    steps = _below(task_id, [*documents["steps"], *documents["deeper"]])[:MOST_TOGETHER]
    mutations = tuple(Mutation(op="delete", collection="tasks", id=each) for each in (task_id, *steps))
    count = f"&steps={len(steps)}" if steps else ""
    return Submission(mutations=mutations, location=f"/planner?deleted={task_id}{count}")


def restore_task(documents: Documents, _: Form, query: Query) -> Submission:
    """Take a task back from the trash, and the steps that went there with it.

    A step that was deleted before its task has a smaller revision, and stays deleted.
    """
    task_id = query.get("id")
    revs = {each["id"]: each["_rev"] for each in documents["trash"]}
    with_it = [each for each in documents["trash"] if each["_rev"] > revs.get(task_id, each["_rev"])]
    steps = _below(task_id, with_it)[:MOST_TOGETHER]
    mutations = tuple(Mutation(op="restore", collection="tasks", id=each) for each in (task_id, *steps))
    return Submission(mutations=mutations, location=f"/planner/{task_id}")


def _below(task_id: str, tasks: list[Document]) -> list[str]:
    """The ids of the steps of a task and of their steps, the nearest first, each once."""
    steps: dict[str, list[str]] = {}
    for task in tasks:
        if task["parentTaskId"]:
            steps.setdefault(task["parentTaskId"], []).append(task["id"])
    found = [task_id]
    seen = {task_id}
    for above in found:
        for each in steps.get(above, []):
            if each not in seen:
                seen.add(each)
                found.append(each)
    return found[1:]


def delete_project(_: Documents, __: Form, query: Query) -> Submission:
    """Move a project to the trash; the list of projects then offers to take it back. Its tasks stay."""
    project_id = query.get("id")
    mutation = Mutation(op="delete", collection="projects", id=project_id)
    return Submission(mutations=(mutation,), location=f"/planner/projects?deleted={project_id}")


def restore_project(_: Documents, __: Form, query: Query) -> Submission:
    """Take a project back from the trash."""
    project_id = query.get("id")
    mutation = Mutation(op="restore", collection="projects", id=project_id)
    return Submission(mutations=(mutation,), location=f"/planner/projects/{project_id}")


pages = (
    Page(
        path="/planner",
        template="planner/list.html",
        view=views.planner_page,
        params=("view", "page", "deleted", "steps", "completed", "was"),
        fragment="tasks",
        reads={
            "overdue": Read(collection="tasks", index="open", below=_DAY_START, limit=views.PAGE_SIZE),
            "late": Read(
                collection="tasks",
                index="open",
                below=_DAY_START,
                page="page",
                limit=views.PAGE_SIZE,
                when=("view", ("overdue",)),
            ),
            "today": Read(
                collection="tasks",
                index="dated",
                since=_DAY_START,
                below=_DAY_END,
                where=(_NOT_CANCELLED,),
                page="page",
                limit=views.PAGE_SIZE,
            ),
            "upcoming": Read(collection="tasks", index="open", since=_DAY_END, below=_WEEK_END, limit=views.WEEK_SIZE),
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
            "subtasks": Read(collection="tasks", index="parent", descending=True, where=(_OPEN,), limit=200),
            **_RECENT,
            **_COMPLETED,
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
        params=("page", "finished", "completed", "was"),
        reads={
            **_PROJECT,
            "open": Read(
                collection="tasks",
                index="due",
                where=(_OPEN, Condition("project", (Param("id"),), rare=True)),
                page="page",
                limit=views.PAGE_SIZE,
            ),
            "finished": Read(
                collection="tasks",
                index="project",
                equal=Param("id"),
                descending=True,
                where=(Condition("status", OPEN, negate=True),),
                page="finished",
                limit=views.PAGE_SIZE,
            ),
            **_RECENT,
            **_COMPLETED,
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
        params=("page", "completed", "was"),
        reads={
            **_TASK,
            "parent": Read(collection="tasks", id=Param("@task.parentTaskId")),
            "steps": Read(collection="tasks", index="parent", equal=Param("id"), page="page", limit=views.PAGE_SIZE),
            "done_count": Read(collection="tasks", index="parent", equal=Param("id"), where=(_DONE,), count=True),
            "total_count": Read(
                collection="tasks", index="parent", equal=Param("id"), where=(_NOT_CANCELLED,), count=True
            ),
            **_COMPLETED,
            **_PROJECTS,
        },
    ),
)

actions = (
    Action(path="/planner", method="POST", submit=create_task, retry="/planner/new"),
    Action(path="/planner/{id}", method="PUT", submit=save_task, reads=_TASK, needs="task", retry="/planner/{id}"),
    Action(
        path="/planner/{id}",
        method="DELETE",
        submit=delete_task,
        reads={
            **_TASK,
            "steps": Read(collection="tasks", index="parent", equal=Param("id"), limit=MOST_TOGETHER),
            "deeper": Read(collection="tasks", index="parent", descending=True, limit=1_000),
        },
        needs="task",
    ),
    Action(
        path="/planner/{id}/restoration",
        method="PUT",
        submit=restore_task,
        reads={"trash": Read(collection="tasks", deleted=True, limit=500)},
    ),
    Action(path="/planner/{id}/completion", method="PUT", submit=complete_task, reads=_TASK, needs="task"),
    Action(path="/planner/{id}/completion", method="DELETE", submit=reopen_task, reads=_TASK, needs="task"),
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
        submit=delete_project,
        reads=_PROJECT,
        needs="project",
    ),
    Action(path="/planner/projects/{id}/restoration", method="PUT", submit=restore_project),
)
