"""Outboxes as devices of each release write them, replayed on today's server (docs/sync.md, "Golden outboxes")."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aios.modules import discover
from aios.records.ids import implied_id
from aios.records.sync.release import RELEASE
from tests.sync.calls import Calls

if TYPE_CHECKING:
    from tests.people import Person

FILES = sorted((Path(__file__).parent / "golden").glob("release-*.json"))
SINGLE = {'"SETTINGS"': "settings", '"CALENDAR"': "calendarSettings"}
"""What stands for the ids of records that there is one of, and their collections: they follow from the account."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_an_outbox_of_every_release_has_the_effect_that_it_had_then(mara: Person, path: Path) -> None:
    golden = read(path, mara.id)
    rejects = []
    for outbox in golden["outboxes"]:
        for _ in range(2):  # the first answer was lost
            answer = await mara.post("/api/sync/push", {**outbox, "account": mara.id})
            assert answer.status_code == 200, answer.text
        rejects.append([[each["mid"], each["code"]] for each in answer.json()["rejects"]])
    assert rejects == golden["rejects"]
    page = await Calls(mara).since(0)
    found = {each["id"]: each for each in page["records"]}
    assert found.keys() == golden["records"].keys()
    for record_id, wanted in golden["records"].items():
        assert seen(found[record_id], wanted["body"]) == wanted


def read(path: Path, account: str) -> dict[str, Any]:
    """What a file says about somebody with this account."""
    text = path.read_text("utf-8")
    for word, collection in SINGLE.items():
        text = text.replace(word, f'"{implied_id(account, collection, collection)}"')
    golden: dict[str, Any] = json.loads(text)
    return golden


def seen(record: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """A record as the files have it: without times, and without fields that later releases have added."""
    body = {name: value for name, value in record["body"].items() if name in fields}
    return {
        "collection": record["collection"], "deleted": record["deleted"] is not None, "body": body,
        "conflict": "conflict" in record,
    }  # fmt: skip


def test_each_release_has_its_outboxes_and_each_collection_is_in_them() -> None:
    assert [path.stem for path in FILES] == [f"release-{number + 1}" for number in range(RELEASE)]
    written = {
        (entry["collection"], entry["op"])
        for outbox in json.loads(FILES[-1].read_text("utf-8"))["outboxes"]
        for entry in outbox["mutations"]
    }
    collections = discover().collections
    assert {name for name, _ in written} == set(collections)
    for name, collection in collections.items():
        if not collection.single:
            assert {op for each, op in written if each == name} >= {"create", "update", "delete"}, name
