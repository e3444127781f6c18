"""What a pull gives: everything after the cursor as it is now, and the first sync. On both databases."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aios.accounts.cookies import SESSION_COOKIE
from aios.records.clock import now_ms
from aios.records.ids import new_id
from tests.sync.calls import Calls, records
from tests.sync.test_push import notes, run

if TYPE_CHECKING:
    import httpx

    from tests.people import People, Person

DAY_MS = 86_400_000


async def fill(device: Calls, count: int, **fields: Any) -> list[str]:
    ids = [new_id() for _ in range(count)]
    await device.done(*(device.mutation("create", each, title=f"Note {n}", **fields) for n, each in enumerate(ids)))
    return ids


async def test_a_pull_gives_records_as_they_are_stored(device: Calls, mara: Person) -> None:
    kept, gone = await fill(device, 2, bodyMarkdown='A "quoted" \\ line\nand ü 🜁')
    project = (await mara.post("/api/projects", {"name": "P"})).json()
    await device.done(device.mutation("delete", gone))
    before = now_ms()
    answer = await device.pull(cursor=0)
    assert answer.headers["cache-control"] == "no-store"
    page = answer.json()
    assert {name: page[name] for name in ("cursor", "more", "lastMid", "rejects", "floor")} == {
        "cursor": 4, "more": False, "lastMid": 3, "rejects": [], "floor": 1,
    }  # fmt: skip
    assert before <= page["now"] <= now_ms()
    by_id = {each["id"]: each for each in page["records"]}
    assert [each["rev"] for each in page["records"]] == [1, 3, 4]
    assert by_id[kept] == {
        "id": kept, "collection": "notes", "rev": 1, "deleted": None, "body": (await notes(mara))[kept],
    }  # fmt: skip
    assert before - 60_000 < by_id[gone]["deleted"] <= before
    assert by_id[gone]["body"]["title"] == "Note 1"
    project.pop("taskIds")
    assert by_id[project["id"]]["body"] == project
    assert (await device.since(4))["records"] == []
    assert (await device.since(4))["cursor"] == 4


async def test_pages_join_to_everything(device: Calls) -> None:
    ids = await fill(device, 7)
    cursor, seen, pages = 0, [], 0
    while True:
        page = await device.since(cursor, limit=3)
        assert page["cursor"] > cursor
        seen += [each["id"] for each in page["records"]]
        cursor, pages = page["cursor"], pages + 1
        if not page["more"]:
            break
    assert (seen, cursor, pages) == (ids, 7, 3)
    assert (await device.since(4, limit=3))["more"] is False, "the last page says so, full or not"


async def test_a_page_is_a_megabyte_at_most(device: Calls) -> None:
    for _ in range(3):
        await fill(device, 20, bodyMarkdown="x" * 45_000)
    for pages in (await device.bootstrap(), [await device.since(0), await device.since(23), await device.since(46)]):
        assert [len(page["records"]) for page in pages] == [23, 23, 14]
        assert [page["more"] for page in pages] == [True, True, False]


async def test_resync_where_the_cursor_leads_nowhere(device: Calls, mara: Person, database_url: str) -> None:
    await fill(device, 3)
    epoch = (await device.since(0))["epoch"]
    assert (await device.since(3, epoch=epoch))["more"] is False
    for params in ({"cursor": 4}, {"cursor": 3, "epoch": "other"}, {"boot": 4, "before": 2}):
        answer = await device.pull(**params)
        assert (answer.status_code, answer.json()["code"], answer.json()["floor"]) == (410, "resync", 1), params
    await run(database_url, ("UPDATE sync_head SET floor_rev = 2 WHERE space_id = ?", mara.id))
    assert (await device.pull(cursor=1)).status_code == 410
    assert (await device.pull(cursor=2)).status_code == 200
    assert (await device.pull(boot=3, before=1)).status_code == 200, "the place in the pages is no cursor"
    assert (await device.pull(boot=1, before=1)).status_code == 410
    await run(database_url, ("UPDATE sync_head SET epoch = 'new' WHERE space_id = ?", mara.id))
    assert (await device.pull(cursor=3, epoch=epoch)).status_code == 410
    assert (await device.push(epoch=epoch)).status_code == 410


async def test_first_sync_newest_first_with_writes_between_its_pages(device: Calls, mara: Person) -> None:
    ids = await fill(device, 10)
    other = Calls(mara)
    pages = [(await other.pull(limit=4)).json()]
    assert [each["id"] for each in pages[0]["records"]] == ids[:5:-1]
    assert (pages[0]["boot"], pages[0]["before"], pages[0]["total"]) == (10, 7, 10)
    edited_early, edited_late, deleted, added = ids[0], ids[9], ids[1], new_id()
    await device.done(
        device.mutation("update", edited_early, title="Edited"), device.mutation("update", edited_late, title="Edited"),
        device.mutation("delete", deleted), device.mutation("create", added, title="Added"),
    )  # fmt: skip
    while pages[-1]["more"]:
        echoed = {name: pages[-1][name] for name in ("boot", "before", "total")}
        pages.append((await other.pull(limit=4, **echoed)).json())
    seen = [each["id"] for each in records(pages)]
    assert len(seen) == len(set(seen))
    assert {page["boot"] for page in pages} == {10}
    rest = await other.since(pages[-1]["cursor"])
    assert [each["id"] for each in rest["records"]] == [edited_early, edited_late, deleted, added]
    copy = {each["id"]: each for each in [*records(pages), *rest["records"]]}
    assert {key for key, each in copy.items() if each["deleted"] is None} == set(await notes(mara))
    assert all(copy[key]["body"] == body for key, body in (await notes(mara)).items())


async def test_a_budget_leaves_stubs(device: Calls) -> None:
    text = "One two  three\n" * 40
    ids = await fill(device, 10, bodyMarkdown=text, tags=["t"])
    short = await fill(device, 1, bodyMarkdown="y" * 240)
    await device.done(device.mutation("create", new_id(), "tasks", title="A task", userNotes=text))
    size = 1_000
    pages = await device.bootstrap(budget=size * 4, limit=3)
    found = records(pages)
    assert {each["id"] for each in found} >= {*ids, *short}
    whole = [each for each in found if "stub" not in each]
    stubs = [each for each in found if "stub" in each]
    assert found[: len(whole)] == whole, "the newest are whole"
    assert 0 < len(stubs) < 10
    for each in stubs:
        assert each["stub"] == {"bodyMarkdown": {"length": 600, "words": 120, "start": text[:240]}}
        assert "bodyMarkdown" not in each["body"]
        assert each["body"]["tags"] == ["t"]
    assert pages[-1]["budgetLeft"] == 0
    assert all("stub" not in each for each in records(await device.bootstrap()))
    none = records(await device.bootstrap(budget=0))
    assert [each["id"] for each in none if "stub" not in each] == short, "a stub that saves nothing is not made"
    answer = await device.person.get(
        "/api/sync/records", params={"account": device.person.id, "ids": ",".join([ids[0], new_id(), ids[1]])}
    )
    assert {each["id"]: each["body"]["bodyMarkdown"] for each in answer.json()["records"]} == dict.fromkeys(
        ids[:2], text
    )


async def test_the_first_sync_has_the_trash_but_no_old_tombstones(
    device: Calls, mara: Person, database_url: str
) -> None:
    kept, fresh, old = await fill(device, 3)
    await device.done(device.mutation("delete", fresh), device.mutation("delete", old))
    long_ago = now_ms() - 31 * DAY_MS
    await run(database_url, ("UPDATE record SET deleted_at = ?, body = '{}', bytes = 0 WHERE id = ?", long_ago, old))
    pages = await Calls(mara).bootstrap()
    assert [(each["id"], each["deleted"] is None) for each in records(pages)] == [(fresh, False), (kept, True)]
    assert pages[0]["total"] == 2
    by_id = {each["id"]: each for each in (await device.since(0))["records"]}
    assert (by_id[old]["deleted"], by_id[old]["body"]) == (long_ago, {})


async def test_an_empty_space(device: Calls) -> None:
    (page,) = await device.bootstrap(budget=1_000)
    assert (page["records"], page["boot"], page["cursor"], page["more"], page["total"]) == ([], 0, 0, False, 0)
    assert (await device.since(0))["records"] == []


async def test_a_cleared_copy_is_known(device: Calls, mara: Person, people: People) -> None:
    assert "known" not in (await device.pull()).json()
    assert "known" not in (await device.pull()).json(), "its own first try is no other copy"
    again = Calls(mara)
    assert (await again.pull()).json()["known"] is True
    assert (await again.pull()).json()["known"] is True, "the first answer may have been lost"
    assert "known" not in (await Calls(await people()).pull()).json()


async def test_nothing_of_another_account(device: Calls, people: People) -> None:
    mine = await fill(device, 3, bodyMarkdown="quetzalcoatlus " * 40)
    ines = Calls(await people())
    await fill(ines, 1)
    theirs = await ines.person.get("/api/sync/records", params={"account": ines.person.id, "ids": ",".join(mine)})
    assert theirs.json()["records"] == []
    for answer in (await ines.pull(cursor=0), await ines.pull(), await ines.pull(budget=0), theirs):
        assert "quetzalcoatlus" not in answer.text
        assert not any(each in answer.text for each in mine)


async def test_every_parameter_that_cannot_be_used_is_named(device: Calls, mara: Person) -> None:
    answer = await mara.get("/api/sync/pull", params={"client": "a:b", "cursor": "-1", "limit": "0", "colour": "red"})
    assert answer.status_code == 400
    assert {each["field"] for each in answer.json()["errors"]} == {"account", "client", "cursor", "limit", "colour"}
    assert (await device.pull(cursor="9" * 17)).status_code == 400
    assert (await device.pull(cursor=0, limit=999_999)).status_code == 200
    for ids in ("", "x", ",".join(new_id() for _ in range(101))):
        answer = await mara.get("/api/sync/records", params={"account": mara.id, "ids": ids})
        assert [each["field"] for each in answer.json()["errors"]] == ["ids"]


async def test_who_may_sync(client: httpx.AsyncClient, device: Calls) -> None:
    for method, path in (("POST", "push"), ("GET", "pull"), ("GET", "records")):
        answer = await client.request(method, f"/api/sync/{path}")
        assert (answer.status_code, answer.json()["floor"]) == (401, 1)
    form = {"username": "browser", "password": "a long quiet sentence"}
    signed_up = await client.post("/sign-up", data=form, headers={"origin": "http://aios.test"})
    cookie = {"cookie": f"{SESSION_COOKIE}={signed_up.cookies[SESSION_COOKIE]}"}
    client.cookies.clear()
    account = (await client.get("/api/auth/me", headers=cookie)).json()["id"]
    body = {**device.body(), "account": account}
    foreign = await client.post("/api/sync/push", json=body, headers={**cookie, "sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    own = await client.post("/api/sync/push", json=body, headers={**cookie, "sec-fetch-site": "same-origin"})
    assert own.status_code == 200
    pulled = await client.get("/api/sync/pull", params={"account": account, "client": new_id()}, headers=cookie)
    assert pulled.status_code == 200


async def test_two_devices_that_write_at_once_end_equal(device: Calls, mara: Person) -> None:
    ids = await fill(device, 4)
    other = Calls(mara)

    async def write(calls: Calls) -> None:
        for number in range(12):
            record_id = ids[number % 4]
            op = ("update", "update", "delete")[number % 3]
            more = {"title": f"{calls.client} {number}"} if op == "update" else {}
            await calls.done(calls.mutation(op, record_id, **more))
            await calls.done(calls.mutation("create", new_id(), title=f"New {number}"))

    await asyncio.gather(write(device), write(other))
    copies = [{each["id"]: each for each in (await calls.since(0))["records"]} for calls in (device, other)]
    assert copies[0] == copies[1]
    assert len(copies[0]) == 28
    revisions = [each["rev"] for each in copies[0].values()]
    assert len(set(revisions)) == len(revisions)
