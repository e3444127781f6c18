"""One VEVENT as an event is kept here, and what is not quite as it was (RFC 5545, 3.6.1)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from aios.modules.calendar.ics import texts
from aios.modules.calendar.ics.alarms import reminders
from aios.modules.calendar.ics.properties import Properties
from aios.modules.calendar.ics.rules import Repeated, repeated
from aios.modules.calendar.ics.times import DAY, Moment, duration, local, moment, wire
from aios.records.clock import from_wire
from aios.records.ids import is_id

if TYPE_CHECKING:
    from aios.modules.calendar.ics.components import Component
    from aios.modules.calendar.ics.zones import Zones

NO_START = "It has no start that can be read, so it has no place in a calendar."
ENDS_FIRST = "It ends before it starts; here it has no length."
NO_END = "Its end cannot be read; here it has the usual length."
STRANGE_ZONE = "It repeats by the clocks of a zone that is not known here, so it may be an hour off when clocks change."
LONG_TITLE = f"The title is longer than {texts.MOST_TITLE} characters; all of it stands in the description."
LONG_PLACE = f"The location is longer than {texts.MOST_LOCATION} characters; all of it stands in the description."
MORE_RULES = "It repeats by more than one rule; only the first counts here."
NO_RULE = "How it repeats stands in its description."
EARLY = 1900
"""Rules are followed from this year on; Apple gives birthdays without a year to 1604."""
OWN_ID, OWN_SOURCE, OWN_ZONE, OWN_SERIES = "X-AIOS-ID", "X-AIOS-SOURCE", "X-AIOS-ZONE", "X-AIOS-SERIES"
"""By these an event that was exported here is known again."""
SOURCES = ("LOCAL", "ICS", "CALDAV")


class Unplaced(ValueError):  # noqa: N818  says what it is
    """It has no start."""


class Read(msgspec.Struct, kw_only=True):
    """An event as it was read. `problems`: it came in, and is not quite as it was."""

    uid: str
    own_id: str = ""
    """The id that it has here, where it was exported from here."""
    sequence: int = 0
    start: Moment
    end: datetime
    """Instant."""
    zone: str
    title: str
    description: str = ""
    """All of it, however long."""
    location: str = ""
    meeting: str | None = None
    repeated: Repeated = Repeated()
    reminders: list[int] = []
    cancelled: bool = False
    occurrence: Moment | None = None
    """RECURRENCE-ID: which occurrence of a series it stands for."""
    properties: Properties
    created_ms: int | None = None
    updated_ms: int | None = None
    source: str = "ICS"
    series: str | None = None
    """The series that it was taken out of, by its id here."""
    problems: list[str] = []

    @property
    def begins(self) -> datetime:
        """The local time at which a series begins."""
        return self.start.local if self.start.is_day else local(self.start.at, self.zone)

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start.at


def read_event(component: Component, zones: Zones, *, trusted: bool) -> Read:
    """Read a VEVENT. With `trusted`, what AIOS noted for itself counts. Raises Unplaced."""
    properties = Properties(component)
    problems: list[str] = []
    start = _start(properties, zones)
    own_id = properties.text(OWN_ID).strip() if trusted else ""
    is_own = is_id(own_id)
    zone = _zone(start, properties, zones)
    start, end = _whole_days(start, _end(properties, start, zones, problems), zone, properties)
    if start.zone.problem:
        problems.append(start.zone.problem)
    title = properties.text("SUMMARY") if is_own else texts.title_of(properties)
    meeting = texts.meeting_of(properties, ("CONFERENCE",) if is_own else texts.MEETINGS)
    found = Read(
        uid=_uid(properties, component),
        own_id=own_id if is_own else "",
        sequence=_number(properties.word("SEQUENCE")),
        start=start,
        end=end,
        zone=zone,
        title=texts.short_title(title) or texts.UNTITLED,
        description=properties.text("DESCRIPTION") if is_own else texts.description_of(properties, title, meeting),
        location=properties.text("LOCATION") if is_own else texts.location_of(properties),
        meeting=meeting,
        cancelled=properties.word("STATUS") == "CANCELLED",
        occurrence=_occurrence(properties, zones, problems),
        properties=properties,
        created_ms=_ms(properties, "CREATED", zones),
        updated_ms=_ms(properties, "LAST-MODIFIED", zones) or _ms(properties, "DTSTAMP", zones),
        source=_source(properties) if is_own else "ICS",
        series=series if is_own and is_id(series := properties.text(OWN_SERIES).strip()) else None,
        problems=problems,
    )
    found.reminders = reminders(properties, found.start.at, found.end, zones, problems)
    _repeat(found)
    problems += properties.problems
    if len(title) > texts.MOST_TITLE:
        problems.append(LONG_TITLE)
    if len(properties.text("LOCATION").strip()) > texts.MOST_LOCATION:
        problems.append(LONG_PLACE)
    return found


def _start(properties: Properties, zones: Zones) -> Moment:
    found = properties.first("DTSTART")
    try:
        if found is not None:
            return moment(found, zones)
    except (ValueError, OverflowError):
        pass
    raise Unplaced(NO_START)


def _zone(start: Moment, properties: Properties, zones: Zones) -> str:
    """The zone whose clocks it keeps to. An instant that does not repeat is shown by those of its calendar."""
    noted = properties.first(OWN_ZONE)
    if noted is not None and zones.find(noted.line).problem == "":
        return zones.find(noted.line).name
    if start.fixed:
        return "UTC" if properties.first("RRULE") else zones.default
    return start.zone.name


def _end(properties: Properties, start: Moment, zones: Zones, problems: list[str]) -> datetime:
    usual = Moment(start.local + DAY, is_day=True, zone=start.zone).at if start.is_day else start.at
    try:
        given = properties.first("DTEND")
        if given is not None:
            end = moment(given, zones)
            # A day as the end is not part of it (3.6.1); some write the last day, which would be no day at all.
            if start.is_day and end.is_day and end.local == start.local:
                return usual
            found = end.at if end.is_day == start.is_day or not start.is_day else _midnight_after(end, start)
        elif length := properties.first("DURATION"):
            took = duration(length.value)
            # Days are days of the calendar, also when clocks change (3.3.6).
            days = timedelta(days=took.days)
            found = start._replace(local=start.local + days).at + (took - days)
        else:
            return usual
    except (ValueError, OverflowError):
        problems.append(NO_END)
        return usual
    if found < start.at:
        problems.append(ENDS_FIRST)
        return usual
    return found


def _midnight_after(end: Moment, start: Moment) -> datetime:
    """The end of the last day of an event of whole days that ends at a time."""
    begun = end.local.replace(hour=0, minute=0, second=0)
    return Moment(begun if begun == end.local else begun + DAY, is_day=True, zone=start.zone).at


def _whole_days(start: Moment, end: datetime, zone: str, properties: Properties) -> tuple[Moment, datetime]:
    """Whole days in the zone that the event keeps to; what Outlook marks as such, as well."""
    if start.is_day:
        if start.zone.name == zone:
            return start, end
        days = round((end - start.at) / DAY)
        moved = start._replace(zone=start.zone._replace(name=zone, own=None))
        return moved, moved._replace(local=moved.local + days * DAY).at
    if properties.word("X-MICROSOFT-CDO-ALLDAYEVENT") == "TRUE" and not start.fixed and start.zone.own is None:
        last = local(end, zone)
        if start.local.time() == last.time() == datetime.min.time() and last > start.local:
            return start._replace(is_day=True), end
    return start, end


def _occurrence(properties: Properties, zones: Zones, problems: list[str]) -> Moment | None:
    found = properties.first("RECURRENCE-ID")
    if found is None:
        return None
    if found.params.get("RANGE", "").upper() == "THISANDFUTURE":
        problems.append("It changes this date and all after it; here it changes this date alone.")
    try:
        return moment(found, zones)
    except (ValueError, OverflowError):
        problems.append("Which date of its series it changes cannot be read, so it stands by itself.")
        return None


def _repeat(found: Read) -> None:
    rules = [each for each in found.properties.all("RRULE") if each.value.strip()]
    if not rules:
        return
    if len(rules) > 1:
        found.problems.append(MORE_RULES)
    begins = found.begins
    if begins.year < EARLY:
        # 300 years later is the same place in the order of leap years.
        years = -(-(EARLY - begins.year) // 300) * 300
        found.problems.append(f"It begins in {begins.year}; here it is followed from {begins.year + years} on.")
        moved = found.start.local.replace(year=found.start.local.year + years)
        length = found.length
        found.start = found.start._replace(local=moved)
        found.end = found.start.at + length
        begins = found.begins
    found.repeated = repeated(rules[0].value, begins, found.zone, is_day=found.start.is_day)
    if found.start.zone.own is not None:
        found.problems.append(STRANGE_ZONE)
    if found.repeated.problem:
        found.problems.append(f"{NO_RULE} {found.repeated.problem}")
        found.description = f"{found.description}\n\nRepeats: {rules[0].line}".strip("\n")


def _source(properties: Properties) -> str:
    given = properties.word(OWN_SOURCE)
    return given if given in SOURCES else "LOCAL"


def _uid(properties: Properties, component: Component) -> str:
    """What names it; what it consists of, where it has no name. A very long one counts by its hash."""
    uid = properties.text("UID").strip()
    if not uid:
        return "none/" + hashlib.sha256("\n".join(component.lines).encode("utf-8", "replace")).hexdigest()
    return uid if len(uid) <= 500 else hashlib.sha256(uid.encode("utf-8", "replace")).hexdigest()  # noqa: PLR2004


def _ms(properties: Properties, name: str, zones: Zones) -> int | None:
    found = properties.first(name)
    try:
        return None if found is None else from_wire(wire(moment(found, zones).at))
    except (ValueError, OverflowError):
        return None


def _number(given: str) -> int:
    return int(given[:9]) if given.isascii() and given.isdecimal() else 0
