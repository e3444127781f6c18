"""Recurrence, order, many at once, dependencies, review and figures, over HTTP and without script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.records.ids import implied_id
from tests.modules.forms import post, send, show
from tests.modules.test_planner_pages import add, at, task

if TYPE_CHECKING:
    from tests.people import People, Person


async def tasks(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.get("/api/tasks?sort=createdAt")).json()
    return sorted(found, key=lambda each: each["id"])


async def complete(person: Person, task_id: str) -> None:
    assert (await post(person, f"/planner/{task_id}/completion", {"_method": "PUT"})).status_code == 303


async def test_a_line_becomes_a_task(people: People) -> None:
    mara = await people()
    home = await add(mara, "Home", "projects")
    added = await post(mara, "/planner", {"quick": "buy milk tomorrow 5pm !high #home every week"})
    assert added.status_code == 303
    (made,) = await tasks(mara)
    assert (made["title"], made["priority"], made["projectId"]) == ("buy milk", "high", home)
    assert (made["dueDate"], made["recurrenceRule"]) == (at(1).replace("T12:", "T17:"), "weekly")
    shown = await show(mara, "/planner/understood?quick=milk%20tomorrow%20%23nowhere")
    assert "Tomorrow" in shown
    assert "There is no project nowhere" in shown
    refused = await post(mara, "/planner", {"quick": " "})
    assert refused.status_code == 422
    assert "Write what is to be done." in refused.text


async def test_completing_makes_the_next_and_undoing_takes_it_back(people: People) -> None:
    mara = await people()
    first = await add(mara, "Water", dueDate=at(0), recurrenceRule="daily", priority="high", userNotes="All of them.")
    await complete(mara, first)
    await complete(mara, first)
    following = next(each for each in await tasks(mara) if each["id"] != first)
    assert len(await tasks(mara)) == 2
    space = (await mara.get("/api/auth/me")).json()["id"]
    assert following["id"] == implied_id(space, "tasks", f"{first}/{at(1)[:10]}")
    assert (following["dueDate"], following["previousTaskId"], following["status"]) == (at(1), first, "pending")
    assert (following["title"], following["priority"], following["userNotes"]) == ("Water", "high", "All of them.")
    undo = {"_method": "DELETE", "status": "pending"}
    await post(mara, f"/planner/{first}/completion", undo)
    assert [each["status"] for each in await tasks(mara)] == ["pending"]
    await complete(mara, first)
    assert {each["id"] for each in await tasks(mara)} == {first, following["id"]}


async def test_a_rule_is_followed_to_its_end_and_refused_where_it_has_none(people: People) -> None:
    mara = await people()
    first = await add(mara, "Thrice", dueDate=at(0), recurrenceRule="custom", rrule="FREQ=DAILY;INTERVAL=2;COUNT=2")
    await complete(mara, first)
    second = next(each for each in await tasks(mara) if each["id"] != first)
    assert (second["dueDate"], second["rrule"]) == (at(2), "FREQ=DAILY;INTERVAL=2;COUNT=1")
    await complete(mara, second["id"])
    assert len(await tasks(mara)) == 2
    refused = await mara.post("/api/tasks", {"title": "Often", "recurrenceRule": "custom", "rrule": "FREQ=HOURLY"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "rrule"
    page = await send(mara, "/planner/new", "/planner", title="Often", recurrenceRule="custom", rrule="FREQ=SOMETIMES")
    assert page.status_code == 422
    assert "Write a rule like" in page.text


async def test_an_overdue_task_comes_again_today(people: People) -> None:
    mara = await people()
    first = await add(mara, "Water", dueDate=at(-3), recurrenceRule="daily")
    await complete(mara, first)
    following = next(each for each in await tasks(mara) if each["id"] != first)
    assert following["dueDate"] == at(0)


async def test_the_board_moves_tasks_and_keeps_their_order(people: People) -> None:
    mara = await people()
    one, two, three = [await add(mara, title) for title in ("Alpha", "Beta", "Gamma")]
    page = await show(mara, "/planner/board")
    assert page.index("Alpha") < page.index("Beta") < page.index("Gamma")
    places = {each["id"]: each["position"] for each in await tasks(mara)}
    await post(mara, f"/planner/{three}/place", {"_method": "PUT", "to": f"~{places[one]}~{places[two]}"})
    page = await show(mara, "/planner?view=someday")
    assert page.index("Alpha") < page.index("Gamma") < page.index("Beta")
    await post(mara, f"/planner/{two}/place", {"_method": "PUT", "to": "in_progress~~"})
    assert (await task(mara, two))["status"] == "in_progress"


async def test_several_tasks_are_changed_together_and_back(people: People) -> None:
    mara = await people()
    home = await add(mara, "Home", "projects")
    one = await add(mara, "One", dueDate=at(2))
    two = await add(mara, "Two", status="in_progress")
    step = await add(mara, "Step of one", parentTaskId=one)
    chosen = [f"{one}~pending~{at(2)}~", f"{two}~in_progress~~"]
    before = await tasks(mara)
    for fields, says, changed in (
        ({"act": "complete"}, "2 tasks completed", ("status", "completed")),
        ({"act": "move", "projectId": home}, "2 tasks moved", ("projectId", home)),
        ({"act": "reschedule", "date": at(5)[:10]}, "2 tasks rescheduled", ("dueDate", None)),
        ({"day": "none"}, "2 tasks rescheduled", ("dueDate", None)),
        ({"act": "delete"}, "3 tasks deleted", ("", "")),
    ):
        answer = await post(mara, "/planner/selection", {"_method": "PUT", "task": chosen, **fields})
        assert answer.status_code == 303
        after = {each["id"]: each for each in await tasks(mara)}
        name, value = changed
        if not name:
            assert after == {}
        elif "date" in fields:
            assert after[one]["dueDate"] == at(5)
            assert after[two]["dueDate"] == at(5).replace("T12:00", "T23:59")
        else:
            assert [after[each][name] for each in (one, two)] == [value, value]
            assert after[step]["status"] == "pending"
        page = answer.headers["location"]
        assert says in await show(mara, page)
        assert (await send(mara, page, "/planner/selection", "PUT")).status_code == 303
        back = await tasks(mara)
        assert [{**each, "updatedAt": ""} for each in back] == [{**each, "updatedAt": ""} for each in before]


async def test_a_task_waits_for_others_and_never_for_itself(people: People) -> None:
    mara = await people()
    first, then = await add(mara, "Book a table"), await add(mara, "Invite everybody")
    await post(mara, f"/planner/{then}/dependencies", {"_method": "PUT", "other": first})
    assert (await task(mara, then))["dependencyIds"] == [first]
    assert "Blocked" in await show(mara, "/planner?view=all")
    assert "Waiting for this" in await show(mara, f"/planner/{first}")
    refused = await post(mara, f"/planner/{first}/dependencies", {"_method": "PUT", "other": then})
    assert refused.status_code == 422
    assert "A task cannot wait for itself." in refused.text
    await complete(mara, first)
    assert "Blocked" not in await show(mara, "/planner?view=all")
    await post(mara, f"/planner/{then}/dependencies", {"_method": "DELETE", "other": first})
    assert (await task(mara, then))["dependencyIds"] == []


async def test_a_reminder_comes_before_the_task_is_due(people: People) -> None:
    mara = await people()
    await send(mara, "/planner/new", "/planner", title="Train", dueDate=at(1)[:16], reminderMinutes="30")
    (made,) = await tasks(mara)
    assert made["reminderMinutes"] == 30
    assert "30 minutes before" in await show(mara, f"/planner/{made['id']}")


async def test_the_review_and_the_figures_tell_what_there_is(people: People) -> None:
    mara = await people()
    assert "No figures yet" in await show(mara, "/planner/statistics")
    await add(mara, "Idle", "projects")
    await add(mara, "Late", dueDate=at(-2), priority="urgent")
    done = await add(mara, "Done in time", dueDate=at(2))
    await complete(mara, done)
    review = await show(mara, "/planner/review")
    for says in ("Done in time", "Late", "Projects without a next task", "Idle"):
        assert says in review
    figures = await show(mara, "/planner/statistics")
    assert "100 %" in figures
    assert "<title>Today: 1</title>" in figures
