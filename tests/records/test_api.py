"""REST to the letter of docs/api.md, through HTTP, on both databases."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aios.records.ids import new_id

if TYPE_CHECKING:
    from tests.people import People, Person


async def test_a_note_from_create_to_delete(people: People) -> None:
    mara = await people()
    made = await mara.post("/api/notes", {"title": "Roof", "bodyMarkdown": "See [[Loads]] #foz", "tags": ["work"]})
    assert made.status_code == 201
    note = made.json()
    assert note["tags"] == ["work", "foz"]
    assert note["links"] == ["Loads"]
    assert made.headers["location"] == f"/api/notes/{note['id']}"
    assert (await mara.get("/api/notes")).json() == [note]
    assert (await mara.get(f"/api/notes/{note['id']}")).json() == note
    changed = await mara.patch(f"/api/notes/{note['id']}", {"isPinned": True})
    assert changed.json() | {"updatedAt": note["updatedAt"]} == note | {"isPinned": True}
    gone = await mara.delete(f"/api/notes/{note['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await mara.get(f"/api/notes/{note['id']}")).status_code == 404
    assert (await mara.delete(f"/api/notes/{note['id']}")).status_code == 404
    again = await mara.post("/api/notes", {"id": note["id"], "title": "Roof"})
    assert (again.status_code, again.json()["code"]) == (409, "deleted")


async def test_put_what_was_read_is_accepted_and_unknown_fields_are_named(people: People) -> None:
    mara = await people()
    note = (await mara.post("/api/notes", {"title": "A", "bodyMarkdown": "#b"})).json()
    assert (await mara.put(f"/api/notes/{note['id']}", note)).json() == note
    refused = await mara.put(f"/api/notes/{note['id']}", {"color": "red", "title": 5})
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"
    body = refused.json()
    assert body["message"] == body["detail"]
    assert body["status"] == 400
    assert {error["field"] for error in body["errors"]} == {"color", "title"}


async def test_a_repeated_post_with_its_own_id_makes_one_record(people: People) -> None:
    mara = await people()
    note = {"id": new_id(), "title": "Once"}
    answers = await asyncio.gather(*(mara.post("/api/notes", note) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len((await mara.get("/api/notes")).json()) == 1
    other = await mara.post("/api/notes", {**note, "title": "Twice"})
    assert (other.status_code, other.json()["code"]) == (409, "exists")


async def test_conditional_requests(people: People) -> None:
    mara = await people()
    made = await mara.post("/api/notes", {"title": "One"})
    path, tag = f"/api/notes/{made.json()['id']}", made.headers["etag"]
    for _ in range(2):  # the second time the answer is a remembered one
        assert (await mara.get(path, headers={"if-none-match": tag})).status_code == 304
        listed = await mara.get("/api/notes")
        assert (await mara.get("/api/notes", headers={"if-none-match": listed.headers["etag"]})).status_code == 304
    await mara.post("/api/notes", {"title": "Another"})
    assert (await mara.get(path, headers={"if-none-match": tag})).status_code == 304
    stale = listed.headers["etag"]
    assert (await mara.get("/api/notes", headers={"if-none-match": stale})).status_code == 200
    fresh = await mara.put(path, {"title": "Two"}, headers={"if-match": tag})
    assert fresh.status_code == 200
    for method in (mara.put, mara.patch):
        assert (await method(path, {"title": "Three"}, headers={"if-match": tag})).status_code == 412
    assert (await mara.delete(path, headers={"if-match": tag})).status_code == 412
    assert (await mara.delete(path, headers={"if-match": '"nonsense"'})).status_code == 412
    assert (await mara.delete(path, headers={"if-match": fresh.headers["etag"]})).status_code == 204


async def test_head_has_the_headers_of_get_and_no_body(people: People) -> None:
    mara = await people()
    await mara.post("/api/notes", {"title": "One"})
    for _ in range(2):
        got, head = await mara.get("/api/notes"), await mara.request("HEAD", "/api/notes")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == got.headers["etag"]
        assert head.headers["content-length"] == str(len(got.content))


async def test_filters_sorts_and_pages_of_notes(people: People) -> None:
    mara = await people()
    for number in range(12):
        fields = {"title": f"Note {number:02}", "tags": ["even"] if number % 2 == 0 else ["odd"]}
        await mara.post("/api/notes", {**fields, "isPinned": number < 3, "isArchived": number == 0})

    async def titles(query: str) -> list[str]:
        return [note["title"][-2:] for note in (await mara.get(f"/api/notes?{query}")).json()]

    assert await titles("") == [f"{number:02}" for number in reversed(range(12))]
    assert await titles("tag=even&sort=title") == ["00", "02", "04", "06", "08", "10"]
    assert await titles("pinned=true&archived=false&sort=-title") == ["02", "01"]
    assert await titles("q=NOTE+07") == ["07"]
    assert await titles("sort=createdAt&limit=3&offset=2") == ["02", "03", "04"]
    page = await mara.get("/api/notes?sort=title&limit=5&offset=5&tag=even")
    assert page.headers["x-total-count"] == "6"
    assert 'offset=0>; rel="prev"' in page.headers["link"]
    assert "next" not in page.headers["link"]
    first = await mara.get("/api/notes?limit=5")
    assert first.headers["link"] == '</api/notes?limit=5&offset=5>; rel="next"'
    assert first.headers["x-total-count"] == "12"


async def test_filters_of_tasks(people: People) -> None:
    mara = await people()
    project = (await mara.post("/api/projects", {"name": "Foz"})).json()
    day = "2026-11-{:02}T12:00:00.000Z".format
    made = [
        (await mara.post("/api/tasks", fields)).json()
        for fields in (
            {"title": "a", "dueDate": day(10), "priority": "high", "projectId": project["id"]},
            {"title": "b", "dueDate": day(20), "status": "completed"},
            {"title": "c", "dueDate": "2026-11-30T14:00:00+02:00"},
            {"title": "d"},
        )
    ]
    child = (await mara.post("/api/tasks", {"title": "e", "parentTaskId": made[0]["id"]})).json()
    assert made[2]["dueDate"] == day(30)

    async def titles(query: str) -> str:
        return "".join(sorted(task["title"] for task in (await mara.get(f"/api/tasks?{query}")).json()))

    assert await titles("priority=high") == "a"
    assert await titles("status=completed") == "b"
    assert await titles(f"projectId={project['id']}") == "a"
    assert await titles(f"parentTaskId={made[0]['id']}") == child["title"]
    assert await titles(f"dueBefore={day(20)}") == "a"
    assert await titles(f"dueAfter={day(10)}") == "bc"
    assert await titles(f"dueAfter={day(10)}&dueBefore={day(25)}") == "b"
    ordered = (await mara.get("/api/tasks?sort=dueDate")).json()
    assert [task["title"] for task in ordered][:3] == ["a", "b", "c"]
    listed = (await mara.get("/api/projects")).json()
    assert listed[0]["taskIds"] == [made[0]["id"]]
    assert (await mara.get(f"/api/projects/{project['id']}")).json()["taskIds"] == [made[0]["id"]]
    kept = await mara.put(f"/api/projects/{project['id']}", {**listed[0], "taskIds": []})
    assert kept.json()["taskIds"] == [made[0]["id"]]


async def test_every_parameter_that_cannot_be_used_is_named(people: People) -> None:
    mara = await people()
    refused = await mara.get("/api/tasks?limit=-1&offset=x&sort=colour&projectId=1&dueBefore=soon&foo=1")
    assert refused.status_code == 400
    named = {error["field"] for error in refused.json()["errors"]}
    assert named == {"limit", "offset", "sort", "projectId", "dueBefore", "foo"}


async def test_settings_are_one_record_with_defaults(people: People) -> None:
    mara = await people()
    before = (await mara.get("/api/settings")).json()
    assert (before["aiName"], before["darkMode"], before["aiLimitTier"]) == ("AIOS", True, 1)
    changed = await mara.put("/api/settings", {"colorTheme": "green"})
    assert changed.status_code == 200
    assert (await mara.get("/api/settings")).json()["colorTheme"] == "green"
    assert (await mara.put("/api/settings", {"colorTheme": "mauve"})).status_code == 400
    assert (await mara.post("/api/settings", {})).status_code == 405


async def test_what_cannot_be_read_is_a_400_that_says_why(people: People) -> None:
    mara = await people()
    for body in (b"", b"{", b"[]", b"null", b'"x"', b'{"title": NaN}', b"\xff", b"[" * 20_000, b'{"title":"\\ud800"}'):
        answer = await mara.request("POST", "/api/notes", content=body)
        assert answer.status_code == 400, body[:20]
        assert answer.json()["detail"]
    for bad in ("not-an-id", new_id().upper(), "%00"):
        assert (await mara.get(f"/api/notes/{bad}")).status_code == 400
    assert (await mara.post("/api/notes", {"id": "7", "title": "x"})).status_code == 400
    assert (await mara.get(f"/api/notes/{new_id()}")).status_code == 404
    assert (await mara.get("/api/nothing")).status_code == 404


async def test_a_body_over_a_megabyte_is_refused(people: People) -> None:
    mara = await people()
    big = b'{"title": "' + b"x" * 1_000_000 + b'"}'

    async def chunks() -> Any:
        yield big[:500_000]
        yield big[500_000:]

    assert (await mara.request("POST", "/api/notes", content=big)).status_code == 413
    assert (await mara.request("POST", "/api/notes", content=chunks())).status_code == 413
    assert (await mara.get("/api/notes")).json() == []


async def test_another_writer_is_seen_at_once(people: People) -> None:
    """The remembered answer of a list is never given after a write, whoever made it."""
    mara = await people()
    for number in range(20):
        await mara.post("/api/notes", {"title": str(number)})
        for _ in range(2):
            assert len((await mara.get("/api/notes")).json()) == number + 1


async def test_two_people_with_the_same_url_get_their_own_answer(people: People) -> None:
    mara, ines = await people(), await people()
    await mara.post("/api/notes", {"title": "Mara's"})
    await ines.post("/api/notes", {"title": "Ines's"})

    async def titles(person: Person) -> list[str]:
        return [note["title"] for note in (await person.get("/api/notes")).json()]

    for _ in range(3):
        assert await titles(mara) == ["Mara's"]
        assert await titles(ines) == ["Ines's"]


async def test_the_first_settings_may_come_from_two_devices_at_once(people: People) -> None:
    mara = await people()
    changes = [{"colorTheme": "pink"}, {"darkMode": False}, {"aiName": "Ada"}]
    answers = await asyncio.gather(*(mara.put("/api/settings", change) for change in changes))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    saved = (await mara.get("/api/settings")).json()
    assert (saved["colorTheme"], saved["darkMode"], saved["aiName"]) == ("pink", False, "Ada")
