"""What the server refuses about tasks, over REST on both databases."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from aios.records.ids import new_id

if TYPE_CHECKING:
    from tests.people import People, Person


async def add(person: Person, **fields: Any) -> str:
    answer = await person.post("/api/tasks", {"title": "Task", **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def refused(person: Person, method: str, path: str, body: dict[str, Any], field: str) -> None:
    answer = await person.request(method, path, json=body)
    assert answer.status_code == 400, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("length", [1, 2, 5])
async def test_no_task_is_part_of_itself(people: People, length: int) -> None:
    mara = await people()
    chain = [await add(mara) for _ in range(length)]
    for above, below in pairwise(chain):
        assert (await mara.put(f"/api/tasks/{below}", {"parentTaskId": above})).status_code == 200
    await refused(mara, "PUT", f"/api/tasks/{chain[0]}", {"parentTaskId": chain[-1]}, "parentTaskId")
    assert (await mara.get(f"/api/tasks/{chain[0]}")).json()["parentTaskId"] is None


@pytest.mark.parametrize("length", [1, 2, 5])
async def test_no_task_waits_for_itself(people: People, length: int) -> None:
    mara = await people()
    chain = [await add(mara) for _ in range(length)]
    for before, after in pairwise(chain):
        body = {"dependencyIds": [new_id(), before, before]}
        answer = await mara.put(f"/api/tasks/{after}", body)
        assert answer.json()["dependencyIds"] == body["dependencyIds"][:2]
    await refused(mara, "PATCH", f"/api/tasks/{chain[0]}", {"dependencyIds": [new_id(), chain[-1]]}, "dependencyIds")


async def test_a_new_task_cannot_name_itself(people: People) -> None:
    mara = await people()
    mine = new_id()
    await refused(mara, "POST", "/api/tasks", {"id": mine, "title": "x", "parentTaskId": mine}, "parentTaskId")
    await refused(mara, "POST", "/api/tasks", {"id": mine, "title": "x", "dependencyIds": [mine]}, "dependencyIds")
    assert (await mara.get("/api/tasks")).json() == []


async def test_what_is_not_here_yet_may_be_named(people: People) -> None:
    mara = await people()
    await add(mara, parentTaskId=new_id(), projectId=new_id(), dependencyIds=[new_id()])


async def test_a_cycle_is_seen_when_a_task_comes_back(people: People) -> None:
    mara = await people()
    top = await add(mara)
    below = await add(mara, parentTaskId=top)
    assert (await mara.delete(f"/api/tasks/{below}")).status_code == 204
    assert (await mara.put(f"/api/tasks/{top}", {"parentTaskId": below})).status_code == 200
    answer = await mara.request("POST", f"/planner/{below}/restoration", data={"_method": "PUT"})
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2026-01-16T09:30:00.000Z", "2026-01-16T09:30:00.000Z"),
        ("2026-01-16T10:30:00+01:00", "2026-01-16T09:30:00.000Z"),
        ("2026-01-16T09:30:00Z", "2026-01-16T09:30:00.000Z"),
        (None, None),
    ],
)
async def test_due_dates_are_kept_in_one_form(people: People, given: str | None, stored: str | None) -> None:
    mara = await people()
    made = await add(mara, dueDate=given)
    assert (await mara.get(f"/api/tasks/{made}")).json()["dueDate"] == stored


@pytest.mark.parametrize("given", ["", "tomorrow", "2026-01-16", "2026-13-01T00:00:00Z", "2026-01-16T09:30:00"])
async def test_what_is_no_instant_is_refused(people: People, given: str) -> None:
    mara = await people()
    await refused(mara, "POST", "/api/tasks", {"title": "x", "dueDate": given}, "dueDate")


async def test_filters_and_computed_fields(people: People) -> None:
    mara = await people()
    project = (await mara.post("/api/projects", {"name": "Foz"})).json()["id"]
    first = await add(mara, dueDate="2026-01-10T00:00:00Z", projectId=project, priority="high")
    second = await add(mara, dueDate="2026-01-20T00:00:00Z", status="completed", parentTaskId=first)
    third = await add(mara)

    async def ids(query: str) -> set[str]:
        answer = await mara.get(f"/api/tasks?{query}")
        assert answer.status_code == 200, answer.text
        return {each["id"] for each in answer.json()}

    assert await ids("dueBefore=2026-01-15T00:00:00Z") == {first}
    assert await ids("dueAfter=2026-01-15T00:00:00Z") == {second}
    assert await ids("status=completed") == {second}
    assert await ids("priority=medium") == {second, third}
    assert await ids(f"projectId={project}") == {first}
    assert await ids(f"parentTaskId={first}") == {second}
    assert (await mara.get(f"/api/projects/{project}")).json()["taskIds"] == [first]
    by_due = [each["id"] for each in (await mara.get("/api/tasks?sort=dueDate")).json()]
    assert by_due == [first, second, third]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0999-01-01T00:00:00Z", "0999-01-01T00:00:00.000Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59.999Z"),
    ],
)
async def test_the_ends_of_the_calendar_are_kept_and_shown(people: People, given: str, kept: str) -> None:
    mara = await people()
    await mara.put("/api/settings", {"timezone": "Pacific/Kiritimati" if kept > "2" else "America/Los_Angeles"})
    task = await add(mara, dueDate=given)
    assert (await mara.get(f"/api/tasks/{task}")).json()["dueDate"] == kept
    for page in ("/planner?view=all", "/planner?view=upcoming", "/planner", f"/planner/{task}", "/"):
        assert (await mara.get(page)).status_code == 200, page
