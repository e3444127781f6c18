"""Whatever a person keeps goes out and comes back the same, on both databases."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.port.sending import bring, by_title, records, taken_along, zipped

if TYPE_CHECKING:
    from tests.people import People, Person

COLLECTIONS = ("notes", "tasks", "projects")
LETTERS = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], include_characters="\t\n#[]|`")
TITLES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=200
)
BODIES = st.lists(
    st.one_of(
        st.text(LETTERS, max_size=60), st.sampled_from(["#tag", "[[A title]]", "```", "---", "# Head", "- [x] a"])
    ),
    max_size=8,
).map("\n".join)
NOTES = st.fixed_dictionaries({
    "title": TITLES,
    "bodyMarkdown": BODIES,
    "tags": st.lists(st.text(LETTERS, min_size=1, max_size=100), max_size=4),
    "links": st.lists(TITLES, max_size=3),
    "isPinned": st.booleans(),
    "isArchived": st.booleans(),
})  # fmt: skip
TASKS = st.fixed_dictionaries({
    "title": TITLES,
    "userNotes": BODIES,
    "aiNotes": st.lists(st.text(LETTERS, max_size=50), max_size=3),
    "priority": st.sampled_from(["low", "medium", "high", "urgent"]),
    "dueDate": st.sampled_from([None, "2026-01-16T09:30:00.000Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]),
    "status": st.sampled_from(["pending", "in_progress", "completed", "cancelled"]),
    "recurrenceRule": st.sampled_from(["none", "weekly", "custom"]),
})  # fmt: skip


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(notes=st.lists(NOTES, max_size=5), tasks=st.lists(TASKS, max_size=4))
async def test_everything_comes_back(people: People, notes: list[dict[str, Any]], tasks: list[dict[str, Any]]) -> None:
    mara, ines = await people(), await people()
    project = (await mara.post("/api/projects", {"name": "Foz", "description": "Roof"})).json()
    parent = None
    for task in tasks:
        made = await mara.post("/api/tasks", {**task, "projectId": project["id"], "parentTaskId": parent})
        assert made.status_code == 201, made.text
        parent = made.json()["id"]
    for note in notes:
        made = await mara.post("/api/notes", note)
        assert made.status_code == 201, made.text
        # A second version, so that what was set and what the text names are two things.
        await mara.patch(f"/api/notes/{made.json()['id']}", {"bodyMarkdown": note["bodyMarkdown"] + "\n#more [[More]]"})
    await mara.put("/api/settings", {"aiName": "Quiet", "colorTheme": "green"})
    archive = await taken_along(mara)
    _check_names(archive, len(notes))
    before = [await records(mara, name) for name in COLLECTIONS]
    assert "new" not in (await bring(mara, "a.zip", archive)).text
    assert [await records(mara, name) for name in COLLECTIONS] == before
    assert "new" in await bring(ines, "a.zip", archive)
    assert [await records(ines, name) for name in COLLECTIONS] == before
    theirs, hers = (await ines.get("/api/settings")).json(), (await mara.get("/api/settings")).json()
    assert {**theirs, "id": ""} == {**hers, "id": ""}
    assert _records(await taken_along(ines)) == _records(archive)


def _records(archive: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {
            name: json.loads(opened.read(name))
            for name in opened.namelist()
            if name.startswith("records/") and name != "records/settings.json"
        }


def _check_names(archive: bytes, number: int) -> None:
    """Each note has a file, whose name every file system takes and none has twice."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        names = [name for name in opened.namelist() if name.endswith(".md")]
    assert len(names) == number
    assert len({unicodedata.normalize("NFD", name.casefold()) for name in names}) == number
    for name in names:
        folder, _, file = name.partition("/")
        assert folder == "Notebook"
        assert len(file.encode()) <= 255
        assert not set(file) & set('<>:"/\\|?*#^[]')
        assert file[:-3] == file[:-3].strip(" .")


async def test_an_export_brings_back_what_was_deleted(people: People) -> None:
    mara = await people()
    await bring(mara, "v.zip", zipped({"a.md": "one #x", "b.md": "two [[a]]"}))
    archive, before = await taken_along(mara), await records(mara)
    for note in before:
        await mara.delete(f"/api/notes/{note['id']}")
    assert "2 back from the trash" in await bring(mara, "a.zip", archive)
    assert await records(mara) == before


