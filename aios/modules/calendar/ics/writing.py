"""Events as iCalendar (RFC 5545): what other calendars read, and what comes back here as it was."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from aios import __version__
from aios.modules.calendar.ics.event import OWN_ID, OWN_SERIES, OWN_SOURCE, OWN_ZONE
from aios.modules.calendar.ics.rules import until_of
from aios.modules.calendar.ics.times import DAY, Moment, local
from aios.modules.calendar.ics.timezones import LAST_YEAR, timezone_lines
from aios.modules.calendar.ics.zones import Zone
from aios.modules.calendar.rules import rule_of
from aios.records.recurrence import MOST, occurrences
from aios.web.when import is_zone

if TYPE_CHECKING:
    from aios.records.collection import Document

HOURLY = "PT1H"
"""How often a calendar that follows these events shall look."""
MOST_ASKED = 500
"""How often a file asks which dates a rule gives, which can take some hundredths of a second."""
_log = logging.getLogger(__name__)
_WIDTH = 75
"""Bytes of a line, its end not counted (3.1)."""
_SPECIAL = re.compile(r"[\\;,\n]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""What a text cannot hold (3.1)."""


def calendar(events: Iterable[Document], name: str = "") -> Iterator[bytes]:
    """A VCALENDAR of these events, piece by piece; `name` is what a program that follows it calls it.

    An event that cannot be written is left out, and named in the log: the others are more than it.
    """
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//AIOS//AIOS {__version__}//EN", "CALSCALE:GREGORIAN"]
    if name:
        head += [f"NAME:{escaped(name)}", f"X-WR-CALNAME:{escaped(name)}"]
        head += [f"REFRESH-INTERVAL;VALUE=DURATION:{HOURLY}", f"X-PUBLISHED-TTL:{HOURLY}"]
    yield _folded(head)
    file = _File()
    for event in events:
        try:
            yield _folded(_Written(event, file).lines())
        except (ValueError, OverflowError, LookupError, TypeError):
            _log.warning("event %s cannot be written as iCalendar", event.get("id"), exc_info=True)
    for zone, year in sorted(file.zones.items()):
        yield _folded(timezone_lines(zone, year))
    yield _folded(["END:VCALENDAR"])


def escaped(text: str) -> str:
    """A text as a value (3.3.11)."""
    plain = _CONTROL.sub("", text)
    return _SPECIAL.sub(lambda found: "\\n" if found[0] == "\n" else f"\\{found[0]}", plain)


class _File:
    """What its events have in common."""

    def __init__(self) -> None:
        self.zones: dict[str, int] = {}
        """The zones that were named, with the first year of each."""
        self.left = MOST_ASKED


