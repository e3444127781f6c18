"""What happens when: both sides give the same for made-up events, zones and forms. `AIOS_EXAMPLES` sets how many."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aios.errors import InvalidError
from aios.modules.calendar import form, happening, meetings, repeating, rules
from aios.records.query import Query
from aios.web import when
from tests.parity.libraries import Failed, Libraries
from tests.parity.test_device_libraries import TEXTS
from tests.parity.test_planner import plain
from tests.parity.test_planner import rules as rrules

EXAMPLES = int(os.environ.get("AIOS_EXAMPLES", "100"))
check = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True, scope="module")
def zones(libraries: Libraries) -> None:
    libraries("when.setZones", when.zone_names())


ZONES = st.sampled_from(
    ["UTC", "Europe/Lisbon", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "Australia/Lord_Howe",
     "America/New_York", "Pacific/Marquesas"]
)  # fmt: skip
DAYS = st.sampled_from(
    ["2026-11-24", "2026-10-25", "2026-03-29", "2026-11-01", "2026-03-08", "2024-02-29", "2026-12-31", "2026-10-04"]
)
CLOCKS = st.sampled_from(["00:00", "01:30", "02:30", "09:00", "23:59", "12:05"])
LENGTHS = st.sampled_from([0, 15 * 60_000, 3_600_000, 9 * 3_600_000, 26 * 3_600_000, 4 * 86_400_000])
HOUR_MS = 3_600_000


@st.composite
def events(draw: st.DrawFn, rule: st.SearchStrategy[str | None]) -> dict[str, Any]:
    """An event as it is stored."""
    zone, day = draw(ZONES), draw(DAYS)
    all_day = draw(st.booleans())
    begin = when.from_local_input(f"{day}T{'00:00' if all_day else draw(CLOCKS)}", zone)
    end = happening._later(begin, draw(LENGTHS))
    dates = st.builds(when.add_days, st.just(day), st.integers(-3, 60))
    own = st.fixed_dictionaries(
        {},
        optional={
            "title": st.just("Other"),
            "startAt": st.builds(happening._later, st.just(begin), st.integers(-400, 400).map(lambda n: n * HOUR_MS)),
            "endAt": st.builds(happening._later, st.just(begin), st.integers(-400, 400).map(lambda n: n * HOUR_MS)),
            "allDay": st.booleans(),
        },
    )
    found = draw(rule)
    document: dict[str, Any] = {
        "id": "019ab2c4-0000-7000-8000-000000000001",
        "title": "Event",
        "location": "",
        "source": "LOCAL",
        "meetingLink": None,
        "startAt": begin,
        "endAt": end,
        "allDay": all_day,
        "timezone": zone,
        "recurrenceRule": "none" if found is None else draw(st.sampled_from(["custom", "custom", "weekly"])),
        "rrule": found,
        "exceptions": draw(st.lists(dates, max_size=3)),
        "overrides": draw(st.dictionaries(dates, own, max_size=3)),
        "reminderMinutes": [],
        "lastAt": None,
    }
    derived = _derived(document, None)
    return {**document, "lastAt": ""} if isinstance(derived, Failed) else derived


RULES = st.none() | rrules()


@check
@given(st.lists(events(RULES), max_size=3), ZONES, DAYS, st.integers(0, 45))
def test_both_sides_see_the_same_happen(
    libraries: Libraries, made: list[dict[str, Any]], zone: str, day: str, count: int
) -> None:
    made = [{**each, "id": f"{each['id'][:-1]}{at}"} for at, each in enumerate(made)]
    last = when.add_days(day, count)
    found = happening.happenings(made, day, last, zone)
    assert libraries("calendar_happening.happenings", made, day, last, zone) == found
    assert libraries("calendar_happening.clashes", found, found) == [
        list(each) for each in happening.clashes(found, found)
    ]
    assert all(each["first"] <= last and each["last"] >= day for each in found)


@check
@given(events(RULES))
def test_nothing_happens_after_its_last_instant(libraries: Libraries, made: dict[str, Any]) -> None:
    """`lastAt` is what pages find series by: an occurrence after it would be in no page."""
    document = {**made, "lastAt": None}
    derived = _derived(document, None)
    assert libraries("calendar_rules.derived", document, None) == derived
    if isinstance(derived, Failed) or derived["lastAt"] is None:
        return
    for each in happening.happenings([made], "2023-01-01", "2029-12-31", "UTC"):
        assert each["endAt"] <= derived["lastAt"]


@check
@given(events(RULES), st.sampled_from(["2026-11-24", "2026-11-27", "x", ""]))
def test_a_form_that_is_not_touched_changes_nothing(libraries: Libraries, made: dict[str, Any], on: str) -> None:
    values = form.event_values(made, on)
    assert libraries("calendar_form.eventValues", made, on) == values
    query = NOBODY
    sent = {name: [value] for name, value in values.items()} | {
        f"shown.{name}": [each] for name, each in values.items()
    }
    fields, errors = form.read_form(sent, query)
    crossing = {"$form": [list(each) for each in sent.items()]}
    assert libraries("calendar_form.readForm", crossing, plain(query)) == {"fields": fields, "errors": errors}
    if not errors:
        assert form.changed_fields(sent, fields, query) == {}
        assert libraries("calendar_form.changedFields", crossing, fields, plain(query)) == {}


@check
@given(events(RULES), DAYS)
def test_both_sides_say_the_same_of_a_recurrence(libraries: Libraries, made: dict[str, Any], day: str) -> None:
    assert libraries("calendar_repeating.wordsOf", made, day) == repeating.words_of(made, day)
    rule = rules.rule_of(made)
    assert libraries("calendar_rules.ruleOf", made) == rule
    assert libraries("calendar_repeating.ended", rule, day) == repeating.ended(rule, day)


PIECES = st.sampled_from(
    ["https://zoom.us/j/123?pwd=a", "us02web.zoom.us/j/1", "meet.google.com/abc-defg-hij", "teams.live.com/meet/9",
     "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0", "http://ZOOM.us/my/Mara",
     "evilzoom.us/j/1", "https://zoom.us.evil.example/j/1", "x@zoom.us/j/2", "(", ")", ".", " ", "\n", "\u017f", "/", "https://"]
)  # fmt: skip


@check
@given(st.lists(PIECES | TEXTS, max_size=6).map("".join))
@example("evilzoom.us/j/1")
@example("Join (https://zoom.us/j/1).")
def test_both_sides_find_the_same_meeting(libraries: Libraries, text: str) -> None:
    found = meetings.meeting_link(text)
    assert libraries("calendar_meetings.meetingLink", text) == found
    if found:
        assert libraries("calendar_meetings.meetingName", found) == meetings.meeting_name(found) != ""
        assert meetings.meeting_link(found) == found


@pytest.mark.parametrize(
    "text", ["https://zoom.us.evil.example/j/1", "evilzoom.us/j/1", "https://evil.example/zoom.us/j/1", "x@zoom.us/j/1"]
)
def test_other_hosts_are_no_meetings(text: str) -> None:
    assert meetings.meeting_link(text) == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"endAt": "2026-11-24T08:00:00.000Z"},
        {"startAt": "soon"},
        {"timezone": "Mars/Olympus"},
        {"recurrenceRule": "custom", "rrule": "FREQ=HOURLY"},
        {"meetingLink": "https://example.org"},
        {"meetingLink": "zoom.us/j/1"},
        {"overrides": {"2026-02-30": {}}},
        {"overrides": {"2026-11-24": "text"}},
        {"overrides": {"2026-11-24": [1]}},
        {"overrides": {"2026-11-24": None}},
        {"overrides": {"2026-11-24": {"title": ""}}},
        {"overrides": {"2026-11-24": {"title": "x" * 201}}},
        {"overrides": {"2026-11-24": {"color": "red"}}},
        {"overrides": {"2026-11-24": {"constructor": "red"}}},
        {"overrides": {"2026-11-24": {"title": 1}}},
        {"overrides": {"2026-11-24": {"allDay": "true"}}},
        {"overrides": {"2026-11-24": {"timezone": "Mars/Olympus"}}},
        {"overrides": {"2026-11-24": {"timezone": "Europe/Lisbon"}}},
        {"overrides": {"2026-11-24": {"meetingLink": "x"}}},
        {"overrides": {"2026-11-24": {"meetingLink": "meet.google.com/abc-defg-hij"}}},
        {"overrides": {"2026-11-24": {"startAt": "2026-11-24T10:00:00Z", "endAt": "2026-11-24T09:00:00Z"}}},
        {"overrides": {"2026-11-24": {"startAt": "2026-11-24T10:00+02:00"}}},
    ],
)
def test_both_sides_refuse_and_complete_alike(libraries: Libraries, changes: dict[str, Any]) -> None:
    document = {**PLAIN, **changes}
    derived = _derived(document, None)
    assert libraries("calendar_rules.derived", document, None) == derived
    if not isinstance(derived, Failed):
        assert libraries("calendar_rules.derived", derived, derived) == _derived(derived, derived) == derived


def test_nine_in_the_morning_stays_nine() -> None:
    weekly = {**PLAIN, "startAt": "2026-10-20T08:00:00.000Z", "endAt": "2026-10-20T09:00:00.000Z"}
    weekly |= {"timezone": "Europe/Lisbon", "recurrenceRule": "weekly"}
    found = happening.happenings([weekly], "2026-10-20", "2026-11-03", "Europe/Lisbon")
    assert [(each["on"], each["begins"], each["startAt"][11:16]) for each in found] == [
        ("2026-10-20", "09:00", "08:00"),
        ("2026-10-27", "09:00", "09:00"),
        ("2026-11-03", "09:00", "09:00"),
    ]


def test_a_whole_day_is_the_same_date_everywhere() -> None:
    day = {**PLAIN, "allDay": True, "startAt": "2026-11-23T10:00:00.000Z", "endAt": "2026-11-24T10:00:00.000Z"}
    day |= {"timezone": "Pacific/Kiritimati"}
    for zone in ("Pacific/Marquesas", "UTC", "Pacific/Kiritimati"):
        (found,) = happening.happenings([day], "2026-11-20", "2026-11-28", zone)
        assert (found["first"], found["last"]) == ("2026-11-24", "2026-11-24")


def _derived(document: dict[str, Any], previous: dict[str, Any] | None) -> Any:
    made = {**document}
    try:
        rules.derive_event(made, previous)
    except InvalidError:
        return Failed("InvalidError")
    return made


PLAIN: dict[str, Any] = {
    "id": "019ab2c4-0000-7000-8000-000000000001",
    "title": "Event",
    "location": "",
    "source": "LOCAL",
    "meetingLink": None,
    "startAt": "2026-11-24T09:00:00.000Z",
    "endAt": "2026-11-24T10:00:00.000Z",
    "allDay": False,
    "timezone": "UTC",
    "recurrenceRule": "none",
    "rrule": None,
    "exceptions": [],
    "overrides": {},
    "reminderMinutes": [15, 5, 15],
    "lastAt": None,
}
NOBODY = Query(
    params={}, now="2026-11-24T09:00:00.000Z", zone="UTC", new_id="", day="2026-11-24", bounds={}, user="", space="",
    settings={},
)  # fmt: skip
