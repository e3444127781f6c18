"""Half a year after a deletion nobody remembers it, and who might have missed it reads everything anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aios.jobs.purge import DAY_MS, TOMBSTONE_MS, purge
from aios.jobs.tombstones import AT_ONCE
from aios.records.clock import now_ms
from aios.records.ids import new_id
from tests.sync.calls import Calls, records
from tests.sync.test_push import notes, run

if TYPE_CHECKING:
    from aios.database import Database
    from tests.people import People, Person


@pytest.fixture
async def mara(people: People) -> Person:
    return await people()


async def age(database_url: str, days: float, *ids: str) -> None:
    """Let records have been deleted so many days ago."""
    deleted_at = now_ms() - int(days * DAY_MS)
    for record_id in ids:
        await run(database_url, ("UPDATE record SET deleted_at = ? WHERE id = ?", deleted_at, record_id))


async def test_a_purged_tombstone_raises_the_floor_to_its_revision(
    mara: Person, database: Database, database_url: str
) -> None:
    phone, laptop = Calls(mara), Calls(mara)
    old, recent, kept = new_id(), new_id(), new_id()
    await phone.done(*(phone.mutation("create", each, title=each) for each in (old, recent, kept)))
    await phone.done(phone.mutation("delete", old), phone.mutation("delete", recent))
    await age(database_url, 181, old)
    await age(database_url, 179, recent)
    await purge(database, {})

    assert (await laptop.pull(cursor=3)).json()["code"] == "resync"
    assert (await laptop.pull(cursor=4)).status_code == 200, "it has read the deletion"
    assert (await laptop.pull(boot=3, before=1)).status_code == 410
    pages = await laptop.bootstrap(limit=1)
    assert [each["id"] for each in records(pages)] == [kept]
    assert (await laptop.since(pages[-1]["cursor"]))["records"] == []
    assert await run(database_url, "SELECT id FROM record WHERE deleted_at IS NOT NULL") == [(recent,)]

    await age(database_url, 181, recent)
    await purge(database, {})
    assert (await laptop.pull(cursor=4)).status_code == 410
    assert (await laptop.pull(cursor=5)).status_code == 200


async def test_what_was_purged_is_gone_for_updates_and_can_be_made_anew(
    mara: Person, database: Database, database_url: str
) -> None:
    device, record_id = Calls(mara), new_id()
    await device.done(device.mutation("create", record_id, title="Roof"), device.mutation("delete", record_id))
    await age(database_url, 181, record_id)
    await purge(database, {})
    answer = await device.push(
        device.mutation("update", record_id, title="Beam"), device.mutation("restore", record_id),
        device.mutation("delete", record_id),
    )  # fmt: skip
    assert [(each["mid"], each["code"]) for each in answer.json()["rejects"]] == [(3, "gone"), (4, "gone")]
    await device.done(device.mutation("create", record_id, title="Anew"))
    assert (await notes(mara))[record_id]["title"] == "Anew"
    await purge(database, {})
    assert record_id in await notes(mara)


async def test_the_floors_of_others_stay(people: People, database: Database, database_url: str) -> None:
    mine, theirs = Calls(await people()), Calls(await people())
    for device in (mine, theirs):
        await device.done(*(device.mutation("create", new_id(), title="A") for _ in range(3)))
    gone = new_id()
    await mine.done(mine.mutation("create", gone, title="B"), mine.mutation("delete", gone))
    await age(database_url, 181, gone)
    await purge(database, {})
    assert (await mine.pull(cursor=4)).status_code == 410
    assert (await theirs.pull(cursor=0)).status_code == 200


async def test_more_than_one_transaction_holds_is_purged_at_once(
    mara: Person, database: Database, database_url: str
) -> None:
    device = Calls(mara)
    ids = [new_id() for _ in range(AT_ONCE + 5)]
    for part in (ids[:200], ids[200:]):
        await device.done(*(device.mutation("create", each, title="A") for each in part))
        await device.done(*(device.mutation("delete", each) for each in part))
    await run(database_url, ("UPDATE record SET deleted_at = ?", now_ms() - TOMBSTONE_MS - DAY_MS))
    await purge(database, {})
    assert (await device.pull(cursor=409)).status_code == 410
    assert (await device.pull(cursor=410)).json()["records"] == []
