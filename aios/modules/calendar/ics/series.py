"""Events of one UID as one record: the series, the dates left out of it, and those that are different or come on top.

RFC 5545, 3.8.4.4, 3.8.5.1 and 3.8.5.2. What AIOS keeps of it: `exceptions` and `overrides`, by the date that the rule
gives in the zone of the series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aios.modules.calendar.ics import texts
from aios.modules.calendar.ics.times import DAY, Moment, moments, wire
from aios.modules.calendar.ics.zones import Zone
from aios.port import Draft, Remark
from aios.records.clock import to_wire
from aios.records.ids import implied_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from aios.modules.calendar.ics.event import Read
    from aios.modules.calendar.ics.zones import Zones
    from aios.port import Found
    from aios.records.collection import Document

MOST_EXCEPTIONS = 2_000
MOST_OVERRIDES = 500
MOST_DATES = 10_000
"""Of RDATE and EXDATE that are looked at."""
MOST_SAID = 50
"""Sentences about the dates of one series."""
MOST_NOTE = 50_000
GOES_ON = "\n\n[…]"
CANCELLED = "It was called off, so it is not brought in."
LONG_DAY = f"Of a description longer than {texts.MOST_DESCRIPTION:,} characters, the end was left out on"
MANY_EXCEPTIONS = f"More than {MOST_EXCEPTIONS:,} dates are left out of it; the others were not noted."
MANY_OVERRIDES = f"More than {MOST_OVERRIDES:,} of its dates are different or come on top; the others were not noted."
TWICE = "Two different events have one name (UID) in this file. Both came in."


class Ids(Protocol):
    """What events are called here."""

    def of(self, key: str, collection: str = "events", /) -> str:
        """The id of what a source names `key`."""
        ...


class Group:
    """The events of one UID."""

    def __init__(self) -> None:
        self.masters: list[Read] = []
        self.others: list[Read] = []

    def add(self, read: Read) -> None:
        """Take one more."""
        own = any(read.properties.first(name) for name in ("RRULE", "RDATE"))
        (self.masters if read.occurrence is None or own else self.others).append(read)


def drafts(group: Group, ids: Ids, zones: Zones) -> Iterator[Found]:
    """The records that the events of one UID become, and what has to be said of them."""
    masters = sorted(group.masters, key=lambda read: (read.sequence, read.updated_ms or 0), reverse=True)
    kept = _different(masters)
    for number, master in enumerate(kept):
        key = master.uid if number == 0 else f"{master.uid}/{wire(master.start.at)}"
        if number:
            yield Remark(where=_where(master), reason=TWICE, tone="noted")
        yield from _series(master, group.others if number == 0 else [], ids, key, zones)
    if not kept:
        for read in group.others:
            at = read.occurrence.at if read.occurrence else read.start.at
            yield from _series(read, [], ids, f"{read.uid}/{wire(at)}", zones)


def _different(masters: list[Read]) -> list[Read]:
    """The latest version of each event; some programs give one UID to several."""
    kept: dict[datetime, Read] = {}
    for master in masters:  # the latest are first
        if master.sequence == masters[0].sequence:
            kept.setdefault(master.start.at, master)
    return list(kept.values())


def _series(master: Read, others: list[Read], ids: Ids, key: str, zones: Zones) -> Iterator[Found]:
    where = _where(master)
    if master.cancelled:
        yield Remark(where=where, reason=CANCELLED)
        return
    series = _Series(master, zones)
    for other in others:
        series.change(other)
    description, rest = _cut(master.description)
    record_id = master.own_id or ids.of(key)
    fields: dict[str, object] = {
        "title": master.title,
        "description": description,
        "location": master.location,
        "meetingLink": master.meeting,
        "startAt": master.start.wire,
        "endAt": wire(master.end),
        "allDay": master.start.is_day,
        "timezone": master.zone,
        "recurrenceRule": master.repeated.kind,
        "rrule": master.repeated.rule,
        "exceptions": sorted(series.exceptions),
        "overrides": series.overrides,
        "reminderMinutes": master.reminders,
        "source": master.source,
        "recurrenceInstanceOf": master.series,
    }
    if master.created_ms is not None:
        fields["createdAt"] = to_wire(master.created_ms)
    yield Draft(collection="events", id=record_id, fields=fields, where=where, updated_ms=master.updated_ms)
    for reason in dict.fromkeys([*master.problems, *series.problems]):
        yield Remark(where=where, reason=reason, tone="changed")
    if rest:
        yield from _rest(master, record_id, where)


class _Series:
    """The dates of a series that are not as its rule says."""

    def __init__(self, master: Read, zones: Zones) -> None:
        self._master = master
        self._zones = zones
        self.exceptions: set[str] = set()
        self.overrides: dict[str, Document] = {}
        self.problems: list[str] = []
        self._take_dates()

    def change(self, read: Read) -> None:
        """Take an event that stands for one date."""
        for problem in read.problems:
            self._say(problem)
        day = self._day(read.occurrence or read.start)
        if read.cancelled:
            self._except(day)
            return
        master = self._master
        usual = _own(master)
        own: Document = {name: value for name, value in _own(read).items() if value != usual[name]}
        own |= self._times(day, read.start.at, read.end)
        if read.zone != master.zone and not read.start.fixed:
            own["timezone"] = read.zone
        if len(read.description) > texts.MOST_DESCRIPTION:
            self._say(
                f"The description of {day} is longer than {texts.MOST_DESCRIPTION:,} characters; its end was left out."
            )
        if read.reminders != master.reminders:
            self._say(f"On {day} there are other reminders; here they are those of the series.")
        self._override(day, own, replace=True)

    def _take_dates(self) -> None:
        properties, left = self._master.properties, MOST_DATES
        for name, take in (("RDATE", self._more), ("EXDATE", self._without)):
            for found in properties.all(name):
                for each in moments(found, self._zones):
                    left -= 1
                    if left < 0:
                        self._say(MANY_OVERRIDES)
                        return
                    if isinstance(each, str):
                        self._say(f"A date of {name} cannot be read: “{each[:40]}”.")
                    else:
                        take(*each)

    def _more(self, moment: Moment, length: timedelta | None) -> None:
        """One more date of the series."""
        if moment.is_day and not self._master.start.is_day:
            day = moment.local.date().isoformat()
            at = self._usual(day)
        else:
            day, at = self._day(moment), moment.at
        if at == self._master.start.at:
            return
        if length is not None:
            end = at + length
        else:
            end = self._usual_end(day) if at == self._usual(day) else at + self._master.length
        self._override(day, self._times(day, at, end))

    def _without(self, moment: Moment, _: timedelta | None) -> None:
        self._except(self._day(moment))

    def _times(self, day: str, start: datetime, end: datetime) -> Document:
        """Start and end where they are not what the date would have."""
        if (start, end) == (self._usual(day), self._usual_end(day)):
            return {}
        return {"startAt": wire(start), "endAt": wire(max(start, end))}

    def _usual(self, day: str, days: int = 0) -> datetime:
        """The instant at which the series would begin on a date, or so many days after it."""
        master = self._master
        year, month, number = (int(part) for part in day.split("-"))
        at = master.begins.replace(year=year, month=month, day=number) + days * DAY
        return Moment(at, is_day=False, zone=Zone(master.zone)).at

    def _usual_end(self, day: str) -> datetime:
        """When an occurrence would end: what has times lasts as long as the first, whole days are days."""
        length = self._master.length
        return self._usual(day, round(length / DAY)) if self._master.start.is_day else self._usual(day) + length

    def _day(self, moment: Moment) -> str:
        return moment.day_in(self._master.zone)

    def _override(self, day: str, own: Document, *, replace: bool = False) -> None:
        if day in self.overrides and not replace:
            self._say(f"It comes more than once on {day}; here it comes once.")
        elif day not in self.overrides and len(self.overrides) >= MOST_OVERRIDES:
            self._say(MANY_OVERRIDES)
        else:
            self.overrides[day] = own

    def _except(self, day: str) -> None:
        self.overrides.pop(day, None)
        if len(self.exceptions) < MOST_EXCEPTIONS:
            self.exceptions.add(day)
        elif day not in self.exceptions:
            self._say(MANY_EXCEPTIONS)

    def _say(self, sentence: str) -> None:
        if len(self.problems) < MOST_SAID and sentence not in self.problems:
            self.problems.append(sentence)


def _own(read: Read) -> Document:
    """What a date may have in place of what its series has, but for times."""
    return {
        "title": read.title,
        "description": _cut(read.description)[0],
        "location": read.location,
        "meetingLink": read.meeting,
        "allDay": read.start.is_day,
    }


def _cut(description: str) -> tuple[str, bool]:
    """As much of it as an event may have, and whether that is not all."""
    if len(description) <= texts.MOST_DESCRIPTION:
        return description, False
    return description[: texts.MOST_DESCRIPTION - len(GOES_ON)].rstrip() + GOES_ON, True


def _rest(master: Read, event_id: str, where: str) -> Iterator[Found]:
    """All of a description that is too long, as notes."""
    parts = [master.description[start : start + MOST_NOTE] for start in range(0, len(master.description), MOST_NOTE)]
    for number, part in enumerate(parts, 1):
        ending = " (description)" if len(parts) == 1 else f" (description, part {number})"
        title = master.title[: texts.MOST_TITLE - len(ending)] + ending
        fields: dict[str, object] = {"title": title, "bodyMarkdown": part}
        yield Draft(
            collection="notes", id=implied_id(event_id, "notes", f"description/{number}"), fields=fields, where=where
        )
    reason = f"The description is longer than {texts.MOST_DESCRIPTION:,} characters; all of it stands in a note."
    yield Remark(where=where, reason=reason, tone="changed")


def _where(read: Read) -> str:
    return f"{read.title}, {read.begins.date().isoformat()}"
