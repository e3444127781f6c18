"""The versions of a record: what each was, what is different now, and the way back. On both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.records.clock import now_ms
from aios.records.history import difference
from aios.records.ids import new_id
from tests.modules.forms import Forms, post, show
from tests.sync.calls import Calls

if TYPE_CHECKING:
    from tests.people import People


async def test_a_former_text_is_shown_with_its_differences_and_brought_back(people: People) -> None:
    mara = await people()
    note = (await mara.post("/api/notes", {"title": "Foz", "bodyMarkdown": "beam 40\nroof"})).json()["id"]
    await mara.put(f"/api/notes/{note}", {"bodyMarkdown": "beam 45\nroof"})
    path = f"/history/notes/{note}"
    assert f'href="{path}"' in await show(mara, f"/notebook/{note}")
    page = await show(mara, path)
    assert "<del>beam 40</del>" in page
    assert "<ins>beam 45</ins>" in page
    restored = await post(mara, path, Forms(page).fields(path, "PUT"))
    assert restored.headers["location"] == f"/notebook/{note}"
    assert (await mara.get(f"/api/notes/{note}")).json()["bodyMarkdown"] == "beam 40\nroof"
    # What was replaced by that is a version, too.
    assert "<del>beam 45</del>" in await show(mara, path)


async def test_a_value_that_gave_way_is_among_the_versions(people: People) -> None:
    mara = await people()
    phone, desk, note = Calls(mara), Calls(mara), new_id()
    made = await phone.done(phone.mutation("create", note, title="Foz"))
    for device, title, ms in ((phone, "By the phone", now_ms()), (desk, "By the desk", now_ms() - 5_000)):
        await device.done(device.mutation("update", note, baseRev=made["rev"], ms=ms, title=title))
    path = f"/history/notes/{note}"
    page = await show(mara, path)
    assert "Gave way to a later edit: title" in page
    assert (await post(mara, path, Forms(page).fields(path, "PUT"))).status_code == 303
    assert (await mara.get(f"/api/notes/{note}")).json()["title"] == "By the desk"


async def test_without_versions_the_page_says_what_will_be_kept(people: People) -> None:
    mara = await people()
    note = (await mara.post("/api/notes", {"title": "Foz"})).json()["id"]
    assert "No other version yet" in await show(mara, f"/history/notes/{note}")


async def test_nobody_else_sees_or_restores_a_version(people: People) -> None:
    mara, ines = await people(), await people()
    note = (await mara.post("/api/notes", {"title": "Foz", "bodyMarkdown": "a"})).json()["id"]
    await mara.put(f"/api/notes/{note}", {"bodyMarkdown": "b"})
    path = f"/history/notes/{note}"
    form = Forms(await show(mara, path)).fields(path, "PUT")
    assert (await ines.get(path)).status_code == 404
    assert (await post(ines, path, form)).status_code == 404
    assert (await mara.get(f"/history/settings/{note}")).status_code == 404
    assert (await mara.get(f"/history/tasks/{note}")).status_code == 404
    assert (await post(mara, path, form | {"version": "9.current.title"})).status_code == 404


def test_long_stretches_that_are_the_same_are_skipped() -> None:
    before = "\n".join(map(str, range(20)))
    lines = difference(before, before.replace("\n10\n", "\nten\n"))
    assert [(line["kind"], line["text"]) for line in lines] == [
        ("skipped", ""), ("same", "8"), ("same", "9"), ("gone", "10"), ("new", "ten"), ("same", "11"), ("same", "12"),
        ("skipped", ""),
    ]  # fmt: skip
    assert difference("a\nb", "a\nb") == []
