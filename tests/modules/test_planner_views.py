"""The Planner's views as pure functions: what hostile or clashing records do to them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aios.modules.planner import views
from aios.records.query import Query

IDS = [f"00000000-0000-7000-8000-{number:012d}" for number in range(6)]
QUERY = Query(
    params={},
    now="2026-11-24T09:00:00.000Z",
    zone="Europe/Lisbon",
    new_id=IDS[5],
    day="2026-11-24",
    bounds={
        "@now": "2026-11-24T09:00:00.000Z",
        "@dayStart": "2026-11-24T00:00:00.000Z",
        "@dayEnd": "2026-11-25T00:00:00.000Z",
        "@weekEnd": "2026-12-02T00:00:00.000Z",
    },
    user="mara",
    space=IDS[0],
    settings={},
)
EMPTY: dict[str, Any] = {
    "overdue": [], "today": [], "upcoming": [], "later": [], "all": [], "done": [], "subtasks": [], "projects": [],
    "overdue_count": 0, "today_count": 0, "upcoming_count": 0, "done_today": 0, "undeleted": None,
    "step_total": [], "step_done": [], "project_total": [], "project_done": [],
}  # fmt: skip


def task(task_id: str, parent: str | None = None, status: str = "pending", due: str | None = None) -> dict[str, Any]:
    return {
        "id": task_id, "title": task_id[-1], "status": status, "priority": "medium", "dueDate": due,
        "recurrenceRule": "none", "projectId": None, "parentTaskId": parent,
    }  # fmt: skip


def shown(context: dict[str, Any]) -> list[str]:
    """The titles in the main column, subtasks included."""
    rows = [row for section in context["sections"] for row in section["rows"]]
    return [each["title"] for row in rows for each in (row, *row["children"])]


PARENTS = st.lists(st.sampled_from([None, *IDS[:5]]), min_size=5, max_size=5)
STATUSES = st.lists(st.sampled_from(["pending", "in_progress", "completed"]), min_size=5, max_size=5)


@given(PARENTS, STATUSES)
def test_every_listed_task_is_shown_even_in_a_cycle(parents: list[str | None], statuses: list[str]) -> None:
    tasks = [task(*each) for each in zip(IDS, parents, statuses, strict=False)]
    subtasks = [each for each in tasks if each["parentTaskId"] and each["status"] != "completed"]
    documents = {**EMPTY, "today": tasks, "subtasks": subtasks}
    context = views.planner_page(documents, QUERY)
    assert {*shown(context)} == {*"01234"}
    rows = [row for section in context["sections"] for row in section["rows"]]
    assert all(child["title"] != row["title"] for row in rows for child in row["children"])


def test_only_one_level_is_nested() -> None:
    chain = [task(IDS[0]), task(IDS[1], IDS[0]), task(IDS[2], IDS[1])]
    (section,) = views.planner_page({**EMPTY, "today": chain, "subtasks": chain[1:]}, QUERY)["sections"]
    assert [(row["title"], [each["title"] for each in row["children"]]) for row in section["rows"]] == [
        ("0", ["1"]),
        ("2", []),
    ]


def test_due_is_said_as_short_as_it_stays_clear() -> None:
    documents = {
        **EMPTY,
        "overdue": [task(IDS[0], due="2026-11-20T23:59:00.000Z")],
        "today": [task(IDS[1], due="2026-11-24T12:00:00.000Z"), task(IDS[2], due="2026-11-24T23:59:00.000Z")],
        "upcoming": [task(IDS[3], due="2026-11-25T09:05:00.000Z")],
    }
    context = views.planner_page(documents, QUERY)
    assert [row["due"] for section in context["sections"] for row in section["rows"]] == [
        "Fri 20 Nov",
        "Today, 12:00",
        "Today",
    ]
    assert [row["late"] for section in context["sections"] for row in section["rows"]] == [True, False, False]
    assert [row["due"] for row in context["week"]] == ["Tomorrow, 09:05"]


def test_a_tile_says_what_is_due() -> None:
    assert views.tile({"overdue": 0, "today": 0}, QUERY) == {"value": "", "label": "Nothing due", "tone": ""}
    assert views.tile({"overdue": 0, "today": 3}, QUERY) == {"value": "3", "label": "due", "tone": ""}
    assert views.tile({"overdue": 1, "today": 3}, QUERY) == {"value": "4", "label": "due, 1 overdue", "tone": "warn"}
