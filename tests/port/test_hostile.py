"""Archives that mean harm are stopped while they are read, and say why; nothing else suffers."""

from __future__ import annotations

import io
import json
import stat
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.port.sending import PATH, bring, records, zipped

if TYPE_CHECKING:
    from tests.people import People, Person

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
async def mara(people: People) -> Person:
    return await people()


async def test_links_and_names_that_lead_out_are_left_and_the_rest_comes_in(mara: Person) -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in ("../../etc/cron.md", "/etc/passwd.md", "C:\\Windows\\x.md", "a/../../b.md", "good.md"):
            archive.writestr(name, "text")
        link = zipfile.ZipInfo("link.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("good.md", "another")
    told = await bring(mara, "evil.zip", kept.getvalue())
    assert [note["title"] for note in await records(mara)] == ["good"]
    assert told.text.count("Its name leads out of the archive") == 4
    assert "link.md A link to another file is not followed" in told
    assert "good.md The name is there twice" in told


async def test_names_are_read_as_they_were_written(mara: Person) -> None:
    """UTF-8 without a mark, letters that are composed or not printed, and bytes that are no UTF-8."""
    names = ["S\u00fcden.md", "no\u00a0break.md", "fami\u200dly.md", "a\u0308ther.md"]
    unmarked = bytearray(zipped(dict.fromkeys(names, "text")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = unmarked.find(mark)
        while at >= 0:
            unmarked[at + place + 1] &= ~0x08 & 0xFF
            at = unmarked.find(mark, at + 1)
    await bring(mara, "names.zip", bytes(unmarked))
    wanted = {"S\u00fcden", "no break", "fami\u200dly", "\u00e4ther"}
    assert {note["title"] for note in await records(mara)} == wanted
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1") as latin:
        member = tarfile.TarInfo("S\u00fcden 2.md")
        latin.addfile(member)
        latin.addfile(tarfile.TarInfo("../\u00fc.md"))
    await bring(mara, "names.tar", kept.getvalue())
    assert {note["title"] for note in await records(mara)} == {*wanted, "S\u00fcden 2"}


async def test_links_in_a_tar_are_left(mara: Person) -> None:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as archive:
        for name, kind in (("a.md", tarfile.SYMTYPE), ("b.md", tarfile.LNKTYPE), ("c.md", tarfile.FIFOTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        for name in ("../out.md", "/abs.md", "good.md"):
            member = tarfile.TarInfo(name)
            member.size = 4
            archive.addfile(member, io.BytesIO(b"text"))
    told = await bring(mara, "evil.tar", kept.getvalue())
    assert [note["title"] for note in await records(mara)] == ["good"]
    assert told.text.count("A link to another file") == 2
    assert told.text.count("leads out of the archive") == 2
    assert "It is no ordinary file" in told


async def test_too_many_entries(mara: Person) -> None:
    told = await bring(mara, "many.zip", zipped({f"{number}.md": "" for number in range(10_001)}))
    assert "more than 10,000 files" in told
    assert await records(mara) == []


async def test_a_bomb_is_stopped_while_it_is_read(mara: Person) -> None:
    bomb = zipped({f"{number}.md": b"a " * 4_000_000 for number in range(4)})
    assert len(bomb) < 100_000
    told = await bring(mara, "bomb.zip", bomb)
    assert "Not finished" in told
    assert "It grows far beyond its size" in told
    assert await records(mara) == []


async def test_a_bomb_inside_an_archive_is_not_opened(mara: Person) -> None:
    inner = zipped({"x.md": b"a" * 10_000_000})
    told = await bring(mara, "outer.zip", zipped({"inner.zip": inner, "note.md": "text"}))
    assert "inner.zip An archive inside the archive is not opened" in told
    assert len(await records(mara)) == 1


async def test_entries_that_lie_over_each_other(mara: Person) -> None:
    body = b"a" * 1_000
    packed = zlib.compress(body)[2:-4]
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, zlib.crc32(body), len(packed), len(body), 4, 0)
    start = local + b"a.md" + packed
    central = b"".join(
        struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 33, zlib.crc32(body), len(packed), len(body),
                    4, 0, 0, 0, 0, 0, 0) + name
        for name in (b"a.md", b"b.md", b"c.md")
    )  # fmt: skip
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 3, 3, len(central), len(start), 0)
    told = await bring(mara, "overlap.zip", start + central + end)
    assert "lie over each other" in told
    assert await records(mara) == []


@pytest.mark.parametrize(("size", "titles"), [(3, ["b"]), (3_000_000, ["a", "b"])])
async def test_a_size_that_is_not_true(mara: Person, size: int, titles: list[str]) -> None:
    """The stated size is 3, the file is larger, and damaged therefore; or it is stated to be large, and is not."""
    archive = bytearray(zipped({"a.md": b"some text that is longer", "b.md": b"fine"}))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = archive.find(mark)
        archive[at + place : at + place + 4] = struct.pack("<I", size)
    told = await bring(mara, "wrong.zip", bytes(archive))
    assert ("a.md It is damaged" in told) == (size == 3)
    assert sorted(note["title"] for note in await records(mara)) == titles


async def test_a_damaged_zip(mara: Person) -> None:
    archive = zipped({"a.md": "text"})
    for broken in (
        archive[:-10],
        archive[:40],
        b"PK\x03\x04" + b"\xff" * 100,
        archive.replace(b"PK\x01\x02", b"PK\x01\x03"),
    ):
        assert "This zip cannot be read" in await bring(mara, "broken.zip", broken)


async def test_yaml_that_grows_or_goes_deep_stays_text(mara: Person) -> None:
    bomb = "---\na: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n---\nBody"
    deep = f"---\na: {'[' * 70}{']' * 70}\n---\nBody"
    tagged = "---\na: !!python/object/apply:os.system ['true']\n---\nBody"
    files = {"bomb.md": bomb, "deep.md": deep, "tagged.md": tagged}
    told = await bring(mara, "yaml.zip", zipped(files))
    notes = {note["title"]: note["bodyMarkdown"] for note in await records(mara)}
    assert notes["bomb"] == bomb
    assert notes["deep"] == deep
    assert "bomb.md Its front matter uses anchors" in told
    assert "deep.md Its front matter is nested more than 64 levels deep" in told


async def test_json_that_goes_deep(mara: Person) -> None:
    fine = json.dumps({"title": "Fine", "textContent": "[[[[ {{{{", "isTrashed": False})
    deep = '{"title": "x", "textContent": "x", "isTrashed": false, "a": ' + "[" * 1_000 + "]" * 1_000 + "}"
    told = await bring(mara, "keep.zip", zipped({"deep.json": deep, "fine.json": fine, "no.json": "{"}))
    assert [note["title"] for note in await records(mara)] == ["Fine"]
    assert "deep.json It is nested more than 64 levels deep" in told
    assert "no.json It is no JSON" in told


async def test_what_is_too_large_is_not_kept(mara: Person) -> None:
    answer = await mara.request("POST", PATH, files={"file": ("big.zip", b"\0" * 50_000_001)})
    assert answer.status_code == 422
    assert "It is larger than 50 MB" in answer.text
    answer = await mara.request("POST", PATH, files={"file": ("huge.zip", b"\0" * 53_000_000)})
    assert answer.status_code == 413
    assert "It is larger than 50 MB" in answer.text
    assert "Lately" not in (await mara.get(PATH)).text


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"", "multipart/form-data; boundary=x"), (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
     (b"a=b", "application/x-www-form-urlencoded"), (b"--x--\r\n", "multipart/form-data; boundary=x")],
)  # fmt: skip
async def test_a_form_that_cannot_be_read(mara: Person, body: bytes, kind: str) -> None:
    answer = await mara.request("POST", PATH, content=body, headers={"content-type": kind})
    assert answer.status_code == 422
    assert "The form could not be read" in answer.text or "Choose a file first" in answer.text


async def test_a_file_without_anything_in_it(mara: Person) -> None:
    answer = await mara.request("POST", PATH, files={"file": ("events.ics", b"")})
    assert answer.status_code == 422
    assert "This file is empty" in answer.text


async def test_what_nobody_knows(mara: Person) -> None:
    told = await bring(mara, "picture.zip", zipped({"a.png": b"\x89PNG"}))
    assert "This is no file that can be brought in here" in told
    assert "Todoist" in told
