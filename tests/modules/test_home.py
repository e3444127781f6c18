"""What Home says, by hour, settings and records."""

from typing import Any

import pytest

from aios.modules.home.views import show
from aios.records.query import Query
from aios.web.when import bounds, local_day

TASK = {"id": "t", "title": "Pay", "priority": "high", "dueDate": "2026-11-24T17:00:00.000Z"}
NOTE = {"id": "n", "title": "Bread", "bodyMarkdown": "one two", "updatedAt": "2026-11-23T10:00:00.000Z"}
NOTHING: dict[str, Any] = {"due": [], "due_count": 0, "task_count": 0, "recent": [], "note_count": 0, "tiles": []}


def seen(now: str = "2026-11-24T09:00:00.000Z", zone: str = "UTC", enabled: tuple[str, ...] = (), **found: Any) -> Any:
    query = Query(
        params={},
        now=now,
        zone=zone,
        new_id="",
        day=local_day(now, zone),
        bounds=bounds(now, zone),
        user="mara",
        space="",
        settings={"enabledModules": list(enabled), "moduleViewMode": "grid"},
    )
    return show({**NOTHING, **found}, query)


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [("04:59", "evening"), ("05:00", "morning"), ("11:59", "morning"), ("12:00", "afternoon"), ("18:00", "evening")],
)
def test_the_greeting_follows_the_local_hour(hour: str, greeting: str) -> None:
    assert seen(f"2026-11-24T{hour}:00.000Z")["greeting"] == f"Good {greeting}, mara"


def test_the_day_is_the_local_one() -> None:
    assert seen("2026-11-24T20:00:00.000Z", "Asia/Tokyo")["date"] == "Wednesday 25 November"


def test_due_tasks_say_when() -> None:
    late = {**TASK, "dueDate": "2026-11-20T12:00:00.000Z"}
    whole = {**TASK, "dueDate": "2026-11-24T23:59:00.000Z"}
    shown = seen(due=[late, whole, TASK], due_count=4)
    assert [task["when"] for task in shown["due"]] == ["Was due Fri 20 Nov", "Today", "By 17:00"]
    assert [task["late"] for task in shown["due"]] == [True, False, False]
    assert (shown["due_summary"], shown["more"]) == ("4 tasks due", True)
    assert seen(due=[TASK], due_count=1)["due_summary"] == "1 task due"


def test_an_empty_account_gets_first_steps() -> None:
    assert seen()["new"]
    assert not seen(task_count=1)["new"]
    assert not seen(note_count=1)["new"]
    assert not seen(enabled=("notebook",))["new"]


def test_modules_that_are_off_say_nothing() -> None:
    shown = seen(enabled=("planner",), recent=[NOTE], due=[TASK], due_count=1)
    assert (shown["recent"], len(shown["due"])) == ([], 1)
    shown = seen(enabled=("notebook",), recent=[NOTE], due=[TASK], due_count=1)
    assert (shown["due"], shown["planner"]) == ([], False)
    assert [(note["words"], note["unit"], note["when"]) for note in shown["recent"]] == [(2, "words", "Mon")]
