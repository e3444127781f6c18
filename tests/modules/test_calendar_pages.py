"""The Calendar as a person without script uses it, on both databases."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.modules.forms import Forms, post, send, show

if TYPE_CHECKING:
    from tests.people import People, Person

START = (datetime.now(UTC) + timedelta(days=40)).replace(hour=9, minute=0, second=0, microsecond=0)
"""Of what is made here: far from now, so that no test depends on the time of day. The tests' zone is UTC."""


def day(number: int = 0) -> str:
    return (START + timedelta(days=number)).date().isoformat()


def at(hour: float, number: int = 0) -> str:
    """So many hours after midnight."""
    midnight = START.replace(hour=0) + timedelta(days=number, hours=hour)
    return midnight.strftime("%Y-%m-%dT%H:%M:%S.000Z")


async def add(person: Person, title: str, begin: str, end: str, **fields: Any) -> str:
    answer = await person.post("/api/events", {"title": title, "startAt": begin, "endAt": end, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def event(person: Person, event_id: str) -> dict[str, Any]:
    return (await person.get(f"/api/events/{event_id}")).json()


async def shown(person: Person, number: int) -> str:
    """The day itself, without what stands around it."""
    page = await show(person, f"/calendar/day?date={day(number)}")
    return page[page.index('<ol class="day"') : page.index("<aside")]


async def test_an_event_is_made_shown_changed_deleted_and_taken_back(people: People) -> None:
    mara = await people()
    assert "No events yet" in await show(mara, "/calendar")
    made = await send(
        mara, f"/calendar/new?date={day()}&time=09:00", "/calendar", title="Site walk", location="Foz library"
    )
    path = made.headers["location"]
    stored = await event(mara, path.rpartition("/")[2])
    assert (stored["startAt"], stored["endAt"], stored["lastAt"]) == (at(9), at(10), None)
    for view in ("/calendar", "/calendar/week", "/calendar/day", "/calendar/agenda"):
        assert "Site walk" in await show(mara, f"{view}?date={day()}"), view
        assert "Site walk" not in await show(mara, f"{view}?date={day(70)}"), view
    assert "Site walk" in await show(mara, "/calendar/search?q=foz")
    assert "Site walk" in await show(mara, "/calendar/search?place=Foz+library")

    changed = await send(mara, f"{path}/edit", path, "PUT", title="Site walk with Ines", endTime="11:30")
    assert changed.headers["location"] == path
    stored = await event(mara, path.rpartition("/")[2])
    assert (stored["title"], stored["endAt"], stored["location"]) == ("Site walk with Ines", at(11.5), "Foz library")

    deleted = await send(mara, path, path, "DELETE")
    offered = deleted.headers["location"]
    assert "Event deleted" in await show(mara, offered)
    await send(mara, offered, f"{path}/restoration", "PUT")
    assert "Site walk with Ines" in await shown(mara, 0)


async def test_what_overlaps_is_said_before_it_is_kept(people: People) -> None:
    mara = await people()
    await add(mara, "Dentist", at(9.5, -7), at(10.25, -7), recurrenceRule="weekly", timezone="UTC")
    page = f"/calendar/new?date={day()}&time=10:00"
    fields = Forms(await show(mara, page)).fields("/calendar") | {"title": "Review"}
    refused = await post(mara, "/calendar", fields)
    assert refused.status_code == 422
    assert "This overlaps with Dentist" in refused.text
    assert "Save anyway" in refused.text
    assert 'value="Review"' in refused.text
    assert len((await mara.get("/api/events")).json()) == 1
    kept = await post(mara, "/calendar", fields | {"anyway": "1"})
    assert kept.status_code == 303
    assert (await shown(mara, 0)).count("Overlaps, ") == 2
    later = await post(mara, "/calendar", fields | {"id": "", "time": "11:00", "endTime": "12:00"})
    assert later.status_code == 303


async def test_one_of_a_series_is_changed_and_taken_out(people: People) -> None:
    mara = await people()
    choir = await add(mara, "Choir", at(20), at(21.5), recurrenceRule="weekly", timezone="UTC")
    path, on = f"/calendar/{choir}", day(7)
    edit = f"{path}/edit?on={on}"
    await send(mara, edit, path, "PUT", scope="one", title="Choir, in church", time="19:00", endTime="20:00")
    stored = await event(mara, choir)
    assert stored["overrides"] == {on: {"title": "Choir, in church", "startAt": at(19, 7), "endAt": at(20, 7)}}
    assert "Choir, in church" in await shown(mara, 7)
    assert "in church" not in await shown(mara, 14)

    deleted = await send(mara, f"{path}?on={day(14)}", path, "DELETE", scope="one", on=day(14))
    assert "Choir" not in await shown(mara, 14)
    assert "Choir" in await shown(mara, 21)
    taken_back = await send(mara, deleted.headers["location"], f"{path}/occurrences", "PUT")
    assert taken_back.headers["location"] == f"{path}?on={day(14)}"
    assert "Choir" in await shown(mara, 14)
    assert (await event(mara, choir))["exceptions"] == []


async def test_all_of_a_series_moves_with_the_one_that_was_shown(people: People) -> None:
    mara = await people()
    choir = await add(
        mara,
        "Choir",
        at(20),
        at(21),
        recurrenceRule="weekly",
        timezone="UTC",
        exceptions=[day(21)],
        overrides={day(14): {"title": "Concert"}},
    )
    path = f"/calendar/{choir}"
    moved = {"date": day(8), "endDate": day(8), "time": "19:00", "endTime": "20:30"}
    await send(mara, f"{path}/edit?on={day(7)}", path, "PUT", scope="all", **moved)
    stored = await event(mara, choir)
    assert (stored["startAt"], stored["endAt"]) == (at(19, 1), at(20.5, 1))
    assert (stored["exceptions"], stored["overrides"]) == ([day(22)], {day(15): {"title": "Concert"}})
    assert "Concert" in await shown(mara, 15)
    assert "Choir" not in await shown(mara, 22)


async def test_a_series_is_cut_in_two(people: People) -> None:
    mara = await people()
    rule = {"recurrenceRule": "custom", "rrule": "FREQ=DAILY;COUNT=10"}
    first = await add(mara, "Stand-up", at(9), at(9.25), timezone="UTC", overrides={day(6): {"title": "Retro"}}, **rule)
    path, on = f"/calendar/{first}", day(4)
    cut = await send(
        mara,
        f"{path}/edit?on={on}",
        path,
        "PUT",
        scope="following",
        time="10:00",
        endTime="10:15",
        title="Later stand-up",
    )
    second = cut.headers["location"].rpartition("/")[2]
    before, after = await event(mara, first), await event(mara, second)
    assert before["rrule"] == f"FREQ=DAILY;UNTIL={day(3).replace('-', '')}"
    assert (after["rrule"], after["startAt"], after["recurrenceInstanceOf"]) == ("FREQ=DAILY;COUNT=6", at(10, 4), first)
    assert after["overrides"] == {day(6): {"title": "Retro"}}
    assert "Stand-up" in await shown(mara, 3)
    assert "Later stand-up" in await shown(mara, 9)
    assert "stand-up" not in await shown(mara, 10)
    assert (await shown(mara, 6)).count("Retro") == 1


async def test_what_follows_is_deleted_and_taken_back(people: People) -> None:
    mara = await people()
    choir = await add(
        mara,
        "Choir",
        at(20),
        at(21),
        recurrenceRule="weekly",
        timezone="UTC",
        overrides={day(21): {"title": "Concert"}},
    )
    path = f"/calendar/{choir}"
    deleted = await send(mara, f"{path}?on={day(14)}", path, "DELETE", scope="following", on=day(14))
    assert "Choir" in await shown(mara, 7)
    assert "Choir" not in await shown(mara, 14)
    assert "Concert" not in await shown(mara, 21)
    await send(mara, deleted.headers["location"], f"{path}/occurrences", "PUT")
    stored = await event(mara, choir)
    assert (stored["recurrenceRule"], stored["rrule"], stored["exceptions"]) == ("weekly", None, [])
    assert "Concert" in await shown(mara, 21)
    assert "Choir" in await shown(mara, 28)


async def test_two_changes_of_different_dates_both_stay(people: People) -> None:
    mara = await people()
    choir = await add(mara, "Choir", at(20), at(21), recurrenceRule="weekly", timezone="UTC")
    path = f"/calendar/{choir}"
    forms = [Forms(await show(mara, f"{path}/edit?on={day(at)}")).fields(path, "PUT") for at in (7, 14)]
    for number, fields in enumerate(forms):
        answer = await post(mara, path, fields | {"scope": "one", "title": f"Choir {number}"})
        assert answer.status_code == 303
    assert {each["title"] for each in (await event(mara, choir))["overrides"].values()} == {"Choir 0", "Choir 1"}


async def test_a_whole_day_and_a_meeting(people: People) -> None:
    mara = await people()
    page = f"/calendar/new?date={day()}"
    made = await send(mara, page, "/calendar", title="Visit", allDay="true", endDate=day(2))
    stored = await event(mara, made.headers["location"].rpartition("/")[2])
    assert (stored["startAt"], stored["endAt"], stored["lastAt"]) == (at(0), at(0, 3), at(0, 3))
    for number in range(3):
        assert "Visit" in await show(mara, f"/calendar/day?date={day(number)}")
    assert "Visit" not in await show(mara, f"/calendar/day?date={day(3)}")
    made = await send(mara, page, "/calendar", title="Call", description="Join: meet.google.com/abc-defg-hij.")
    assert 'href="https://meet.google.com/abc-defg-hij"' in await show(mara, made.headers["location"])


async def test_whole_days_that_end_before_they_begin_are_refused(people: People) -> None:
    mara = await people()
    page, given = f"/calendar/new?date={day(1)}", {"title": "Visit", "allDay": "true"}
    for number in (0, -1):
        answer = await send(mara, page, "/calendar", **given, endDate=day(number))
        assert answer.status_code == 422, number
        assert "The end is before the start" in answer.text
    await send(mara, page, "/calendar", **given, endDate=day(1))


async def test_what_lasts_into_the_next_day_stands_at_its_hour(people: People) -> None:
    mara = await people()
    await add(mara, "Night train", at(22), at(31))
    await add(mara, "Lunch", at(12), at(13))
    await add(mara, "Breakfast", at(8, 1), at(9, 1))
    page = await show(mara, f"/calendar/agenda?date={day()}")
    places = [page.index(title) for title in ("Lunch", "Night train", "Breakfast")]
    assert places == sorted(places)
    assert page.index("Night train", places[1] + len("Night train")) < places[2]


async def test_a_captured_line_becomes_an_event(people: People) -> None:
    mara = await people()
    fields = {"text": f"Dentist {day()} 9:30", "in": "calendar", "back": "/"}
    await post(mara, "/capture", fields)
    (made,) = (await mara.get("/api/events")).json()
    assert (made["title"], made["startAt"], made["endAt"]) == ("Dentist", at(9.5), at(10.5))


async def test_settings_change_how_weeks_and_times_are_written(people: People) -> None:
    mara = await people()
    await add(mara, "Lunch", at(13), at(14))
    await send(mara, "/calendar/settings", "/calendar/settings", "PUT", weekStart="sunday", hours="12")
    assert "1:00 pm" in await shown(mara, 0)
    page = await show(mara, "/calendar")
    assert page.index('title="Sunday"') < page.index('title="Monday"')


async def test_tasks_that_are_due_stand_in_their_day(people: People) -> None:
    mara = await people()
    await mara.post("/api/tasks", {"title": "Send the figures", "dueDate": at(12)})
    assert "Send the figures" in await show(mara, f"/calendar/day?date={day()}")
    assert "Send the figures" not in await show(mara, f"/calendar/day?date={day(1)}")


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_calendar_that_is_slow_keeps_nobody_else_waiting(people: People) -> None:
    """Rules that give no day take the longest to follow."""
    mara = await people()
    rule = "FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2,4;BYSETPOS=2;BYDAY=MO"
    for number in range(30):
        await add(mara, f"Never {number}", at(9), at(10), recurrenceRule="custom", rrule=rule)
    for path in (f"/calendar?date={day(70)}", "/"):
        waits: list[float] = []

        async def tick(waits: list[float] = waits) -> None:
            while True:
                before = time.perf_counter()
                await asyncio.sleep(0.001)
                waits.append(time.perf_counter() - before)

        began, ticking = time.perf_counter(), asyncio.create_task(tick())
        await show(mara, path)
        took = time.perf_counter() - began
        ticking.cancel()
        assert max(waits, default=took) < took / 4, path
