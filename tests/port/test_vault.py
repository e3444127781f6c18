"""A vault of Markdown comes in with every note, tag and link accounted for, and again without duplicates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.port.sending import bring, by_title, records, taken_along, zipped

if TYPE_CHECKING:
    from tests.people import People

VAULT = Path(__file__).parent / "vault"
FILES = {path.relative_to(VAULT).as_posix(): path.read_bytes() for path in sorted(VAULT.rglob("*")) if path.is_file()}
MARKDOWN = {name: body.decode() for name, body in FILES.items() if name.endswith(".md")}


def count(text: str) -> tuple[set[str], list[str]]:
    """Tags and links of a Markdown file, counted in a way of its own: without code, by plain patterns."""
    prose = re.sub(r"(?ms)^```.*?^```$", "", text)
    prose = re.sub(r"`[^`\n]*`", "", prose)
    matter = re.match(r"(?s)---\n(.*?)\n---\n", prose)
    body = prose[matter.end() :] if matter else prose
    tags = set(re.findall(r"(?m)(?:^|(?<=\s))#([\w/-]*[^\W\d][\w/-]*)", body))
    if matter and (line := re.search(r"(?m)^tags: \[(.*)\]$", matter[1])):
        tags |= {name.strip() for name in line[1].split(",")}
    links = [name.partition("|")[0].partition("#")[0] for name in re.findall(r"(?<!!)\[\[([^\]\n]+)\]\]", body)]
    links += re.findall(r"\]\((?:[\w./-]*/)?([\w-]+)\.md", body)
    return tags, links


async def test_every_note_tag_and_link_is_there(people: People) -> None:
    mara = await people()
    told = await bring(mara, "garden.zip", zipped({f"garden/{name}": body for name, body in FILES.items()}))
    notes = await by_title(mara)
    assert len(notes) == len(MARKDOWN)
    assert f"{len(MARKDOWN)} new" in told
    titles = {name: _title(name, text) for name, text in MARKDOWN.items()}
    stems = {Path(name).stem.lower(): title for name, title in titles.items()}
    for name, text in MARKDOWN.items():
        note = notes[titles[name]]
        tags, links = count(text)
        folder = name.rpartition("/")[0]
        assert set(note["tags"]) == tags | ({folder} if folder else set()), name
        wanted = {stems.get(link.rpartition("/")[2].lower(), link) for link in links}
        assert set(note["links"]) == wanted, name
    assert "Compost: No note" not in told
    assert "a note that is not written" in told
    assert "plan.png It is no note, and attachments do not come along yet" in told
    assert ".obsidian" not in told


def _title(name: str, text: str) -> str:
    stated = re.search(r"(?m)^title: (.*)$", text.partition("\n---\n")[0])
    heading = re.search(r"\A(?:---\n.*?\n---\n)?\s*# (.*)", text, re.DOTALL)
    if stated:
        return stated[1]
    return heading[1].partition("\n")[0] if heading else Path(name).stem


async def test_again_changes_nothing_and_what_changed_is_brought_up_to_date(people: People) -> None:
    mara = await people()
    await bring(mara, "garden.zip", zipped({f"garden/{name}": body for name, body in FILES.items()}))
    before = await records(mara)
    again = await bring(mara, "garden (1).zip", zipped(FILES))
    assert f"{len(MARKDOWN)} here already" in again
    assert await records(mara) == before
    notes = await by_title(mara)
    mine = notes["Compost heap"]
    await mara.patch(f"/api/notes/{mine['id']}", {"bodyMarkdown": "My own words."})
    gone = notes["Tools"]
    await mara.delete(f"/api/notes/{gone['id']}")
    later = {
        **FILES,
        "compost.md": FILES["compost.md"] + b"\nTheirs.\n",
        "tools.md": FILES["tools.md"] + b"\nTheirs.\n",
        "index.md": FILES["index.md"] + b"\nTheirs.\n",
    }
    told = await bring(mara, "garden.zip", zipped(later))
    assert "1 brought up to date" in told
    assert "compost.md You changed it here since it came in" in told
    assert "tools.md You deleted it here" in told
    notes = await by_title(mara)
    assert notes["Compost heap"]["bodyMarkdown"] == "My own words."
    assert "Tools" not in notes
    assert notes["Garden"]["bodyMarkdown"].endswith("Theirs.\n")


async def test_the_vault_comes_back_equal_and_follows_into_other_programs(people: People) -> None:
    mara, ines = await people(), await people()
    await bring(mara, "garden.zip", zipped(FILES))
    archive = await taken_along(mara)
    told = await bring(ines, "export.zip", archive)
    assert "AIOS export" in told
    assert await records(ines) == await records(mara)
    assert "here already" in await bring(mara, "export.zip", archive)


async def test_titles_links_and_properties(people: People) -> None:
    mara = await people()
    files = {
        "a/first note.md": (
            "Before [[Second#Part|the second]] and [third](../b/third%20one.md), ![[pic.png|300]], [[missing]]."
        ),
        "b/Second.md": (
            "---\ntitle: 'Two: second'\naliases: [deux]\ncreated: 2020-02-03 04:05\npinned: yes\nmood: low\n---\n\nText"
        ),
        "b/third one.md": (
            "# Third\n\n[[deux]] `[[Second]]`\n\n```\n[[Second]]\n```\n[[a/first note]] [out](https://example.org/a.md)"
        ),
        "b/pic.png": b"\x89PNG",
        "bad.md": b"\x00\x01\x02binary",
        "latin.md": "Stra\u00dfe".encode("latin-1"),
        "wide.md": "Breite Stra\u00dfe".encode("utf-16"),
        "broken.md": "---\na: [\n---\n\nstays",
        "empty.md": "",
    }
    told = await bring(mara, "v.zip", zipped(files))
    notes = await by_title(mara)
    first = notes["first note"]
    assert first["bodyMarkdown"] == (
        "Before the second ([[Two: second]]) and third ([[Third]]), `![[pic.png|300]]`, [[missing]]."
    ).replace("third ([[Third]])", "[[Third]]")
    assert first["links"] == ["Two: second", "Third", "missing"]
    assert first["tags"] == ["a"]
    second = notes["Two: second"]
    assert (second["isPinned"], second["createdAt"]) == (True, "2020-02-03T04:05:00.000Z")
    assert "mood: low" in second["bodyMarkdown"]
    assert "deux" in second["bodyMarkdown"]
    assert notes["Third"]["bodyMarkdown"].startswith(
        "# Third\n\n[[Two: second]] `[[Second]]`\n\n```\n[[Second]]\n```\n[[first note]]"
    )
    assert "[out](https://example.org/a.md)" in notes["Third"]["bodyMarkdown"]
    assert notes["latin"]["bodyMarkdown"] == "Stra\u00dfe"
    assert notes["wide"]["bodyMarkdown"] == "Breite Stra\u00dfe"
    assert notes["broken"]["bodyMarkdown"] == "---\na: [\n---\n\nstays"
    assert notes["empty"]["bodyMarkdown"] == ""
    for words in (
        "bad.md It is no text",
        "latin.md It is not UTF-8",
        "broken.md Its front matter is no YAML",
        "missing",
    ):
        assert words in told


async def test_nothing_is_lost_to_a_limit(people: People) -> None:
    mara = await people()
    lines = [f"line {number} " + "x" * 90 for number in range(1_200)]
    title = "A title " + "that does not end " * 20
    files = {"long.md": "\n".join(lines), "t.md": f"---\ntitle: {title}\ntags: [{'y' * 150}, kept]\n---\nBody"}
    told = await bring(mara, "v.zip", zipped(files))
    notes = await by_title(mara)
    parts = [notes["long"], notes["long (part 2)"], notes["long (part 3)"]]
    whole = "\n".join(part["bodyMarkdown"] for part in parts)
    assert all(line in whole for line in lines)
    assert parts[0]["links"] == ["long (part 2)"]
    assert parts[1]["links"] == ["long", "long (part 3)"]
    cut = next(note for name, note in notes.items() if name.startswith("A title"))
    assert len(cut["title"]) == 200
    assert title.strip() in cut["bodyMarkdown"]
    assert "y" * 150 in cut["bodyMarkdown"]
    assert cut["tags"] == ["kept"]
    assert "became 3 notes in a row" in told
    assert "here already" in await bring(mara, "v.zip", zipped(files))


async def test_obsidian_and_apple_notes_are_named_by_their_files(people: People) -> None:
    mara = await people()
    obsidian = {".obsidian/app.json": "{}", "Roof.md": "# Another heading", "n/Snow.md": "[[Roof]]"}
    told = await bring(mara, "o.zip", zipped(obsidian))
    assert ".obsidian It belongs to another program" in told
    apple = {"Notes/Shopping/Shopping.txt": "milk", "Notes/Trip/Trip.txt": "sea", "Notes/Trip/IMG_1.jpeg": b"\xff"}
    told = await bring(mara, "apple.zip", zipped(apple))
    assert "Apple Notes" in told
    assert "IMG_1.jpeg" in told
    notes = await by_title(mara)
    assert set(notes) == {"Roof", "Snow", "Shopping", "Trip"}
    assert notes["Snow"]["links"] == ["Roof"]
    assert notes["Shopping"]["tags"] == []
