"""A note's page besides its editor: contents, ticking, links, similar notes; templates, numbers, the graph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.modules.forms import Forms, post, send, show
from tests.modules.test_notebook_pages import write

if TYPE_CHECKING:
    from tests.people import People, Person


async def _body(person: Person, note: str) -> str:
    body: str = (await person.get(f"/api/notes/{note}")).json()["bodyMarkdown"]
    return body


async def test_a_task_is_ticked_in_the_text_and_only_its_line_changes(people: People) -> None:
    mara = await people()
    note = await write(mara, "List", "- [ ] milk\n- [ ] milk\n\n> 1. [X] bread")
    path = f"/notebook/{note}"
    page = await show(mara, path)
    tasks = re.findall(r'name="task" value="(.*?)" aria-pressed="(.*?)" aria-label="(.*?)"', page)
    assert tasks == [
        ("0:- [ ] milk", "false", "milk"),
        ("1:- [ ] milk", "false", "milk"),
        ("3:&gt; 1. [X] bread", "true", "bread"),
    ]
    fields = Forms(page).fields(f"{path}/tasks", "PUT")
    for _ in range(2):  # pressed twice, it is ticked once
        ticked = await post(mara, f"{path}/tasks", fields | {"task": "1:- [ ] milk"})
        assert (ticked.status_code, ticked.headers["location"]) == (303, path)
        assert await _body(mara, note) == "- [ ] milk\n- [x] milk\n\n> 1. [X] bread"
    await post(mara, f"{path}/tasks", fields | {"task": "3:> 1. [X] bread"})
    assert (await _body(mara, note)).endswith("> 1. [ ] bread")


async def test_a_task_that_moved_is_found_and_one_that_is_gone_is_not_guessed(people: People) -> None:
    mara = await people()
    note = await write(mara, "List", "- [ ] milk")
    path = f"/notebook/{note}/tasks"
    await mara.patch(f"/api/notes/{note}", {"bodyMarkdown": "Before\n\n- [ ] milk\n- [ ] tea"})
    assert (await post(mara, path, {"_method": "PUT", "task": "0:- [ ] milk"})).status_code == 303
    assert await _body(mara, note) == "Before\n\n- [x] milk\n- [ ] tea"
    for task in ("0:- [ ] bread", "x", "0:Before"):
        refused = await post(mara, path, {"_method": "PUT", "task": task})
        assert refused.status_code == 422
        assert "This line was changed meanwhile" in refused.text
    assert await _body(mara, note) == "Before\n\n- [x] milk\n- [ ] tea"


async def test_links_lead_to_the_note_or_to_writing_it(people: People) -> None:
    mara = await people()
    there = await write(mara, "Snow Loads")
    note = await write(mara, "Roof", "# One\n\n[[snow loads]] [[Missing one]]\n\n## Two *parts*")
    page = await show(mara, f"/notebook/{note}")
    assert f'<a href="/notebook/{there}">snow loads</a>' in page
    assert '<a href="/notebook/new?title=Missing%20one">Missing one</a>' in page
    assert '<li class="l3"><a href="#part-2">Two parts</a></li>' in page
    assert '<h3 id="part-2">' in page

    made = await send(mara, "/notebook/new?title=Missing one", "/notebook", bodyMarkdown="x")
    again = Forms(await show(mara, "/notebook/new?title=missing ONE")).fields("/notebook")["id"]
    assert made.headers["location"] == f"/notebook/{again}", "every device makes the same note"
    assert f'<a href="{made.headers["location"]}">Missing one</a>' in await show(mara, f"/notebook/{note}")


async def test_similar_notes_share_words_and_tags(people: People) -> None:
    mara = await people()
    note = await write(mara, "Roof survey", "north beam and bearings", tags=["foz"])
    await write(mara, "Survey of the beam", "bearings of the north beam", tags=["foz"])
    await write(mara, "Bread", "flour and water")
    page = await show(mara, f"/notebook/{note}/similar")
    assert "Survey of the beam" in page
    assert "Bread" not in page
    bread = (await mara.get("/api/notes?q=flour")).json()[0]["id"]
    assert "No other note has much in common" in await show(mara, f"/notebook/{bread}/similar")


async def test_a_template_begins_a_note(people: People) -> None:
    mara = await people()
    assert "Begin with a template" not in await show(mara, "/notebook/new")
    template = await write(
        mara, "Week of {{date}}", "#template\n# {{title}}\n{{day}}, {{time}}", tags=["template", "week"]
    )
    assert f'href="/notebook/new?template={template}"' in await show(mara, "/notebook/new")
    fields = Forms(await show(mara, f"/notebook/new?template={template}")).fields("/notebook")
    assert re.fullmatch(r"Week of \d{4}-\d\d-\d\d", fields["title"])
    assert re.fullmatch(rf"# {fields['title']}\n[A-Z]\w+ \d+ \w+, \d\d:\d\d", fields["bodyMarkdown"])
    assert fields["tags"] == "week"
    made = await post(mara, "/notebook", fields)
    note = (await mara.get(f"/api/notes/{made.headers['location'].rpartition('/')[2]}")).json()
    assert note["tags"] == ["week"]


async def test_numbers_and_the_graph_show_what_is_there(people: People) -> None:
    mara = await people()
    assert "Nothing to count yet" in await show(mara, "/notebook/statistics")
    assert "No links yet" in await show(mara, "/notebook/graph")
    one = await write(mara, "One", "three little words [[Two]]", tags=["a&b"])
    two = await write(mara, "Two", "[[One]] [[Nowhere]]")
    page = await show(mara, "/notebook/statistics")
    for label, count in (("notes", 2), ("words", 6), ("tags", 1), ("links", 3)):
        assert f'<dt>{label}</dt><dd class="figure mid num">{count}</dd>' in page
    assert 'href="/notebook?tag=a%26b"' in page
    graph = await show(mara, "/notebook/graph")
    assert graph.count("<line ") == 1
    assert len(re.findall(rf'<a href="/notebook/(?:{one}|{two})" aria-label', graph)) == 2
    assert graph == await show(mara, "/notebook/graph"), "the picture is the same each time"


async def test_completion_offers_tags_and_titles(people: People) -> None:
    mara = await people()
    await write(mara, "Éte", tags=["garden", "gate"])
    await write(mara, "Eternal", tags=["gate"])

    async def offered(kind: str, prefix: str) -> list[str]:
        return re.findall("<li>(.*)</li>", await _fragment(mara, f"/notebook/completion?kind={kind}&prefix={prefix}"))

    assert await offered("tag", "ga") == ["gate", "garden"]
    assert await offered("title", "ete") == ["Éte", "Eternal"]
    assert await offered("title", "x") == []
    assert await offered("x", "") == []


async def _fragment(person: Person, path: str) -> str:
    answer = await person.get(path, headers={"hx-request-type": "partial"})
    assert "<html" not in answer.text
    text: str = answer.text
    return text
