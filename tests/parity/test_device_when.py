"""Days and times on both sides, in every zone: the server has its own copy of the rules, the device asks its engine."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aios.records.clock import to_wire
from aios.web import when
from tests.parity.libraries import Libraries, outcome, same

EXAMPLES = int(os.environ.get("AIOS_EXAMPLES", "100"))
check = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
COMMON = range(2_145_916_800_000)
"""1970 to 2037: before and after, editions of the rules guess differently."""
_FOOTER = "Python takes an hour of 28 October 2023 by the rule that begins one hour later"
_MOROCCO = "tzdata 2026 ends Morocco's summer time; engines have 2025"
_CANADA = "tzdata 2026 ends clock changes in the west and middle of Canada; engines have 2025"
_CUBA = "tzdata 2026 keeps Cuba on summer time in the winter of 2026; engines have 2025"
OTHER_RULES = {
    "Africa/Casablanca": _MOROCCO,
    "Africa/El_Aaiun": _MOROCCO,
    "America/Bogota": "the day in May 1992 on which Colombia changed clocks was corrected",
    "America/Edmonton": _CANADA,
    "America/Godthab": _FOOTER,
    "America/Havana": _CUBA,
    "America/Inuvik": _CANADA,
    "America/Nuuk": _FOOTER,
    "America/Rainy_River": _CANADA,
    "America/Vancouver": _CANADA,
    "America/Winnipeg": _CANADA,
    "America/Yellowknife": _CANADA,
    "Asia/Tehran": "the days on which Iran changed clocks in 1979 were corrected",
    "Canada/Central": _CANADA,
    "Canada/Mountain": _CANADA,
    "Canada/Pacific": _CANADA,
    "Cuba": _CUBA,
    "Iran": "as Asia/Tehran",
}
"""Zones whose rules since 1970 differ between the server's edition and that of an engine, with the reason."""
ZONES = st.sampled_from([name for name in when.zone_names() if name not in OTHER_RULES])
CHANGING = st.sampled_from(
    [
        *["Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Gaza"],
        *["America/St_Johns", "Antarctica/Troll", "Europe/Dublin", "Asia/Kathmandu", "Africa/Monrovia"],
    ]
)
INSTANTS = st.sampled_from(COMMON).map(to_wire)


@st.composite
def near_changes(draw: st.DrawFn) -> tuple[str, str]:
    """An instant and its zone, within an hour or so of a clock change, found by halving a year."""
    zone = draw(CHANGING)
    low = draw(st.integers(0, 66 * 365)) * 86_400
    high = low + 200 * 86_400
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(low, zone) == _offset(middle, zone):
            low = middle
        else:
            high = middle
    return to_wire(high * 1_000 + draw(st.integers(-4_000_000, 4_000_000))), zone


def _offset(seconds: int, zone: str) -> timedelta | None:
    return datetime.fromtimestamp(seconds, UTC).astimezone(when.zone_info(zone)).utcoffset()


@check
@given(st.tuples(INSTANTS, ZONES) | near_changes(), INSTANTS)
@example(("2026-11-18T09:08:00.000Z", "UTC"), "2026-11-24T09:08:00.000Z")
@example(("2026-11-17T09:08:00.000Z", "UTC"), "2026-11-24T09:08:00.000Z")
@example(("2026-11-23T23:59:59.999Z", "UTC"), "2026-11-24T09:08:00.000Z")
@example(("2026-11-24T09:08:00.000Z", "No/Such"), "2026-11-24T09:08:00.000Z")
@example(("2026-11-24T09:08:00.000Z", "Factory"), "2026-11-24T09:08:00.000Z")
@example(("2026-11-24T09:08:00.000Z", "europe/berlin"), "2026-11-24T09:08:00.000Z")
@example(("0001-01-01T00:00:00.000Z", "America/New_York"), "0001-01-01T06:00:00.000Z")
@example(("9999-12-31T23:59:59.999Z", "Asia/Tokyo"), "9999-12-24T23:59:59.999Z")
@example(("9999-12-31T12:00:00.000Z", "America/New_York"), "9999-12-31T23:59:59.999Z")
def test_instants(libraries: Libraries, at: tuple[str, str], now: str) -> None:
    instant, zone = at
    libraries("when.setZones", when.zone_names())
    device = libraries.all(
        [
            ("when.localDay", [instant, zone]),
            ("when.clock", [instant, zone]),
            ("when.toLocalInput", [instant, zone]),
            ("when.moment", [instant, zone, now]),
            ("when.moment", [now, zone, instant]),
            ("when.bounds", [instant, zone]),
            ("when.isZone", [zone]),
        ]
    )
    server = [
        when.local_day(instant, zone),
        when.clock(instant, zone),
        when.to_local_input(instant, zone),
        when.moment(instant, zone, now),
        when.moment(now, zone, instant),
        outcome(when.bounds, instant, zone),
        when.is_zone(zone),
    ]
    assert all(same(*pair) for pair in zip(device, server, strict=True)), (device, server)


@check
@given(st.tuples(INSTANTS, ZONES) | near_changes(), st.integers(-180, 180), st.sampled_from(["", ":00", ":59"]))
def test_local_times(libraries: Libraries, at: tuple[str, str], minutes: int, seconds: str) -> None:
    instant, zone = at
    libraries("when.setZones", when.zone_names())
    near = datetime.fromisoformat(when.to_local_input(instant, zone)) + timedelta(minutes=minutes)
    text = near.isoformat()[:16] + seconds
    assert libraries("when.fromLocalInput", text, zone) == when.from_local_input(text, zone)


@check
@given(
    st.text("0123456789-:T", max_size=20)
    | st.from_regex("[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9](:[0-6][0-9])?\n?", fullmatch=True),
    st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York"]),
)
@example("9999-12-31T23:59", "America/New_York")
@example("0001-01-01T00:00", "Asia/Tokyo")
@example("0001-01-01T00:00", "America/New_York")
@example("9999-12-31T23:59", "Asia/Tokyo")
def test_what_is_typed(libraries: Libraries, text: str, zone: str) -> None:
    libraries("when.setZones", when.zone_names())
    server = outcome(when.from_local_input, text, zone)
    if text >= "1970" or text < "0002":  # between, editions of the rules differ
        assert same(libraries("when.fromLocalInput", text, zone), server)


def test_every_zone_has_the_same_rules(libraries: Libraries) -> None:
    libraries("when.setZones", when.zone_names())
    instants = [to_wire(ms) for ms in range(0, COMMON.stop, 86_400_000 * 181)]
    differing = set()
    for zone in when.zone_names():
        device = libraries.all([("when.toLocalInput", [instant, zone]) for instant in instants])
        if device != [when.to_local_input(instant, zone) for instant in instants]:
            differing.add(zone)
    assert differing <= OTHER_RULES.keys()


@check
@given(st.dates(), st.integers(-400, 400))
def test_days(libraries: Libraries, day: date, later: int) -> None:
    other = date.fromordinal(min(max(day.toordinal() + later, 1), date.max.toordinal()))
    text, today = day.isoformat(), other.isoformat()
    assert libraries("when.longDay", text) == when.long_day(text)
    assert libraries("when.shortDay", text, today) == when.short_day(text, today)
