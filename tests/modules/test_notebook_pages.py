"""The Notebook as a person without script uses it, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aios.records.ids import new_id
from tests.modules.forms import Forms, post, send, show

if TYPE_CHECKING:
    from tests.people import People, Person


async def write(person: Person, title: str, body: str = "", **fields: Any) -> str:
    answer = await person.post("/api/notes", {"title": title, "bodyMarkdown": body, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_a_note_is_written_read_and_changed(people: People) -> None:
    mara = await people()
    assert "No notes yet" in await show(mara, "/notebook")

    made = await send(
        mara, "/notebook/new", "/notebook", title="Bread", bodyMarkdown="**Crust** better. #kitchen", tags="home, #oven"
    )
    assert made.status_code == 303
    path = made.headers["location"]
    page = await show(mara, path)
    assert "<strong>Crust</strong> better." in page
    assert Forms(page).fields(path, "PUT")["tags"] == "home, oven"

    saved = await send(mara, path, path, "PUT", title="Bread, again", tags="home")
    assert saved.headers["location"] == path
    note = (await mara.get(f"/api/notes/{path.rpartition('/')[2]}")).json()
    assert (note["title"], note["tags"], note["bodyMarkdown"]) == (
        "Bread, again",
        ["home", "kitchen"],
        "**Crust** better. #kitchen",
    )
    listed = await show(mara, "/notebook")
    assert "Bread, again" in listed
    assert "Crust better." in listed


async def test_a_form_that_is_sent_twice_makes_one_note(people: People) -> None:
    mara = await people()
    fields = Forms(await show(mara, "/notebook/new")).fields("/notebook") | {"title": "Once"}
    first, second = await post(mara, "/notebook", fields), await post(mara, "/notebook", fields)
    assert first.headers["location"] == second.headers["location"]
    assert len((await mara.get("/api/notes")).json()) == 1


async def test_without_a_title_the_first_line_is_taken(people: People) -> None:
    mara = await people()
    made = await send(mara, "/notebook/new", "/notebook", bodyMarkdown="\n\n## Site visit\n\nNorth beam")
    assert "<h1>Site visit</h1>" in await show(mara, made.headers["location"])


async def test_a_title_that_shows_nothing_counts_as_empty(people: People) -> None:
    mara = await people()
    refused = await send(mara, "/notebook/new", "/notebook", title="\u200b", bodyMarkdown="\u2060")
    assert refused.status_code == 422
    made = await send(mara, "/notebook/new", "/notebook", title="\u200b", bodyMarkdown="Bread")
    assert "<h1>Bread</h1>" in await show(mara, made.headers["location"])


async def test_what_was_typed_into_a_deleted_note_can_be_copied(people: People) -> None:
    mara = await people()
    path = f"/notebook/{await write(mara, 'Bread', 'Crust')}"
    fields = Forms(await show(mara, path)).fields(path, "PUT") | {"bodyMarkdown": "A long <evening>"}
    await post(mara, path, {"_method": "DELETE"})
    answer = await post(mara, path, fields)
    assert answer.status_code == 404
    assert "This was deleted meanwhile" in answer.text
    assert "What you wrote" in answer.text
    assert "A long &lt;evening&gt;</textarea>" in answer.text


async def test_undo_of_what_was_never_there_says_so(people: People) -> None:
    mara = await people()
    answer = await post(mara, f"/notebook/{new_id()}/restoration", {"_method": "PUT"})
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text


async def test_nothing_typed_is_lost_when_a_form_is_refused(people: People) -> None:
    mara = await people()
    refused = await send(mara, "/notebook/new", "/notebook", tags="kept")
    assert refused.status_code == 422
    assert "Write a title or some text first." in refused.text
    assert Forms(refused.text).fields("/notebook")["tags"] == "kept"

    long = await send(mara, "/notebook/new", "/notebook", title="x" * 201, bodyMarkdown="kept <text>")
    assert long.status_code == 422
    assert "at most 200 characters" in long.text
    assert Forms(long.text).fields("/notebook")["bodyMarkdown"] == "kept <text>"


async def test_a_text_that_was_changed_elsewhere_is_joined_with(people: People) -> None:
    mara = await people()
    note = await write(mara, "Shared", "first\n\nlast")
    path = f"/notebook/{note}"
    opened = Forms(await show(mara, path)).fields(path, "PUT")
    await mara.put(f"/api/notes/{note}", {"bodyMarkdown": "first\n\nlast, from the phone"})
    assert (await post(mara, path, opened | {"bodyMarkdown": "first, from the desk\n\nlast"})).status_code == 303
    assert (await mara.get(f"/api/notes/{note}")).json()["bodyMarkdown"] == (
        "first, from the desk\n\nlast, from the phone"
    )
    # Both changed the same line: both are there.
    assert (await post(mara, path, opened | {"bodyMarkdown": "first, once more\n\nlast"})).status_code == 303
    body = (await mara.get(f"/api/notes/{note}")).json()["bodyMarkdown"]
    assert body == "first, from the desk\nfirst, once more\n\nlast, from the phone"


async def test_a_form_writes_only_what_the_person_changed(people: People) -> None:
    mara = await people()
    note = (await mara.post("/api/notes", {"title": "Foz", "tags": ["a", "b"]})).json()["id"]
    path = f"/notebook/{note}"
    opened = Forms(await show(mara, path)).fields(path, "PUT")
    await mara.put(f"/api/notes/{note}", {"title": "Foz library", "tags": ["a", "b", "phone"]})
    assert (await post(mara, path, opened | {"tags": "a, desk"})).status_code == 303
    changed = (await mara.get(f"/api/notes/{note}")).json()
    assert changed["title"] == "Foz library"
    assert changed["tags"] == ["a", "phone", "desk"]


async def test_pin_and_archive_are_states_of_a_note(people: People) -> None:
    mara = await people()
    note = await write(mara, "Foz")
    path = f"/notebook/{note}"
    for _ in range(2):  # a state is set, not toggled
        assert (await post(mara, f"{path}/pin", {"_method": "PUT"})).headers["location"] == path
        assert (await mara.get(f"/api/notes/{note}")).json()["isPinned"] is True
    listed = await show(mara, "/notebook")
    assert 'id="pinned"' in listed
    assert listed.count("<b>Foz</b>") == 1
    await send(mara, path, f"{path}/pin", "DELETE")
    assert 'id="pinned"' not in await show(mara, "/notebook")

    await send(mara, path, f"{path}/archive", "PUT")
    assert "Foz" not in await show(mara, "/notebook")
    assert "Foz" in await show(mara, "/notebook?archived=true")
    await send(mara, path, f"{path}/archive", "DELETE")
    assert "The archive is empty" in await show(mara, "/notebook?archived=true")


async def test_a_deleted_note_comes_back(people: People) -> None:
    mara = await people()
    note = await write(mara, "Precious")
    deleted = await send(mara, f"/notebook/{note}", f"/notebook/{note}", "DELETE")
    page = deleted.headers["location"]
    assert page == f"/notebook?deleted={note}"
    await show(mara, f"/notebook/{note}", 404)
    restored = await send(mara, page, f"/notebook/{note}/restoration", "PUT")
    assert restored.headers["location"] == f"/notebook/{note}"
    assert "Precious" in await show(mara, f"/notebook/{note}")
    assert "Note deleted" not in await show(mara, page)


async def test_search_tags_and_order(people: People) -> None:
    mara = await people()
    await write(mara, "Évora, four days", "Train 07:39 #travel")
    await write(mara, "bread", "second try #kitchen")
    await write(mara, "Ávila", "#travel again")

    assert "Évora" in (found := await show(mara, "/notebook?q=EVORA+train"))
    assert "bread" not in found
    assert "Nothing found for “zebra”" in await show(mara, "/notebook?q=zebra")
    assert "bread" not in (tagged := await show(mara, "/notebook?tag=travel"))
    chip = 'aria-current="true"><span class="clip">travel</span> <span class="num">2</span>'
    assert f'href="/notebook" {chip}' in tagged, "pressed again, it lets go"
    assert "No notes with #none" in await show(mara, "/notebook?tag=none")

    by_title = await show(mara, "/notebook?sort=title")
    assert by_title.index("<b>Ávila") < by_title.index("<b>bread") < by_title.index("<b>Évora")
    by_created = await show(mara, "/notebook?sort=created")
    assert by_created.index("<b>Ávila") < by_created.index("<b>bread") < by_created.index("<b>Évora")
    assert await show(mara, "/notebook?sort=nonsense")


async def test_links_lead_to_notes_and_back(people: People) -> None:
    mara = await people()
    loads = await write(mara, "Loads, second pass")
    await write(
        mara, "Roof", "The beam is another matter altogether, and it **follows** [[loads, second pass]], same axis."
    )
    page = await show(mara, f"/notebook/{loads}")
    assert "Linked from" in page
    assert "… matter altogether, and it follows loads, second pass, same axis." in page
    assert f'href="/notebook/{loads}"' in await show(mara, "/notebook?title=LOADS%2C+second+pass")

    missing = await show(mara, "/notebook?title=Not+yet")
    assert 'href="/notebook/new?title=Not%20yet"' in missing
    fields = Forms(await show(mara, "/notebook/new?title=Not%20yet")).fields("/notebook")
    assert fields["title"] == "Not yet"
    again = Forms(await show(mara, "/notebook/new?title=not%20yet")).fields("/notebook")
    assert fields["id"] == again["id"]  # two devices make the same note


async def test_older_notes_are_on_further_pages(people: People) -> None:
    mara = await people()
    for number in range(53):
        await write(mara, f"Note {number:02d}")
    first = await show(mara, "/notebook")
    assert "Note 52" in first
    assert "Note 02" not in first
    assert 'href="/notebook?page=2"' in first
    second = await show(mara, "/notebook?page=2")
    assert "Note 02" in second
    assert "Note 52" not in second
    assert 'href="/notebook" rel="prev"' in second
    assert "No older notes" in await show(mara, "/notebook?page=9")
    for nonsense in ("0", "-1", "x", "9" * 30):
        assert "Note 52" in await show(mara, f"/notebook?page={nonsense}")


@pytest.mark.parametrize("path", ["", "/pin", "/archive"])
async def test_what_is_not_there_is_a_404(people: People, path: str) -> None:
    mara = await people()
    assert (await post(mara, f"/notebook/{new_id()}{path}", {"_method": "PUT"})).status_code == 404


async def test_notes_of_others_are_not_there(people: People) -> None:
    mara, ines = await people(), await people()
    note = await write(mara, "Mine")
    await show(ines, f"/notebook/{note}", 404)
    for path, method in (("", "PUT"), ("", "DELETE"), ("/pin", "PUT"), ("/restoration", "PUT")):
        assert (await post(ines, f"/notebook/{note}{path}", {"_method": method, "title": "Yours"})).status_code == 404
    assert "Mine" in await show(mara, f"/notebook/{note}")


async def test_home_counts_notes(people: People) -> None:
    mara = await people()
    await write(mara, "One")
    assert (await mara.get("/")).status_code == 200
