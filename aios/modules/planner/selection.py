"""Several tasks at once: complete, move, reschedule, delete, and the way back from each.

A selected task says what it was, `id~status~due~project`; the way back stands in the address, `id~what it
was` joined by `_`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from aios.modules import Submission
from aios.modules.forms import Form, next_path, value
from aios.modules.planner.dates import ALL_DAY
from aios.modules.planner.posts import below
from aios.modules.planner.recurring import next_task
from aios.modules.planner.rules import OPEN
from aios.records.clock import from_wire, to_wire
from aios.records.ids import is_id
from aios.records.mutation import Mutation
from aios.web import when

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

MOST = 100
"""How many tasks are changed together: the way back has to fit into an address."""
_DONE = {"complete": "completed", "move": "moved", "reschedule": "rescheduled", "delete": "deleted"}
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MS = re.compile("-?[0-9]{1,15}")
_SHIFTS = {"today": 0, "tomorrow": 1, "week": 7}


class Chosen(NamedTuple):
    """A selected task, as it was when it was shown."""

    id: str
    status: str
    due: str
    project: str


def change_selected(documents: Documents, form: Form, query: Query) -> Submission:
    """Do with all selected tasks what the button says, and go back; the page there offers to undo it."""
    back = next_path(form, "planner", "/planner")
    act, chosen = value(form, "act") or ("reschedule" if value(form, "day") else ""), _chosen(form)
    if act == "undo":
        return Submission(mutations=tuple(_undone(documents, form)), location=back)
    if act == "complete":
        chosen = [each for each in chosen if each.status in OPEN]
        changes, was = _completed(chosen, documents, query), [each.status[:1] for each in chosen]
    elif act == "move":
        project = value(form, "projectId") or None
        changes, was = _set(chosen, "projectId", [project] * len(chosen)), [each.project for each in chosen]
    elif act == "reschedule" and (dues := _dues(chosen, form, query)) is not None:
        changes, was = _set(chosen, "dueDate", dues), [_ms(each.due) for each in chosen]
    elif act == "delete":
        steps = [step for each in chosen for step in below(each.id, [*documents["steps"]])]
        ids = list(dict.fromkeys([*(each.id for each in chosen), *steps]))[: MOST * 2]
        chosen = [Chosen(each, "", "", "") for each in ids]
        changes = [Mutation(op="delete", collection="tasks", id=each) for each in ids]
        was = [""] * len(ids)
    else:
        return Submission(location=back)
    if not chosen:
        return Submission(location=back)
    way = "_".join(f"{each.id}~{before}" for each, before in zip(chosen, was, strict=True))
    return Submission(mutations=tuple(changes), location=f"{back}{'&' if '?' in back else '?'}undo={act}&tasks={way}")


def selection_undo(query: Query) -> list[Context]:
    """What was just done with several tasks, and what undoing it has to send."""
    act, way = query.get("undo"), query.get("tasks")
    count = len(_way(way))
    if act not in _DONE or not count:
        return []
    return [{"text": f"{count} {'task' if count == 1 else 'tasks'} {_DONE[act]}", "of": act, "tasks": way}]


def _chosen(form: Form) -> list[Chosen]:
    found: dict[str, Chosen] = {}
    for given in form.get("task", []):
        each = Chosen(*(*given.split("~"), "", "", "")[:4])
        if is_id(each.id):
            found.setdefault(each.id, each)
    return list(found.values())[:MOST]


def _completed(chosen: list[Chosen], documents: Documents, query: Query) -> list[Mutation]:
    repeating = {each["id"]: each for each in documents["repeating"]}
    made = {each["previousTaskId"] for each in documents["made"]}
    changes = _set(chosen, "status", ["completed"] * len(chosen))
    for each in chosen:
        if each.id in repeating and each.id not in made:
            following = next_task(repeating[each.id], documents["trash"], query)
            changes += [following] if following else []
    return changes


def _set(chosen: list[Chosen], field: str, values: Sequence[str | None]) -> list[Mutation]:
    return [
        Mutation(op="update", collection="tasks", id=each.id, fields={field: given})
        for each, given in zip(chosen, values, strict=True)
    ]


def _dues(chosen: list[Chosen], form: Form, query: Query) -> Sequence[str | None] | None:
    """The day that was asked for, for each at its own time; None where none was."""
    day = value(form, "day") or value(form, "date")
    if day == "none":
        return [None for _ in chosen]
    if day in _SHIFTS:
        day = when.add_days(query.day, _SHIFTS[day])
    if not _DAY.fullmatch(day):
        return None
    try:
        return [
            when.from_local_input(f"{day}T{when.clock(each.due, query.zone) if _ms(each.due) else ALL_DAY}", query.zone)
            for each in chosen
        ]
    except ValueError:
        return None


def _ms(due: str) -> str:
    try:
        return str(from_wire(due))
    except (ValueError, OverflowError):
        return ""


def _way(text: str) -> list[tuple[str, str]]:
    """Ids, and what each was."""
    pairs = [each.partition("~") for each in text.split("_")]
    return [(task_id, was) for task_id, _, was in pairs if is_id(task_id)][: MOST * 2]


def _undone(documents: Documents, form: Form) -> list[Mutation]:
    act, way = value(form, "of"), _way(value(form, "tasks"))
    if act == "delete":
        return [Mutation(op="restore", collection="tasks", id=task_id) for task_id, _ in way]
    fields: list[tuple[str, Document]] = []
    if act == "complete":
        fields = [(task_id, {"status": "in_progress" if was == "i" else "pending"}) for task_id, was in way]
    elif act == "move":
        fields = [(task_id, {"projectId": was or None}) for task_id, was in way]
    elif act == "reschedule":
        fields = [(task_id, {"dueDate": to_wire(int(was)) if _MS.fullmatch(was) else None}) for task_id, was in way]
    changes = [Mutation(op="update", collection="tasks", id=task_id, fields=each) for task_id, each in fields]
    ids = {task_id for task_id, _ in way if act == "complete"}
    made = [each["id"] for each in documents["made"] if each["previousTaskId"] in ids and each["status"] in OPEN]
    return [*changes, *(Mutation(op="delete", collection="tasks", id=each) for each in made)]
