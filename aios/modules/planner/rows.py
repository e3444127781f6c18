"""Tasks as lines of a list, with their steps under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.dates import due_text
from aios.modules.planner.done import done_today
from aios.modules.planner.recurring import repeats
from aios.modules.planner.rules import OPEN
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

DEEPEST = 3
"""How many levels of steps are indented; deeper ones stand at the last."""


def row(task: Document, names: dict[str, str], query: Query, opened: frozenset[str] = frozenset()) -> Context:
    """One task on one line. `names` are those of projects, `opened` the ids of all open tasks."""
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
        "due": due_text(task["dueDate"], query) if task["dueDate"] else "",
        "late": bool(task["dueDate"]) and not done and task["dueDate"] < query.bounds["@dayStart"],
        "project": names.get(task["projectId"] or "", ""),
        "part_of": "",
        "blocked": not done and any(each in opened for each in task["dependencyIds"]),
        "choice": f"{task['id']}~{task['status']}~{task['dueDate'] or ''}~{task['projectId'] or ''}",
        "moves": [],
        "repeats": repeats(task),
        "progress": progress(0, 0),
        "children": [],
    }


def progress(done: int, total: int) -> Context:
    """How far something is, in whole percent."""
    return {"done": done, "total": total, "percent": done * 100 // total if total else 0}


def names_of(documents: Documents) -> dict[str, str]:
    """The names of the projects that were read, by id."""
    return {project["id"]: project["name"] for project in documents["projects"]}


def nested(
    sections: list[list[Document]], documents: Documents, query: Query, *, steps: list[Document] | None = None
) -> list[list[Context]]:
    """Rows for the tasks of each section: a step stands under its task wherever that is shown, to any depth.

    `steps` are those that are shown only under a task. Each task is shown once, even in a cycle.
    """
    listed = {task["id"]: task for tasks in sections for task in tasks}
    if steps is None:
        steps = [*documents["subtasks"], *done_today(documents, query)]
    pool = {task["id"]: task for task in (*steps, *listed.values())}
    below = _steps_by_task(pool)
    names, counts, opened = names_of(documents), steps_of(documents), open_ids(documents)
    seen: set[str] = set()

    def seen_row(task: Document) -> Context:
        seen.add(task["id"])
        done, total = counts.get(task["id"], (0, 0))
        return {**row(task, names, query, opened), "progress": progress(done, total)}

    def tree(task: Document) -> Context:
        made = seen_row(task)
        waiting = [(each, made["children"], 1) for each in reversed(below.get(task["id"], []))]
        while waiting:
            step, siblings, level = waiting.pop()
            if step["id"] in seen:
                continue
            shown = seen_row(step)
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
    for task_id, top in made.items():
        top["part_of"] = titles.get(pool[task_id]["parentTaskId"] or "", "")
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
    reads = ("recent", "subtasks", "upcoming", "overdue", "today", "late", "later", "all", "someday")
    return {task["id"]: task["title"] for name in reads for task in documents[name]}


def open_ids(documents: Documents) -> frozenset[str]:
    """The ids of all open tasks: what waits for one of them is blocked."""
    return frozenset(key for key, _ in documents["open_ids"])


def steps_of(documents: Documents) -> dict[str, tuple[int, int]]:
    """Finished and all subtasks by the id of their parent."""
    done = dict(documents["step_done"])
    return {parent: (done.get(parent, 0), count) for parent, count in documents["step_total"]}
