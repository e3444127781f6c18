"""Files made to take long or much: time and memory grow as the file does, and what is counted ends."""

from __future__ import annotations

import io
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from aios.modules.calendar.ics import components, observances, writing
from aios.modules.calendar.ics.importing import ICALENDAR
from aios.port import Draft, Remark
from aios.port.source import of_file
from tests.ics.test_files import INTO, bring, event
from tests.port.sending import zipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from aios.modules.calendar.ics.components import Calendar

START = "DTSTART:20260105T090000Z"
NEVER = "RRULE:FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYDAY=MO"
"""A rule that gives no day, which is found out late."""


def wrapped(inside: str) -> str:
    """A calendar."""
    return f"BEGIN:VCALENDAR\n{inside}END:VCALENDAR\n"


def starts(number: int) -> str:
    """Events of one name, each with a start of its own."""
    days = (f"{2000 + n // 336}{n // 28 % 12 + 1:02d}{n % 28 + 1:02d}T090000Z" for n in range(number))
    return wrapped("".join(f"BEGIN:VEVENT\nUID:1\nDTSTART:{day}\nEND:VEVENT\n" for day in days))


def observance(number: int, rule: str, kind: str = "STANDARD") -> str:
    """One of a VTIMEZONE, unlike the others."""
    return (
        f"BEGIN:{kind}\nDTSTART:19950101T0{number // 60 % 10}{number % 60:02d}00\nTZOFFSETFROM:+0100\n"
        f"TZOFFSETTO:+0{number % 9}{number % 60:02d}\n{rule}\nEND:{kind}\n"
    )


def zone(name: str, observances: str) -> str:
    """A VTIMEZONE and an event in it."""
    return (
        f"BEGIN:VTIMEZONE\nTZID:{name}\n{observances}END:VTIMEZONE\n"
        f"BEGIN:VEVENT\nUID:{name}\nDTSTART;TZID={name}:20260105T090000\nEND:VEVENT\n"
    )


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (starts, 250),
        (lambda size: wrapped(("BEGIN:x" + " " * size + "x\nEND:x\n") * 20), 1_200),
        (lambda size: event(f"{START}\nX;ENCODING=QUOTED-PRINTABLE;CHARSET=punycode:a-" + "9" * size), 40_000),
        (lambda size: event("DTSTART;TZID=" + "/a" * size + ":20260105T090000"), 8_000),
    ],
    ids=["one name", "spaces", "charset", "zone name"],
)
def test_time_grows_as_the_file_does(make: Callable[[int], str], size: int) -> None:
    small, large = (min(_took(make(each)) for _ in range(3)) for each in (size, 4 * size))
    assert large < 9 * small + 0.03, "four times as much takes four times as long, not sixteen times"


def _took(body: str) -> float:
    begun = time.thread_time()
    bring(body)
    return time.thread_time() - begun


