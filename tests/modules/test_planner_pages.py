"""The Planner as a person without script uses it, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aios.records.ids import new_id
from tests.modules.forms import Forms, post, send, show

if TYPE_CHECKING:
    from tests.people import People, Person


def at(days: int) -> str:
    """Noon, so many days from now. The tests' zone is UTC."""
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return (noon + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


async def add(person: Person, title: str, collection: str = "tasks", **fields: Any) -> str:
    answer = await person.post(f"/api/{collection}", {"title" if collection == "tasks" else "name": title, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def task(person: Person, task_id: str) -> dict[str, Any]:
    return (await person.get(f"/api/tasks/{task_id}")).json()


async def test_a_task_is_added_today_ticked_and_opened_again(people: People) -> None:
    mara = await people()
    assert "Nothing due today" in await show(mara, "/planner")
    added = await send(mara, "/planner", "/planner", title="Pay the bill")
    assert added.headers["location"] == "/planner"
    page = await show(mara, "/planner")
    assert "<b>Pay the bill</b>" in page
    assert "0 of 1 done" in page
    (made,) = (await mara.get("/api/tasks")).json()
    assert made["dueDate"].endswith("T23:59:00.000Z")

    ticked = await send(mara, "/planner", f"/planner/{made['id']}/completion", "PUT")
    assert ticked.headers["location"] == "/planner"
    assert (await task(mara, made["id"]))["status"] == "completed"
    assert "1 of 1 done" in await show(mara, "/planner")
    back = await send(mara, "/planner?view=done", f"/planner/{made['id']}/completion", "DELETE")
    assert back.headers["location"] == "/planner?view=done"
    assert (await task(mara, made["id"]))["status"] == "pending"


async def test_each_view_shows_its_tasks(people: People) -> None:
    mara = await people()
    await add(mara, "Late one", dueDate=at(-3))
    await add(mara, "Now one", dueDate=at(0))
    await add(mara, "Soon one", dueDate=at(2))
    await add(mara, "Far one", dueDate=at(40))
    await add(mara, "Some day")
    await add(mara, "Gone by", dueDate=at(0), status="completed")
    await add(mara, "Not any more", status="cancelled")
    names = ("Late one", "Now one", "Soon one", "Far one", "Some day", "Gone by", "Not any more")
    expected = {
        "/planner": {"Late one", "Now one", "Soon one"},  # the last is in the next 7 days
        "/planner?view=nonsense": {"Late one", "Now one", "Soon one"},
        "/planner?view=upcoming": {"Soon one", "Far one"},
        "/planner?view=overdue": {"Late one", "Soon one"},
        "/planner?view=all": {"Late one", "Now one", "Soon one", "Far one", "Some day"},
        "/planner?view=done": {"Gone by", "Not any more", "Soon one"},
    }
    for path, titles in expected.items():
        page = await show(mara, path)
        assert {name for name in names if f"<b>{name}</b>" in page} == titles, path
    page = await show(mara, "/planner")
    assert 'aria-current="page">Today <span class="num">1</span>' in page
    assert 'Overdue <span class="num tone" data-tone="bad">1</span>' in page
    assert "1 of 2 done" in page


async def test_midnight_belongs_to_the_day_that_begins(people: People) -> None:
    mara = await people()
    await add(mara, "At midnight", dueDate=f"{at(0)[:10]}T00:00:00Z")
    assert "<b>At midnight</b>" in await show(mara, "/planner")
    assert "<b>At midnight</b>" not in await show(mara, "/planner?view=overdue")


async def test_days_are_those_of_the_persons_zone(people: People) -> None:
    mara = await people()
    assert (await mara.put("/api/settings", {"timezone": "Pacific/Kiritimati"})).status_code == 200  # UTC+14
    added = await send(mara, "/planner", "/planner", title="Here")
    assert added.status_code == 303
    (made,) = (await mara.get("/api/tasks")).json()
    assert made["dueDate"].endswith("T09:59:00.000Z")
    assert "<b>Here</b>" in await show(mara, "/planner")
    fields = Forms(await show(mara, f"/planner/{made['id']}")).fields(f"/planner/{made['id']}", "PUT")
    assert fields["dueDate"].endswith("T23:59")


async def test_all_of_a_task_is_edited(people: People) -> None:
    mara = await people()
    project = await add(mara, "Foz library", "projects")
    made = await send(
        mara, "/planner/new", "/planner", title="Loads", userNotes="Snow governs", priority="high",
        dueDate="2031-01-02T09:30", projectId=project, recurrenceRule="weekly",
    )  # fmt: skip
    path = made.headers["location"]
    stored = await task(mara, path.rpartition("/")[2])
    assert stored["dueDate"] == "2031-01-02T09:30:00.000Z"
    assert (stored["priority"], stored["projectId"], stored["recurrenceRule"]) == ("high", project, "weekly")

    fields = Forms(await show(mara, path)).fields(path, "PUT")
    assert (fields["userNotes"], fields["dueDate"], fields["projectId"]) == (
        "Snow governs",
        "2031-01-02T09:30",
        project,
    )
    changed = fields | {"title": "Loads, again", "dueDate": "", "projectId": "", "status": "in_progress"}
    assert (await post(mara, path, changed)).headers["location"] == path
    stored = await task(mara, stored["id"])
    assert (stored["title"], stored["dueDate"], stored["projectId"]) == ("Loads, again", None, None)
    assert stored["status"] == "in_progress"
    assert "In progress" in await show(mara, "/planner?view=all")


async def test_nothing_typed_is_lost_when_a_form_is_refused(people: People) -> None:
    mara = await people()
    refused = await send(mara, "/planner/new", "/planner", title=" ", userNotes="kept", dueDate="tomorrow")
    assert refused.status_code == 422
    assert "Write what is to be done." in refused.text
    assert "Choose a day and a time" in refused.text
    assert Forms(refused.text).fields("/planner")["userNotes"] == "kept"

    made = await add(mara, "Short")
    refused = await send(mara, f"/planner/{made}", f"/planner/{made}", "PUT", title="x" * 201, priority="low")
    assert refused.status_code == 422
    assert "at most 200 characters" in refused.text
    assert Forms(refused.text).fields(f"/planner/{made}", "PUT")["priority"] == "low"


async def test_notes_that_were_changed_elsewhere_are_not_overwritten(people: People) -> None:
    mara = await people()
    made = await add(mara, "Shared", userNotes="first")
    path = f"/planner/{made}"
    opened = Forms(await show(mara, path)).fields(path, "PUT")
    await mara.put(f"/api/tasks/{made}", {"userNotes": "from the phone"})
    refused = await post(mara, path, opened | {"userNotes": "from the desk"})
    assert refused.status_code == 422
    assert "<p>from the phone</p>" in refused.text
    again = Forms(refused.text).fields(path, "PUT")
    assert again["userNotes"] == "from the desk"
    assert (await post(mara, path, again)).status_code == 303
    # A form that leaves the notes alone, or brings the same ones, has nothing to settle.
    assert (await post(mara, path, {"_method": "PUT", "title": "Renamed"})).status_code == 303
    assert (await post(mara, path, opened | {"userNotes": "from the desk"})).status_code == 303


async def test_steps_stand_under_their_task(people: People) -> None:
    mara = await people()
    passport = await add(mara, "Renew passport", dueDate=at(0))
    path = f"/planner/{passport}"
    first = await send(mara, path, "/planner", title="Take photos")
    assert first.headers["location"] == path
    await add(mara, "Pay the fee", parentTaskId=passport, status="completed")
    page = await show(mara, "/planner")
    assert page.index("<b>Renew passport</b>") < page.index('class="tree"') < page.index("<b>Take photos</b>")
    assert page.count("<b>Take photos</b>") == 1
    assert 'aria-label="1 of 2 done"' in page
    assert "1 of 2 done" in (steps := await show(mara, path))
    assert "<b>Pay the fee</b>" in steps
    (photos,) = [each for each in (await mara.get("/api/tasks")).json() if each["title"] == "Take photos"]
    assert f'href="{path}">Part of Renew passport' in await show(mara, f"/planner/{photos['id']}")


async def test_a_deleted_task_comes_back(people: People) -> None:
    mara = await people()
    made = await add(mara, "Precious")
    deleted = await send(mara, f"/planner/{made}", f"/planner/{made}", "DELETE")
    page = deleted.headers["location"]
    assert page == f"/planner?deleted={made}"
    await show(mara, f"/planner/{made}", 404)
    restored = await send(mara, page, f"/planner/{made}/restoration", "PUT")
    assert "Precious" in await show(mara, restored.headers["location"])
    assert "Task deleted" not in await show(mara, page)


async def test_a_project_holds_tasks_and_leaves_them_when_it_goes(people: People) -> None:
    mara = await people()
    assert "No projects yet" in await show(mara, "/planner/projects")
    made = await send(mara, "/planner/projects/new", "/planner/projects", name="Foz", description="Roof")
    path = made.headers["location"]
    project = path.rpartition("/")[2]
    added = await send(mara, path, "/planner", title="Loads")
    assert added.headers["location"] == path
    await add(mara, "Survey", projectId=project, status="completed")
    page = await show(mara, path)
    assert "1 of 2 done" in page
    assert page.index("<b>Loads</b>") < page.index("<b>Survey</b>")
    assert "1 of 2 done" in await show(mara, "/planner/projects")
    assert "Foz" in await show(mara, "/planner?view=all")

    saved = await send(mara, path, path, "PUT", name="Foz library")
    assert saved.headers["location"] == path
    assert (await mara.get(f"/api/projects/{project}")).json()["description"] == "Roof"

    deleted = await send(mara, path, path, "DELETE")
    assert deleted.headers["location"] == f"/planner/projects?deleted={project}"
    (loads,) = [each for each in (await mara.get("/api/tasks")).json() if each["title"] == "Loads"]
    assert loads["projectId"] == project
    assert "Deleted project" in await show(mara, f"/planner/{loads['id']}")
    assert "Foz library" not in await show(mara, "/planner?view=all")
    await send(mara, deleted.headers["location"], f"{path}/restoration", "PUT")
    assert "<b>Loads</b>" in await show(mara, path)


async def test_a_project_needs_a_name(people: People) -> None:
    mara = await people()
    refused = await send(mara, "/planner/projects/new", "/planner/projects", name=" ", description="kept")
    assert refused.status_code == 422
    assert "Give the project a name." in refused.text
    assert Forms(refused.text).fields("/planner/projects")["description"] == "kept"


async def test_a_description_that_was_changed_elsewhere_is_not_overwritten(people: People) -> None:
    mara = await people()
    project = await add(mara, "Foz", "projects", description="first")
    path = f"/planner/projects/{project}"
    opened = Forms(await show(mara, path)).fields(path, "PUT")
    await mara.put(f"/api/projects/{project}", {"description": "from the phone"})
    refused = await post(mara, path, opened | {"description": "from the desk"})
    assert refused.status_code == 422
    assert "<p>from the phone</p>" in refused.text


async def test_many_tasks_have_pages(people: People) -> None:
    mara = await people()
    for number in range(52):
        await add(mara, f"Task {number:02d}", dueDate=at(number + 1))
    first = await show(mara, "/planner?view=upcoming")
    assert 'href="/planner?view=upcoming&amp;page=2"' in first
    assert "Tomorrow" in first
    assert "<b>Task 51</b>" not in first
    second = await show(mara, "/planner?view=upcoming&page=2")
    assert "<b>Task 51</b>" in second
    assert 'href="/planner?view=upcoming" rel="prev"' in second
    assert Forms(second).fields("/planner")["next"] == "/planner?view=upcoming&page=2"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://elsewhere.test/", "//elsewhere.test", "/settings", "/planner\r\nX: y", "/plannerx", "/planner/ü"],
)
async def test_a_form_leads_nowhere_else(people: People, elsewhere: str) -> None:
    mara = await people()
    made = new_id()
    answer = await post(mara, "/planner", {"id": made, "title": "Here", "next": elsewhere})
    assert answer.headers["location"] == f"/planner/{made}"


async def test_tasks_of_others_are_not_there(people: People) -> None:
    mara, ines = await people(), await people()
    made, project = await add(mara, "Mine"), await add(mara, "Ours", "projects")
    await show(ines, f"/planner/{made}", 404)
    await show(ines, f"/planner/projects/{project}", 404)
    for root in (f"/planner/{made}", f"/planner/projects/{project}"):
        for path, method in (("", "PUT"), ("", "DELETE"), ("/restoration", "PUT")):
            assert (
                await post(ines, f"{root}{path}", {"_method": method, "title": "x", "name": "x"})
            ).status_code == 404
    assert (await post(ines, f"/planner/{made}/completion", {"_method": "PUT"})).status_code == 404
    assert (await task(mara, made))["status"] == "pending"
