"""Each invariant of docs/sync.md by its name, on both databases; tools/sync_mutants.py breaks the code for each."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from sync_client import Syncer
from sync_copy import Copy
from sync_replay import digest

from aios.records.clock import now_ms
from aios.records.ids import new_id
from tests.sync.calls import Calls, records
from tests.sync.test_push import FAILING, HEALED, notes, run
from tests.sync.world import aborted

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.people import People, Person

DAY_MS = 86_400_000


async def note(device: Calls, **fields: Any) -> tuple[str, int]:
    """Make a note; gives its id and revision."""
    record_id = new_id()
    return record_id, (await device.done(device.mutation("create", record_id, **{"title": "A note", **fields})))["rev"]


async def state(device: Calls, record_id: str) -> dict[str, Any]:
    """The record as a pull gives it."""
    page = await device.since(0)
    found: dict[str, Any] = next(each for each in page["records"] if each["id"] == record_id)
    return found


async def test_i1_what_is_acknowledged_is_committed(device: Calls, database_url: str, dialect: str) -> None:
    """COMMIT itself fails: a deferred reference is checked only then."""
    collation = 'COLLATE "C"' if dialect == "postgresql" else ""
    reference = "REFERENCES sync_head (space_id) DEFERRABLE INITIALLY DEFERRED"
    await run(database_url, f"CREATE TABLE promise (id VARCHAR(36) {collation} {reference})", *FAILING[dialect])
    sent = device.mutation("create", new_id(), title="Not yet")
    assert (await device.push(sent)).status_code == 503
    assert (await run(database_url, "SELECT count(*) FROM record"))[0][0] == 0
    await run(database_url, HEALED[dialect])
    rev = (await device.done(sent))["rev"]
    assert await run(database_url, "SELECT rev FROM record") == [(rev,)], "seen from outside, at once"
    assert await run(database_url, "SELECT last_mid FROM sync_client") == [(1,)]


@pytest.mark.parametrize("after", range(12))
async def test_i1_a_push_is_kept_whole_or_not_at_all(
    client: httpx.AsyncClient, people: People, database_url: str, after: int
) -> None:
    """The power goes off after each statement in turn."""
    mara = await people()
    device = Calls(mara)
    record_id, _ = await note(device, bodyMarkdown="one")
    before = await tables(database_url)
    database = client._transport.app.app.state.database  # type: ignore[attr-defined]
    whole = database.run
    database.run = lambda steps: whole(aborted(steps, after))
    changed = device.mutation(
        "update", record_id, bodyMarkdown="two", tags=["t"], bases={"bodyMarkdown": digest("one")}
    )
    answer = await device.push(
        changed, device.mutation("create", new_id(), title="Two"), device.mutation("create", "x")
    )
    database.run = whole
    if answer.status_code == 503:
        assert await tables(database_url) == before
        return
    assert answer.json()["lastMid"] == 4, "it had no more statements than that"
    assert after > 5


async def tables(database_url: str) -> list[list[Any]]:
    """Everything of all spaces."""
    names = ("sync_head", "record", "record_key", "sync_client", "text_version", "sync_reject")
    return [sorted(await run(database_url, f"SELECT * FROM {name}"), key=str) for name in names]  # noqa: S608


async def test_i2_each_mutation_takes_effect_once_and_in_order(device: Calls, mara: Person, database_url: str) -> None:
    record_id, _ = await note(device, bodyMarkdown="one")
    sent = [
        device.mutation("update", record_id, bodyMarkdown="one\ntwo", bases={"bodyMarkdown": digest("one")}),
        device.mutation("update", record_id, title="Second"),
        device.mutation("update", record_id, title="Third"),
    ]
    answer = await device.done(*sent)
    before = await tables(database_url)
    await mara.put(f"/api/notes/{record_id}", {"title": "Elsewhere"})
    again = await asyncio.gather(*(device.push(*sent[:count]) for count in (3, 1, 3, 2)))
    assert {each.json()["lastMid"] for each in again} == {answer["lastMid"]}
    kept = (await notes(mara))[record_id]
    assert (kept["title"], kept["bodyMarkdown"]) == ("Elsewhere", "one\ntwo")
    assert (await device.since(0))["cursor"] == answer["rev"] + 1, "nothing but the call over REST took a revision"
    assert len(before[1]) == 1
    gap = await device.push({**device.mutation("update", record_id, title="Fifth"), "mid": 6})
    assert (gap.status_code, gap.json()["lastMid"]) == (409, 4)


async def test_i3_no_reader_misses_a_revision_while_others_write(mara: Person) -> None:
    """Devices write at once, each to its own records, while another follows."""
    follower, seen, revisions = Calls(mara), set[str](), list[int]()
    writers = [Calls(mara) for _ in range(3)]
    wanted: list[str] = []

    async def write(calls: Calls) -> None:
        for number in range(15):
            wanted.append(new_id())
            await calls.done(calls.mutation("create", wanted[-1], title=f"{number}"))

    async def follow() -> None:
        cursor = 0
        while not (len(wanted) == 45 and seen >= set(wanted)):
            page = await follower.since(cursor, limit=4)
            assert page["cursor"] >= cursor
            assert all(each["rev"] > cursor for each in page["records"])
            seen.update(each["id"] for each in page["records"])
            revisions.extend(each["rev"] for each in page["records"])
            cursor = page["cursor"]
            await asyncio.sleep(0)

    async with asyncio.timeout(60):
        await asyncio.gather(follow(), *map(write, writers))
    assert revisions == sorted(set(revisions)) == list(range(1, 46))


async def test_i3_a_cursor_that_leads_nowhere_is_told_so(device: Calls, mara: Person, database_url: str) -> None:
    await note(device)
    _, rev = await note(device)
    epoch = (await device.since(0))["epoch"]
    await run(database_url, ("UPDATE sync_head SET floor_rev = ? WHERE space_id = ?", rev, mara.id))
    assert (await device.pull(cursor=rev - 1)).status_code == 410, "below the floor deletions are forgotten"
    assert (await device.pull(cursor=rev)).status_code == 200
    assert (await device.pull(cursor=rev + 1)).status_code == 410
    assert (await device.pull(cursor=rev, epoch="another")).status_code == 410
    assert (await device.push(epoch="another")).status_code == 410
    assert (await device.pull(boot=rev, before=1, epoch=epoch)).status_code == 200, "or a new device boots for ever"


async def test_i4_quiet_devices_equal_the_server(mara: Person, tmp_path: Path) -> None:
    devices = [Bound(mara, tmp_path / f"{number}.db") for number in range(3)]
    record_id = devices[0].copy.create("notes", {"title": "Shared", "bodyMarkdown": "a\nb\nc"})
    for each in devices:
        await each.sync()
    devices[0].copy.update(record_id, {"bodyMarkdown": "a0\nb\nc", "tags": ["zero"]})
    devices[1].copy.update(record_id, {"bodyMarkdown": "a\nb\nc1", "tags": ["one"], "isPinned": True})
    devices[2].copy.delete(record_id)
    for each in (*devices, *devices):
        await each.sync()
    kept = (await notes(mara))[record_id]
    assert (kept["bodyMarkdown"], set(kept["tags"]), kept["isPinned"]) == ("a0\nb\nc1", {"zero", "one"}, True)
    assert [each.copy.shown(record_id)["body"] for each in devices] == [kept] * 3
    assert [each.copy.outbox() for each in devices] == [[]] * 3


class Bound:
    """The example client on the test's app. Its calls are made on the test's own loop, from a thread."""

    def __init__(self, person: Person, path: Path) -> None:
        self.copy = Copy(str(path))
        self.copy.begin(person.id)
        self._person = person

    async def sync(self) -> None:
        """Sync; the copy stays on this thread, its calls are answered one after the other."""
        loop = asyncio.get_running_loop()
        path = self.copy._db.execute("PRAGMA database_list").fetchone()[2]

        def send(method: str, path: str, given: dict[str, Any]) -> dict[str, Any]:
            more = (
                {"json": given} if method == "POST" else {"params": {k: v for k, v in given.items() if v is not None}}
            )
            answer = asyncio.run_coroutine_threadsafe(self._person.request(method, path, **more), loop).result(30)
            assert answer.status_code == 200, answer.text
            found: dict[str, Any] = answer.json()
            return found

        await asyncio.to_thread(lambda: Syncer(Copy(path), send).sync())


async def test_i5_no_write_gives_way_to_one_that_it_had_seen(device: Calls, mara: Person) -> None:
    """The later in order is written by a clock that is 200 days slow, and wins: it had seen the other."""
    other = Calls(mara)
    record_id, rev = await note(device)
    rev = (await device.done(device.mutation("update", record_id, title="Seen", baseRev=rev, ms=now_ms())))["rev"]
    long_ago = now_ms() - 200 * DAY_MS
    await other.done(other.mutation("update", record_id, title="Wins", isPinned=True, baseRev=rev, ms=long_ago))
    kept = (await notes(mara))[record_id]
    assert (kept["title"], kept["isPinned"]) == ("Wins", True)


async def test_i5_of_two_that_had_not_seen_each_other_the_later_wins(
    device: Calls, mara: Person, database_url: str
) -> None:
    """Whichever arrives first; and the other is kept among the versions."""
    other = Calls(mara)
    for first, second in ((1, 2), (2, 1)):
        at = now_ms() - 10_000
        record_id, rev = await note(device, ms=at)
        await device.done(device.mutation("update", record_id, title=f"t{first}", baseRev=rev, ms=at + first))
        await other.done(other.mutation("update", record_id, title=f"t{second}", baseRev=rev, ms=at + second))
        assert (await notes(mara))[record_id]["title"] == "t2"
        kept = await run(
            database_url, ("SELECT body FROM text_version WHERE record_id = ? AND kind = 'lost'", record_id)
        )
        assert kept == [('"t1"',)]


async def test_i6_an_inserted_line_survives_edits_that_had_not_seen_it(device: Calls, mara: Person) -> None:
    other = Calls(mara)
    record_id, rev = await note(device, bodyMarkdown="a\nb\nc")
    base = {"bodyMarkdown": digest("a\nb\nc")}
    await device.done(device.mutation("update", record_id, bodyMarkdown="a\nnew\nb\nc", bases=base, baseRev=rev))
    await other.done(other.mutation("update", record_id, bodyMarkdown="a\nb", bases=base, baseRev=rev))
    assert (await notes(mara))[record_id]["bodyMarkdown"] == "a\nnew\nb", "what was seen may be removed"


async def test_i6_the_next_edit_is_based_on_what_was_submitted(device: Calls, mara: Person) -> None:
    """The first edit was joined with another's; the device's next one, which did not see that, goes on from its own."""
    other = Calls(mara)
    record_id, rev = await note(device, bodyMarkdown="a\nb\nc")
    base = {"bodyMarkdown": digest("a\nb\nc")}
    await other.done(other.mutation("update", record_id, bodyMarkdown="a\nb\nc\nother", bases=base, baseRev=rev))
    await device.done(device.mutation("update", record_id, bodyMarkdown="mine\na\nb\nc", bases=base, baseRev=rev))
    base = {"bodyMarkdown": digest("mine\na\nb\nc")}
    await device.done(device.mutation("update", record_id, bodyMarkdown="mine\na\nc", bases=base, baseRev=rev))
    assert (await state(device, record_id))["body"]["bodyMarkdown"] == "mine\na\nc\nother", "and b is gone for good"
    assert "conflict" not in await state(device, record_id)


async def test_i6_what_was_joined_is_nobodys(device: Calls, mara: Person) -> None:
    """Who wrote a part of a text has not seen the rest: neither a delete nor an edit without a base takes it."""
    other = Calls(mara)
    record_id, rev = await note(device, bodyMarkdown="a")
    base = {"bodyMarkdown": digest("a")}
    await other.done(other.mutation("update", record_id, bodyMarkdown="a\nother", bases=base, baseRev=rev))
    await device.done(device.mutation("update", record_id, bodyMarkdown="mine\na", bases=base, baseRev=rev))
    await device.done(device.mutation("delete", record_id, baseRev=rev))
    assert (await notes(mara))[record_id]["bodyMarkdown"] == "mine\na\nother"
    await device.done(device.mutation("update", record_id, bodyMarkdown="mine", baseRev=rev))
    assert {"mine", "other"} <= set((await notes(mara))[record_id]["bodyMarkdown"].split("\n"))


async def test_i6_a_text_without_a_base_replaces_only_what_its_revision_shows(device: Calls, mara: Person) -> None:
    """Not even what the same device wrote: the entry may be older than the one that was sent before it."""
    other = Calls(mara)
    record_id, rev = await note(other, bodyMarkdown="kept")
    await device.done(
        device.mutation("update", record_id, bodyMarkdown="kept\nhealed", baseRev=rev - 1),
        device.mutation("create", record_id, title="Mine", bodyMarkdown="made apart"),
    )
    written = (await notes(mara))[record_id]["bodyMarkdown"].split("\n")
    assert sorted(written) == ["healed", "kept", "made apart"]


async def test_i6_overlapping_edits_both_stay_and_are_marked(device: Calls, mara: Person) -> None:
    other = Calls(mara)
    record_id, rev = await note(device, bodyMarkdown="beam 40\nz")
    base = {"bodyMarkdown": digest("beam 40\nz")}
    await device.done(device.mutation("update", record_id, bodyMarkdown="beam 45\nz", bases=base, baseRev=rev))
    await other.done(other.mutation("update", record_id, bodyMarkdown="beam 50\nz", bases=base, baseRev=rev))
    found = await state(device, record_id)
    assert found["body"]["bodyMarkdown"] == "beam 45\nbeam 50\nz"
    assert found["conflict"]


async def test_i6_a_member_survives_edits_that_had_not_seen_it(device: Calls, mara: Person) -> None:
    other = Calls(mara)
    record_id, rev = await note(device, tags=["a", "b"])
    await device.done(device.mutation("update", record_id, baseRev=rev, **{"tags/new": True}))
    await other.done(other.mutation("update", record_id, tags=["a", "late"], baseRev=rev))
    assert set((await notes(mara))[record_id]["tags"]) == {"a", "new", "late"}
    await other.done(other.mutation("update", record_id, baseRev=rev, **{"tags/new": None, "tags/a": None}))
    assert set((await notes(mara))[record_id]["tags"]) == {"new", "late"}, "it removed what it had seen only"


async def test_i7_a_delete_removes_only_what_was_seen(device: Calls, mara: Person) -> None:
    other = Calls(mara)
    record_id, rev = await note(device)
    edited = await device.done(device.mutation("update", record_id, title="Unseen", baseRev=rev))
    await other.done(other.mutation("delete", record_id, baseRev=rev))
    assert (await notes(mara))[record_id]["title"] == "Unseen"
    await other.done(other.mutation("delete", record_id, baseRev=edited["rev"]))
    assert await notes(mara) == {}
    await device.done(device.mutation("update", record_id, title="Back", baseRev=edited["rev"]))
    assert (await notes(mara))[record_id]["title"] == "Back", "and an edit that had not seen the delete outlives it"


async def test_i8_an_entry_leaves_by_effect_or_into_needs_attention(mara: Person, tmp_path: Path) -> None:
    device = Bound(mara, tmp_path / "one.db")
    good = device.copy.create("notes", {"title": "Good"})
    device.copy.create("notes", {"title": "x" * 201})
    device.copy.create("notes", {"title": "Also good"})
    await device.sync()
    assert device.copy.outbox() == []
    (refused,) = device.copy.attention()
    assert (refused["fields"]["title"], refused["code"]) == ("x" * 201, "invalid")
    assert len(await notes(mara)) == 2
    assert good in await notes(mara)


async def test_i8_a_refusal_whose_answer_was_lost_is_told_again(device: Calls) -> None:
    await device.push(device.mutation("create", new_id(), title=""), device.mutation("create", new_id(), title="Good"))
    for _ in range(2):
        assert [each["mid"] for each in (await device.since(0))["rejects"]] == [1]
    assert (await device.since(0, ack=1))["rejects"] == []


@pytest.mark.parametrize("skew", [-400 * DAY_MS, 30 * DAY_MS])
async def test_i9_a_clock_blocks_nothing_and_decides_nothing(device: Calls, mara: Person, skew: int) -> None:
    """A device whose clock is wrong edits ten seconds before another: corrected, the other one is later."""
    other = Calls(mara)
    now = now_ms()
    record_id, rev = await note(device, ms=now - 60_000)
    answer = await other.push(
        other.mutation("update", record_id, title="Earlier", baseRev=rev, ms=now + skew - 10_000), now=now + skew
    )
    assert (answer.status_code, answer.json()["rejects"]) == (200, [])
    await device.done(device.mutation("update", record_id, title="Later", baseRev=rev, ms=now))
    assert (await notes(mara))[record_id]["title"] == "Later"


async def test_i10_unsent_work_outlives_every_reading_anew(mara: Person, tmp_path: Path) -> None:
    """Of the protocol: stubs and a cleared copy never touch the outbox. Of the device: tests/device/room.test.mjs."""
    device = Bound(mara, tmp_path / "one.db")
    record_id = device.copy.create("notes", {"title": "Long", "bodyMarkdown": "word\n" * 200})
    await device.sync()
    device.copy.update(record_id, {"bodyMarkdown": "word\n" * 200 + "unsent"})
    with device.copy.changes():
        device.copy.set(cursor=None, boot=None)
    stub = records(await Calls(mara).bootstrap(budget=0))[0]
    with device.copy.changes():
        device.copy.keep(stub)
    assert "stub" in device.copy.shown(record_id)
    assert device.copy.shown(record_id)["body"]["bodyMarkdown"].endswith("unsent")
    await device.sync()
    assert (await notes(mara))[record_id]["bodyMarkdown"].endswith("unsent")


async def test_i11_nothing_of_one_account_reaches_another(device: Calls, mara: Person, people: People) -> None:
    ines = Calls(await people())
    record_id, _ = await note(device, title="quetzalcoatlus")
    sent = {**device.body(device.mutation("create", new_id(), title="quetzalcoatlus 2")), "account": mara.id}
    for answer in (
        await ines.person.post("/api/sync/push", sent),
        await ines.person.get("/api/sync/pull", params={"account": mara.id, "client": device.client, "cursor": 0}),
        await ines.person.get("/api/sync/records", params={"account": mara.id, "ids": record_id}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "account")
    await ines.done(ines.mutation("create", record_id, title="Her own"), ines.mutation("delete", new_id()))
    mine = json.dumps((await device.since(0))["records"])
    theirs = json.dumps((await ines.since(0))["records"])
    assert "quetzalcoatlus" in mine
    assert "quetzalcoatlus" not in theirs
    assert "Her own" not in mine
