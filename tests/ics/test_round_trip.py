"""Events leave as iCalendar and come back as they were; a second parser reads the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios.modules.calendar.happening import happenings
from aios.modules.calendar.ics.reading import Ids, read
from aios.modules.calendar.ics.times import Moment, wire
from aios.modules.calendar.ics.writing import calendar
from aios.modules.calendar.ics.zones import Zone
from aios.modules.calendar.schema import events
from aios.port import Draft, Into
from aios.records.api import default_document

INTO = Into(space_id="space", zone="Europe/Lisbon")
EXAMPLES = int(os.environ.get("AIOS_EXAMPLES", "60"))
ZONES = ["UTC", "Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca"]
RULES = [
    "daily",
    "weekly",
    "monthly",
    "FREQ=WEEKLY;BYDAY=MO,WE",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=YEARLY",
    "FREQ=DAILY;COUNT=30",
    "FREQ=DAILY;UNTIL=20301224T101500",
    "FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=12",
    "FREQ=DAILY;UNTIL=20280601",
]
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("\n,;:\\\"'= "), max_size=90
)
WORDS = TEXTS.filter(bool)
LATE = st.dates(date(1996, 1, 1), date(2030, 1, 1))
PARSER = Path(__file__).with_name("second_parser.cjs")


def at(local: datetime, zone: str) -> datetime:
    return Moment(local, is_day=False, zone=Zone(zone)).at


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """An event as it may be stored."""
    zone, all_day = draw(st.sampled_from(ZONES)), draw(st.booleans())
    local = draw(st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1))).replace(microsecond=0)  # noqa: DTZ001
    if all_day:
        local = local.replace(hour=0, minute=0, second=0)
        start, end = at(local, zone), at(local + timedelta(days=draw(st.integers(1, 9))), zone)
    else:
        start = draw(st.sampled_from([at(local, zone), local.replace(tzinfo=UTC)]))
        end = start + timedelta(minutes=draw(st.integers(0, 5_000)))
    made = default_document(events, str(draw(st.uuids())))
    made |= {
        "createdAt": "2026-11-23T18:20:11.000Z",
        "updatedAt": "2026-11-23T18:20:11.000Z",
        "title": draw(WORDS),
        "description": draw(TEXTS),
        "location": draw(TEXTS),
        "meetingLink": draw(
            st.sampled_from([None, "https://zoom.us/j/1?pwd=a", "https://meet.google.com/abc-defg-hij"])
        ),
        "startAt": wire(start),
        "endAt": wire(end),
        "allDay": all_day,
        "timezone": zone,
        "reminderMinutes": sorted(draw(st.sets(st.integers(0, 40_320), max_size=4))),
        "source": draw(st.sampled_from(["LOCAL", "ICS", "CALDAV"])),
        "recurrenceInstanceOf": draw(st.none() | st.uuids().map(str)),
    }
    if draw(st.booleans()):
        made |= draw(_series(made, local.date()))
    return made


@st.composite
def _series(draw: st.DrawFn, event: dict[str, Any], begins: date) -> dict[str, Any]:
    rule = draw(st.sampled_from(RULES))
    if event["allDay"]:
        rule = rule.replace("T101500", "")
    exceptions = draw(st.sets(LATE.map(date.isoformat), max_size=3))
    overrides: dict[str, Any] = {}
    for day in draw(st.sets(LATE, max_size=3)):
        if day.isoformat() in exceptions or day == begins:
            continue
        own: dict[str, Any] = {}
        if draw(st.booleans()):
            own["title"] = draw(WORDS.filter(lambda text: text != event["title"]))
        if draw(st.booleans()):
            own["location"] = draw(TEXTS.filter(lambda text: text != event["location"]))
        if not own or draw(st.booleans()):
            first = datetime(day.year, day.month, day.day, 0 if event["allDay"] else 4)  # noqa: DTZ001
            own["startAt"] = wire(at(first, event["timezone"]))
            own["endAt"] = wire(at(first + timedelta(days=21), event["timezone"]))
        overrides[day.isoformat()] = own
    simple = "FREQ" not in rule
    return {
        "recurrenceRule": rule if simple else "custom",
        "rrule": None if simple else rule,
        "exceptions": sorted(exceptions),
        "overrides": overrides,
    }


def read_back(body: bytes) -> dict[str, dict[str, Any]]:
    """The fields of each event, by its id; nothing else may be said."""
    found = list(read(body, "file", Ids(INTO)))
    assert all(isinstance(each, Draft) for each in found), found
    return {each.id: each.fields for each in found if isinstance(each, Draft)}


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(documents(), min_size=1, max_size=2, unique_by=lambda each: each["id"]))
def test_what_leaves_comes_back_as_it_was(given_events: list[dict[str, Any]]) -> None:
    body = b"".join(calendar(given_events))
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    found = read_back(body)
    assert list(found) == [each["id"] for each in given_events]
    for event in given_events:
        for name, value in found[event["id"]].items():
            assert value == event[name], name


def second_parser(body: bytes, first: str, last: str) -> list[dict[str, Any]]:
    """What ical.js makes of a calendar: {uid, title, startAt, endAt} of each occurrence between two days."""
    node = shutil.which("node")
    assert node, "tests need Node"
    done = subprocess.run([node, str(PARSER), first, last], input=body, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_a_second_parser_finds_the_same_occurrences() -> None:
    base = default_document(events, "019ab2c4-b7d0-7a41-8c55-6e90f2d4a1b3") | {
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
    }
    given_events = [
        {
            **base,
            "title": "Once; with, all: \\ of\nthem ü",
            "startAt": "2026-11-05T09:30:00.000Z",
            "endAt": "2026-11-05T10:00:00.000Z",
            "timezone": "America/New_York",
        },
        {
            **base,
            "id": "019ab2c4-b7d0-7a41-8c55-000000000001",
            "title": "Nine o'clock stays nine o'clock",
            "startAt": "2026-10-20T08:00:00.000Z",
            "endAt": "2026-10-20T09:00:00.000Z",
            "timezone": "Europe/Lisbon",
            "recurrenceRule": "daily",
            "exceptions": ["2026-10-28"],
            "overrides": {
                "2026-10-26": {
                    "title": "Moved",
                    "startAt": "2026-10-26T15:00:00.000Z",
                    "endAt": "2026-10-26T16:00:00.000Z",
                }
            },
        },
        {
            **base,
            "id": "019ab2c4-b7d0-7a41-8c55-000000000002",
            "title": "Days",
            "startAt": "2026-10-24T23:00:00.000Z",
            "endAt": "2026-10-27T00:00:00.000Z",
            "allDay": True,
            "timezone": "Europe/Lisbon",
            "recurrenceRule": "custom",
            "rrule": "FREQ=WEEKLY;UNTIL=20261110",
        },
        {
            **base,
            "id": "019ab2c4-b7d0-7a41-8c55-000000000003",
            "title": "One more date",
            "startAt": "2026-10-21T14:00:00.000Z",
            "endAt": "2026-10-21T14:30:00.000Z",
            "timezone": "Europe/Berlin",
            "recurrenceRule": "weekly",
            "overrides": {"2026-10-23": {}},
        },
    ]
    first, last = "2026-10-20", "2026-11-15"
    ours = [
        {"uid": each["id"], "title": each["title"], "startAt": each["first"] if each["allDay"] else each["startAt"]}
        for each in happenings(given_events, first, last, "UTC")
    ]
    theirs = second_parser(b"".join(calendar(given_events)), first, last)
    key = lambda each: (each["startAt"], each["uid"])  # noqa: E731
    assert sorted(theirs, key=key) == sorted(ours, key=key)
    assert len(ours) > 30


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "America/New_York", "Asia/Kathmandu"])
def test_zones_are_spelled_out_for_programs_that_do_not_know_them(zone: str) -> None:
    event = default_document(events, "019ab2c4-b7d0-7a41-8c55-6e90f2d4a1b3") | {
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
        "title": "x",
        "startAt": "2026-07-05T09:30:00.000Z",
        "endAt": "2026-07-05T10:30:00.000Z",
        "timezone": zone,
    }
    body = b"".join(calendar([event])).decode()
    strange = body.replace(zone, "A zone of our own").replace("X-AIOS-ZONE", "X-OTHER")
    (found,) = read_back(strange.encode()).values()
    assert found["startAt"] == event["startAt"]
