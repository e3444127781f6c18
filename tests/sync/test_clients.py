"""What the server knows of each copy: how far it has read, and what waits on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aios.records.clock import now_ms
from aios.records.ids import new_id
from aios.records.sync.pull import MOST_BEHIND, SEEN_EVERY_MS
from tests.sync.test_push import run

if TYPE_CHECKING:
    from tests.people import Person
    from tests.sync.calls import Calls


@pytest.fixture
def client_row(database_url: str, device: Calls):
    async def read(column: str):
        (row,) = await run(database_url, (f"SELECT {column} FROM sync_client WHERE client_id = ?", device.client))  # noqa: S608
        return row[0]

    return read


async def silent(database_url: str, device: Calls) -> None:
    """Let the device have been silent so long that its next pull is noted."""
    seen_at = now_ms() - SEEN_EVERY_MS
    await run(database_url, ("UPDATE sync_client SET seen_at = ? WHERE client_id = ?", seen_at, device.client))


async def test_the_cursor_is_noted_and_grows(device: Calls, database_url: str, client_row) -> None:
    await device.bootstrap()
    assert await client_row("cursor") is None, "not yet: the first sync may be cut short"
    for _ in range(3):
        await device.done(device.mutation("create", new_id(), title="A"))
    await device.since(1)
    assert await client_row("cursor") == 1
    await device.since(3)
    assert await client_row("cursor") == 1, "it was noted just now"
    await silent(database_url, device)
    await device.since(3)
    assert await client_row("cursor") == 3
    await silent(database_url, device)
    await device.since(2)
    assert await client_row("cursor") == 3, "a late repetition takes nothing back"


async def test_who_pushes_often_is_noted_too(device: Calls, mara: Person, database_url: str, client_row) -> None:
    await device.done(device.mutation("create", new_id(), title="A"))
    await device.since(1)
    await run(database_url, ("UPDATE sync_head SET rev = ? WHERE space_id = ?", 2 * MOST_BEHIND, mara.id))
    await device.since(MOST_BEHIND)
    assert await client_row("cursor") == 1
    await device.since(MOST_BEHIND + 1)
    assert await client_row("cursor") == MOST_BEHIND + 1


async def test_reading_everything_anew_forgets_the_cursor(device: Calls, client_row) -> None:
    await device.done(device.mutation("create", new_id(), title="A"))
    await device.since(1)
    assert await client_row("cursor") == 1
    await device.bootstrap()
    assert await client_row("cursor") is None
    await device.since(1)
    assert await client_row("cursor") == 1
    assert await client_row("last_mid") == 1


async def test_what_waits_is_stored_with_a_push(device: Calls, client_row) -> None:
    await device.done(device.mutation("create", new_id(), title="A"), waiting=7)
    await device.since(0)
    assert await client_row("waiting") == 7, "a pull tells nothing of it"
    await device.done(device.mutation("create", new_id(), title="B"))
    assert await client_row("waiting") == 0
    assert await client_row("cursor") == 0, "a push takes nothing back"
    for wrong in (-1, 1.5, "2", None, 2**53):
        answer = await device.push(waiting=wrong)
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (400, ["waiting"])
