"""What the Planner understands of a line, and the days of its rules: the same on the server and on the device.

`AIOS_EXAMPLES=10000` compares as many of each; without it 200.
"""

from __future__ import annotations

import os
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aios.modules.planner import order
from aios.modules.planner.quick import fields_of
from aios.records import recurrence
from aios.records.query import Query
from aios.web import quick
from tests.parity.test_device_libraries import TEXTS

if TYPE_CHECKING:
    from tests.parity.libraries import Libraries

EXAMPLES = int(os.environ.get("AIOS_EXAMPLES", "200"))
check = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
HOME, FOZ, OTHER = (f"019ab2c4-0000-7000-8000-00000000000{number}" for number in (1, 2, 3))
PROJECTS = [
    {"id": HOME, "name": "Home"},
    {"id": FOZ, "name": "Foz library"},
    {"id": OTHER, "name": "HÔME"},
]


def at(now: str) -> Query:
    """A query of somebody in UTC at `now`: 2026-11-24 is a Tuesday."""
    return Query(params={}, now=now, zone="UTC", new_id="", day=now[:10], bounds={}, user="", space="", settings={})


TUESDAY = at("2026-11-24T09:00:00.000Z")
CASES: list[tuple[str, dict[str, Any]]] = [
    (
        "buy milk tomorrow 5pm !high #home every week",
        {
            "title": "buy milk", "day": "2026-11-25", "time": "17:00", "priority": "high", "projectId": HOME,
            "project": "Home", "recurrenceRule": "weekly", "rrule": None,
        },
    ),
    ("", {"title": ""}),
    ("tomorrow", {"title": "tomorrow"}),
    ('"tomorrow" never dies', {"title": "tomorrow never dies"}),
    ("call Ana Fri 9:00 !high", {"title": "call Ana", "day": "2026-11-27", "time": "09:00", "priority": "high"}),
    ("report next week", {"title": "report", "day": "2026-11-30", "time": ""}),
    ("report next friday, at noon", {"title": "report", "day": "2026-12-04", "time": "12:00"}),
    ("report tuesday", {"title": "report", "day": "2026-12-01", "time": ""}),
    ("rent next month", {"title": "rent", "day": "2026-12-01", "time": ""}),
    ("buy sun cream", {"title": "buy sun cream"}),
    ("swim on sun", {"title": "swim", "day": "2026-11-29", "time": ""}),
    ("swim this sat", {"title": "swim", "day": "2026-11-28", "time": ""}),
    ("pay in 3 days", {"title": "pay", "day": "2026-11-27", "time": ""}),
    ("pay in a week", {"title": "pay", "day": "2026-12-01", "time": ""}),
    ("pay in 3 months", {"title": "pay", "day": "2027-02-24", "time": ""}),
    ("gifts 24 dec", {"title": "gifts", "day": "2026-12-24", "time": ""}),
    ("gifts Dec 24th 2027", {"title": "gifts", "day": "2027-12-24", "time": ""}),
    ("gifts on 24.12.", {"title": "gifts", "day": "2026-12-24", "time": ""}),
    ("look back 24.1.", {"title": "look back", "day": "2027-01-24", "time": ""}),
    ("gifts 24.12.2028", {"title": "gifts", "day": "2028-12-24", "time": ""}),
    ("gifts 2026-12-24 17:05", {"title": "gifts", "day": "2026-12-24", "time": "17:05"}),
    ("leap 29 feb", {"title": "leap 29 feb"}),
    ("party 31 nov", {"title": "party 31 nov"}),
    ("stand up 10:00", {"title": "stand up", "day": "2026-11-24", "time": "10:00"}),
    ("stand up 8 am", {"title": "stand up", "day": "2026-11-25", "time": "08:00"}),
    ("stand up at 5:30pm", {"title": "stand up", "day": "2026-11-24", "time": "17:30"}),
    ("wake 12am", {"title": "wake", "day": "2026-11-25", "time": "00:00"}),
    ("x !1", {"title": "x", "priority": "urgent"}),
    ("x !2 !4", {"title": "x !4", "priority": "high"}),
    ("x !3", {"title": "x", "priority": "medium"}),
    ("x !important", {"title": "x !important"}),
    ("roof #foz-library", {"title": "roof", "projectId": FOZ, "project": "Foz library"}),
    ('roof #"Foz Library"', {"title": "roof", "projectId": FOZ, "project": "Foz library"}),
    ("roof #gym", {"title": "roof #gym", "unknown": "gym"}),
    ("water every day", {"title": "water", "day": "2026-11-24", "time": "", "recurrenceRule": "daily", "rrule": None}),
    (
        "water every day 8:00",
        {"title": "water", "day": "2026-11-25", "time": "08:00", "recurrenceRule": "daily", "rrule": None},
    ),
    (
        "rent every 2 months",
        {
            "title": "rent", "day": "2026-11-24", "time": "", "recurrenceRule": "custom",
            "rrule": "FREQ=MONTHLY;INTERVAL=2",
        },
    ),
    (
        "run every other day 1 dec",
        {
            "title": "run", "day": "2026-12-01", "time": "", "recurrenceRule": "custom",
            "rrule": "FREQ=DAILY;INTERVAL=2",
        },
    ),
    (
        "swim every sun",
        {
            "title": "swim", "day": "2026-11-29", "time": "", "recurrenceRule": "custom",
            "rrule": "FREQ=WEEKLY;BYDAY=SU",
        },
    ),
    (
        "stand up every weekday",
        {
            "title": "stand up", "day": "2026-11-24", "time": "", "recurrenceRule": "custom",
            "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        },
    ),
    (
        "tax every year 15 apr",
        {"title": "tax", "day": "2027-04-15", "time": "", "recurrenceRule": "custom", "rrule": "FREQ=YEARLY"},
    ),
    ("every cloud", {"title": "every cloud"}),
    ('6" nails', {"title": '6" nails'}),
    ("say “next week” today", {"title": "say next week", "day": "2026-11-24", "time": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), CASES, ids=[line for line, _ in CASES])
def test_a_line_is_understood(libraries: Libraries, line: str, expected: dict[str, Any]) -> None:
    assert quick.understand(line, PROJECTS, TUESDAY) == expected
    assert libraries("quick.understand", line, PROJECTS, plain(TUESDAY)) == expected
    assert not recurrence.refusal(expected.get("rrule") or "FREQ=DAILY")


PIECES = st.sampled_from(
    [
        *("today", "tomorrow", "monday", "Fri", "sat", "on", "this", "next", "week", "month", "in", "a", "3", "999"),
        *("days", "month", "years", "every", "other", "weekday", "weekdays", "at", "noon", "5", "5pm", "12am", "25:00"),
        *("17:00", "0:30pm", "am", "pm", "!", "!high", "!1", "#home", "#foz-library", '#"Foz', "24", "31", "29th"),
        *("feb", "dec.", "december,", "may", "2027", "0000", "2026-02-30", "9999-12-31", "24.12.", "31.2.", "99.99."),
        *("24.12.2026", '"', "”", '""', "“x”", "#", '#""', "buy", "milk,", "İ", "ﬁre"),
    ]
)
LINES = st.lists(PIECES | TEXTS, max_size=8).map(" ".join) | TEXTS
NOWS = st.sampled_from(
    [
        "2026-11-24T09:00:00.000Z",
        "2028-02-29T23:59:00.000Z",
        "2026-01-31T00:00:00.000Z",
        "9999-12-30T12:00:00.000Z",
        "0001-01-01T00:00:00.000Z",
    ]
)


@check
@given(LINES, NOWS)
@example("rent every month in 999 years", "9999-12-30T12:00:00.000Z")
def test_both_sides_understand_the_same(libraries: Libraries, line: str, now: str) -> None:
    query = at(now)
    understood = quick.understand(line, PROJECTS, query)
    assert libraries("quick.understand", line, PROJECTS, plain(query)) == understood
    assert libraries("quick.fieldsOf", understood, plain(query)) == fields_of(understood, query)


DAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


def numbers(most: int) -> st.SearchStrategy[str]:
    """A list of numbers of a part, as a rule has them."""
    one = st.integers(1, most) | st.integers(-most, -1) | st.sampled_from([1, -1, 2, most])
    return st.lists(one.map(str), min_size=1, max_size=3).map(",".join)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that are allowed, and some that are not."""
    frequency = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]))
    numbered = st.builds(lambda number, day: f"{number}{day}", st.sampled_from([1, 2, 5, -1, -2, -5, 53]), DAYS)
    day = DAYS | numbered if frequency in {"YEARLY", "MONTHLY"} else DAYS
    parts = {
        "INTERVAL": st.integers(1, 5).map(str),
        "COUNT": st.integers(1, 30).map(str),
        "UNTIL": st.sampled_from(["20270101", "20280229T120000Z", "20270229", "20301231T235900"]),
        "WKST": DAYS,
        "BYMONTH": st.lists(st.integers(1, 12).map(str), min_size=1, max_size=3).map(",".join),
        "BYMONTHDAY": numbers(31),
        "BYDAY": st.lists(day, min_size=1, max_size=4).map(",".join),
        "BYYEARDAY": numbers(366),
        "BYWEEKNO": numbers(53),
        "BYSETPOS": numbers(5),
    }
    names = draw(st.lists(st.sampled_from(list(parts)), max_size=3, unique=True))
    return ";".join([f"FREQ={frequency}", *(f"{name}={draw(parts[name])}" for name in names)])


STARTS = st.sampled_from(
    ["2026-11-24T09:00", "2028-02-29T23:59", "2027-01-31T00:00", "2026-12-31T12:30", "1999-12-27T08:00"]
)


@check
@given(rules(), STARTS)
@example("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "2026-11-24T09:00")
@example("FREQ=MONTHLY;COUNT=3", "2026-11-24T09:00")
def test_both_sides_give_the_same_days(libraries: Libraries, rule: str, start: str) -> None:
    refused = recurrence.refusal(rule)
    assert libraries("recurrence.refusal", rule) == refused
    since, below = start, f"{int(start[:4]) + 6}{start[4:]}"
    assert libraries("recurrence.occurrences", rule, start, since, below) == recurrence.occurrences(
        rule, start, since, below
    )
    later = f"{int(start[:4]) + 3}-05-31T10:00"
    from_later = recurrence.occurrences(rule, start, later, below)
    assert from_later == [each for each in islice(recurrence._all(rule, start), 9_999) if later <= each < below][:1_000]
    assert libraries("recurrence.occurrences", rule, start, later, below) == from_later
    later = f"{int(start[:4]) + 1}-03-15T00:00"
    expected = recurrence.following(rule, start, later)
    assert libraries("recurrence.following", rule, start, later) == (None if expected is None else list(expected))


@st.composite
def counted(draw: st.DrawFn) -> str:
    """Rules that end after so many times."""
    rule: str = draw(st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=3", "FREQ=DAILY;INTERVAL=4"]))
    parts = {"BYDAY": st.lists(DAYS, min_size=1, max_size=4).map(",".join), "WKST": DAYS}
    names = draw(st.sets(st.sampled_from(["WKST"] if rule.endswith("4") else ["BYDAY", "WKST"])))
    return ";".join([rule, f"COUNT={draw(st.integers(1, 1_500))}", *(f"{name}={draw(parts[name])}" for name in names)])


@check
@given(counted(), st.dates(date(2026, 11, 20), date(2029, 3, 1)), STARTS)
def test_what_is_counted_ends_where_it_would(libraries: Libraries, rule: str, since: date, start: str) -> None:
    """Days that passed are counted and not followed, so that an old series costs no more than a new one."""
    asked = (rule, start, f"{since.isoformat()}T09:00", f"{since.year + 3}-01-01T00:00")
    expected = [each for each in recurrence._all(rule, start) if asked[2] <= each < asked[3]][:1_000]
    assert recurrence.occurrences(*asked) == expected
    assert libraries("recurrence.occurrences", *asked) == expected


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("", recurrence.NOT_A_RULE),
        ("FREQ=HOURLY", recurrence.TOO_OFTEN),
        ("FREQ=DAILY;BYHOUR=9,10", recurrence.TOO_OFTEN),
        ("FREQ=DAILY;BYDAY=WE,TU;BYSETPOS=2", recurrence.NEVER),
        ("FREQ=WEEKLY;BYDAY=WE,TU;BYSETPOS=3", recurrence.NEVER),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", recurrence.NEVER),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", recurrence.BY_WEEKS),
        ("FREQ=WEEKLY;FREQ=DAILY", recurrence.NOT_A_RULE),
        ("FREQ=WEEKLY;COUNT=0", recurrence.NOT_A_RULE),
        ("FREQ=WEEKLY;UNTIL=20270229", recurrence.NOT_A_RULE),
        ("FREQ=WEEKLY;UNTIL=20270201T235999", recurrence.NOT_A_RULE),
        ("FREQ=WEEKLY;constructor=1", recurrence.NOT_A_RULE),
        ("freq=weekly", recurrence.NOT_A_RULE),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO", ""),
        ("FREQ=MONTHLY;BYDAY=-1FR", ""),
    ],
)
def test_a_rule_is_refused_with_a_sentence(libraries: Libraries, rule: str, says: str) -> None:
    assert recurrence.refusal(rule) == says
    assert libraries("recurrence.refusal", rule) == says


def test_the_last_friday_of_each_month() -> None:
    found = recurrence.occurrences(
        "FREQ=MONTHLY;BYDAY=-1FR", "2026-11-24T09:00", "2026-11-24T00:00", "2027-02-01T00:00"
    )
    assert found == ["2026-11-27T09:00", "2026-12-25T09:00", "2027-01-29T09:00"]


KEYS = st.text(st.characters(min_codepoint=0x2E, max_codepoint=0x7A), max_size=6)


@check
@given(KEYS, KEYS)
@example("", "")
@example("V", "V0")
def test_there_is_room_between_any_two(libraries: Libraries, low: str, high: str) -> None:
    made = order.between(low, high)
    assert libraries("order.between", low, high) == made
    assert made > low
    assert made < high or high <= low


def plain(query: Query) -> Any:
    return {**msgspec.to_builtins(query), "newId": query.new_id}
