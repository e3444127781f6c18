"""How edits of several devices meet: what each had seen decides, and nothing that was written is lost."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from aios.records.clock import now_ms
from aios.records.ids import implied_id, new_id
from aios.records.text import text_hash
from tests.sync.calls import Calls
from tests.sync.test_push import run

if TYPE_CHECKING:
    from tests.people import Person

DAY_MS = 86_400_000


class Meeting:
    """A phone and a desk that both know a note, at a revision."""

    def __init__(self, mara: Person, note: str, rev: int) -> None:
        self.mara = mara
        self.phone, self.desk = Calls(mara), Calls(mara)
        self.note = note
        self.rev = rev

    async def write(self, device: Calls, *, base: str | None = None, now: int | None = None, **fields: Any) -> Any:
        """An update by a device that knows the first revision, and the text `base`."""
        changes = fields.pop("parts", {}) | fields
        bases = {} if base is None else {"bodyMarkdown": text_hash(base)}
        sent = device.mutation("update", self.note, baseRev=self.rev, bases=bases, ms=now or now_ms(), **changes)
        return await device.done(sent, **({} if now is None else {"now": now}))

    async def stored(self) -> dict[str, Any]:
        given: dict[str, Any] = (await self.mara.get(f"/api/notes/{self.note}")).json()
        return given

    async def pulled(self) -> dict[str, Any]:
        """The note as the phone pulls it."""
        given: dict[str, Any] = (await self.phone.since(0))["records"][-1]
        return given


async def meet(mara: Person, **fields: Any) -> Meeting:
    note = new_id()
    made = await Calls(mara).done(Calls(mara).mutation("create", note, **{"title": "Foz", **fields}))
    return Meeting(mara, note, made["rev"])


async def test_of_two_values_the_later_is_shown_and_the_other_kept(mara: Person, database_url: str) -> None:
    both = await meet(mara)
    now = now_ms()
    later = both.desk.mutation("update", both.note, baseRev=both.rev, ms=now - 1_000, title="Later")
    earlier = both.phone.mutation("update", both.note, baseRev=both.rev, ms=now - 2_000, title="Earlier")
    await both.desk.done(later)
    await both.phone.done(earlier)
    assert (await both.stored())["title"] == "Later"
    kept = "SELECT field, kind, body, client FROM text_version WHERE kind = 'lost' ORDER BY rev"
    assert await run(database_url, kept) == [("title", "lost", '"Earlier"', both.phone.client)]
    # The other way round: what was there gives way, and is kept.
    last = both.phone.mutation("update", both.note, baseRev=both.rev, ms=now, title="Last")
    other = Calls(mara)
    await other.done(other.mutation("update", both.note, baseRev=both.rev, ms=now - 500, title="Between"))
    await both.phone.done(last)
    assert (await both.stored())["title"] == "Last"
    assert ("title", "lost", '"Between"', other.client) in await run(database_url, kept)


async def test_what_an_edit_had_seen_it_replaces_whatever_the_clocks_say(mara: Person) -> None:
    both = await meet(mara)
    await both.write(both.desk, title="From the desk")
    rev = (await both.pulled())["rev"]
    old = both.phone.mutation("update", both.note, baseRev=rev, ms=1, title="Seen, then changed")
    await both.phone.done(old)
    assert (await both.stored())["title"] == "Seen, then changed"


async def test_a_clock_that_is_days_wrong_changes_nothing(mara: Person) -> None:
    both = await meet(mara)
    await both.write(both.phone, title="By the slow clock", now=now_ms() - 400 * DAY_MS)
    await both.write(both.desk, title="A moment later")
    assert (await both.stored())["title"] == "A moment later"
    await both.write(both.phone, title="By the fast clock", now=now_ms() + 30 * DAY_MS)
    await both.write(both.desk, title="Later still")
    assert (await both.stored())["title"] == "Later still"
    await asyncio.sleep(0.01)
    await both.write(both.phone, title="Last, by the slow clock", now=now_ms() - 400 * DAY_MS)
    assert (await both.stored())["title"] == "Last, by the slow clock"


async def test_texts_that_were_edited_apart_are_both_there(mara: Person) -> None:
    base = "beam\n\nroof"
    both = await meet(mara, bodyMarkdown=base)
    await both.write(both.phone, base=base, bodyMarkdown="beam, from the phone\n\nroof")
    await both.write(both.desk, base=base, bodyMarkdown="beam\n\nroof, from the desk")
    pulled = await both.pulled()
    assert pulled["body"]["bodyMarkdown"] == "beam, from the phone\n\nroof, from the desk"
    assert "conflict" not in pulled


async def test_the_same_line_keeps_both_and_is_marked_until_somebody_has_seen_to_it(mara: Person) -> None:
    both = await meet(mara, bodyMarkdown="40 mm")
    await both.write(both.phone, base="40 mm", bodyMarkdown="45 mm")
    await both.write(both.desk, base="40 mm", bodyMarkdown="50 mm")
    pulled = await both.pulled()
    assert pulled["body"]["bodyMarkdown"] == "45 mm\n50 mm"
    assert pulled["conflict"] == {"bodyMarkdown": [[0, 1, 1]]}
    both.rev = pulled["rev"]
    await both.write(both.phone, base="45 mm\n50 mm", bodyMarkdown="Measured.\n45 mm\n50 mm")
    assert (await both.pulled())["conflict"] == {"bodyMarkdown": [[1, 1, 1]]}
    await both.write(both.phone, base="Measured.\n45 mm\n50 mm", bodyMarkdown="Measured.\n50 mm")
    assert "conflict" not in await both.pulled()


async def test_both_may_stay_as_they_are(mara: Person) -> None:
    both = await meet(mara, bodyMarkdown="40 mm")
    await both.write(both.phone, base="40 mm", bodyMarkdown="45 mm")
    await both.write(both.desk, base="40 mm", bodyMarkdown="50 mm")
    await both.write(both.phone, parts={"bodyMarkdown/conflict": None})
    assert "conflict" in await both.pulled(), "who had not seen it settles nothing"
    both.rev = (await both.pulled())["rev"]
    await both.write(both.phone, parts={"bodyMarkdown/conflict": None})
    pulled = await both.pulled()
    assert "conflict" not in pulled
    assert pulled["body"]["bodyMarkdown"] == "45 mm\n50 mm"


async def test_an_edit_of_a_text_that_the_server_joined_doubles_nothing(mara: Person) -> None:
    """A device goes on writing on the text it sent, which only it and the versions know."""
    both = await meet(mara, bodyMarkdown="list")
    await both.write(both.phone, base="list", bodyMarkdown="list\nmilk")
    await both.write(both.desk, base="list", bodyMarkdown="list\nbread")
    await both.write(both.desk, base="list\nbread", bodyMarkdown="list\nbread\nbutter")
    assert (await both.stored())["bodyMarkdown"].split("\n") == ["list", "milk", "bread", "butter"]


async def test_a_device_removes_what_it_wrote_though_the_server_joined_it(mara: Person) -> None:
    both = await meet(mara, bodyMarkdown="list")
    await both.write(both.phone, base="list", bodyMarkdown="list\nmilk")
    await both.write(both.desk, base="list", bodyMarkdown="list\nbread")
    await both.write(both.desk, base="list\nbread", bodyMarkdown="list")
    assert (await both.stored())["bodyMarkdown"] == "list\nmilk"


async def test_a_chain_in_one_push_is_joined_step_by_step(mara: Person) -> None:
    both = await meet(mara, bodyMarkdown="list")
    await both.write(both.phone, base="list", bodyMarkdown="list\nmilk")
    texts = ["list", "list\nbread", "list\nbread\nbutter", "butter"]
    chain = [
        both.desk.mutation(
            "update", both.note, baseRev=both.rev, bases={"bodyMarkdown": text_hash(before)}, bodyMarkdown=after
        )
        for before, after in pairwise(texts)
    ]
    await both.desk.done(*chain)
    assert (await both.stored())["bodyMarkdown"].split("\n") == ["milk", "butter"]


async def test_a_text_whose_base_is_not_known_loses_no_line(mara: Person) -> None:
    both = await meet(mara, bodyMarkdown="one\ntwo")
    await both.write(both.desk, base="never seen here", bodyMarkdown="one\nthree")
    assert (await both.stored())["bodyMarkdown"] == "one\ntwo\nthree"


async def test_members_come_and_go_by_themselves(mara: Person) -> None:
    both = await meet(mara, tags=["a", "b"])
    await both.write(both.phone, parts={"tags/phone": True, "tags/a": None})
    await both.write(both.desk, parts={"tags/desk": True})
    assert (await both.stored())["tags"] == ["b", "phone", "desk"]


async def test_a_whole_set_removes_only_what_its_writer_had_seen(mara: Person) -> None:
    both = await meet(mara, tags=["a", "b"])
    await both.write(both.phone, parts={"tags/phone": True})
    await both.write(both.desk, tags=["b", "desk"])
    assert set((await both.stored())["tags"]) == {"b", "phone", "desk"}


async def test_who_did_not_see_a_member_cannot_remove_it(mara: Person) -> None:
    both = await meet(mara)
    await both.write(both.phone, parts={"tags/new": True})
    await both.write(both.desk, parts={"tags/new": None})
    assert (await both.stored())["tags"] == ["new"]


async def test_a_delete_takes_only_what_it_had_seen(mara: Person) -> None:
    both = await meet(mara)
    await both.write(both.phone, title="Edited meanwhile")
    await both.desk.done(both.desk.mutation("delete", both.note, baseRev=both.rev))
    assert (await both.stored())["title"] == "Edited meanwhile"
    seen = (await both.pulled())["rev"]
    await both.desk.done(both.desk.mutation("delete", both.note, baseRev=seen))
    assert (await both.mara.get(f"/api/notes/{both.note}")).status_code == 404


async def test_an_edit_brings_back_what_was_deleted_without_it(mara: Person) -> None:
    both = await meet(mara)
    await both.desk.done(both.desk.mutation("delete", both.note, baseRev=both.rev))
    await both.write(both.phone, title="Still needed")
    assert (await both.stored())["title"] == "Still needed"
    # And a second delete that saw only the first one's state takes nothing.
    other = Calls(mara)
    await other.done(other.mutation("delete", both.note, baseRev=both.rev))
    assert (await both.stored())["title"] == "Still needed"


async def test_taking_back_is_not_undone_by_a_delete_from_before(mara: Person) -> None:
    both = await meet(mara)
    await both.phone.done(both.phone.mutation("delete", both.note, baseRev=both.rev))
    await both.phone.done(both.phone.mutation("restore", both.note, baseRev=both.rev + 1))
    await both.desk.done(both.desk.mutation("delete", both.note, baseRev=both.rev + 1))
    assert (await both.stored())["title"] == "Foz"


async def test_a_device_deletes_what_it_has_just_made(mara: Person) -> None:
    device, note = Calls(mara), new_id()
    await device.done(device.mutation("create", note, title="Wrong"), device.mutation("delete", note))
    assert (await mara.get(f"/api/notes/{note}")).status_code == 404


async def test_two_devices_make_the_same_implied_record(mara: Person) -> None:
    settings = implied_id(mara.id, "settings", "settings")
    phone, desk = Calls(mara), Calls(mara)
    await phone.done(phone.mutation("update", settings, "settings", darkMode=False))
    await desk.done(desk.mutation("update", settings, "settings", timezone="Europe/Lisbon"))
    stored = (await mara.get("/api/settings")).json()
    assert (stored["darkMode"], stored["timezone"]) == (False, "Europe/Lisbon")


async def test_a_choice_outlives_a_default_that_nobody_chose(mara: Person) -> None:
    settings = implied_id(mara.id, "settings", "settings")
    phone, desk, now = Calls(mara), Calls(mara), now_ms()
    await phone.done(phone.mutation("update", settings, "settings", ms=now, darkMode=False))
    await desk.done(desk.mutation("update", settings, "settings", ms=now - 60_000, colorTheme="pink", darkMode=True))
    stored = (await mara.get("/api/settings")).json()
    assert (stored["darkMode"], stored["colorTheme"]) == (False, "pink")


async def test_a_path_that_a_field_does_not_have_is_refused(mara: Person) -> None:
    both = await meet(mara)
    for parts in ({"tags/a": "yes"}, {"title/a": True}, {"explicitTags/a": True}, {"tags/" + "x" * 101: True}):
        answer = await both.phone.push(both.phone.mutation("update", both.note, baseRev=both.rev, **parts))
        assert [each["code"] for each in answer.json()["rejects"]] == ["invalid"], parts