async def test_what_was_written_since_an_export_stays(people: People) -> None:
    mara = await people()
    note = (await mara.post("/api/notes", {"title": "Mine", "bodyMarkdown": "first"})).json()
    archive = await taken_along(mara)
    await mara.patch(f"/api/notes/{note['id']}", {"bodyMarkdown": "second"})
    told = await bring(mara, "a.zip", archive)
    assert "Mine You changed it here since" in told
    assert (await by_title(mara))["Mine"]["bodyMarkdown"] == "second"


async def test_an_export_that_was_changed(people: People) -> None:
    """Records of a later version, and records that are none: what can come comes, the rest is told."""
    mara = await people()
    await mara.post("/api/notes", {"title": "Good"})
    with zipfile.ZipFile(io.BytesIO(await taken_along(mara))) as opened:
        files: dict[str, bytes | str] = {name: opened.read(name) for name in opened.namelist()}
    good = json.loads(files["records/notes.json"])[0]
    lines = [
        {**good, "id": good["id"][:-3] + "abc", "title": "Later", "mood": "calm"},
        {**good, "id": good["id"][:-3] + "abd", "title": "Bad", "isPinned": "no"},
        {**good, "id": "no id"},
        {**good, "id": good["id"][:-3] + "abe", "createdAt": "yesterday"},
    ]
    files["records/notes.json"] = "[\n" + ",\n".join([*map(json.dumps, lines), "{broken"]) + "\n]"
    files["records/dreams.json"] = "[]"
    told = await bring(mara, "changed.zip", zipped(files))
    assert {note["title"] for note in await records(mara)} == {"Good", "Later"}
    for words in ("Later This version has no field for: mood", "Bad isPinned: This must be", "record 3 It is no record",
                  "record 4 Its times", "record 5 It is no JSON", "dreams.json This version does"):  # fmt: skip
        assert words in told
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps({**manifest, "version": 99})
    assert "written by a newer version of AIOS" in await bring(mara, "newer.zip", zipped(files))


async def test_the_markdown_of_an_export_is_a_vault(people: People) -> None:
    """Its links lead to files by name, and it comes in as Markdown with the same notes."""
    mara, ines = await people(), await people()
    titles = ["What? A: title/with *signs*", "con", "Same", "same", "x" * 200, "..", "Ends."]
    for title in titles:
        await mara.post(
            "/api/notes", {"title": title, "bodyMarkdown": f"[[{titles[0]}]] and [[Same]] and `[[{titles[0]}]]`"}
        )
    archive = await taken_along(mara)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        files = {name: opened.read(name) for name in opened.namelist() if name.startswith("Notebook/")}
    names = {name.partition("/")[2].lower() for name in files}
    assert names == {
        "what- a- title-with -signs-.md", "_con.md", "same.md", "same 2.md", f"{'x' * 100}.md", "untitled.md",
        "ends.md",
    }  # fmt: skip
    text = files["Notebook/_con.md"].decode()
    assert f"[[What- A- title-with -signs-|{titles[0]}]] and [[Same]] and `[[{titles[0]}]]`" in text.replace(
        "[[same|Same]]", "[[Same]]"
    )
    await bring(ines, "vault.zip", zipped(files))
    mine = {note["id"]: note["bodyMarkdown"] for note in await records(mara)}
    assert {note["id"]: note["bodyMarkdown"] for note in await records(ines)} == mine


async def test_one_persons_import_and_export_are_nobody_elses(people: People) -> None:
    mara, ines = await people(), await people()
    told = await bring(mara, "secret-name.zip", zipped({"quetzal.md": "text"}))
    assert (await ines.get(told.path)).status_code == 404
    assert "secret-name" not in (await ines.get("/settings/import")).text
    assert b"quetzal" not in await taken_along(ines)
    assert (await _anonymous(mara, told.path)) == {401}


async def _anonymous(person: Person, path: str) -> set[int]:
    calls = [("GET", path), ("GET", "/settings/import"), ("POST", "/settings/import"), ("GET", "/settings/export.zip")]
    headers = {"accept": "application/json"}
    return {(await person.client.request(method, each, headers=headers)).status_code for method, each in calls}
