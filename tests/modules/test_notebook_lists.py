"""The list of notes and what is done to several at once, as a person without script uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.modules.forms import Forms, post, show
from tests.modules.test_notebook_pages import write

if TYPE_CHECKING:
    from tests.people import People, Person


async def titles(person: Person, path: str) -> list[str]:
    """The titles of the rows that a page lists, in order."""
    return re.findall(
        r'<a class="cover" href="/notebook/[0-9a-f-]{36}" dir="auto"><b>(.*?)</b>', await show(person, path)
    )


async def test_tags_narrow_the_list_together_or_each(people: People) -> None:
    mara = await people()
    await write(mara, "Both", tags=["work", "foz"])
    await write(mara, "Work", tags=["work"])
    await write(mara, "Foz", tags=["foz"])
    await write(mara, "Neither")
    assert await titles(mara, "/notebook?tag=work&tag=foz") == ["Both"]
    assert sorted(await titles(mara, "/notebook?any=work&any=foz")) == ["Both", "Foz", "Work"]
    page = await show(mara, "/notebook?tag=work")
    assert 'href="/notebook?tag=work&amp;tag=foz"' in page, "the other chip adds its tag"
    assert "With any of them" not in page
    both = await show(mara, "/notebook?tag=work&tag=foz")
    assert 'href="/notebook?any=work&amp;any=foz">With any of them' in both
    assert "No notes with #work and #none" in await show(mara, "/notebook?tag=work&tag=none")


async def test_pinned_notes_come_first_in_every_order(people: People) -> None:
    mara = await people()
    await write(mara, "B", "a much longer text than the others have")
    await write(mara, "C", "longer text")
    await write(mara, "A", "x")
    await write(mara, "Q", "pinned", isPinned=True)
    await write(mara, "P", "pinned and long", isPinned=True)
    assert await titles(mara, "/notebook?sort=title") == ["P", "Q", "A", "B", "C"]
    assert await titles(mara, "/notebook?sort=length") == ["P", "Q", "B", "C", "A"]
    assert await titles(mara, "/notebook?sort=created") == ["P", "Q", "A", "C", "B"]
    assert await titles(mara, "/notebook?sort=length&q=text") == ["B", "C"]


async def _change(person: Person, ids: list[str], page: str = "/notebook?select=some", **given: str) -> str:
    fields = Forms(await show(person, page)).fields("/notebook/selection", "PUT")
    answer = await person.request("POST", "/notebook/selection", data={**fields, "note": ids, **given})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def _undo(person: Person, location: str) -> None:
    page = await show(person, location)
    assert "Undo" in page
    form = page[page.index('class="toast floating" role="status"') :]
    fields = Forms(form).fields("/notebook/selection", "PUT") | {"note": re.findall(r'name="note" value="(.*?)"', form)}
    assert (await post(person, "/notebook/selection", fields)).status_code == 303  # type: ignore[arg-type]


async def test_several_notes_are_changed_at_once_and_taken_back(people: People) -> None:
    mara = await people()
    pinned = await write(mara, "Pinned before", isPinned=True, tags=["foz"])
    others = [await write(mara, f"Note {number}") for number in range(3)]
    chosen = [pinned, *others[:2]]

    async def shown(field: str) -> dict[str, object]:
        return {note["id"]: note[field] for note in (await mara.get("/api/notes")).json()}

    before = {field: await shown(field) for field in ("isPinned", "isArchived", "tags")}
    done = await _change(mara, chosen, isPinned="true")
    assert "2 notes pinned" in await show(mara, done), "one was pinned already"
    assert list((await shown("isPinned")).values()).count(True) == 3
    await _undo(mara, done)
    assert await shown("isPinned") == before["isPinned"]

    done = await _change(mara, chosen, isArchived="true")
    assert (await shown("isArchived"))[others[2]] is False
    await _undo(mara, done)
    assert await shown("isArchived") == before["isArchived"]

    done = await _change(mara, chosen, tagged="true", tag="foz, #roof")
    assert sorted((await shown("tags"))[others[0]]) == ["foz", "roof"]  # type: ignore[call-overload]
    await _undo(mara, done)
    assert (await shown("tags"))[others[0]] == []

    done = await _change(mara, chosen, "/notebook?sort=title&select=all", deleted="true")
    assert done.startswith("/notebook?sort=title&did=deleted")
    assert "3 notes deleted" in await show(mara, done)
    assert await titles(mara, "/notebook") == ["Note 2"]
    await _undo(mara, done)
    assert len(await titles(mara, "/notebook")) == 4


async def test_tagging_without_a_tag_says_what_to_do(people: People) -> None:
    mara = await people()
    note = await write(mara, "Note")
    refused = await mara.request("POST", "/notebook/selection", data={"_method": "PUT", "note": note, "tagged": "true"})
    assert refused.status_code == 422
    assert "Write the tag first" in refused.text