class _Written:
    """One event: a VEVENT, and another one for each date that is different."""

    def __init__(self, event: Document, file: _File) -> None:
        self._event = event
        self._file = file
        self._zone = Zone(event["timezone"] if is_zone(event["timezone"]) else "UTC")
        self._start, self._end = _instant(event["startAt"]), _instant(event["endAt"])
        self._rule = rule_of(event)
        self._begins = local(self._start, self._zone.name)

    def lines(self) -> Iterator[str]:
        event = self._event
        overrides: dict[str, Document] = event["overrides"]
        repeats = bool(self._rule or overrides)
        yield "BEGIN:VEVENT"
        yield from self._common(event, self._start, self._end, self._zone, repeats=repeats)
        if self._rule:
            yield f"RRULE:{until_of(self._rule, self._zone.name, is_day=event['allDay'])}"
        yield from (self._date("EXDATE", self._usual(day)) for day in event["exceptions"])
        given = self._given(list(overrides))
        more = [day for day in overrides if day not in given]
        yield from (self._date("RDATE", self._usual(day)) for day in more)
        yield from self._alarms(event)
        yield "END:VEVENT"
        for day, own in sorted(overrides.items()):
            if own:
                yield from self._override(day, own)

    def _override(self, day: str, own: Document) -> Iterator[str]:
        usual = self._usual(day)
        start = _instant(own["startAt"]) if "startAt" in own else usual
        length = self._end - self._start
        if self._event["allDay"] and "startAt" not in own:  # a day of a change of clocks is not 24 hours long
            end = self._usual(day, round(length / DAY))
        else:
            end = start + length
        end = _instant(own["endAt"]) if "endAt" in own else end
        yield "BEGIN:VEVENT"
        yield self._date("RECURRENCE-ID", usual)
        zone = Zone(own["timezone"]) if is_zone(own.get("timezone", "")) else self._zone
        whole = {**self._event, **own}
        yield from self._common(whole, start, max(start, end), zone, repeats=True)
        yield from self._alarms(whole)
        yield "END:VEVENT"

    def _common(self, event: Document, start: datetime, end: datetime, zone: Zone, *, repeats: bool) -> Iterator[str]:
        changed = _utc(_instant(event["updatedAt"]))
        yield f"UID:{event['id']}"
        yield f"DTSTAMP:{changed}"
        yield f"CREATED:{_utc(_instant(event['createdAt']))}"
        yield f"LAST-MODIFIED:{changed}"
        yield from self._span(start, end, zone, is_day=event["allDay"], repeats=repeats)
        yield f"SUMMARY:{escaped(event['title'])}"
        for name, field in (("DESCRIPTION", "description"), ("LOCATION", "location")):
            if event[field]:
                yield f"{name}:{escaped(event[field])}"
        if event["meetingLink"]:
            yield f"CONFERENCE;VALUE=URI;FEATURE=VIDEO:{event['meetingLink']}"
            yield f"URL:{event['meetingLink']}"
        yield f"{OWN_ID}:{event['id']}"
        if event["source"] != "LOCAL":
            yield f"{OWN_SOURCE}:{event['source']}"
        if event["recurrenceInstanceOf"]:
            yield f"{OWN_SERIES}:{event['recurrenceInstanceOf']}"

    def _alarms(self, event: Document) -> Iterator[str]:
        for minutes in event["reminderMinutes"]:
            yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escaped(event['title'])}")
            yield from (f"TRIGGER:-PT{minutes}M", "END:VALARM")

    def _span(self, start: datetime, end: datetime, zone: Zone, *, is_day: bool, repeats: bool) -> Iterator[str]:
        if is_day:
            first, last = local(start, zone.name), local(end, zone.name)
            after = last.date() if last.time() == datetime.min.time() and last > first else last.date() + DAY
            yield f"DTSTART;VALUE=DATE:{_day(first)}"
            yield f"DTEND;VALUE=DATE:{_day(after)}"
            yield f"{OWN_ZONE}:{zone.name}"
            return
        # A time that comes twice, when clocks go back, is clear only as an instant.
        clear = all(
            Moment(local(at, zone.name), is_day=False, zone=zone).at == at.replace(microsecond=0) for at in (start, end)
        )
        if zone.name == "UTC" or not (clear or repeats):
            yield from (f"DTSTART:{_utc(start)}", f"DTEND:{_utc(end)}", f"{OWN_ZONE}:{zone.name}")
        else:
            yield from (self._local("DTSTART", start, zone), self._local("DTEND", end, zone))

    def _local(self, name: str, at: datetime, zone: Zone) -> str:
        self._file.zones[zone.name] = min(at.year, self._file.zones.get(zone.name, LAST_YEAR))
        return f"{name};TZID={zone.name}:{_digits(local(at, zone.name))}"

    def _date(self, name: str, at: datetime) -> str:
        """A date of the series, in the way in which the series begins."""
        if self._event["allDay"]:
            return f"{name};VALUE=DATE:{_day(local(at, self._zone.name))}"
        return f"{name}:{_utc(at)}" if self._zone.name == "UTC" else self._local(name, at, self._zone)

    def _usual(self, day: str, days: int = 0) -> datetime:
        """When the series would begin on a date, or so many days after it."""
        year, month, number = (int(part) for part in day.split("-"))
        at = self._begins.replace(year=year, month=month, day=number) + days * DAY
        return Moment(at, is_day=False, zone=self._zone).at

    def _given(self, days: list[str]) -> set[str]:
        """Which of these dates the rule gives by itself, as far as that is asked: a date named twice does no harm."""
        begins = self._begins.isoformat(timespec="minutes")
        found = {begins[:10]}
        if self._rule and days:
            since, last = f"{min(days)}T00:00", f"{max(days)}T24:00"
            more = True
            while more and self._file.left > 0:
                self._file.left -= 1
                given = occurrences(self._rule, begins, since, last)
                found |= {each[:10] for each in given}
                more = len(given) == MOST and given[-1] > since
                since = f"{given[-1]}:01" if more else since
        return found


def _folded(lines: Iterable[str]) -> bytes:
    """Lines of at most 75 bytes, never broken inside a letter (3.1)."""
    parts: list[bytes] = []
    for line in lines:
        body = line.encode("utf-8", "replace")
        start, width = 0, _WIDTH
        while len(body) - start > width:
            end = start + width
            while body[end] & 0xC0 == 0x80:  # noqa: PLR2004  the byte continues a letter
                end -= 1
            parts.append(body[start:end])
            parts.append(b"\r\n ")
            start, width = end, _WIDTH - 1
        parts.append(body[start:])
        parts.append(b"\r\n")
    return b"".join(parts)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _digits(at: datetime) -> str:
    return f"{at.year:04d}{at:%m%dT%H%M%S}"


def _utc(at: datetime) -> str:
    return f"{_digits(at)}Z"


def _day(at: date) -> str:
    return f"{at.year:04d}{at:%m%d}"
