"""What is old is put aside or deleted once a day, as each person wants it, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aios.database import Sql, Statement
from aios.jobs.purge import DAY_MS
from aios.records.clock import now_ms
from aios.records.events import Events
from aios.records.ids import new_id
from aios.records.retention import retain
from aios.records.writes import Writes
from tests.sync.calls import Calls

if TYPE_CHECKING:
    from aios.database import Database
    from aios.modules import Registry
    from tests.people import People, Person

NOW = now_ms()
MANY = 230
"""More than one read gives."""


@pytest.fixture
def carry_out(database: Database, registry: Registry):
    """Do what the daily job does."""

    async def run(writes: Writes | None = None) -> None:
        await retain(database, registry, writes or Writes(registry, database, Events()), NOW)

    return run


async def chosen(person: Person, **days: int) -> None:
    answer = await person.put("/api/settings", {"retention": days})
    assert answer.json()["retention"] == days


async def fill(calls: Calls, collection: str, many: int, days: int, **fields: Any) -> set[str]:
    """Make records that were last changed so many days ago."""
    at = NOW - days * DAY_MS
    made = [
        calls.mutation("create", new_id(), collection, ms=at, title=f"{collection} {number}", **fields)
        for number in range(many)
    ]
    await calls.done(*made)
    return {each["id"] for each in made}


async def pulled(calls: Calls) -> dict[str, dict[str, Any]]:
    """Everything, as a device that syncs gets it."""
    found: dict[str, dict[str, Any]] = {}
    answer = {"cursor": 0, "more": True}
    while answer["more"]:
        answer = (await calls.pull(cursor=str(answer["cursor"]), epoch=answer.get("epoch", ""))).json()
        found |= {each["id"]: each for each in answer["records"]}
    return found


async def test_done_tasks_go_to_the_trash_and_come_back_from_it(people: People, carry_out) -> None:
    mara, ines = await people(), await people()
    calls, others = Calls(mara), Calls(ines)
    old = await fill(calls, "tasks", MANY, 31, status="completed")
    kept = await fill(calls, "tasks", 2, 29, status="completed") | await fill(calls, "tasks", 2, 400)
    kept |= await fill(calls, "notes", 1, 400)
    theirs = await fill(others, "tasks", 2, 31, status="completed")
    await carry_out()
    assert len((await mara.get("/api/tasks", params={"limit": "500"})).json()) == MANY + 4
    await chosen(mara, tasks=30)
    await carry_out()
    left = await pulled(calls)
    assert {name for name, each in left.items() if each["deleted"]} == old
    assert all(left[each]["deleted"] is None for each in kept)
    assert all(each["deleted"] is None for each in (await pulled(others)).values() if each["id"] in theirs)
    one = min(old)
    await calls.done(calls.mutation("restore", one, "tasks"))
    assert (await mara.get(f"/api/tasks/{one}")).json()["status"] == "completed"
    # It was touched just now, so it is not old.
    await carry_out()
    assert (await mara.get(f"/api/tasks/{one}")).status_code == 200


async def test_notes_are_archived_but_pinned_ones(people: People, carry_out) -> None:
    mara = await people()
    calls = Calls(mara)
    old = await fill(calls, "notes", 3, 91)
    pinned = await fill(calls, "notes", 1, 91, isPinned=True)
    recent = await fill(calls, "notes", 1, 89)
    await chosen(mara, notes=90, tasks=0)
    await carry_out()
    found = {each["id"]: each["isArchived"] for each in (await mara.get("/api/notes")).json()}
    assert found == dict.fromkeys(old, True) | dict.fromkeys(pinned | recent, False)
    (before,) = {each["rev"] for name, each in (await pulled(calls)).items() if name == min(old)}
    await carry_out()
    assert (await pulled(calls))[min(old)]["rev"] == before


async def test_what_is_changed_meanwhile_is_left_alone(people: People, carry_out, database, registry) -> None:
    mara = await people()
    calls = Calls(mara)
    (one,) = await fill(calls, "tasks", 1, 31, status="completed")
    await chosen(mara, tasks=30)
    whole = Writes(registry, database, Events())

    class Late(Writes):
        """Somebody reopens the task after the job has read it."""

        async def apply(self, *given: Any, **more: Any) -> Any:
            await mara.patch(f"/api/tasks/{one}", {"status": "pending"})
            return await whole.apply(*given, **more)

    await carry_out(Late(registry, database, Events()))
    assert (await mara.get(f"/api/tasks/{one}")).json()["status"] == "pending"


async def test_former_texts_are_thinned_to_one_a_month(people: People, carry_out, database) -> None:
    mara = await people()
    note = (await mara.post("/api/notes", {"title": "Roof", "bodyMarkdown": "0"})).json()["id"]
    for number in range(1, 9):
        await mara.patch(f"/api/notes/{note}", {"bodyMarkdown": str(number)})
    month = 30 * DAY_MS
    first = (NOW - 400 * DAY_MS) // month * month
    # Four of one month, two of the next, two of a moment ago.
    at = [first, first + 1, first + 2, first + 3, first + month, first + month + 9, NOW, NOW]

    def moved():
        rows = yield Statement(Sql("SELECT rev FROM text_version WHERE record_id = ? ORDER BY rev"), (note,))
        for (rev,), when in zip(rows, at, strict=True):
            yield Statement(Sql("UPDATE text_version SET at = ? WHERE record_id = ? AND rev = ?"), (when, note, rev))

    await database.run(moved())

    async def texts() -> list[str]:
        rows = await database.fetch(
            Statement(Sql("SELECT body FROM text_version WHERE record_id = ? ORDER BY rev"), (note,))
        )
        return [row[0] for row in rows]

    await carry_out()
    assert len(await texts()) == 8
    await chosen(mara, history=365)
    await carry_out()
    assert await texts() == ["3", "5", "6", "7"]
