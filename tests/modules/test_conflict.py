"""Settling two versions of a text, as a person without script does, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aios.records.ids import new_id
from aios.records.text import text_hash
from tests.modules.forms import Forms, post, show
from tests.sync.calls import Calls

if TYPE_CHECKING:
    from tests.people import People, Person

PLACES = [
    ("notes", "bodyMarkdown", "/notebook", {"title": "Foz"}),
    ("tasks", "userNotes", "/planner", {"title": "Foz"}),
    ("projects", "description", "/planner/projects", {"name": "Foz"}),
]


async def clash(mara: Person, collection: str, field: str, fields: dict[str, Any]) -> str:
    """A record whose text was changed by two devices apart."""
    record, base = new_id(), "before\n40 mm\nafter"
    phone, desk = Calls(mara), Calls(mara)
    made = await phone.done(phone.mutation("create", record, collection, **fields, **{field: base}))
    for device, text in ((phone, "before\n45 mm\nafter"), (desk, "before\n50 mm\nafter")):
        bases = {field: text_hash(base)}
        await device.done(
            device.mutation("update", record, collection, baseRev=made["rev"], bases=bases, **{field: text})
        )
    return record


@pytest.mark.parametrize(("collection", "field", "root", "fields"), PLACES)
@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ("first", "before\n45 mm\nafter"),
        ("second", "before\n50 mm\nafter"),
        ("both", "before\n45 mm\n50 mm\nafter"),
    ],
)
async def test_what_was_chosen_stays(  # noqa: PLR0913, PLR0917  a table
    people: People, collection: str, field: str, root: str, fields: dict[str, Any], choice: str, text: str
) -> None:
    mara = await people()
    record = await clash(mara, collection, field, fields)
    own, path = f"{root}/{record}", f"{root}/{record}/conflict"
    assert f'href="{path}"' in await show(mara, own)
    page = await show(mara, path)
    assert "<ins>45</ins> mm" in page
    settled = await post(mara, path, Forms(page).fields(path, "PUT") | {"part1": choice})
    assert settled.headers["location"] == own
    assert (await mara.get(f"/api/{collection}/{record}")).json()[field] == text
    assert path not in await show(mara, own)
    assert "Nothing to settle" in await show(mara, path)


async def test_a_text_that_changed_meanwhile_is_shown_again(people: People) -> None:
    mara = await people()
    note = await clash(mara, "notes", "bodyMarkdown", {"title": "Foz"})
    path = f"/notebook/{note}/conflict"
    opened = Forms(await show(mara, path)).fields(path, "PUT")
    await mara.put(f"/api/notes/{note}", {"bodyMarkdown": "first\nbefore\n45 mm\n50 mm\nafter"})
    refused = await post(mara, path, opened | {"part1": "first"})
    assert refused.status_code == 422
    assert "changed meanwhile" in refused.text
    again = Forms(refused.text).fields(path, "PUT")
    assert (await post(mara, path, again | {"part1": "first"})).status_code == 303
    assert (await mara.get(f"/api/notes/{note}")).json()["bodyMarkdown"] == "first\nbefore\n45 mm\nafter"
