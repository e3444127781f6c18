"""Events as files, the private address that phones follow, the page where it is made, and import over the page."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from aios.database import Sql, Statement
from aios.modules.calendar.ics import routes, writing
from aios.settings import Rate
from tests.port.sending import bring, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from aios.database import Database, Steps
    from tests.people import People, Person

PAGE = "/settings/calendar"
PATH = "/calendar/feed/events.ics?key="
EVENT: dict[str, Any] = {
    "title": "Site walk",
    "startAt": "2026-11-25T09:00:00.000Z",
    "endAt": "2026-11-25T10:00:00.000Z",
    "timezone": "Europe/Lisbon",
}
ICS = (
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:{uid}\nDTSTART:2026010{day}T090000Z\nSUMMARY:{title}\nEND:VEVENT\n"
    "END:VCALENDAR\n"
)


async def make_address(person: Person) -> str:
    """The path of a new private address."""
    answer = await person.request("POST", f"{PAGE}/address")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return PATH + answer.text.partition(PATH)[2].partition("<")[0]


async def test_one_a_range_and_all(people: People) -> None:
    mara, ines = await people(), await people()
    first = (await mara.post("/api/events", EVENT)).json()
    later = {"startAt": "2027-03-01T09:00:00.000Z", "endAt": "2027-03-01T10:00:00.000Z"}
    await mara.post("/api/events", {**EVENT, **later, "title": "Later"})
    weekly = {
        "title": "Weekly",
        "recurrenceRule": "weekly",
        "startAt": "2020-01-01T09:00:00Z",
        "endAt": "2020-01-01T10:00:00Z",
    }
    await mara.post("/api/events", {**EVENT, **weekly})
    one = await mara.get(f"/calendar/ics/{first['id']}.ics")
    assert one.headers["content-type"] == "text/calendar; charset=utf-8"
    assert 'filename="Site walk.ics"' in one.headers["content-disposition"]
    assert one.text.count("BEGIN:VEVENT") == 1
    assert (await mara.get("/calendar/ics/events.ics")).text.count("BEGIN:VEVENT") == 3
    some = (await mara.get("/calendar/ics/events.ics?from=2026-11-01&to=2026-11-30")).text
    assert "Site walk" in some
    assert "Weekly" in some
    assert "Later" not in some
    assert (await mara.get("/calendar/ics/events.ics?from=nonsense")).status_code == 400
    assert (await mara.get("/calendar/ics/events.ics?from=2026-12-31&to=2026-12-01")).status_code == 400
    assert (await ines.get(f"/calendar/ics/{first['id']}.ics")).status_code == 404
    assert "BEGIN:VEVENT" not in (await ines.get("/calendar/ics/events.ics")).text
    assert (await mara.client.get("/calendar/ics/events.ics")).status_code in {303, 401}


async def test_an_address_is_followed_without_a_session_until_it_is_revoked(people: People) -> None:
    mara = await people()
    client: httpx.AsyncClient = mara.client
    await mara.post("/api/events", EVENT)
    path = await make_address(mara)
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "set-cookie" not in answer.headers
    assert "Site walk" in answer.text
    assert "REFRESH-INTERVAL" in answer.text
    known = {"if-none-match": answer.headers["etag"]}
    assert (await client.get(path, headers=known)).status_code == 304
    assert (await client.head(path)).status_code == 200
    await mara.post("/api/notes", {"title": "A note"})
    assert (await client.get(path, headers=known)).status_code == 304, "other things do not count"
    await mara.post("/api/events", {**EVENT, "title": "Another"})
    assert "Another" in (await client.get(path, headers=known)).text
    assert "Last used" in (await mara.get(PAGE)).text
    assert path not in (await mara.get(PAGE)).text, "it is shown once"

    other = await make_address(mara)
    assert (await client.get(path)).status_code == 404, "a new one ends the one before"
    assert (await client.get(other)).status_code == 200
    assert (await mara.request("POST", f"{PAGE}/address", data={"_method": "DELETE"})).status_code == 303
    assert (await client.get(other)).status_code == 404
    assert (await client.get(f"{PATH}guess")).status_code == 404


async def test_what_was_exported_comes_back_as_the_same_and_in_the_zip(people: People) -> None:
    mara = await people()
    made = (await mara.post("/api/events", {**EVENT, "recurrenceRule": "daily", "reminderMinutes": [15]})).json()
    body = (await mara.get("/calendar/ics/events.ics")).content
    told = await bring(mara, "mine.ics", body)
    assert "1 here already" in told
    assert (await mara.get("/api/events")).json() == [made]
    with zipfile.ZipFile(io.BytesIO((await mara.get("/settings/export.zip")).content)) as archive:
        assert b"SUMMARY:Site walk" in archive.read("Calendar/Calendar.ics")


async def test_the_page_imports_files_and_zips_and_again_makes_no_duplicates(people: People) -> None:
    mara = await people()
    files: dict[str, bytes | str] = {
        "a.ics": ICS.format(uid="1", day=1, title="One"),
        "b/b.ics": ICS.format(uid="2", day=2, title="Two"),
        "broken.ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Lost\nEND:VEVENT\nEND:VCALENDAR\n",
        "read.me": "hello",
    }
    told = await bring(mara, "calendars.zip", zipped(files))
    for words in ("2 new", "Lost It has no start", "read.me It is no calendar"):
        assert words in told, told.text
    assert "2 here already" in await bring(mara, "calendars.zip", zipped(files))
    files["a.ics"] = ICS.format(uid="1", day=3, title="One, moved")
    told = await bring(mara, "calendars.zip", zipped(files))
    assert "1 brought up to date" in told
    assert len((await mara.get("/api/events")).json()) == 2


async def test_to_dos_and_journals_become_tasks_and_notes(people: People) -> None:
    mara = await people()
    body = (
        "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nSUMMARY:Paint\nDUE;VALUE=DATE:20270105\nPRIORITY:1\nSTATUS:IN-PROCESS\n"
        "RRULE:FREQ=WEEKLY\nEND:VTODO\nBEGIN:VJOURNAL\nUID:j\nSUMMARY:Day\nDESCRIPTION:Rain\nEND:VJOURNAL\nEND:VCALENDAR\n"
    )
    await bring(mara, "mixed.ics", body.encode())
    (task,), (note,) = (await mara.get("/api/tasks")).json(), (await mara.get("/api/notes")).json()
    assert (task["title"], task["priority"], task["status"], task["recurrenceRule"]) == (
        "Paint",
        "urgent",
        "in_progress",
        "weekly",
    )
    assert task["dueDate"] == "2027-01-05T23:59:00.000Z"
    assert (note["title"], note["bodyMarkdown"]) == ("Day", "Rain")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_account_removed_takes_address_and_feeds_along(people: People, database: Any) -> None:
    from aios.accounts.store import remove_account  # noqa: PLC0415  as above

    mara = await people()
    path = await make_address(mara)
    await mara.request("POST", f"{PAGE}/feeds", data={"url": "http://127.0.0.1/x.ics"})
    await database.write(lambda session: remove_account(session, mara.id))
    for table in ("private_address", "feed", "feed_record"):
        assert (await database.search(Statement(Sql(f"SELECT count(*) FROM {table}"))))[0][0] == 0  # noqa: S608
    assert (await mara.client.get(path)).status_code == 404


async def test_an_address_is_limited_and_its_file_written_once_a_version(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    mara = await people()
    await mara.post("/api/events", EVENT)
    path = await make_address(mara)
    written: list[str] = []
    real = writing.calendar

    def calendar(events: list[Any], name: str = "") -> Iterator[bytes]:
        written.append(name)
        return real(events, name)

    monkeypatch.setattr(writing, "calendar", calendar)
    answers = await asyncio.gather(*(mara.client.get(path) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == len(written) == 1
    await mara.post("/api/events", {**EVENT, "title": "Another"})
    answer = await mara.client.get(path)
    assert "Another" in answer.text
    assert len(written) == 2
    monkeypatch.setattr(routes, "RATE", Rate(7, 600), raising=False)
    assert (await mara.client.get(path)).status_code == 200
    refused = await mara.client.get(path)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    same = await mara.client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert same.status_code == 304, "to ask whether it changed costs little"


async def test_one_event_that_cannot_be_written_does_not_take_the_others_along(
    people: People, database: Database
) -> None:
    """Rules with seconds that there are not were taken once, and dates that there are not may come from anywhere."""
    mara = await people()
    await mara.post("/api/events", EVENT)
    rule = {"recurrenceRule": "custom", "rrule": "FREQ=DAILY;UNTIL=20261201T235959", "title": "Odd"}
    await mara.post("/api/events", {**EVENT, **rule})
    await mara.post(
        "/api/events", {**EVENT, "title": "Broken", "recurrenceRule": "daily", "exceptions": ["2031-03-28"]}
    )
    for before, after in (("T235959", "T235999"), ("2031-03-28", "2031-02-30")):
        await database.run(_one(Statement(Sql("UPDATE record SET body = replace(body, ?, ?)"), (before, after))))
    for answer in (
        await mara.client.get(await make_address(mara)),
        await mara.get("/calendar/ics/events.ics"),
        await mara.get("/settings/export.zip"),
    ):
        assert answer.status_code == 200
        body = answer.text
        if answer.content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
                body = archive.read("Calendar/Calendar.ics").decode()
        assert "SUMMARY:Site walk" in body
        assert "RRULE:FREQ=DAILY;UNTIL=20261201T235959Z" in body
        assert "Broken" not in body
        assert body.rstrip().endswith("END:VCALENDAR")


def _one(statement: Statement) -> Steps[object]:
    return (yield statement)
