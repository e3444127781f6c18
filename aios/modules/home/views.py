"""What Home shows: the day, the modules, and where the person left off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.records.stubs import words
from aios.web.when import clock, local_day, long_day, moment, short_day

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

MORNING, AFTERNOON, EVENING = 5, 12, 18
DAY_ONLY = "23:59"
"""How the Planner keeps a day without a time: its last minute."""


def show(documents: Documents, query: Query) -> Context:
    """`tiles` come from the modules themselves; the rest reads tasks that are due and the latest notes."""
    planner, notebook = _enabled(query, "planner"), _enabled(query, "notebook")
    due: list[Context] = [_due(task, query) for task in documents["due"]] if planner else []
    recent = [_note(note, query) for note in documents["recent"]] if notebook else []
    total = documents["due_count"]
    return {
        "title": "Home",
        "greeting": f"{_greeting(query)}, {query.user}",
        "day": query.day,
        "date": long_day(query.day),
        "tiles": documents["tiles"],
        "as_list": query.settings["moduleViewMode"] == "list",
        "new": planner and notebook and documents["task_count"] == 0 and documents["note_count"] == 0,
        "planner": planner,
        "due": due,
        "due_summary": "1 task due" if total == 1 else f"{total} tasks due",
        "more": total > len(due),
        "recent": recent,
    }


def _greeting(query: Query) -> str:
    hour = int(clock(query.now, query.zone)[:2])
    if MORNING <= hour < AFTERNOON:
        return "Good morning"
    return "Good afternoon" if AFTERNOON <= hour < EVENING else "Good evening"


def _enabled(query: Query, name: str) -> bool:
    chosen: list[str] = query.settings["enabledModules"]
    return not chosen or name in chosen


def _due(task: dict[str, Any], query: Query) -> Context:
    late = task["dueDate"] < query.bounds["@dayStart"]
    time = clock(task["dueDate"], query.zone)
    day = short_day(local_day(task["dueDate"], query.zone), query.day)
    return {
        "title": task["title"],
        "href": f"/planner/{task['id']}",
        "priority": task["priority"],
        "late": late,
        "when": f"Was due {day}" if late else day if time == DAY_ONLY else f"By {time}",
    }


def _note(note: dict[str, Any], query: Query) -> Context:
    count = words(note, "bodyMarkdown")
    return {
        "title": note["title"],
        "href": f"/notebook/{note['id']}",
        "words": count,
        "unit": "word" if count == 1 else "words",
        "when": moment(note["updatedAt"], query.zone, query.now),
        "changed": note["updatedAt"],
    }
