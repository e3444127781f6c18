"""Instants as a person reads them, across zones and clock changes."""

import pytest

from aios.web.when import (
    bounds,
    clock,
    from_local_input,
    is_zone,
    local_day,
    long_day,
    moment,
    short_day,
    to_local_input,
    zone_names,
)

NOW = "2026-11-24T09:08:00.000Z"


@pytest.mark.parametrize(
    ("zone", "day", "time"),
    [
        ("UTC", "2026-11-24", "09:08"),
        ("Pacific/Kiritimati", "2026-11-24", "23:08"),
        ("Pacific/Auckland", "2026-11-24", "22:08"),
        ("America/Los_Angeles", "2026-11-24", "01:08"),
        ("Pacific/Pago_Pago", "2026-11-23", "22:08"),
        ("Asia/Kathmandu", "2026-11-24", "14:53"),
        ("No/Such", "2026-11-24", "09:08"),
        ("../../etc/passwd", "2026-11-24", "09:08"),
        ("America", "2026-11-24", "09:08"),
        ("", "2026-11-24", "09:08"),
    ],
)
def test_day_and_clock_are_those_of_the_zone(zone: str, day: str, time: str) -> None:
    assert (local_day(NOW, zone), clock(NOW, zone)) == (day, time)
    assert to_local_input(NOW, zone) == f"{day}T{time}"


def test_bounds_are_local_midnights_in_wire_form() -> None:
    assert bounds(NOW, "Asia/Tokyo") == {
        "@now": NOW,
        "@date": "2026-11-24",
        "@dayStart": "2026-11-23T15:00:00.000Z",
        "@dayEnd": "2026-11-24T15:00:00.000Z",
        "@weekEnd": "2026-12-01T15:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("chosen", "day"),
    [
        ("2026-12-24", "2026-12-24"),
        ("2026-12-24T10:00", "2026-12-24"),
        ("2026-02-30", "2026-11-24"),
        ("", "2026-11-24"),
    ],
)
def test_a_page_may_be_about_another_day(chosen: str, day: str) -> None:
    assert bounds(NOW, "UTC", chosen)["@date"] == day


def test_bounds_follow_clock_changes() -> None:
    # Berlin leaves summer time on 25 October 2026: that day has 25 hours.
    found = bounds("2026-10-25T12:00:00.000Z", "Europe/Berlin")
    assert (found["@dayStart"], found["@dayEnd"]) == ("2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z")
    # Santiago has no midnight on 6 September 2026: the day begins at 01:00 summer time.
    found = bounds("2026-09-06T12:00:00.000Z", "America/Santiago")
    assert found["@dayStart"] == "2026-09-06T04:00:00.000Z"


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2026-11-24", "Today"),
        ("2026-11-25", "Tomorrow"),
        ("2026-11-23", "Yesterday"),
        ("2026-11-26", "Thu 26 Nov"),
        ("2026-01-01", "Thu 1 Jan"),
        ("2025-11-24", "24 Nov 2025"),
        ("2027-01-03", "3 Jan 2027"),
    ],
)
def test_short_day(day: str, shown: str) -> None:
    assert short_day(day, "2026-11-24") == shown


def test_short_day_names_the_day_after_new_year_first() -> None:
    assert short_day("2027-01-01", "2026-12-31") == "Tomorrow"


def test_long_day() -> None:
    assert long_day("2026-11-24") == "Tuesday 24 November"


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2026-11-24T00:00:00.000Z", "00:00"),
        ("2026-11-24T23:00:00.000Z", "23:00"),
        ("2026-11-23T23:59:59.999Z", "Mon"),
        ("2026-11-18T12:00:00.000Z", "Wed"),
        ("2026-11-17T12:00:00.000Z", "17 Nov"),
        ("2025-12-31T12:00:00.000Z", "31 Dec 2025"),
        ("2026-11-26T12:00:00.000Z", "26 Nov"),
    ],
)
def test_moment(instant: str, shown: str) -> None:
    assert moment(instant, "UTC", NOW) == shown


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2026-11-24T09:00", "Asia/Tokyo", "2026-11-24T00:00:00.000Z"),
        ("2026-11-24T09:00:30", "UTC", "2026-11-24T09:00:30.000Z"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"),  # happens twice: the first
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"),  # is skipped: 03:30 summer time
    ],
)
def test_from_local_input(text: str, zone: str, instant: str) -> None:
    assert from_local_input(text, zone) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-24",
        "tomorrow",
        "2026-11-24T09:00Z",
        "2026-11-24T25:00",
        "2026-11-24T24:00",
        "2026-11-24T09:00\n",
        "2026-13-01T00:00",
        "2026-W48-2T09:00",
    ],
)
def test_from_local_input_refuses(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the words are Python's for dates that no calendar has
        from_local_input(text, "UTC")


@pytest.mark.parametrize(
    ("text", "zone"), [("9999-12-31T23:59", "America/New_York"), ("0001-01-01T00:00", "Asia/Tokyo")]
)
def test_from_local_input_refuses_what_no_calendar_has(text: str, zone: str) -> None:
    with pytest.raises(ValueError, match=text):
        from_local_input(text, zone)


def test_is_zone() -> None:
    assert [is_zone(name) for name in ("UTC", "Europe/Lisbon", "Nowhere", "")] == [True, True, False, False]


def test_zones_are_those_of_one_list() -> None:
    names = zone_names()
    assert names == sorted(names)
    assert {"UTC", "Europe/Lisbon", "US/Pacific", "EST5EDT"} <= set(names)
    assert not {"Factory", "localtime", "posixrules", "posix/UTC", "right/UTC"} & set(names)
    assert not is_zone("europe/lisbon")
    assert not is_zone("Factory")
