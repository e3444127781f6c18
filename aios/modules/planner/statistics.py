"""Figures of all tasks, with small charts: whole numbers that the template draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.choices import PRIORITIES
from aios.modules.planner.rules import OPEN
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

DAYS = 14
_HEIGHT, _WIDTH = 48, 10
_MOST_PROJECTS = 8


def statistics_page(documents: Documents, query: Query) -> Context:
    """How much is open, done and late; what was done each day; what is open by priority and project."""
    tasks: list[Document] = documents["tasks"]
    opened = [each for each in tasks if each["status"] in OPEN]
    done = [each for each in tasks if each["status"] == "completed"]
    dated = [each for each in done if each["dueDate"]]
    on_time = [each for each in dated if each["updatedAt"] <= each["dueDate"]]
    late = [each for each in opened if each["dueDate"] and each["dueDate"] < query.bounds["@dayStart"]]
    names = {each["id"]: each["name"] for each in documents["projects"]}
    by_project = _counted([each["projectId"] for each in opened if each["projectId"] in names])
    top = sorted(by_project, key=lambda pair: (-pair[1], pair[0]))[:_MOST_PROJECTS]
    return {
        "title": "Statistics",
        "empty": not tasks,
        "figures": [
            {"label": "Open", "value": str(len(opened))},
            {"label": "Overdue", "value": str(len(late))},
            {"label": "Done", "value": str(len(done))},
            {"label": "On time", "value": f"{len(on_time) * 100 // len(dated)} %" if dated else "none yet"},
        ],
        "days": _days(done, query),
        "priorities": _shares(
            [(label, sum(each["priority"] == value for each in opened)) for value, label in reversed(PRIORITIES)]
        ),
        "projects": _shares([(names[each], count) for each, count in top]),
    }


def _days(done: list[Document], query: Query) -> list[Context]:
    """A column for each of the last days: how many tasks were last changed that day and are done."""
    counts = dict(_counted([when.local_day(each["updatedAt"], query.zone) for each in done]))
    days = [when.add_days(query.day, at - DAYS + 1) for at in range(DAYS)]
    most = max([1, *(counts.get(day, 0) for day in days)])
    columns: list[Context] = []
    for at, day in enumerate(days):
        height = counts.get(day, 0) * _HEIGHT // most
        columns.append(
            {
                "label": when.short_day(day, query.day),
                "count": counts.get(day, 0),
                "x": str(at * _WIDTH + 1),
                "y": str(_HEIGHT - height),
                "width": str(_WIDTH - 2),
                "height": str(height),
            }
        )
    return columns


def _counted(values: list[str]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for each in values:
        counts[each] = counts.get(each, 0) + 1
    return list(counts.items())


def _shares(pairs: list[tuple[str, int]]) -> list[Context]:
    most = max([1, *(count for _, count in pairs)])
    return [{"label": label, "count": count, "most": most} for label, count in pairs]
