"""The Planner's views as pure functions: what hostile or clashing records do to them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios.modules.planner import list as listed
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
    "overdue": [], "today": [], "upcoming": [], "late": [], "later": [], "all": [], "done": [],
    "someday": [], "open_ids": [],
    "subtasks": [], "projects": [], "recent": [], "completed": None,
    "overdue_count": 0, "today_count": 0, "upcoming_count": 0, "done_today": 0, "undeleted": None,
    "step_total": [], "step_done": [], "project_total": [], "project_done": [],
}  # fmt: skip


def task(task_id: str, parent: str | None = None, status: str = "pending", due: str | None = None) -> dict[str, Any]:
    return {
        "id": task_id, "title": task_id[-1], "status": status, "priority": "medium", "dueDate": due,
        "recurrenceRule": "none", "rrule": None, "projectId": None, "parentTaskId": parent, "dependencyIds": [],
        "createdAt": "2026-11-20T08:00:00.000Z", "updatedAt": "2026-11-20T08:00:00.000Z",
    }  # fmt: skip


def ticked(given: dict[str, Any]) -> dict[str, Any]:
    """The task, completed this morning."""
    return {**given, "status": "completed", "updatedAt": "2026-11-24T08:00:00.000Z"}


def asking(**params: str) -> Query:
    return msgspec.structs.replace(QUERY, params=params)


def flat(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows and all under them, in the order of the page."""
    return [each for row in rows for each in (row, *flat(row["children"]))]


def shown(context: dict[str, Any]) -> list[str]:
    """The titles in the main column, steps included."""
    return [row["title"] for section in context["sections"] for row in flat(section["rows"])]


def outline(rows: list[dict[str, Any]]) -> list[Any]:
    return [[row["title"], *outline(row["children"])] for row in rows]


PARENTS = st.lists(st.sampled_from([None, *IDS[:5]]), min_size=5, max_size=5)
STATUSES = st.lists(st.sampled_from(["pending", "in_progress", "completed"]), min_size=5, max_size=5)


@given(PARENTS, STATUSES, st.permutations(range(5)))
def test_every_listed_task_is_shown_once_even_in_a_cycle(
    parents: list[str | None], statuses: list[str], order: list[int]
) -> None:
    made = [task(*each) for each in zip(IDS, parents, statuses, strict=False)]
    tasks = [made[place] for place in order]
    subtasks = [each for each in tasks if each["parentTaskId"] and each["status"] != "completed"]
    today = listed.planner_page({**EMPTY, "today": tasks, "subtasks": subtasks}, QUERY)
    assert sorted(shown(today)) == [*"01234"]
    every = listed.planner_page({**EMPTY, "all": tasks, "subtasks": subtasks}, asking(view="all"))
    assert sorted(shown(every)) == [*"01234"]


def test_steps_are_nested_to_any_depth_and_indented_three_times() -> None:
    chain = [task(each, IDS[number - 1] if number else None) for number, each in enumerate(IDS)]
    expected = [["0", ["1", ["2", ["3"], ["4"], ["5"]]]]]
    (section,) = listed.planner_page({**EMPTY, "today": chain[:1], "subtasks": chain[:0:-1]}, QUERY)["sections"]
    assert outline(section["rows"]) == expected
    (section,) = listed.planner_page({**EMPTY, "all": chain[::-1]}, asking(view="all"))["sections"]
    assert outline(section["rows"]) == expected


def test_a_very_long_chain_of_steps_is_shown() -> None:
    ids = [f"00000000-0000-7000-8000-{number:012d}" for number in range(1500)]
    chain = [task(each, ids[number - 1] if number else None) for number, each in enumerate(ids)]
    assert len(shown(listed.planner_page({**EMPTY, "today": chain[:1], "subtasks": chain[1:]}, QUERY))) == len(ids)


def test_a_step_stands_under_its_task_across_sections_and_only_there() -> None:
    late, step = task(IDS[0], due="2026-11-20T23:59:00.000Z"), task(IDS[1], IDS[0], due="2026-11-24T12:00:00.000Z")
    documents = {**EMPTY, "overdue": [late], "today": [step, task(IDS[2])], "subtasks": [step]}
    sections = listed.planner_page(documents, QUERY)["sections"]
    assert [outline(section["rows"]) for section in sections] == [[["0", ["1"]]], [["2"]]]


def test_in_all_a_step_stands_on_the_page_that_has_read_it() -> None:
    """Its task is on another page: it is named, and not shown twice."""
    above, step = task(IDS[0]), task(IDS[1], IDS[0])
    documents = {**EMPTY, "all": [above], "subtasks": [step]}
    assert shown(listed.planner_page(documents, asking(view="all"))) == ["0"]
    context = listed.planner_page({**documents, "all": [step], "recent": [above]}, asking(view="all", page="2"))
    assert [(row["title"], row["part_of"]) for row in context["sections"][0]["rows"]] == [("1", "0")]


@pytest.mark.parametrize(
    ("view", "read", "due"),
    [
        ("today", "overdue", "2026-11-20T23:59:00.000Z"),
        ("overdue", "late", "2026-11-20T23:59:00.000Z"),
        ("upcoming", "later", "2026-11-26T23:59:00.000Z"),
        ("all", "all", None),
    ],
)
def test_what_was_completed_today_keeps_its_place(view: str, read: str, due: str | None) -> None:
    tasks = [task(each, due=due) for each in IDS[:4]]
    other = ticked(task(IDS[4], due="2026-11-26T23:59:00.000Z" if view != "upcoming" else None))
    before = {**ticked(tasks[2]), "updatedAt": "2026-11-23T23:59:59.999Z"}
    recent = [ticked(tasks[1]), before, *([] if view == "all" else [other])]
    context = listed.planner_page({**EMPTY, read: [tasks[0], tasks[3]], "recent": recent}, asking(view=view))
    rows = [row for section in context["sections"] for row in section["rows"]]
    assert [(row["title"], row["done"]) for row in rows] == [("0", False), ("1", True), ("3", False)]


def test_a_step_that_was_completed_today_keeps_its_place() -> None:
    steps = [task(each, IDS[0]) for each in IDS[1:4]]
    documents = {**EMPTY, "today": [task(IDS[0])], "subtasks": [steps[2], steps[0]], "recent": [ticked(steps[1])]}
    assert shown(listed.planner_page(documents, QUERY)) == ["0", "1", "2", "3"]


def test_a_full_page_keeps_nothing_of_the_next() -> None:
    ids = [f"00000000-0000-7000-8000-{number:012d}" for number in range(60)]
    tasks = [task(each) for each in ids]
    documents = {**EMPTY, "all": [*tasks[:5], *tasks[6:51]], "recent": [ticked(tasks[5]), ticked(tasks[55])]}
    rows = listed.planner_page(documents, asking(view="all"))["sections"][0]["rows"]
    assert [row["path"][-2:] for row in rows] == [f"{number:02d}" for number in range(51)]


def test_due_is_said_as_short_as_it_stays_clear() -> None:
    documents = {
        **EMPTY,
        "overdue": [task(IDS[0], due="2026-11-20T23:59:00.000Z")],
        "today": [task(IDS[1], due="2026-11-24T12:00:00.000Z"), task(IDS[2], due="2026-11-24T23:59:00.000Z")],
        "upcoming": [task(IDS[3], due="2026-11-25T09:05:00.000Z")],
    }
    context = listed.planner_page(documents, QUERY)
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