def test_rules_of_zones_are_followed_within_a_budget_for_all_files(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = observances.occurrences

    def occurrences(rule: str, *rest: str) -> list[str]:
        asked.append(rule)
        return real(rule, *rest)

    monkeypatch.setattr(observances, "occurrences", occurrences)
    monkeypatch.setattr(observances, "MOST_ALL_RULES", 20, raising=False)
    _, said = bring(wrapped(zone("Z", "".join(observance(number, NEVER) for number in range(100)))))
    assert len(asked) <= 10
    assert "too many rules" in said[0].reason
    asked.clear()
    one = "".join(zone(f"Z{number}", observance(number, NEVER)) for number in range(8))
    body = zipped({f"{number}.ics": wrapped(one) for number in range(5)})
    found = list(ICALENDAR.read(of_file("a.zip", io.BytesIO(body), len(body)), INTO))
    assert len(asked) <= 20
    assert len([each for each in found if isinstance(each, Draft)]) == 8, "the same five times"


def test_a_zone_with_a_long_past_is_still_known() -> None:
    past = "".join(observance(n, f"RRULE:FREQ=YEARLY;BYMONTH=4;UNTIL=19{n:02d}0401T000000Z") for n in range(10, 40))
    now = (
        "BEGIN:DAYLIGHT\nDTSTART:20070311T020000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\n"
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\nEND:DAYLIGHT\n"
        "BEGIN:STANDARD\nDTSTART:20071104T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n"
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\nEND:STANDARD\n"
    )
    (found,), said = bring(wrapped(zone("Ours", past + now)))
    assert (found["startAt"][:16], said) == ("2026-01-05T14:00", [])


def test_entries_and_parts_count_however_deep_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    one = "BEGIN:VEVENT\nUID:{}\nDTSTART:20260105\nEND:VEVENT\n"
    found, said = bring(wrapped("BEGIN:X\nBEGIN:Y\n" + "".join(one.format(n) for n in range(1_500)) + "END:Y\nEND:X\n"))
    assert len(found) == 1_000
    assert said
    monkeypatch.setattr(components, "MOST_COMPONENTS", 1_000)
    groups = (range(900 * group, 900 * group + 900) for group in range(3))
    many = "".join("BEGIN:X\nBEGIN:Y\n" + "".join(map(one.format, group)) + "END:Y\nEND:X\n" for group in groups)
    found, said = bring(wrapped(many))
    assert 900 < len(found) <= 1_000
    assert "part by part" in said[0].reason
    monkeypatch.setattr(components, "MOST_PARTS", 5_000, raising=False)
    empty = ("BEGIN:X\n" + "BEGIN:Y\nEND:Y\n" * 990 + "END:X\n") * 7
    calendar, _ = components.parse(wrapped(empty).encode())
    assert _parts(calendar) <= 5_000
    assert not calendar.is_whole, "so that a feed takes nothing away"


def _parts(calendar: Calendar) -> int:
    return sum(1 for each in calendar.components for _ in each.walk())


def test_many_short_lines_take_no_more_than_a_few_times_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    body = wrapped("ab\n" * 100_000).encode()
    tracemalloc.start()
    try:
        components.parse(body)
        assert tracemalloc.get_traced_memory()[1] < 8 * len(body)
    finally:
        tracemalloc.stop()
    monkeypatch.setattr(components, "MOST_FILE_LINES", 20, raising=False)
    calendar, _ = components.parse(wrapped("A:b\n" * 30).encode())
    assert (len(calendar.lines), calendar.is_whole) == (19, False)
    assert "too long" in calendar.problems[0]
    calendar, _ = components.parse((wrapped("A:b\n") + "A:b\n" * 30).encode())
    assert not calendar.is_whole, "also where its end came before"


def test_lines_that_cannot_be_read_are_named_up_to_a_number() -> None:
    (found,), said = bring(event(START + "\n" + "".join(f"line {number}\n" for number in range(4_000))))
    assert found["title"] == "One"
    assert len(said) < 60
    assert "3,950 more lines" in said[-1].reason


def test_what_is_said_of_an_entry_is_short() -> None:
    long = "long " * 20_000
    todo = f"BEGIN:VTODO\nSUMMARY:{long}\nDUE:never\nEND:VTODO\nBEGIN:VEVENT\nSUMMARY:{long}\nEND:VEVENT\n"
    _, said = bring(wrapped(todo + f"BEGIN:VEVENT\nDTSTART;TZID={'Mars' * 5_000}:20260105T090000\nEND:VEVENT\n"))
    assert len(said) == 3
    assert max(len(each.where) + len(each.reason) for each in said) < 500


def test_old_charsets_are_read_and_strange_ones_are_not() -> None:
    for charset, title in (("Shift_JIS", "日本"), ("WINDOWS-1252", "Café"), ("GB2312", "中国"), ("ISO-8859-15", "€")):
        encoded = "".join(f"={byte:02X}" for byte in title.encode(charset))
        line = f"SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET={charset}:{encoded}"
        (found,), _ = bring(event(START).replace("SUMMARY:One", line))
        assert found["title"] == title


def test_a_file_asks_rules_for_dates_a_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = writing.occurrences

    def occurrences(rule: str, *rest: str) -> list[str]:
        asked.append(rule)
        return real(rule, *rest)

    monkeypatch.setattr(writing, "occurrences", occurrences)
    found, _ = bring(event(f"{START}\nRRULE:FREQ=DAILY;COUNT=9999\nRDATE:20260107T100000Z,20530101T090000Z"))
    made: dict[str, Any] = {"id": "0", "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z"}
    text = b"".join(writing.calendar([{**found[0], **made}])).decode()
    assert "RDATE" not in text.replace("TZID", ""), "the rule gives both days"
    asked.clear()
    monkeypatch.setattr(writing, "MOST_ASKED", 40, raising=False)
    text = b"".join(writing.calendar([{**found[0], **made} for _ in range(30)])).decode()
    assert len(asked) <= 40
    assert text.count("RRULE") == 30
    said = [each for each in bring(text)[1] if isinstance(each, Remark)]
    assert not any("cannot" in each.reason for each in said)
