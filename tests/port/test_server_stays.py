"""What one person brings in takes the server from nobody else: not its time, not its memory, not its disk."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
import time
import zipfile
from typing import TYPE_CHECKING

import msgspec
import pytest

from aios.port.source import of_file
from aios.port.uploads import find
from tests.port.sending import PATH, bring, by_title, records, zipped

if TYPE_CHECKING:
    from aios.database import Database
    from tests.people import People, Person

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
async def mara(people: People) -> Person:
    return await people()


@pytest.mark.parametrize(("method", "word"), [(zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA")])
async def test_what_unpacks_without_a_limit_is_not_unpacked(mara: Person, method: int, word: str) -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("packed.md", "text", method)
        archive.writestr("plain.md", "text", zipfile.ZIP_DEFLATED)
    told = await bring(mara, "a.zip", kept.getvalue())
    assert f"packed.md It is packed with {word}" in told
    assert [each["title"] for each in await records(mara)] == ["plain"]


async def test_names_that_are_too_long(mara: Person) -> None:
    long, deep = "n" * 1_001 + ".md", "f/" * 33 + "n.md"
    told = await bring(mara, "a.zip", zipped({long: "", deep: "", "f/" * 32 + "n.md": "", "g.md": ""}))
    assert told.text.count("Its name is longer than 1,000 letters, or stands in more than 32 folders") == 2
    assert len(await records(mara)) == 2
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo(long))
        archive.addfile(tarfile.TarInfo("h.md"))
    assert "Its name is longer than 1,000 letters" in await bring(mara, "a.tar", kept.getvalue())
    assert len(await records(mara)) == 3


async def test_a_tar_whose_headers_are_too_large(mara: Person) -> None:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("a.md")
        member.pax_headers = {"comment": "1" * 20_000}
        archive.addfile(member)
    told = await bring(mara, "a.tar", kept.getvalue())
    assert "Not finished" in told
    assert "says more about a file than is read here" in told


async def test_a_time_that_no_calendar_has(mara: Person) -> None:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, at in (("a.md", "1e17"), ("b.md", "-1e17")):
            member = tarfile.TarInfo(name)
            member.pax_headers = {"mtime": at}
            archive.addfile(member)
    await bring(mara, "a.tar", kept.getvalue())
    assert len(await records(mara)) == 2


async def test_html_that_no_program_writes_keeps_its_words(mara: Person) -> None:
    files: dict[str, bytes | str] = {
        "number.html": f"<p>one &#{'9' * 5_000}; two",
        "section.html": "<p>one <![foo[ x ]]> two",
        "name.html": "<p>one <![ x ]> two",
        "open.html": "<p>one <b title='x>two</b> <i>three</i>",
        "less.html": "<p>a < b <3 & c",
        "comment.html": "<p>one <!-- two <b>three</b>",
    }
    await bring(mara, "a.zip", zipped(files))
    found = {title: each["bodyMarkdown"].split() for title, each in (await by_title(mara)).items()}
    assert found.keys() == {"number", "section", "name", "open", "less", "comment"}
    for title in ("number", "section", "name"):
        assert (found[title][0], found[title][-1]) == ("one", "two")
    assert {"one", "*three*"} <= set(found["open"])
    assert found["less"] == ["a", "<", "b", "<3", "&", "c"]
    assert {"one", "two"} <= set(found["comment"])
    assert "three" in found["comment"][-1]
    assert "large.html It is HTML of more than 1 MB" in await bring(mara, "large.html", b"<p>" + b"a" * 1_000_000)


async def test_json_that_is_too_large(mara: Person) -> None:
    large = json.dumps({"title": "x", "textContent": "x", "isTrashed": False, "a": "x" * 2_000_000})
    fine = json.dumps({"title": "Fine", "textContent": "x", "isTrashed": False})
    told = await bring(mara, "a.zip", zipped({"large.json": large, "fine.json": fine}))
    assert [each["title"] for each in await records(mara)] == ["Fine"]
    assert "large.json It is larger than 2 MB" in told


async def test_the_first_aliases_of_a_note_and_names_that_nobody_has(mara: Person) -> None:
    names = ", ".join(f"n{number:03}" for number in range(150))
    links = " ".join(f"[[nobody{number:03}]]" for number in range(150))
    told = await bring(
        mara, "a.zip", zipped({"a.md": f"---\naliases: {names}\n---\nText", "b.md": f"[[n099]] [[n100]] {links}"})
    )
    notes = await by_title(mara)
    assert "n149" in notes["a"]["bodyMarkdown"]
    assert notes["b"]["bodyMarkdown"].startswith("[[a]] [[n100]] [[nobody000]]")
    assert "n100, nobody000," in told
    assert "nobody018 and more" in told


async def test_a_title_that_is_too_long_for_a_title_stands_below_the_text(mara: Person) -> None:
    await bring(mara, "a.md", f"---\ntitle: {'t' * 2_001}\n---\nText".encode())
    (note,) = await records(mara)
    assert note["title"] == "a"
    assert "t" * 2_001 in note["bodyMarkdown"]


async def test_a_report_is_short_and_counts_everything(mara: Person, database: Database) -> None:
    rows = [f"odd,{number},,1," for number in range(3_000)]
    table = "\n".join(["TYPE,CONTENT,PRIORITY,INDENT,DATE", *rows, f"task,T,,1,{'x' * 400_000}"])
    told = await bring(mara, "a.csv", table.encode())
    assert "Not brought in 3,000" in told
    assert "a.csv, line 501" in told
    assert "a.csv, line 502" not in told
    assert "And 2,500 more" in told
    assert "3,000 not brought in" in (await mara.get(PATH)).text
    shown = await find(database, mara.id, told.path.rpartition("/")[2])
    assert shown is not None
    assert len(msgspec.json.encode(shown.report)) < 100_000


async def test_others_go_on_while_an_archive_is_looked_through(mara: Person) -> None:
    """The loop is never at work for as long as the archive takes alone."""
    files: dict[str, bytes | str] = {"manifest.json": '{"format": "aios-export", "version": 1}'}
    archive = zipped({**files, **{f"Notebook/{number}.md": "" for number in range(15_000)}})
    begun = time.thread_time()
    of_file("a.zip", io.BytesIO(archive), len(archive))
    alone = time.thread_time() - begun
    answer = await mara.request("POST", PATH, files={"file": ("a.zip", archive)})
    pauses = [0.0]
    ended = time.monotonic() + 30
    while "Coming in" in (await mara.get(answer.headers["location"])).text and time.monotonic() < ended:
        for _ in range(10):
            begun = time.thread_time()
            await asyncio.sleep(0.001)
            pauses.append(time.thread_time() - begun)
    assert max(pauses) < alone / 2
