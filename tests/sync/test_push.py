"""What a push does: once, in order, whole, and only to one's own records. On both databases."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from aios.database import Address, Sql, Statement, open_database
from aios.records.clock import from_wire, now_ms, to_wire
from aios.records.ids import implied_id, new_id
from aios.records.text import text_hash
from tests.sync.calls import Calls

if TYPE_CHECKING:
    from aios.database import Database
    from tests.people import People, Person

DAY_MS = 86_400_000


async def notes(person: Person) -> dict[str, Any]:
    return {each["id"]: each for each in (await person.get("/api/notes")).json()}


async def run(database_url: str, *statements: str | tuple[Any, ...]) -> list[Any]:
    """Run statements (texts, or a text and its parameters) beside the server; gives the rows of the last."""
    database: Database = open_database(Address.parse(database_url))
    await database.open()

    def steps() -> Any:
        rows: list[Any] = []
        for each in statements:
            text, *params = (each,) if isinstance(each, str) else each
            rows = yield Statement(Sql(text), tuple(params))
        return [tuple(row) for row in rows]

    try:
        return await database.run(steps())  # type: ignore[no-any-return]
    finally:
        await database.close()


async def test_a_push_takes_effect_and_says_how_far_it_came(device: Calls, mara: Person) -> None:
    first, second = new_id(), new_id()
    answer = await device.done(
        device.mutation("create", first, title="Roof", bodyMarkdown="#foz"),
        device.mutation("create", second, title="Beam"),
        device.mutation("update", first, isPinned=True),
        device.mutation("delete", second),
    )
    epoch = answer.pop("epoch")
    assert answer == {"lastMid": 4, "fresh": 4, "rev": 4, "rejects": [], "floor": 1}
    kept = await notes(mara)
    assert set(kept) == {first}
    assert (kept[first]["title"], kept[first]["isPinned"], kept[first]["tags"]) == ("Roof", True, ["foz"])
    assert (await device.done(epoch=epoch))["lastMid"] == 4


async def test_the_same_push_again_changes_nothing(device: Calls, mara: Person) -> None:
    body = device.body(
        device.mutation("create", new_id(), title="Once"), device.mutation("create", new_id(), colour="red")
    )
    answers = [await mara.post("/api/sync/push", body) for _ in range(3)]
    again = {**answers[0].json(), "fresh": 0}
    assert [answer.json() for answer in answers] == [{**again, "fresh": 2}, again, again]
    assert [each["mid"] for each in answers[0].json()["rejects"]] == [2]
    together = await asyncio.gather(*(device.push(*body["mutations"]) for _ in range(6)))
    assert [answer.json() for answer in together] == [again] * 6
    assert len(await notes(mara)) == 1


async def test_what_arrived_before_is_skipped_and_the_rest_applied(device: Calls, mara: Person) -> None:
    record_id = new_id()
    sent = [device.mutation("create", record_id, title="One"), device.mutation("update", record_id, title="Two")]
    await device.done(*sent)
    await mara.put(f"/api/notes/{record_id}", {"title": "Elsewhere"})
    await device.done(*sent, device.mutation("update", record_id, isPinned=True))
    assert (await notes(mara))[record_id]["title"] == "Elsewhere"


async def test_a_gap_is_refused_and_nothing_is_kept(device: Calls, mara: Person, database_url: str) -> None:
    kept = device.mutation("create", new_id(), title="One")
    device.mid += 1
    answer = await device.push(kept, device.mutation("create", new_id(), title="Three"))
    assert (answer.status_code, answer.json()["code"], answer.json()["lastMid"]) == (409, "gap", 0)
    assert await notes(mara) == {}
    assert await run(database_url, "SELECT client_id FROM sync_client") == []


async def test_a_bad_mutation_uses_up_its_number_and_holds_nothing_up(device: Calls, mara: Person) -> None:
    good, other = new_id(), new_id()
    task = (await mara.post("/api/tasks", {"title": "A task"})).json()["id"]
    deep: Any = "x"
    for _ in range(400):
        deep = [deep]
    settings = implied_id(mara.id, "settings", "settings")
    answer = await device.push(
        device.mutation("create", good, title="Good"),
        device.mutation("create", new_id(), title="x" * 201, colour="red"),
        device.mutation("create", new_id()),
        device.mutation("update", new_id(), title="Never made"),
        device.mutation("update", task, title="Not a note"),
        device.mutation("delete", task),
        device.mutation("update", good, createdAt="2001-01-01T00:00:00.000Z"),
        device.mutation("create", new_id(), "unheard\0of", title="x"),
        device.mutation("create", "\0", title="x"),
        device.mutation("move", good),
        device.mutation("create", new_id(), "settings", darkMode=False),
        device.mutation("update", settings, "settings", moduleUsageStats={"notes": deep}),
        device.mutation("restore", new_id()),
        {**device.mutation("update", good, title="No such member"), "why": 1},
        device.mutation("create", good, **{"bad\0name": 1}),
        device.mutation("delete", new_id()),
        device.mutation("update", good, isPinned=True),
    )
    assert answer.status_code == 200, answer.text
    codes = {each["mid"]: each["code"] for each in answer.json()["rejects"]}
    invalid, gone = (2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15), (4, 13)
    assert codes == {**dict.fromkeys(invalid, "invalid"), **dict.fromkeys(gone, "gone")}
    assert answer.json()["lastMid"] == 17
    details = {each["mid"]: each["detail"] for each in answer.json()["rejects"]}
    assert "title: Use at most 200 characters." in details[2]
    assert "colour: " in details[2]
    assert (await notes(mara))[good]["isPinned"] is True
    assert (await notes(mara))[good]["title"] == "Good"
    assert len((await mara.get("/api/tasks")).json()) == 1
    assert other not in await notes(mara)


async def test_a_cycle_is_rejected_and_takes_nothing_with_it(device: Calls, mara: Person) -> None:
    above, below = new_id(), new_id()
    answer = await device.push(
        device.mutation("create", above, "tasks", title="Above"),
        device.mutation("create", below, "tasks", title="Below", parentTaskId=above),
        device.mutation("update", above, "tasks", parentTaskId=below),
        device.mutation("update", above, "tasks", title="Still above"),
    )
    assert [(each["mid"], each["code"]) for each in answer.json()["rejects"]] == [(3, "invalid")]
    task = (await mara.get(f"/api/tasks/{above}")).json()
    assert (task["title"], task["parentTaskId"]) == ("Still above", None)


async def test_coming_back_is_checked_against_what_happened_meanwhile(device: Calls) -> None:
    above, below = new_id(), new_id()
    answer = await device.push(
        device.mutation("create", above, "tasks", title="Above"),
        device.mutation("create", below, "tasks", title="Below", parentTaskId=above),
        device.mutation("delete", below, "tasks"),
        device.mutation("update", above, "tasks", parentTaskId=below),
        device.mutation("update", below, "tasks", title="Would stand above itself"),
    )
    assert [(each["mid"], each["code"]) for each in answer.json()["rejects"]] == [(5, "invalid")]


async def test_rejects_are_told_until_they_are_acknowledged(device: Calls) -> None:
    await device.push(device.mutation("create", new_id()), device.mutation("create", new_id()))
    for _ in range(2):
        assert [each["mid"] for each in (await device.since(0))["rejects"]] == [1, 2]
    assert [each["mid"] for each in (await device.since(0, ack=1))["rejects"]] == [2]
    assert [each["mid"] for each in (await device.since(0))["rejects"]] == [2]
    assert (await device.since(0, ack=2))["rejects"] == []
    other = Calls(device.person)
    assert (await other.since(0))["rejects"] == []


async def test_two_devices_make_the_same_implied_record(device: Calls, mara: Person) -> None:
    other = Calls(mara)
    record_id = implied_id(mara.id, "settings", "settings")
    await device.done(device.mutation("create", record_id, "settings", darkMode=False))
    await other.done(other.mutation("create", record_id, "settings", colorTheme="pink"))
    settings = (await mara.get("/api/settings")).json()
    assert (settings["darkMode"], settings["colorTheme"]) == (False, "pink")
    stranger = Calls(mara)
    await stranger.done(stranger.mutation("update", record_id, "settings", focusModeEnabled=True))


async def test_settings_that_were_never_saved_can_be_updated(device: Calls, mara: Person) -> None:
    record_id = implied_id(mara.id, "settings", "settings")
    await device.done(device.mutation("update", record_id, "settings", darkMode=False))
    assert (await mara.get("/api/settings")).json()["darkMode"] is False


async def test_an_update_brings_back_what_was_deleted_with_its_keys_and_text(
    device: Calls, mara: Person, database_url: str
) -> None:
    record_id = new_id()
    await device.done(
        device.mutation("create", record_id, title="A", bodyMarkdown="first", tags=["t"]),
        device.mutation("delete", record_id),
    )
    seen = {"bases": {"bodyMarkdown": text_hash("first")}}
    await device.done({**device.mutation("update", record_id, bodyMarkdown="second"), **seen})
    note = (await mara.get("/api/notes", params={"tag": "t"})).json()[0]
    assert (note["title"], note["bodyMarkdown"]) == ("A", "second")
    assert await run(database_url, "SELECT body FROM text_version") == [("first",)]
    await device.done(device.mutation("delete", record_id), device.mutation("create", record_id, title="B"))
    assert (await mara.get("/api/notes", params={"tag": "t"})).json()[0]["title"] == "B"
    await device.done(device.mutation("delete", record_id), device.mutation("delete", record_id))
    await device.done(device.mutation("restore", record_id), device.mutation("restore", record_id))
    assert record_id in await notes(mara)


async def test_what_left_the_trash_is_gone_but_can_be_made_anew(device: Calls, mara: Person, database_url: str) -> None:
    record_id = new_id()
    await device.done(device.mutation("create", record_id, title="A"), device.mutation("delete", record_id))
    await run(database_url, "UPDATE record SET body = '{}', search = '', bytes = 0")
    answer = await device.push(device.mutation("update", record_id, title="B"), device.mutation("restore", record_id))
    assert [each["code"] for each in answer.json()["rejects"]] == ["gone", "gone"]
    await device.push(device.mutation("create", record_id, title="C"))
    assert (await notes(mara))[record_id]["title"] == "C"


async def test_another_account_on_the_device_is_refused_before_anything_else(people: People, device: Calls) -> None:
    ines = Calls(await people())
    body = device.body(device.mutation("create", new_id(), title="Mara's"), nonsense=1)
    answer = await ines.person.post("/api/sync/push", body)
    assert (answer.status_code, answer.json()["code"], answer.json()["floor"]) == (409, "account", 1)
    for path in ("/api/sync/pull", "/api/sync/records"):
        answer = await ines.person.get(path, params={"account": device.person.id, "client": device.client})
        assert (answer.status_code, answer.json()["code"]) == (409, "account")
    assert await notes(ines.person) == {}


async def test_one_client_id_in_two_accounts_is_two_clients(people: People, device: Calls) -> None:
    ines = Calls(await people())
    ines.client = device.client
    record_id = new_id()
    await device.done(device.mutation("create", record_id, title="Mara's"))
    answer = await ines.push(ines.mutation("update", record_id, title="Mine"))
    assert [each["code"] for each in answer.json()["rejects"]] == ["gone"]
    await ines.done(ines.mutation("create", record_id, title="Ines's"))
    assert (await notes(device.person))[record_id]["title"] == "Mara's"
    assert (await ines.since(0))["records"][0]["body"]["title"] == "Ines's"


async def test_another_epoch_has_to_resync(device: Calls, mara: Person) -> None:
    answer = await device.push(device.mutation("create", new_id(), title="x"), epoch="other")
    assert (answer.status_code, answer.json()["code"]) == (410, "resync")
    assert await notes(mara) == {}


async def test_every_member_that_cannot_be_used_is_named(mara: Person) -> None:
    answer = await mara.post(
        "/api/sync/push",
        {"account": mara.id, "client": "rest:1", "schema": "1", "colour": 1, "now": "noon",
         "mutations": [{"mid": 0}, 7]},
    )  # fmt: skip
    assert answer.status_code == 400
    named = {error["field"] for error in answer.json()["errors"]}
    assert named == {"client", "schema", "colour", "now", "mutations[0].mid", "mutations[1].mid"}
    for body in (b"", b"[]", b"{", b'{"account": "\xff"}', b"[" * 100_000):
        assert (await mara.request("POST", "/api/sync/push", content=body)).status_code == 400
    missing = await mara.post("/api/sync/push", {})
    assert {error["field"] for error in missing.json()["errors"]} == {"account", "client", "schema", "now", "mutations"}


async def test_half_a_character_does_not_stop_the_queue(device: Calls, mara: Person) -> None:
    record_id = new_id()
    body = json.dumps(device.body(device.mutation("create", record_id, title="a\ud800b"))).encode()
    answer = await mara.request("POST", "/api/sync/push", content=body)
    assert answer.json()["rejects"] == []
    assert (await notes(mara))[record_id]["title"] == "a\ufffdb"


async def test_too_much_names_the_first_mutation_too_many(device: Calls, mara: Person) -> None:
    many = [device.mutation("delete", new_id()) for _ in range(501)]
    answer = await device.push(*many)
    assert (answer.status_code, answer.json()["code"], answer.json()["mid"]) == (413, "too_large", 501)
    assert (await device.push(*many[:500])).json()["lastMid"] == 500
    device.mid = 500
    long = [device.mutation("create", new_id(), title="x", bodyMarkdown="y" * 40_000) for _ in range(30)]
    answer = await device.push(*long)
    assert (answer.status_code, answer.json()["mid"]) == (413, 525)
    await device.done(*long[:24])
    assert len(await notes(mara)) == 24
    huge = await mara.request("POST", "/api/sync/push", content=b" " * 4_000_001)
    assert huge.status_code == 413


async def test_an_old_app_is_told_which_is_needed(device: Calls, mara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await device.push(schema=0)
    assert (answer.status_code, answer.json()["code"], answer.json()["min"]) == (426, "schema", 1)
    monkeypatch.setattr("aios.records.sync.wire.FLOOR", 3)
    for given in (await device.push(release=2), await device.pull(release=2)):
        assert (given.status_code, given.json()["code"], given.json()["min"]) == (426, "release", 3)
    assert (await device.push(release=3)).status_code == 200
    assert (await device.pull(release=3)).status_code == 200
    assert await notes(mara) == {}


@pytest.mark.parametrize("skew", [-400 * DAY_MS, -30_000, 0, 30_000, 30 * DAY_MS])
async def test_a_wrong_clock_is_corrected_and_never_refused(device: Calls, mara: Person, skew: int) -> None:
    record_id, hour = new_id(), 3_600_000
    device_now = now_ms() + skew
    await device.done(
        device.mutation("create", record_id, title="An hour ago", ms=device_now - hour),
        device.mutation("create", new_id(), title="Tomorrow", ms=device_now + DAY_MS),
        now=device_now,
    )
    made = {each["title"]: from_wire(each["createdAt"]) for each in (await notes(mara)).values()}
    assert abs(made["An hour ago"] - (now_ms() - hour)) < 70_000
    assert made["Tomorrow"] <= now_ms()
    assert (await device.push(now=to_wire(device_now))).status_code == 200


PROMISED = (
    "CREATE FUNCTION promised() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN INSERT INTO promise VALUES (NEW.client_id); RETURN NEW; END $$"
)
FAILING = {
    "sqlite": (
        "CREATE TRIGGER failing AFTER INSERT ON sync_client BEGIN INSERT INTO promise VALUES (NEW.client_id); END",
    ),
    "postgresql": (
        PROMISED,
        "CREATE TRIGGER failing AFTER INSERT ON sync_client FOR EACH ROW EXECUTE FUNCTION promised()",
    ),
}
"""The statements of a push succeed and COMMIT fails: both databases check a deferred reference only then."""
HEALED = {"sqlite": "DROP TRIGGER failing", "postgresql": "DROP TRIGGER failing ON sync_client"}


async def test_a_commit_that_fails_is_not_acknowledged(
    device: Calls, mara: Person, database_url: str, dialect: str
) -> None:
    collation = 'COLLATE "C"' if dialect == "postgresql" else ""
    reference = "REFERENCES sync_head (space_id) DEFERRABLE INITIALLY DEFERRED"
    promise = f"CREATE TABLE promise (id VARCHAR(36) {collation} {reference})"
    await run(database_url, promise, *FAILING[dialect])
    sent = device.mutation("create", new_id(), title="Not yet")
    answer = await device.push(sent)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert await notes(mara) == {}
    assert (await device.since(0))["lastMid"] == 0, "a pull goes on while nothing can be written"
    await run(database_url, HEALED[dialect])
    assert (await device.done(sent))["lastMid"] == 1
    assert len(await notes(mara)) == 1


async def test_leaving_takes_everything_along(device: Calls, mara: Person, people: People, database_url: str) -> None:
    ines = Calls(await people())
    for each in (device, ines):
        record_id = new_id()
        await each.push(
            each.mutation("create", record_id, title="A", bodyMarkdown="first"),
            each.mutation("update", record_id, bodyMarkdown="second"),
            each.mutation("create", new_id()),
        )
    form = {"password": "a long quiet sentence"}
    answer = await mara.request("POST", "/settings/account", data={**form, "_method": "DELETE"})
    assert answer.status_code == 303, answer.text
    for table in ("sync_client", "sync_reject", "text_version", "record", "sync_head"):
        assert await run(database_url, f"SELECT DISTINCT space_id FROM {table}") == [(ines.person.id,)]  # noqa: S608
