"""The examples of RFC 5545, 3.8.5.3: their days are the same on the server and on the device as in the RFC.

Each begins at nine in the morning. Days follow each other as `1997-09-02 04 06, 10-01`: what is left out is as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aios.records import recurrence

if TYPE_CHECKING:
    from tests.parity.libraries import Libraries

EVER = "2040-01-01T00:00"
ENDLESS = "…"
"""Behind the days of a rule that goes on."""
TUESDAY = "1997-09-02"
JANUARIES = "; ".join(f"{year}-01-{' '.join(f'{day:02}' for day in range(1, 32))}" for year in (1998, 1999, 2000))
SEPTEMBER = " ".join(f"{day:02}" for day in range(2, 31))
AUTUMN = (
    f"1997-09-{SEPTEMBER}, 10-{' '.join(f'{day:02}' for day in range(1, 32))}, "
    f"11-{' '.join(f'{day:02}' for day in range(1, 31))}, 12-{' '.join(f'{day:02}' for day in range(1, 24))}"
)
TUESDAYS = "1997-09-02 09 16 23 30, 10-07 14 21 28, 11-04"
TUESDAYS_AND_THURSDAYS = "1997-09-02 04 09 11 16 18 23 25 30, 10-02"
MONDAYS_WEDNESDAYS_FRIDAYS = (
    "1997-09-01 03 05 15 17 19 29, 10-01 03 13 15 17 27 29 31, 11-10 12 14 24 26 28, 12-08 10 12 22"
)
FIRST_FRIDAYS = "1997-09-05, 10-03, 11-07, 12-05; 1998-01-02, 02-06, 03-06, 04-03, 05-01, 06-05"
EXAMPLES = [
    ("FREQ=DAILY;COUNT=10", TUESDAY, "1997-09-02 03 04 05 06 07 08 09 10 11"),
    ("FREQ=DAILY;UNTIL=19971224T000000Z", TUESDAY, AUTUMN),
    ("FREQ=DAILY;INTERVAL=2", TUESDAY, "1997-09-02 04 06 08 10 12 14 16 18 20 22 24 26 28 30, 10-02 04 …"),
    ("FREQ=DAILY;INTERVAL=10;COUNT=5", TUESDAY, "1997-09-02 12 22, 10-02 12"),
    ("FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", "1998-01-01", JANUARIES),
    ("FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", "1998-01-01", JANUARIES),
    ("FREQ=WEEKLY;COUNT=10", TUESDAY, TUESDAYS),
    ("FREQ=WEEKLY;UNTIL=19971224T000000Z", TUESDAY, f"{TUESDAYS} 11 18 25, 12-02 09 16 23"),
    ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", TUESDAY, "1997-09-02 16 30, 10-14 28, 11-11 25, 12-09 23; 1998-01-06 20 …"),
    ("FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", TUESDAY, TUESDAYS_AND_THURSDAYS),
    ("FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", TUESDAY, TUESDAYS_AND_THURSDAYS),
    (
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "1997-09-01",
        MONDAYS_WEDNESDAYS_FRIDAYS,
    ),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", TUESDAY, "1997-09-02 04 16 18 30, 10-02 14 16"),
    ("FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "1997-09-05", FIRST_FRIDAYS),
    ("FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "1997-09-05", "1997-09-05, 10-03, 11-07, 12-05"),
    (
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997-09-07",
        "1997-09-07 28, 11-02 30; 1998-01-04 25, 03-01 29, 05-03 31",
    ),
    ("FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997-09-22", "1997-09-22, 10-20, 11-17, 12-22; 1998-01-19, 02-16"),
    ("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", "1997-09-28, 10-29, 11-28, 12-29; 1998-01-29, 02-26 …"),
    ("FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", TUESDAY, "1997-09-02 15, 10-02 15, 11-02 15, 12-02 15; 1998-01-02 15"),
    (
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997-09-30",
        "1997-09-30, 10-01 31, 11-01 30, 12-01 31; 1998-01-01 31, 02-01",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09-10",
        "1997-09-10 11 12 13 14 15; 1999-03-10 11 12 13",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        TUESDAY,
        "1997-09-02 09 16 23 30, 11-04 11 18 25; 1998-01-06 13 20 27, 03-03 10 17 24 31 …",
    ),
    (
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "1997-06-10",
        "; ".join(f"{year}-06-10, 07-10" for year in range(1997, 2002)),
    ),
    (
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "1997-03-10",
        "1997-03-10; " + "; ".join(f"{year}-01-10, 02-10, 03-10" for year in (1999, 2001, 2003)),
    ),
    (
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "1997-01-01",
        "1997-01-01, 04-10, 07-19; 2000-01-01, 04-09, 07-18; 2003-01-01, 04-10, 07-19; 2006-01-01",
    ),
    ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1997-05-19; 1998-05-18; 1999-05-17 …"),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12", "1997-05-12; 1998-05-11; 1999-05-17 …"),
    (
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "1997-03-13",
        "1997-03-13 20 27; 1998-03-05 12 19 26; 1999-03-04 11 18 25 …",
    ),
    (
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "1997-06-05",
        "1997-06-05 12 19 26, 07-03 10 17 24 31, 08-07 14 21 28; 1998-06-04 11 18 25, 07-02 09 16 23 30, 08-06 …",
    ),
    ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", TUESDAY, "1998-02-13, 03-13, 11-13; 1999-08-13; 2000-10-13 …"),
    (
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "1997-09-13",
        "1997-09-13, 10-11, 11-08, 12-13; 1998-01-10, 02-07, 03-07, 04-11, 05-09, 06-13 …",
    ),
    (
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996-11-05",
        "1996-11-05; 2000-11-07; 2004-11-02 …",
    ),
    ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1997-09-04, 10-07, 11-06"),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1997-09-29",
        "1997-09-29, 10-30, 11-27, 12-30; 1998-01-29, 02-26, 03-30 …",
    ),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05", "1997-08-05 10 19 24"),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05", "1997-08-05 17 19 31"),
    ("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15", "2007-01-15 30, 02-15, 03-15 30"),
]
MORE_THAN_ONCE_A_DAY = [
    "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z",
    "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
    "FREQ=MINUTELY;INTERVAL=90;COUNT=4",
    "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
    "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
]


def test_days_are_read_as_they_are_written() -> None:
    assert days("1997-09-02 04, 10-01; 1998-01-03 …") == ["1997-09-02", "1997-09-04", "1997-10-01", "1998-01-03"]
    assert len(days(AUTUMN)) == 29 + 31 + 30 + 23
    assert len(days(JANUARIES)) == 93


@pytest.mark.parametrize(("rule", "start", "written"), EXAMPLES, ids=[each[0] for each in EXAMPLES])
def test_an_example_of_the_rfc(libraries: Libraries, rule: str, start: str, written: str) -> None:
    expected = [f"{day}T09:00" for day in days(written)]
    asked = (rule, f"{start}T09:00", f"{start}T00:00", EVER)
    server = recurrence.occurrences(*asked)
    if written.endswith(ENDLESS):
        assert len(server) > len(expected)
        assert server[: len(expected)] == expected
    else:
        assert server == expected
    assert libraries("recurrence.occurrences", *asked) == server


@pytest.mark.parametrize("rule", MORE_THAN_ONCE_A_DAY)
def test_what_repeats_within_a_day_is_refused_in_words(libraries: Libraries, rule: str) -> None:
    assert recurrence.refusal(rule) == recurrence.TOO_OFTEN
    assert libraries("recurrence.refusal", rule) == recurrence.TOO_OFTEN


def days(written: str) -> list[str]:
    """The dates that are written short."""
    found: list[str] = []
    for year in written.removesuffix(ENDLESS).split(";"):
        number, _, months = year.strip().partition("-")
        for month in months.split(","):
            name, _, numbers = month.strip().partition("-")
            found += [f"{number}-{name}-{day}" for day in numbers.split()]
    return found
