"""What is captured becomes what its module makes of it, and leads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.modules.forms import Forms, post, show

if TYPE_CHECKING:
    from tests.people import People


async def test_a_note_is_kept_and_the_person_stays(people: People) -> None:
    mara = await people()
    fields = Forms(await show(mara, "/settings")).fields("/capture")
    assert fields["back"] == "/settings"
    kept = await post(mara, "/capture", fields | {"text": "Roof load\n\n- snow", "in": "notebook"})
    note = (await mara.get("/api/notes")).json()[0]
    assert (note["id"], note["title"], note["bodyMarkdown"]) == (fields["id"], "Roof load", "Roof load\n\n- snow")
    assert kept.headers["location"] == f"/settings?made=/notebook/{note['id']}"
    html = await show(mara, kept.headers["location"])
    assert "Note kept" in html
    assert f'href="/notebook/{note["id"]}">Open' in html

    # The same form again, as a phone with a bad network sends it, makes no second note.
    await post(mara, "/capture", fields | {"text": "Roof load\n\n- snow", "in": "notebook"})
    assert len((await mara.get("/api/notes")).json()) == 1

    undone = await post(mara, "/capture", Forms(html).fields("/capture", "DELETE"))
    assert undone.headers["location"] == "/settings"
    assert (await mara.get("/api/notes")).json() == []
    assert "Roof load" in await show(mara, "/trash")


async def test_a_task_is_one_line(people: People) -> None:
    mara = await people()
    kept = await post(mara, "/capture", {"text": "Call Ana\n about it ", "in": "planner", "back": "/planner?view=all"})
    task = (await mara.get("/api/tasks")).json()[0]
    assert task["title"] == "Call Ana about it"
    assert kept.headers["location"] == f"/planner?view=all&made=/planner/{task['id']}"


async def test_what_is_refused_comes_back_with_a_sentence(people: People) -> None:
    mara = await people()
    refused = await post(mara, "/capture", {"text": " \n", "in": "planner", "back": "/planner"})
    assert refused.status_code == 422
    assert "Write something first." in refused.text
    long = await post(mara, "/capture", {"text": "x" * 400, "in": "planner", "back": "/planner"})
    assert long.status_code == 422
    assert "x" * 400 in long.text
    assert Forms(long.text).fields("/capture")["back"] == "/planner"


@pytest.mark.parametrize("back", ["//evil.example/", "/\\evil.example", "https://evil.example", "", "/é", "/\tx"])
async def test_it_never_leads_to_another_site(people: People, back: str) -> None:
    mara = await people()
    kept = await post(mara, "/capture", {"text": "x", "in": "notebook", "back": back})
    assert kept.headers["location"].startswith("/notebook/")


async def test_what_is_shared_is_shown_and_not_written(people: People) -> None:
    mara = await people()
    html = await show(mara, "/capture?title=An+article&text=An+article&url=https%3A%2F%2Fexample.org&in=planner")
    assert Forms(html).fields("/capture")["text"] == "An article\nhttps://example.org"
    assert 'value="planner" checked' in html
    assert (await mara.get("/api/tasks")).json() == []


async def test_nothing_of_others_is_undone(people: People) -> None:
    mara, tomo = await people(), await people()
    note = (await mara.post("/api/notes", {"title": "Mine", "bodyMarkdown": ""})).json()["id"]
    for path in (f"/notebook/{note}", "/notebook", f"/nowhere/{note}", f"/settings/devices/{note}"):
        answer = await post(tomo, "/capture", {"_method": "DELETE", "made": path, "back": "/"})
        assert answer.status_code in {400, 404}, path
    assert len((await mara.get("/api/notes")).json()) == 1
