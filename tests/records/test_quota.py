"""What a server gives to an account: `AIOS_ACCOUNT_LIMIT_MB`, checked in the one write path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.records.ids import new_id
from tests.people import PASSWORD, Person
from tests.sync.calls import Calls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

LIMIT = 100_000
SAID = "Your account has used the 0 MB that this server gives it, so this was not kept."
LONG = "word " * 9_000


async def mara(start: Callable[..., Awaitable[httpx.AsyncClient]]) -> Person:
    client = await start(account_limit=LIMIT)
    body = {"username": f"person{new_id()[-12:]}", "password": PASSWORD}
    answer = await client.post("/api/auth/register", json=body)
    return Person(client, answer.json()["token"], answer.json()["user"])


async def test_over_the_limit_a_program_is_told_and_deleting_makes_room(start):
    person = await mara(start)
    kept = [(await person.post("/api/notes", {"title": "Kept", "bodyMarkdown": LONG})).json()["id"] for _ in range(2)]
    refused = await person.post("/api/notes", {"title": "Too much", "bodyMarkdown": LONG})
    assert (refused.status_code, refused.json()["code"]) == (507, "quota")
    assert refused.json()["detail"].startswith(SAID)
    assert refused.headers["content-type"] == "application/problem+json"
    assert len((await person.get("/api/notes")).json()) == 2
    smaller = await person.patch(f"/api/notes/{kept[0]}", {"bodyMarkdown": "short"})
    assert smaller.status_code == 200
    assert (await person.post("/api/notes", {"title": "Fits", "bodyMarkdown": LONG})).status_code == 201
    assert (await person.post("/api/notes", {"title": "Not", "bodyMarkdown": LONG})).status_code == 507
    assert (await person.delete(f"/api/notes/{kept[1]}")).status_code == 204
    assert (await person.post("/api/notes", {"title": "Again", "bodyMarkdown": LONG})).status_code == 201


async def test_a_device_is_refused_what_does_not_fit_and_nothing_else(start):
    device = Calls(await mara(start))
    long, more = (device.mutation("create", new_id(), title="Long", bodyMarkdown=LONG) for _ in range(2))
    over = device.mutation("create", new_id(), title="Over", bodyMarkdown=LONG)
    short = device.mutation("create", new_id(), title="Short")
    answer = (await device.push(long, more, over, short)).json()
    assert [(each["mid"], each["code"]) for each in answer["rejects"]] == [(3, "quota")]
    assert answer["rejects"][0]["detail"].startswith(SAID)
    assert answer["lastMid"] == 4
    again = device.mutation("create", over["id"], title="Over", bodyMarkdown=LONG)
    assert [each["code"] for each in (await device.push(again)).json()["rejects"]] == ["quota"]
    await device.done(device.mutation("delete", long["id"], baseRev=answer["rev"]))
    await device.done(device.mutation("create", over["id"], title="Over", bodyMarkdown=LONG))


async def test_a_form_that_does_not_fit_comes_back_with_what_was_typed(start):
    person = await mara(start)
    for _ in range(2):
        await person.post("/api/notes", {"title": "Kept", "bodyMarkdown": LONG})
    form = {"title": "Mine", "bodyMarkdown": f"typed {LONG}"}
    headers = {"accept": "text/html"}
    answer = await person.request("POST", "/notebook", data=form, headers=headers)
    assert answer.status_code == 507
    assert SAID in answer.text
    assert "typed word" in answer.text
