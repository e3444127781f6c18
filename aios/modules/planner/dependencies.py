"""What a task waits for. Cycles are refused where it is written (rules.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules import Submission
from aios.modules.forms import Form, value
from aios.records.ids import is_id
from aios.records.mutation import Mutation

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query


def waiting(documents: Documents) -> Context:
    """For a task's page: the open tasks that it waits for, those that wait for it, and what else it could wait for."""
    task = documents["task"]
    known = {task["id"], *task["dependencyIds"]}
    return {
        "waits": [
            {"id": each["id"], "href": f"/planner/{each['id']}", "title": each["title"]} for each in documents["waits"]
        ],
        "blocks": [{"href": f"/planner/{each['id']}", "title": each["title"]} for each in documents["blocks"]],
        "others": [
            {"value": each["id"], "label": each["title"]} for each in documents["others"] if each["id"] not in known
        ],
    }


def add_dependency(documents: Documents, form: Form, _: Query) -> Submission:
    """Let a task wait for another."""
    return _change(documents, form, wanted=True)


def remove_dependency(documents: Documents, form: Form, _: Query) -> Submission:
    """Let a task no longer wait for another."""
    return _change(documents, form, wanted=None)


def _change(documents: Documents, form: Form, *, wanted: bool | None) -> Submission:
    task_id, other = documents["task"]["id"], value(form, "other")
    if not is_id(other):
        return Submission(errors={"dependencyIds": "Choose the task that comes first."})
    mutation = Mutation(op="update", collection="tasks", id=task_id, fields={f"dependencyIds/{other}": wanted})
    return Submission(mutations=(mutation,), location=f"/planner/{task_id}")
