"""One search over everything: what it finds, in which order, on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.modules.forms import post, show

if TYPE_CHECKING:
    from tests.people import People, Person

ROW = re.compile(r'<a class="cover" href="([^"]+)"[^>]*><b>([^<]+)</b>')


async def note(person: Person, title: str, body: str = "x") -> str:
    answer = await person.post("/api/notes", {"title": title, "bodyMarkdown": body})
    return f"/notebook/{answer.json()['id']}"


async def task(person: Person, title: str) -> str:
    answer = await person.post("/api/tasks", {"title": title})
    return f"/planner/{answer.json()['id']}"


async def found(person: Person, search: str) -> list[str]:
    """The titles that are found, without commands."""
    html = await show(person, f"/search?{search}")
    return (
        [title for _, title in ROW.findall(html[html.find('aria-labelledby="found"') :])]
        if 'id="found"' in html
        else []
    )


async def test_titles_come_first_then_what_was_changed_last(people: People) -> None:
    mara = await people()
    body = await note(mara, "Elsewhere", "the snow load on the ridge")
    inside = await note(mara, "Foresnow")
    beginning = await task(mara, "Snowdrift")
    older, newer = await note(mara, "Clear the snow"), await task(mara, "Melt snow")
    whole = await note(mara, "Snow")
    html = await show(mara, "/search?q=SN%C3%B6W")
    order = [href for href, _ in ROW.findall(html)]
    assert order == [whole, beginning, newer, older, inside, body]
    assert "Notebook, note" in html
    assert "Planner, task" in html


async def test_every_word_must_occur_in_any_order(people: People) -> None:
    mara = await people()
    await note(mara, "Wind", "on the north ridge")
    await note(mara, "Ridge", "somewhere south")
    assert await found(mara, "q=ridge+north") == ["Wind"]
    assert await found(mara, "q=north++ridge+wind") == ["Wind"]
    assert "Nothing found" in await show(mara, "/search?q=ridge+east")


async def test_modules_filter_and_pages_go_on(people: People) -> None:
    mara = await people()
    for number in range(31):
        await note(mara, f"Beam {number}")
    await task(mara, "Order a beam")
    html = await show(mara, "/search?q=beam")
    assert re.findall(r'class="chip"[^>]*>(\w+) <span class="num">(\d+)', html) == [
        ("All", "32"),
        ("Notebook", "31"),
        ("Planner", "1"),
    ]
    assert len(await found(mara, "q=beam")) == 30
    assert len(await found(mara, "q=beam&page=2")) == 2
    assert await found(mara, "q=beam&in=planner") == ["Order a beam"]
    assert len(await found(mara, "q=beam&in=none")) == 30


async def test_what_was_changed_last_stands_before_anything_is_typed(people: People) -> None:
    mara = await people()
    assert "Nothing written yet" in await show(mara, "/search")
    await post(
        mara, "/settings", {"_method": "PUT", "darkMode": "true", "colorTheme": "cyan", "moduleViewMode": "grid"}
    )
    await note(mara, "Older")
    await task(mara, "Newer")
    gone = await note(mara, "Gone")
    await post(mara, gone, {"_method": "DELETE"})
    assert (await found(mara, ""))[:2] == ["Newer", "Older"]
    assert "Gone" not in await show(mara, "/search")
    assert await found(mara, "q=gone") == []


async def test_nobody_finds_what_belongs_to_others(people: People) -> None:
    mara, tomo = await people(), await people()
    await note(mara, "A secret beam")
    assert await found(tomo, "q=secret") == []
    assert "secret" not in await show(tomo, "/search")


async def test_commands_are_found_by_the_beginnings_of_their_words(people: People) -> None:
    mara = await people()
    html = await show(mara, "/search?q=no+ne")
    assert ROW.findall(html) == [("/notebook/new", "New note")]
    assert ("/planner", "Go to Planner") in ROW.findall(await show(mara, "/search?q=go+pla"))
    assert ROW.findall(await show(mara, "/search?q=ote")) == []


async def test_marks_in_a_search_are_only_text(people: People) -> None:
    mara = await people()
    await note(mara, "100 % & _more_ <b>")
    for words in ("%25", "_more", "%26", "%3Cb%3E"):
        assert len(await found(mara, f"q={words}")) == 1
    html = await show(mara, "/search?q=%22%3E%3Cscript%3E%26in%3Dx")
    assert "<script>" not in html
