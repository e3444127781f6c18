"""What the Planner's form posts mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aios.modules import Submission
from aios.modules.forms import Form, bases, edited, next_path, record_id, seen_rev, value
from aios.modules.planner.dates import ALL_DAY
from aios.modules.planner.quick import fields_of
from aios.modules.planner.recurring import next_task
from aios.modules.planner.rules import OPEN
from aios.records.mutation import Mutation
from aios.records.recurrence import refusal
from aios.records.text import trim
from aios.web import when
from aios.web.quick import understand

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Documents, Query

_CHOICES = ("priority", "status", "recurrenceRule")
_LINKS = ("projectId", "parentTaskId")
_MINUTES = re.compile("[0-9]{1,5}")
NO_TITLE = "Write what is to be done."
NO_TIME = "Choose a day and a time, or leave both empty."
MOST_TOGETHER = 200
"""How many steps are deleted with their task, the nearest first."""


def create_task(documents: Documents, form: Form, query: Query) -> Submission:
    """Keep a new task: from a whole form, or from one line in the field `quick` (docs/planner.md, "Quick add")."""
    fields, errors = _task_fields(form, query) if "title" in form else _quick_fields(documents, form, query)
    if errors:
        return Submission(errors=errors)
    task_id = record_id(form, query)
    mutation = Mutation(op="create", collection="tasks", id=task_id, fields=fields)
    return Submission(mutations=(mutation,), location=next_path(form, "planner", f"/planner/{task_id}"))


def save_task(documents: Documents, form: Form, query: Query) -> Submission:
    """Keep what was changed; the write path joins it with what was changed elsewhere meanwhile."""
    task = documents["task"]
    fields, errors = _task_fields(form, query)
    if errors:
        return Submission(errors=errors)
    mutation = _update("tasks", task["id"], edited(form, fields), form, "userNotes")
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
    """Keep what was changed; the write path joins it with what was changed elsewhere meanwhile."""
    project = documents["project"]
    fields, errors = _project_fields(form)
    if errors:
        return Submission(errors=errors)
    mutation = _update("projects", project["id"], edited(form, fields), form, "description")
    return Submission(mutations=(mutation,), location=f"/planner/projects/{project['id']}")


def _update(collection: str, record_id: str, fields: Document, form: Form, text: str) -> Mutation:
    return Mutation(
        op="update",
        collection=collection,
        id=record_id,
        fields=fields,
        bases=bases(form, text),
        base_rev=seen_rev(form),
    )


def _quick_fields(documents: Documents, form: Form, query: Query) -> tuple[Document, dict[str, str]]:
    """What one line says, and where it says nothing, what the form adds: a day, a project, a task above."""
    fields = {name: value(form, name) for name in _LINKS if value(form, name)}
    if value(form, "due") == "today":
        fields["dueDate"] = when.from_local_input(f"{query.day}T{ALL_DAY}", query.zone)
    try:
        fields |= fields_of(understand(value(form, "quick"), documents["projects"], query), query)
    except ValueError:
        return fields, {"dueDate": NO_TIME}
    return fields, {} if fields["title"] else {"title": NO_TITLE}


def _task_fields(form: Form, query: Query) -> tuple[Document, dict[str, str]]:
    """The fields that the form holds, as the record has them, and a sentence for each that cannot be read."""
    fields: Document = {"title": trim(value(form, "title"))}
    errors: dict[str, str] = {} if fields["title"] else {"title": NO_TITLE}
    fields |= {name: value(form, name) for name in ("userNotes", *_CHOICES) if name in form}
    fields |= {name: value(form, name) or None for name in _LINKS if name in form}
    if "rrule" in form:
        fields["rrule"] = value(form, "rrule") or None
        if value(form, "recurrenceRule") == "custom" and (why := refusal(value(form, "rrule"))):
            errors["rrule"] = why
    if "reminderMinutes" in form:
        fields["reminderMinutes"] = _minutes(value(form, "reminderMinutes"))
    given = f"{query.day}T{ALL_DAY}" if value(form, "due") == "today" else value(form, "dueDate")
    if given:
        try:
            fields["dueDate"] = when.from_local_input(given, query.zone)
        except ValueError:
            errors["dueDate"] = NO_TIME
    elif "dueDate" in form:
        fields["dueDate"] = None
    return fields, errors


def _minutes(given: str) -> int | None:
    return int(given) if _MINUTES.fullmatch(given) else None


def _project_fields(form: Form) -> tuple[Document, dict[str, str]]:
    fields: Document = {"name": trim(value(form, "name"))}
    if "description" in form:
        fields["description"] = value(form, "description")
    return fields, {} if fields["name"] else {"name": "Give the project a name."}


def complete_task(documents: Documents, form: Form, query: Query) -> Submission:
    """Tick a task and go back to where that was done; the page there then offers to open it again.

    One that comes again makes the next, unless that is there already.
    """
    task = documents["task"]
    back = next_path(form, "planner", f"/planner/{task['id']}")
    started = "&was=in_progress" if task["status"] == "in_progress" else ""
    location = f"{back}{'&' if '?' in back else '?'}completed={task['id']}{started}"
    done = Mutation(op="update", collection="tasks", id=query.get("id"), fields={"status": "completed"})
    following = None if documents["following"] else next_task(task, documents["trash"], query)
    return Submission(mutations=(done, following) if following else (done,), location=location)


def reopen_task(documents: Documents, form: Form, query: Query) -> Submission:
    """Open a task again, as it was before where the form knows that, and go back to where that was done.

    Undoing, which knows it, also takes back the next task that completing has made.
    """
    task_id = query.get("id")
    status = value(form, "status") if value(form, "status") in OPEN else OPEN[0]
    mutation = Mutation(op="update", collection="tasks", id=task_id, fields={"status": status})
    made = [each["id"] for each in documents["following"] if "status" in form and each["status"] in OPEN]
    taken = tuple(Mutation(op="delete", collection="tasks", id=each) for each in made)
    return Submission(mutations=(mutation, *taken), location=next_path(form, "planner", f"/planner/{task_id}"))


def delete_task(documents: Documents, _: Form, query: Query) -> Submission:
    """Move a task and its steps, to any depth, to the trash; the list then offers to take all back."""
    task_id = query.get("id")
    steps = below(task_id, [*documents["steps"], *documents["deeper"]])[:MOST_TOGETHER]
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
    steps = below(task_id, with_it)[:MOST_TOGETHER]
    mutations = tuple(Mutation(op="restore", collection="tasks", id=each) for each in (task_id, *steps))
    return Submission(mutations=mutations, location=f"/planner/{task_id}")


def below(task_id: str, tasks: list[Document]) -> list[str]:
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
