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


def main_list(page: str) -> str:
    """The list itself, without what comes up beside it."""
    return page[page.index('id="tasks"') : page.index("<aside")]


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
    assert ticked.headers["location"] == f"/planner?completed={made['id']}"
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
        "/planner": {"Late one", "Now one", "Soon one", "Gone by"},  # "Soon one" is in the next 7 days
        "/planner?view=nonsense": {"Late one", "Now one", "Soon one", "Gone by"},
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


async def test_notes_that_were_changed_elsewhere_are_joined_with(people: People) -> None:
    mara = await people()
    made = await add(mara, "Shared", userNotes="first")
    path = f"/planner/{made}"
    opened = Forms(await show(mara, path)).fields(path, "PUT")
    await mara.put(f"/api/tasks/{made}", {"userNotes": "first\nfrom the phone", "priority": "urgent"})
    changes = {"userNotes": "first\nfrom the desk", "title": "Renamed"}
    assert (await post(mara, path, opened | changes)).status_code == 303
    task = (await mara.get(f"/api/tasks/{made}")).json()
    assert task["userNotes"] == "first\nfrom the phone\nfrom the desk"
    assert (task["title"], task["priority"]) == ("Renamed", "urgent")


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


async def test_a_task_without_a_finished_step_has_no_ring(people: People) -> None:
    mara = await people()
    passport = await add(mara, "Renew passport", dueDate=at(3))
    photos = await add(mara, "Take photos", parentTaskId=passport)
    page = await show(mara, "/planner?view=upcoming")
    assert '<span class="num">0 of 1 done</span>' in page
    assert 'class="ring"' not in page
    await mara.put(f"/api/tasks/{photos}", {"status": "completed"})
    page = await show(mara, "/planner?view=upcoming")
    assert 'aria-label="1 of 1 done"' in page
    assert "0 of 1 done" not in page


@pytest.mark.parametrize("started", [False, True])
async def test_completing_is_taken_back_where_it_was_done(people: People, *, started: bool) -> None:
    mara = await people()
    made = await add(mara, "Pay <the> bill", dueDate=at(2), status="in_progress" if started else "pending")
    place = "/planner?view=upcoming"
    completed = await send(mara, place, f"/planner/{made}/completion", "PUT")
    page = completed.headers["location"]
    assert page == f"{place}&completed={made}{'&was=in_progress' * started}"
    html = await show(mara, page)
    assert "Completed: Pay &lt;the&gt; bill" in html
    assert 'aria-label="Reopen: Pay &lt;the&gt; bill" aria-pressed="true"' in html
    assert Forms(html).fields("/planner")["next"] == place
    # The button of the message comes after that of the row, and alone says what the task was before.
    undo = [fields for action, fields in Forms(html).found if "status" in fields and action.endswith("/completion")]
    back = await post(mara, f"/planner/{made}/completion", undo[-1])
    assert back.headers["location"] == place
    assert (await task(mara, made))["status"] == ("in_progress" if started else "pending")
    assert "Completed:" not in await show(mara, page)


async def test_only_a_completed_task_of_ones_own_is_said_to_be(people: People) -> None:
    mara, ines = await people(), await people()
    theirs = await add(ines, "Hers", status="completed")
    open_one = await add(mara, "Mine")
    for each in ("x", "../settings", new_id(), theirs, open_one):
        for path in ("/planner", f"/planner/{open_one}"):
            assert "Completed:" not in await show(mara, f"{path}?completed={each}")


async def test_rows_stay_where_they_are_when_one_is_ticked(people: People) -> None:
    """A click that comes late meets the row that was clicked before, not the one after it."""
    mara = await people()
    project = await add(mara, "Foz", "projects")
    above = await add(mara, "Above", dueDate=at(0))
    names = ("First", "Second", "Third")
    for name in names:
        await add(mara, f"{name} today", dueDate=at(0))
        await add(mara, f"{name} late", dueDate=at(-1))
        await add(mara, f"{name} step", parentTaskId=above)
        await add(mara, f"{name} part", projectId=project)
    found = {each["title"]: each["id"] for each in (await mara.get("/api/tasks?limit=100")).json()}
    places = {
        "today": "/planner",
        "late": "/planner?view=overdue",
        "step": f"/planner/{above}",
        "part": f"/planner/projects/{project}",
    }
    for kind, place in places.items():
        for name in names[:2]:
            sent = await send(mara, place, f"/planner/{found[f'{name} {kind}']}/completion", "PUT")
            page = await show(mara, sent.headers["location"])
            main = page[page.index("<main") : page.index("</main>")]
            places_of = [main.index(f"<b>{each} {kind}</b>") for each in names]
            assert places_of == sorted(places_of), kind
            assert f'aria-label="Reopen: {name} {kind}"' in main
            assert f'aria-label="Complete: Third {kind}"' in main


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


