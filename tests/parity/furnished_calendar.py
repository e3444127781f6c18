"""A calendar made by hand, and requests that reach every line of its views and every branch of its templates."""

from __future__ import annotations

import hashlib
from typing import Any

from aios.records.clock import to_wire
from aios.records.query import NO_COPY
from tests.parity.accounts import DAY_MS, NOW_MS, Account, Ask, Item

HOUR_MS = 3_600_000
TODAY = "2026-11-24"


def _id(number: int) -> str:
    return f"019ab2c4-0000-7000-8000-{number:012d}"


def _at(hours: float, days: int = 0) -> str:
    """So many hours after nine in the morning, UTC."""
    return to_wire(NOW_MS + days * DAY_MS + int(hours * HOUR_MS))


def _event(number: int, title: str, begin: str, end: str, *, deleted: bool = False, **fields: object) -> Item:
    given = {"title": title, "startAt": begin, "endAt": end, "timezone": "Europe/Lisbon", **fields}
    return Item("events", _id(number), given, NOW_MS - number * 1_000, deleted=deleted)


MEET = "https://meet.google.com/abc-defg-hij"
EVENTS = [
    _event(61, "Long words", _at(1), _at(2), description="Bring the drawings, and the old ones.\n" * 40),
    _event(1, "Site walk", _at(1), _at(2), location="Foz library", description="Bring the drawings.\n" * 20),
    _event(2, "Overlaps", _at(1.5), _at(2.5), meetingLink=MEET, reminderMinutes=[0, 7, 60, 120, 1_440, 2_880]),
    _event(3, "Over", _at(-3), _at(-2)),
    _event(4, "A moment", _at(4), _at(4), location="Foz library", timezone="Asia/Kathmandu"),
    _event(5, "Dad's day", "2026-11-24T00:00:00.000Z", "2026-11-25T00:00:00.000Z", allDay=True, timezone="UTC"),
    _event(6, "Conference", _at(-24), _at(30), source="ICS"),
    _event(7, "Night", _at(13), _at(19)),
    _event(8, "Long haul", _at(-8), _at(10)),
    _event(9, "Gone", _at(1), _at(2), deleted=True),
    *[_event(20 + number, f"Crowd {number}", _at(5), _at(6)) for number in range(8)],
    _event(30, "After the crowd", _at(6), _at(6.25)),
    _event(31, "Until midnight", _at(14), _at(15)),
    _event(32, "Visit", "2026-11-27T00:00:00.000Z", "2026-11-30T00:00:00.000Z", allDay=True, timezone="UTC"),
    _event(33, "Late note", _at(14.9), _at(14.95)),
    _event(40, "Stand-up", _at(0, -40), _at(0.25, -40), recurrenceRule="daily", exceptions=["2026-11-26"]),
    _event(
        41,
        "Choir",
        _at(11, -30),
        _at(12.5, -30),
        recurrenceRule="weekly",
        overrides={
            "2026-11-28": {"title": "Choir, late", "startAt": _at(13, 4), "location": "Church"},
            "2026-12-05": {"endAt": _at(10, 11), "description": "Short"},
            "2026-12-10": {"allDay": True, "startAt": _at(0, 16), "endAt": _at(24, 16), "meetingLink": None},
            "2026-12-12": {},
            "2026-11-30": {"startAt": _at(11, 5)},
            "1800-01-01": {"title": "Never"},
        },
        exceptions=["2026-12-12"],
    ),
    _event(42, "Rent", _at(0, -200), _at(1, -200), recurrenceRule="monthly", allDay=False),
    _event(43, "Two days", _at(2, -7), _at(3, -7), recurrenceRule="custom", rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"),
    _event(44, "One day", _at(2, -7), _at(3, -7), recurrenceRule="custom", rrule="FREQ=WEEKLY;BYDAY=WE"),
    _event(45, "By itself", _at(2, -7), _at(3, -7), recurrenceRule="custom", rrule="FREQ=MONTHLY;BYDAY=-1FR;COUNT=9"),
    _event(46, "Until", _at(2, -7), _at(3, -7), recurrenceRule="custom", rrule="FREQ=YEARLY;UNTIL=20301231"),
    _event(47, "Without a rule", _at(2, -7), _at(3, -7), recurrenceRule="custom"),
    _event(48, "Past", _at(2, -70), _at(3, -70), recurrenceRule="custom", rrule="FREQ=DAILY;UNTIL=20261001"),
    _event(
        49,
        "Whole weeks",
        "2026-10-01T23:00:00.000Z",
        "2026-10-03T00:00:00.000Z",
        allDay=True,
        recurrenceRule="weekly",
    ),
    _event(50, "Twice", _at(1, 1), _at(2, 1), overrides={"2026-11-27": {"endAt": _at(0, 3)}}),
    _event(
        51,
        "Taken out of the choir's own evenings, for once",
        _at(1, 2),
        _at(2, 2),
        recurrenceInstanceOf=_id(41),
        source="CALDAV",
    ),
    _event(52, "Far", "9999-12-31T22:00:00.000Z", "9999-12-31T23:59:00.000Z", timezone="UTC"),
    _event(53, "To the end", "9999-12-01T00:00:00.000Z", "9999-12-31T23:00:00.000Z", timezone="UTC"),
    _event(54, "Lunch", _at(3, 10), _at(4, 10), location="Adega"),
    _event(55, "Lunch", _at(3, 11), _at(4, 11), location="Adega"),
    _event(56, "Lunch", _at(3, 12), _at(4, 12), location="Zoo"),
    _event(57, "Lunch", _at(3, 13), _at(4, 13), location="Zoo"),
    *[_event(100 + number, f"Many {number}", _at(1, 20), _at(2, 20), location="Hall") for number in range(52)],
]
TASKS = [
    Item("tasks", _id(900), {"title": "Today", "dueDate": "2026-11-24T23:59:00.000Z"}, NOW_MS, deleted=False),
    Item("tasks", _id(901), {"title": "At a time", "dueDate": _at(3)}, NOW_MS, deleted=False),
    Item("tasks", _id(902), {"title": "Tomorrow", "dueDate": _at(3, 1)}, NOW_MS, deleted=False),
]
FULL = Account([*EVENTS, *TASKS], "UTC", NO_COPY, None)
AWAY = Account(
    [
        *EVENTS,
        *TASKS,
        Item("calendarSettings", "{space}", {"weekStart": "sunday", "hours": "12"}, NOW_MS, deleted=False),
        Item("settings", "{space}", {"enabledModules": ["calendar"]}, NOW_MS, deleted=False),
    ],
    "America/St_Johns",
    NO_COPY,
    0,
)
ONE = Account([_event(1, "The only one", _at(3), _at(4))], "UTC", NO_COPY, None)
EMPTY = Account([], "Europe/Lisbon", NO_COPY, None)
DAYS = ("", TODAY, "2026-11-28", "2026-12-10", "2026-12-14", "2026-03-29", "9999-12-31", "0001-01-01", "nonsense")


def _get(path: str, **search: str) -> Ask:
    return Ask(path, list(search.items()), partial=False, form=None)


def _post(path: str, method: str = "POST", fields: dict[str, str] | None = None, **more: str) -> Ask:
    form: dict[str, Any] = {name: [value] for name, value in {**(fields or {}), **more}.items()}
    return Ask(path, [], partial=False, form=form | {"_method": [method]})


def _pages() -> list[Ask]:
    numbers = (1, 2, 4, 5, 6, 40, 41, 42, 43, 44, 45, 46, 47, 50, 51, 52, 9)
    return [
        _get("/"),
        *(_get(f"/calendar{view}", date=day) for view in ("", "/week", "/day", "/agenda") for day in DAYS),
        *(_get("/calendar/statistics", date=day) for day in DAYS),
        _get("/calendar/settings"),
        _get("/calendar/settings", saved="1"),
        _get("/calendar/search"),
        *(_get("/calendar/search", q=q) for q in ("choir", "hall", "nothing like it")),
        _get("/calendar/search", q="many", page="2"),
        _get("/calendar/search", place="foz library"),
        *(_get(f"/calendar/{_id(number)}") for number in numbers),
        *(_get(f"/calendar/{_id(number)}/edit") for number in numbers),
        *(
            _get(f"/calendar/{_id(41)}{more}", on=on)
            for more in ("", "/edit")
            for on in ("2026-11-28", "2026-12-05", "2026-12-10", "2026-12-12", "2026-11-21", "x", "0001-01-01")
        ),
        _get(f"/calendar/{_id(50)}", on="2026-11-27"),
        _get(f"/calendar/{_id(31)}/edit"),
        _get("/calendar/new"),
        _get("/calendar/new", date="2026-12-01", time="23:30", title="Captured"),
        _get("/calendar/new", date="2026-02-30", time="25:00"),
        _get("/calendar/new", copy=_id(1)),
        _get("/calendar/new", copy=_id(5)),
        _get("/calendar/new", copy=_id(61)),
        *(
            _get(path, date=TODAY, deleted=_id(number), on=on, was=was, days="2026-12-05")
            for path in ("/calendar", "/calendar/day", "/calendar/week", "/calendar/agenda")
            for number, on, was in (
                (9, "", ""),
                (40, "2026-11-26", ""),
                (40, "", "weekly"),
                (40, "", "daily"),
                (40, "", ""),
            )
        ),
    ]


def _form(**fields: str) -> dict[str, str]:
    return {"title": "New", "date": "2026-11-25", "time": "03:00", "endDate": "2026-11-25", "endTime": "04:00"} | fields


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _shown(given: dict[str, str]) -> dict[str, str]:
    return {f"shown.{name}": value for name, value in given.items()}


def _posts() -> list[Ask]:
    one, choir = f"/calendar/{_id(1)}", f"/calendar/{_id(41)}"
    was = _form(title="Choir", date="2026-11-28", time="22:00", endDate="2026-11-28", endTime="23:30", repeat="weekly")
    before = {**_shown(was), "on": "2026-11-28", "anyway": "1"}
    lunch, twice = f"/calendar/{_id(54)}", f"/calendar/{_id(50)}"
    twice_moved = _form(date="2026-11-29", endDate="2026-11-29") | _shown(_form(date="2026-11-27")) | {"anyway": "1"}
    return [
        _post("/calendar", fields=_form(), id=_id(500)),
        *(
            _post("/calendar", id=_id(700 + at), quick=line)
            for at, line in enumerate(
                (
                    "Dentist tomorrow 9:30",
                    "Visit 24 dec",
                    "Think",
                    "Choir every week at 8pm",
                    " ",
                    "x 31 dec 9999",
                    "noon",
                )
            )
        ),
        *(
            _post("/calendar/time", "PUT", event=_id(number), on=on, move=move, stretch=stretch, next="/calendar/day")
            for number, on, move, stretch in (
                (1, "", "15", "0"),
                (1, "", "0", "-9999"),
                (1, "", "x", ""),
                (40, "2026-11-27", "-30", "15"),
                (41, "2026-11-30", "60", "0"),
                (52, "", "9999", "0"),
                (999, "", "15", "0"),
            )
        ),
        _post(f"/calendar/{_id(40)}", "PUT", fields=_form(title="By one"), scope="one", on="2026-11-25", anyway="1"),
        _post("/capture", id=_id(710), text="Call Ana tomorrow 9:00", back="/", **{"in": "calendar"}),
        _post("/calendar", fields=_form(), id=_id(500)),
        _post("/calendar", fields=_form(time="10:15", endTime="10:45", date=TODAY, endDate=TODAY), id=_id(501)),
        _post("/calendar", fields=_form(time="10:15", endTime="11:45", date=TODAY, endDate=TODAY), id=_id(501)),
        _post(
            "/calendar", fields=_form(time="10:15", endTime="10:45", date=TODAY, endDate=TODAY), id=_id(501), anyway="1"
        ),
        _post("/calendar", fields=_form(time="14:15", endTime="14:45", date=TODAY, endDate=TODAY), repeat="daily"),
        _post("/calendar", fields=_form(date="2026-11-29"), allDay="true", id=_id(502)),
        _post(
            "/calendar", fields=_form(date="2026-03-29", time="01:30", endTime="", endDate=""), timezone="Europe/Lisbon"
        ),
        _post(
            "/calendar",
            fields=_form(title=" ", timezone="Mars/Olympus", meetingLink="https://example.org"),
            repeat="often",
        ),
        _post("/calendar", fields=_form(date="0001-01-01"), allDay="true"),
        _post("/calendar", fields=_form(date="soon", endDate="9999-12-31"), allDay="true"),
        _post("/calendar", fields=_form(endDate="2026-11-24")),
        _post("/calendar", fields=_form(title="x" * 201, location="y" * 501), description="z" * 5001),
        _post("/calendar", fields=_form(meetingLink="zoom.us/j/123"), id=_id(503), anyway="1"),
        _post("/calendar", fields=_form(location="Room, teams.microsoft.com/l/meetup-join/x"), id=_id(504), anyway="1"),
        _post("/calendar", fields=_form(description=f"Join {MEET}."), id=_id(505), anyway="1"),
        _post("/calendar", fields=_form(repeat="custom", rrule="FREQ=HOURLY")),
        _post("/calendar", fields=_form(repeat="custom", rrule=" FREQ=MONTHLY;BYDAY=2TU "), id=_id(506), anyway="1"),
        _post("/calendar", fields=_form(repeat="weekly", interval="0", until="2026-02-30")),
        _post("/calendar", fields=_form(repeat="monthly", until="2026-01-30")),
        _post("/calendar", fields=_form(repeat="daily", interval="2", until="2026-12-30"), id=_id(507), anyway="1"),
        _post("/calendar", fields=_form(repeat="yearly"), id=_id(508), anyway="1"),
        _post(
            "/calendar",
            fields=_form(repeat="weekly")
            | {"day-TU": "true", "day-FR": "true", "remind-10": "true", "remind-other": "7,x"},
            id=_id(509),
            anyway="1",
        ),
        _post(
            "/calendar", fields=_form(repeat="weekly") | {"day-WE": "true"}, id=_id(510), anyway="1", next="/calendar"
        ),
        _post("/calendar", fields=_form(repeat="monthly", date="soon")),
        _post(one, "PUT", fields=_form(description="Other"), **{"bases.description": "x"}),
        _post(one, "PUT", fields=_form(title="Renamed", time="10:15", endTime="11:00", date=TODAY, endDate=TODAY)),
        _post(one, "PUT", fields=_form(title=""), on="x"),
        _post(one, "PUT", fields=_form(title="Again", timezone="Asia/Kathmandu"), anyway="1", allDay="true"),
        _post(f"/calendar/{_id(9)}", "PUT", fields=_form(description="kept"), **{"bases.description": "x"}),
        _post(choir, "PUT", fields=was | before, scope="one"),
        _post(choir, "PUT", fields=was | before | {"title": "Choir, other hall"}, scope="one"),
        _post(
            choir,
            "PUT",
            fields=was | before | {"date": "2026-11-29", "endDate": "2026-11-29"},
            scope="one",
            baseRev="3",
        ),
        _get(choir, on="2026-11-28"),
        _post(choir, "PUT", fields=was | before | {"date": "2026-11-30", "endDate": "2026-11-30"}, scope="all"),
        _get("/calendar", date="2026-12-01"),
        _post(
            choir,
            "PUT",
            fields=was | before | {"on": "2026-12-07", "title": "New choir"},
            scope="following",
            newId=_id(600),
        ),
        _post(
            f"/calendar/{_id(45)}",
            "PUT",
            fields=_form(time="13:00", endTime="14:00")
            | {"on": "2026-12-25", "anyway": "1", "repeat": "custom", "rrule": "FREQ=MONTHLY;BYDAY=-1FR;COUNT=9"},
            scope="following",
        ),
        _post(
            f"/calendar/{_id(43)}",
            "PUT",
            fields=_form(title="Two", time="11:00", endTime="12:00", date="2026-12-03", endDate="2026-12-03")
            | {"on": "2026-12-03", "anyway": "1"},
            scope="following",
            newId=_id(601),
        ),
        _post(
            f"/calendar/{_id(40)}",
            "PUT",
            fields=_form(title="First") | {"on": "2026-10-15", "anyway": "1"},
            scope="following",
        ),
        _post(
            f"/calendar/{_id(46)}",
            "PUT",
            fields=_form(time="10:15", endTime="11:00", date=TODAY, endDate=TODAY) | {"on": TODAY},
            scope="one",
        ),
        _post(f"/calendar/{_id(44)}", "DELETE", on="2026-11-25", scope="one"),
        _get("/calendar", date="2026-11-25", deleted=_id(44), on="2026-11-25"),
        _post(f"/calendar/{_id(44)}/occurrences", "PUT", on="2026-11-25"),
        _post(f"/calendar/{_id(44)}", "DELETE", on="2026-12-02", scope="following"),
        _get("/calendar", date="2026-12-02", deleted=_id(44), was="FREQ=WEEKLY;BYDAY=WE", days=""),
        _post(f"/calendar/{_id(44)}/occurrences", "PUT", was="FREQ=WEEKLY;BYDAY=WE", days=""),
        _post(f"/calendar/{_id(42)}", "DELETE", on="2026-12-10", scope="following"),
        _post(f"/calendar/{_id(42)}/occurrences", "PUT", was="monthly", days="2026-12-10,x"),
        _post(f"/calendar/{_id(42)}/occurrences", "PUT", was="FREQ=HOURLY"),
        _post(f"/calendar/{_id(41)}", "DELETE", on="2026-12-02", scope="following"),
        _post(f"/calendar/{_id(41)}", "DELETE", on="2026-12-02"),
        _post(f"/calendar/{_id(41)}/restoration", "PUT"),
        _post(one, "DELETE"),
        _post("/calendar/settings", "PUT", weekStart="saturday", hours="12"),
        _get("/calendar/settings"),
        _get("/calendar/day", date=TODAY),
        _post("/calendar/settings", "PUT", weekStart="monday"),
        _post("/calendar/settings", "PUT", weekStart="friday", hours="13"),
        _post("/calendar/settings", "PUT", weekStart="sunday", hours="13"),
        _post("/calendar", fields=_form(endDate="2026-11-28"), id=_id(511), anyway="1"),
        _post(lunch, "PUT", fields=_form(description=""), anyway="1", **{"bases.description": _hash("")}),
        _post(twice, "PUT", fields=twice_moved, scope="one", on="2026-11-27"),
        _post(twice, "PUT", fields=twice_moved, scope="all", on="2026-11-27"),
        _get(twice),
    ]


def calendars() -> list[tuple[Account, list[Ask]]]:
    """Accounts, and what each is asked."""
    return [
        (FULL, _pages()),
        (AWAY, _pages()),
        (EMPTY, [*_pages(), *_posts()]),
        (FULL, _posts()),
        (AWAY, [_post("/calendar", quick="x 31 dec 9999 23:59")]),
        (ONE, [_get("/"), _get("/calendar")]),
    ]
