"""Calendars of other programs, whole and broken: what comes in, and what is said of the rest."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios.modules.calendar.ics import components
from aios.modules.calendar.ics.reading import Ids, read
from aios.port import Draft, Into, Remark
from aios.port.limits import UnreadableError

INTO = Into(space_id="space", zone="Europe/Lisbon")
SAMPLES = sorted((Path(__file__).parents[3] / "shared" / "samples" / "calendars").glob("*.ics")) or sorted(
    Path("/work/shared/samples/calendars").glob("*.ics")
)


def bring(body: bytes | str) -> tuple[list[dict[str, Any]], list[Remark]]:
    """The events of a file, and what is said."""
    found = list(read(body.encode() if isinstance(body, str) else body, "file", Ids(INTO)))
    drafts = [each.fields for each in found if isinstance(each, Draft) and each.collection == "events"]
    return drafts, [each for each in found if isinstance(each, Remark)]


def event(lines: str, around: str = "") -> str:
    """A calendar of one event."""
    return (
        f"BEGIN:VCALENDAR\nVERSION:2.0\n{around}BEGIN:VEVENT\nUID:1\nSUMMARY:One\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"
    )


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_sample_comes_in_or_says_what_is_wrong(path: Path) -> None:
    body = path.read_bytes()
    try:
        found = list(read(body, path.name, Ids(INTO)))
    except UnreadableError as error:
        assert error.detail  # noqa: PT017  either is fine
        return
    assert found
    placed = sum(line.startswith(b"DTSTART") for line in body.split(b"BEGIN:VEVENT")[1:] for line in line.split(b"\n"))
    events = [each for each in found if isinstance(each, Draft) and each.collection == "events"]
    assert len(events) + len([each for each in found if isinstance(each, Remark)]) >= min(placed, 1)
    assert list(read(body, path.name, Ids(INTO))) == found, "the same again"


@pytest.mark.parametrize(
    ("lines", "start", "end", "zone", "all_day"),
    [
        (
            "DTSTART:20260105T090000Z\nDTEND:20260105T100000Z",
            "2026-01-05T09:00",
            "2026-01-05T10:00",
            "Europe/Lisbon",
            False,
        ),
        (
            "DTSTART;TZID=America/New_York:20260705T090000\nDURATION:PT90M",
            "2026-07-05T13:00",
            "2026-07-05T14:30",
            "America/New_York",
            False,
        ),
        (
            "DTSTART;TZID=Romance Standard Time:20260705T090000",
            "2026-07-05T07:00",
            "2026-07-05T07:00",
            "Europe/Paris",
            False,
        ),
        (
            'DTSTART;TZID="/citadel.org/20211207_1/Europe/Berlin":20260105T090000',
            "2026-01-05T08:00",
            "2026-01-05T08:00",
            "Europe/Berlin",
            False,
        ),
        (
            "DTSTART;VALUE=DATE:20260705\nDTEND;VALUE=DATE:20260707",
            "2026-07-04T23:00",
            "2026-07-06T23:00",
            "Europe/Lisbon",
            True,
        ),
        ("DTSTART:20260105", "2026-01-05T00:00", "2026-01-06T00:00", "Europe/Lisbon", True),
        (
            "DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260105",
            "2026-01-05T00:00",
            "2026-01-06T00:00",
            "Europe/Lisbon",
            True,
        ),
        (
            "DTSTART:20260105T0900\nDTEND:2026-01-05T10:30:00",
            "2026-01-05T09:00",
            "2026-01-05T10:30",
            "Europe/Lisbon",
            False,
        ),
        (
            "DTSTART:20260105T000000\nDTEND:20260106T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
            "2026-01-05T00:00",
            "2026-01-06T00:00",
            "Europe/Lisbon",
            True,
        ),
        ("DTSTART;;VALUE=DATE-TIME:20260105T090000", "2026-01-05T09:00", "2026-01-05T09:00", "Europe/Lisbon", False),
        (
            "dtstart ; tzid = Europe/Berlin : 20260105T090000".replace(" : ", ":"),
            "2026-01-05T08:00",
            "2026-01-05T08:00",
            "Europe/Berlin",
            False,
        ),
    ],
)
def test_times(lines: str, start: str, end: str, zone: str, all_day: bool) -> None:  # noqa: FBT001
    (found,), said = bring(event(lines))
    assert (found["startAt"][:16], found["endAt"][:16], found["timezone"], found["allDay"]) == (
        start,
        end,
        zone,
        all_day,
    )
    assert said == []


@pytest.mark.parametrize(
    ("rule", "kind", "kept"),
    [
        ("FREQ=WEEKLY", "weekly", None),
        ("FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;WKST=SU", "weekly", None),
        ("FREQ=MONTHLY;BYMONTHDAY=5", "monthly", None),
        ("freq=daily;byhour=9;byminute=0;bysecond=0", "daily", None),
        ("FREQ=WEEKLY;BYDAY=MO, TU", "custom", "FREQ=WEEKLY;BYDAY=MO,TU"),
        ("FREQ=DAILY;UNTIL=20260110T080000Z", "custom", "FREQ=DAILY;UNTIL=20260110T090000"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1", "custom", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1"),
    ],
)
def test_rules(rule: str, kind: str, kept: str | None) -> None:
    (found,), said = bring(event(f"DTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:{rule}"))
    assert (found["recurrenceRule"], found["rrule"], said) == (kind, kept, [])


def test_a_rule_that_cannot_be_followed_stands_in_the_description() -> None:
    (found,), (said,) = bring(event("DTSTART:20260105T090000Z\nRRULE:FREQ=HOURLY\nDESCRIPTION:Pills"))
    assert found["recurrenceRule"] == "none"
    assert found["description"] == "Pills\n\nRepeats: FREQ=HOURLY"
    assert said.tone == "changed"


def test_a_series_with_changed_dropped_and_additional_dates() -> None:
    start = "DTSTART;TZID=Europe/Berlin:20260105T090000\nDTEND;TZID=Europe/Berlin:20260105T100000"
    moved = start.replace("T09", "T15").replace("T10", "T16").replace("20260105", "20260107")
    body = event(
        f"{start}\nRRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Berlin:20260106T090000\nRDATE;TZID=Europe/Berlin:20251224T090000\n"
        f"END:VEVENT\nBEGIN:VEVENT\nUID:1\nSUMMARY:Other\nRECURRENCE-ID:20260107T080000Z\n{moved}\n"
        f"END:VEVENT\nBEGIN:VEVENT\nUID:1\nSUMMARY:One\nRECURRENCE-ID:20260108T080000Z\n{start}\nSTATUS:CANCELLED"
    )
    (found,), said = bring(body)
    assert found["exceptions"] == ["2026-01-06", "2026-01-08"]
    assert found["overrides"] == {
        "2025-12-24": {},
        "2026-01-07": {"title": "Other", "startAt": "2026-01-07T14:00:00.000Z", "endAt": "2026-01-07T15:00:00.000Z"},
    }
    assert said == []


def test_reminders_and_meetings() -> None:
    alarms = "".join(
        f"BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER{trigger}\nEND:VALARM\n"
        for trigger in (":-PT15M", ":-P1D", ";VALUE=DATE-TIME:20260105T080000Z", ":PT5M", ";RELATED=END:-PT90M", ":x")
    )
    lines = f"DTSTART:20260105T090000Z\nDTEND:20260105T100000Z\nLOCATION:https://zoom.us/j/123\n{alarms}"
    (found,), said = bring(event(lines.strip()))
    assert found["reminderMinutes"] == [15, 30, 60, 1440]
    assert found["meetingLink"] == "https://zoom.us/j/123"
    assert len(said) == 2


def test_nothing_is_lost_to_a_limit() -> None:
    words = " ".join(str(number) for number in range(3_000))
    found = list(
        read(
            event(f"DTSTART:20260105T090000Z\nDESCRIPTION:{words}")
            .replace("SUMMARY:One", f"SUMMARY:{words[:400]}")
            .encode(),
            "file",
            Ids(INTO),
        )
    )
    drafts = {each.collection: each.fields for each in found if isinstance(each, Draft)}
    assert len(str(drafts["events"]["title"])) <= 200
    assert len(str(drafts["events"]["description"])) <= 5_000
    assert words in str(drafts["notes"]["bodyMarkdown"])
    assert words[:400] in str(drafts["notes"]["bodyMarkdown"])


def test_one_broken_event_does_not_lose_the_others() -> None:
    good = "BEGIN:VEVENT\nUID:{}\nDTSTART:20260105T090000Z\nSUMMARY:Good\nEND:VEVENT\n"
    for bad in (
        "BEGIN:VEVENT\nDTSTART:never\nSUMMARY:Bad\nEND:VEVENT\n",
        "BEGIN:VEVENT\n\x00\x01;;;:::\nEND:VEVENT\n",
        "END:VEVENT\n",
        "BEGIN:VEVENT\nSUMMARY:No end\n",
        "BEGIN:X\nBEGIN:Y\n" * 100,
        ':\n;\n"\n',
        "BEGIN:VEVENT\r\rSUMMARY:x\rEND:VEVENT\r",
    ):
        found, said = bring(f"BEGIN:VCALENDAR\n{good.format(1)}{bad}{good.format(2)}END:VCALENDAR\n")
        assert len([each for each in found if each["title"] == "Good"]) >= 1, bad
        assert said or len(found) == 2, bad


def test_letters_that_a_fold_tears_apart_and_other_encodings() -> None:
    text = event("DTSTART:20260105T090000Z").replace("One", "Café für Älteste")
    torn = text.encode().replace("é".encode(), b"\xc3\r\n \xa9")
    for body in (torn, text.encode("utf-16"), text.encode("latin-1"), b"\xef\xbb\xbf" + text.encode()):
        (found,), _ = bring(body)
        assert found["title"] == "Café für Älteste"


def test_vcalendar_of_old_phones() -> None:
    body = event(
        "DTSTART:20260105T090000Z\nDESCRIPTION;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Caf=C3=A9=0D=0Aat =\nfive"
    )
    (found,), _ = bring(body)
    assert found["description"] == "Café\nat five"


@pytest.mark.parametrize(
    "body",
    [
        event("DTSTART:20260105T090000Z\nRDATE:" + ",".join(["20260106T090000Z"] * 11_000)),
        event("DTSTART:20260105T090000Z\n" + "RDATE:20260106T090000Z\n" * 20_000),
        event("DTSTART:20260105T090000Z\nX-A:" + "\n " * 300_000 + "x"),
        "BEGIN:VCALENDAR\n" + "BEGIN:A\n" * 200_000,
        "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nUID:x\nDTSTART:20260101\nEND:VEVENT\n" * 12_000 + "END:VCALENDAR",
        event("DTSTART;" + "A=1;" * 40_000 + "B=2:20260105T090000Z"),
        event("DTSTART:20260105T090000Z\nRRULE:" + "FREQ=DAILY;" * 20_000),
        event(
            "DTSTART;TZID=Z:20260105T090000",
            "BEGIN:VTIMEZONE\nTZID:Z\n" + "BEGIN:STANDARD\nDTSTART:19700101T000000\n"
            "TZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nRRULE:FREQ=DAILY\nEND:STANDARD\n" * 1_000 + "END:VTIMEZONE\n",
        ),
        event("DTSTART:99991231T235959Z\nDTEND:99991231T235959Z\nDURATION:P99999999999D"),
        event("DTSTART:00010101T000000\nRRULE:FREQ=YEARLY\nEXDATE:00010101T000000\nRDATE:99991231T000000"),
        event("DTSTART:16040229\nRRULE:FREQ=YEARLY"),
        event("DTSTART;TZID=" + "/a" * 5_000 + ":20260105T090000"),
        "\r" * 100_000,
        "\n" * 100_000,
        "\r\n" * 100_000,
        "\n \n" * 100_000,
        "\x00" * 10_000,
        " " * 100_000,
        '"' * 100_000,
        "BEGIN:VCALENDAR",
    ],
    ids=range(20),
)
def test_hostile_files_end_soon(body: str) -> None:
    begun = time.process_time()
    try:
        found, said = bring(body)
    except UnreadableError:
        return
    assert found or said
    assert len(said) < 12_000
    assert time.process_time() - begun < 20


def test_what_is_too_much_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "MOST_COMPONENTS", 2)
    body = "BEGIN:VCALENDAR\n" + "".join(
        f"BEGIN:VEVENT\nUID:{number}\nDTSTART:2026010{number}\nEND:VEVENT\n" for number in range(1, 5)
    )
    found, said = bring(body + "END:VCALENDAR\n")
    assert len(found) == 2
    assert "part by part" in said[0].reason


LINES = st.sampled_from(
    [
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VTIMEZONE",
        "END:VTIMEZONE",
        "BEGIN:VALARM",
        "END:VALARM",
        "BEGIN:STANDARD",
        "END:STANDARD",
        "BEGIN:VTODO",
        "END:VTODO",
        "UID:1",
        "TZID:A",
        "DTSTART;TZID=A:20260105T090000",
        "DTSTART:20260105",
        "DTEND:20260104T000000Z",
        "DURATION:-P1D",
        "RRULE:FREQ=MONTHLY;BYDAY=5MO",
        "EXDATE:x,20260105",
        "RDATE;VALUE=PERIOD:20260105T090000/PT1H",
        "RECURRENCE-ID:20260105T090000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:-2359",
        "TRIGGER:-PT1H",
        "SUMMARY:\\",
        "STATUS:CANCELLED",
        "DUE:20260105",
        " folded",
        "X",
        ";",
        'A;B="c:d"',
        "DTSTART;VALUE=DATE:0",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES | st.text(max_size=30), max_size=60), st.sampled_from(["\n", "\r\n", "\r"]))
def test_whatever_comes_in_whatever_order_never_fails(lines: list[str], end: str) -> None:
    with suppress(UnreadableError):
        bring(end.join(lines).encode("utf-8", "surrogatepass"))