async def test_a_deleted_task_takes_its_steps_along_and_brings_them_back(people: People) -> None:
    mara = await people()
    top = await add(mara, "Top")
    gone = await add(mara, "Gone before", parentTaskId=top)
    await mara.delete(f"/api/tasks/{gone}")
    first = await add(mara, "First", parentTaskId=top)
    deep = await add(mara, "Deep", parentTaskId=first, status="completed")
    other = await add(mara, "Other")
    deleted = await send(mara, f"/planner/{top}", f"/planner/{top}", "DELETE")
    page = deleted.headers["location"]
    assert page == f"/planner?deleted={top}&steps=2"
    assert "Task and 2 steps deleted" in await show(mara, page)
    assert {each["id"] for each in (await mara.get("/api/tasks")).json()} == {other}
    restored = await send(mara, page, f"/planner/{top}/restoration", "PUT")
    assert restored.headers["location"] == f"/planner/{top}"
    assert {each["id"] for each in (await mara.get("/api/tasks")).json()} == {other, top, first, deep}
    one = await send(mara, f"/planner/{first}", f"/planner/{first}", "DELETE")
    assert "Task and 1 step deleted" in await show(mara, one.headers["location"])


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


async def test_a_description_that_was_changed_elsewhere_is_joined_with(people: People) -> None:
    mara = await people()
    project = await add(mara, "Foz", "projects", description="first")
    path = f"/planner/projects/{project}"
    opened = Forms(await show(mara, path)).fields(path, "PUT")
    await mara.put(f"/api/projects/{project}", {"description": "from the phone", "name": "Foz library"})
    assert (await post(mara, path, opened | {"description": "from the desk"})).status_code == 303
    changed = (await mara.get(f"/api/projects/{project}")).json()
    assert changed["description"] == "from the phone\nfrom the desk"
    assert changed["name"] == "Foz library"


@pytest.mark.parametrize("view", ["today", "overdue", "upcoming", "all"])
async def test_many_tasks_have_pages(people: People, view: str) -> None:
    mara = await people()
    for number in range(52):
        days = {"today": 0, "overdue": -number - 1}.get(view, number + 1)
        await add(mara, f"Task {number:02d}", dueDate=at(days))
    path, sign = ("/planner", "?") if view == "today" else (f"/planner?view={view}", "&")
    names = {f"Task {number:02d}" for number in range(52)}
    first = main_list(await show(mara, path))
    second = await show(mara, f"{path}{sign}page=2")
    assert f'href="{path}{sign.replace("&", "&amp;")}page=2" rel="next"' in first
    assert f'href="{path}" rel="prev"' in second
    assert 'rel="next"' not in second
    assert Forms(second).fields("/planner")["next"] == f"{path}{sign}page=2"
    on_first, on_second = ({name for name in names if f"<b>{name}</b>" in html} for html in (first, main_list(second)))
    assert (len(on_first), len(on_second)) == (50, 2)
    assert on_first | on_second == names
    if view == "overdue":
        assert 'href="/planner?view=overdue">All 52 overdue</a>' in await show(mara, "/planner")


async def test_many_steps_and_many_tasks_of_a_project_have_pages(people: People) -> None:
    mara = await people()
    top, project = await add(mara, "Top"), await add(mara, "Foz", "projects")
    names = [f"Task {number:02d}" for number in range(51)]
    for name in names:
        await add(mara, name, parentTaskId=top, projectId=project)
    for path in (f"/planner/{top}", f"/planner/projects/{project}"):
        first, second = await show(mara, path), await show(mara, f"{path}?page=2")
        assert f'href="{path}?page=2" rel="next"' in first
        assert [f"<b>{name}</b>" in first for name in names] == [True] * 50 + [False]
        assert [f"<b>{name}</b>" in second for name in names] == [False] * 50 + [True]
        assert Forms(second).fields("/planner")["next"] == f"{path}?page=2"


async def test_steps_of_steps_are_shown_once_in_all_and_under_their_task_today(people: People) -> None:
    mara = await people()
    above = None
    for level in range(8):
        above = await add(mara, f"Level {level}", parentTaskId=above, dueDate=None if level else at(0))
    for path in ("/planner", "/planner?view=all"):
        page = await show(mara, path)
        assert [page.count(f"<b>Level {level}</b>") for level in range(8)] == [1] * 8, path
        assert page.count('<ul class="tree">') == 3


async def test_all_and_done_are_in_the_menu(people: People) -> None:
    mara = await people()
    page = await show(mara, "/planner?view=done")
    ranges = page[page.index('<nav class="segmented"') : page.index("</nav>", page.index('<nav class="segmented"'))]
    assert ranges.count("<a ") == 3
    menu = page[page.index('id="more" popover') :]
    assert 'popovertarget="more"' in page
    assert 'href="/planner?view=all"' in menu
    assert 'href="/planner?view=done" aria-current="page"' in menu


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
