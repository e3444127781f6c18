"""Following calendars elsewhere: what comes, changes, goes, fails, and what the page says of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from aios.database import Sql, Statement
from aios.modules.calendar.feeds import store
from aios.port.outside import Outside
from aios.records.ids import new_id
from aios.settings import Rate
from tests.ics.elsewhere import LOOPBACK, Elsewhere, calendar, elsewhere, event, reaching, signed_in, titles

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aios.database import Database, Steps
    from aios.settings import Settings
    from tests.people import People, Person

PAGE = "/settings/calendar"


@pytest.fixture
async def other() -> AsyncIterator[Elsewhere]:
    async with elsewhere() as made:
        yield made


@pytest.fixture
async def mara(settings: Settings) -> AsyncIterator[Person]:
    async with signed_in(settings, reaching(LOOPBACK)) as person:
        yield person


async def follow(person: Person, url: str, name: str = "") -> str:
    """Follow a calendar and wait until it was looked at. Gives the path of the feed."""
    answer = await person.request("POST", f"{PAGE}/feeds", data={"url": url, "name": name})
    assert answer.status_code == 303, answer.text
    return await looked(person)


async def looked(person: Person) -> str:
    """Wait until nothing waits. Gives the path of the last feed."""
    for _ in range(400):
        text = (await person.get(PAGE)).text
        if ">Waiting<" not in text:
            return text.rpartition(f'action="{PAGE}/feeds/')[2].partition('"')[0]
        await asyncio.sleep(0.02)
    pytest.fail("the feed is not looked at")


async def look_again(person: Person, feed: str) -> None:
    answer = await person.request("POST", f"{PAGE}/feeds/{feed}", data={"_method": "PUT"})
    assert answer.status_code == 303
    await looked(person)


async def test_events_come_change_go_and_come_back(mara: Person, other: Elsewhere) -> None:
    other.give("/club.ics", calendar(event("a", "Practice"), event("b", "Match")), 'ETag: "1"\r\n')
    feed = await follow(mara, other.url("/club.ics"))
    page = (await mara.get(PAGE)).text
    assert "Club" in page
    assert "2 events" in page
    found = (await mara.get("/api/events?source=ICS")).json()
    assert sorted(each["title"] for each in found) == ["Match", "Practice"]
    first = {each["title"]: each["id"] for each in found}

    other.give("/club.ics", calendar(event("a", "Practice moved", 15), event("c", "Party")), 'ETag: "2"\r\n')
    await look_again(mara, feed)
    found = (await mara.get("/api/events")).json()
    assert {each["title"]: each["startAt"][11:13] for each in found} == {"Practice moved": "15", "Party": "09"}
    assert first["Practice"] in {each["id"] for each in found}, "the same event, not another one"
    assert "Match" in (await mara.get("/trash")).text

    other.give("/club.ics", calendar(event("b", "Match")))
    await look_again(mara, feed)
    assert await titles(mara) == ["Match"], "what the feed took away comes back with it"


async def test_what_is_the_same_is_not_sent_or_written_again(mara: Person, other: Elsewhere) -> None:
    other.give("/a.ics", calendar(event("a", "One")), 'ETag: "1"\r\n')
    feed = await follow(mara, other.url("/a.ics"))
    before = (await mara.get("/api/events")).json()
    other.give("/a.ics", b"", status="304 Not Modified")
    await look_again(mara, feed)
    assert other.asked[-1][1]["if-none-match"] == '"1"'
    other.give("/a.ics", calendar(event("a", "One")))
    await look_again(mara, feed)
    assert (await mara.get("/api/events")).json() == before


async def test_what_its_person_did_stays(mara: Person, other: Elsewhere) -> None:
    other.give("/a.ics", calendar(event("a", "One"), event("b", "Two")))
    feed = await follow(mara, other.url("/a.ics"))
    ids = {each["title"]: each["id"] for each in (await mara.get("/api/events")).json()}
    await mara.delete(f"/api/events/{ids['One']}")
    await mara.patch(f"/api/events/{ids['Two']}", {"title": "Mine"})
    other.give("/a.ics", calendar(event("a", "One, moved"), event("b", "Two, moved"), event("c", "Three")))
    await look_again(mara, feed)
    assert await titles(mara) == ["Mine", "Three"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>Please sign in</html>", "is no calendar"),
        (b"", "is no calendar"),
        (calendar(event("a", "One"))[:-20], ""),
    ],
    ids=["a page", "nothing", "cut off"],
)
async def test_a_bad_answer_takes_nothing_away(mara: Person, other: Elsewhere, body: bytes, said: str) -> None:
    other.give("/a.ics", calendar(event("a", "One"), event("b", "Two")))
    feed = await follow(mara, other.url("/a.ics"))
    other.give("/a.ics", body)
    await look_again(mara, feed)
    assert await titles(mara) == ["One", "Two"]
    assert said in (await mara.get(PAGE)).text


async def test_errors_are_said_and_end_with_the_next_good_answer(mara: Person, other: Elsewhere) -> None:
    feed = await follow(mara, other.url("/a.ics"))
    assert "answered 404" in (await mara.get(PAGE)).text
    other.give("/a.ics", calendar(event("a", "One"), "BEGIN:VEVENT\r\nSUMMARY:Nowhere\r\nEND:VEVENT\r\n"))
    await look_again(mara, feed)
    page = (await mara.get(PAGE)).text
    assert "answered 404" not in page
    assert "1 event<" in page
    assert "Nowhere: It has no start" in page


async def test_stopping_moves_its_events_to_the_trash_and_following_again_brings_them_back(
    mara: Person, other: Elsewhere
) -> None:
    other.give("/a.ics", calendar(event("a", "One")))
    feed = await follow(mara, other.url("/a.ics"), "Mine")
    answer = await mara.request("POST", f"{PAGE}/feeds/{feed}", data={"_method": "DELETE"})
    assert await titles(mara) == []
    page = (await mara.get(answer.headers["location"])).text
    assert "Follow it again" in page
    await follow(mara, other.url("/a.ics"))
    assert await titles(mara) == ["One"]


async def test_a_feed_cannot_claim_events_of_its_person(mara: Person, other: Elsewhere) -> None:
    own = (
        await mara.post(
            "/api/events", {"title": "Mine", "startAt": "2027-01-01T09:00:00Z", "endAt": "2027-01-01T10:00:00Z"}
        )
    ).json()
    other.give("/a.ics", calendar(event(own["id"], "Theirs", more=f"X-AIOS-ID:{own['id']}\r\n")))
    await follow(mara, other.url("/a.ics"))
    assert await titles(mara) == ["Mine", "Theirs"]
    assert (await mara.get(f"/api/events/{own['id']}")).json()["title"] == "Mine"


async def test_refused_addresses_come_back_with_a_sentence(mara: Person) -> None:
    for url in ("ftp://example.org/a.ics", "file:///etc/passwd", "calendar", "https://a:b@example.org/a.ics"):
        answer = await mara.request("POST", f"{PAGE}/feeds", data={"url": url})
        assert answer.status_code == 422, url
        assert 'aria-invalid="true"' in answer.text
    for url in ("http://127.0.0.2/a.ics", "http://[::1]/a.ics", "http://localhost:1/a.ics"):
        await mara.request("POST", f"{PAGE}/feeds", data={"url": url})
    await looked(mara)
    assert (await mara.get(PAGE)).text.count("leads into a private network") >= 2


async def test_others_feeds_are_nobodys_business(people: People) -> None:
    mara, ines = await people(), await people()
    answer = await mara.request("POST", f"{PAGE}/feeds", data={"url": "http://127.0.0.1/secret.ics"})
    assert answer.status_code == 303
    feed = (await mara.get(PAGE)).text.rpartition(f'action="{PAGE}/feeds/')[2].partition('"')[0]
    for method in ("PUT", "DELETE"):
        answer = await ines.request("POST", f"{PAGE}/feeds/{feed}", data={"_method": method})
        assert answer.status_code == 404
    assert "secret.ics" not in (await ines.get(PAGE)).text
    assert "secret.ics" in (await mara.get(PAGE)).text


async def test_a_redirect_that_is_none_is_said_and_tried_again_later(mara: Person, other: Elsewhere) -> None:
    other.lead("/a.ics", "http://[::1")
    feed = await follow(mara, other.url("/a.ics"))
    assert "an answer that cannot be read" in (await mara.get(PAGE)).text
    other.give("/a.ics", calendar(event("a", "One")), 'ETag: "\xe9"\r\n')
    await look_again(mara, feed)
    assert await titles(mara) == ["One"]
    other.give("/a.ics", calendar(event("a", "Two")))
    await look_again(mara, feed)
    assert await titles(mara) == ["Two"], "a tag that cannot be sent back is not kept"


async def test_whatever_fails_is_said_and_tried_again_later(settings: Settings) -> None:
    def fail(address: str) -> bool:
        raise ZeroDivisionError(address)

    async with signed_in(settings, Outside(fail)) as person:
        await follow(person, "http://127.0.0.1/a.ics")
        assert "could not be taken" in (await person.get(PAGE)).text


async def test_feeds_that_nobody_reads_do_not_stand_in_the_way(database: Database) -> None:
    """A process that ends in the middle of each attempt leaves a feed that stays the first whose time has come."""
    account = new_id()
    await store.follow(database, account, "http://a.example/", "", "")
    await asyncio.sleep(0.002)
    await store.follow(database, account, "http://b.example/", "", "")
    jobs, gone = Sql("SELECT payload FROM job ORDER BY created_at, id"), Sql("DELETE FROM job")
    await database.run(_one(Statement(gone)))
    for _ in range(2):
        await store.ask_for_due(database, 1)
    found = {feed.url: feed.id for feed in await store.feeds(database, account)}
    asked = [row[0] for row in await database.search(Statement(jobs))]
    assert [found["http://a.example/"] in asked[0], found["http://b.example/"] in asked[-1]] == [True, True]


async def test_looking_now_is_asked_once_and_not_without_a_limit(
    mara: Person, other: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.pause_s = 0.3
    other.give("/a.ics", calendar(event("a", "One")))
    answer = await mara.request("POST", f"{PAGE}/feeds", data={"url": other.url("/a.ics"), "name": ""})
    feed = (await mara.get(PAGE)).text.rpartition(f'action="{PAGE}/feeds/')[2].partition('"')[0]
    for _ in range(4):
        answer = await mara.request("POST", f"{PAGE}/feeds/{feed}", data={"_method": "PUT"})
        assert answer.status_code == 303
    await looked(mara)
    await asyncio.sleep(0.7)
    assert len(other.asked) == 1, "it waited already"
    other.pause_s = 0
    monkeypatch.setattr(store, "RATE", Rate(3, 3600), raising=False)
    for status in (303, 303, 429):
        answer = await mara.request("POST", f"{PAGE}/feeds/{feed}", data={"_method": "PUT"})
        assert answer.status_code == status
        await looked(mara)
    answer = await mara.request("POST", f"{PAGE}/feeds", data={"url": other.url("/b.ics"), "name": ""})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("pause_s", [0, 0.5], ids=["while it is written", "while it is read"])
async def test_what_is_removed_while_it_comes_leaves_nothing_behind(
    mara: Person, other: Elsewhere, database: Database, pause_s: float
) -> None:
    other.pause_s = pause_s
    other.give("/a.ics", calendar(*(event(str(number), f"Event {number}") for number in range(250))))
    answer = await mara.request("POST", f"{PAGE}/feeds", data={"url": other.url("/a.ics"), "name": ""})
    feed = (await mara.get(PAGE)).text.rpartition(f'action="{PAGE}/feeds/')[2].partition('"')[0]
    count = Statement(Sql("SELECT count(*) FROM feed_record"))
    for _ in range(400):
        if other.asked and (pause_s or (await database.search(count))[0][0]):
            break
        await asyncio.sleep(0.01)
    answer = await mara.request("POST", f"{PAGE}/feeds/{feed}", data={"_method": "DELETE"})
    assert answer.status_code == 303
    done = Statement(Sql("SELECT count(*) FROM job WHERE kind = 'calendar.feed' AND done_at IS NULL"))
    for _ in range(400):
        if not (await database.search(done))[0][0]:
            break
        await asyncio.sleep(0.02)
    assert await titles(mara) == []
    assert (await database.search(count))[0][0] == 0


def _one(statement: Statement) -> Steps[object]:
    return (yield statement)
