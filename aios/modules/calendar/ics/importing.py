"""iCalendar files as a format that can be brought in: a file, or a folder or zip of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.ics.observances import Budget
from aios.modules.calendar.ics.reading import Ids, read
from aios.port import Draft, Remark
from aios.port.limits import MOST_BYTES, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.port import Found, Into
    from aios.port.source import Entry, Source

_ENDINGS = (".ics", ".ical", ".icalendar", ".ifb", ".vcs")
_BEGINNING = 200
NO_CALENDAR = "It is no calendar."
TWICE = "It came in from another file of these already."


class ICalendar:
    """RFC 5545, as Google, Apple, Outlook and all others export."""

    name = "ical"
    title = "iCalendar"

    def recognises(self, source: Source) -> bool:
        """Whether there is a calendar in it."""
        return any(_is_calendar(entry, source) for entry in source.entries)

    def read(self, source: Source, into: Into) -> Iterator[Found]:
        """Everything in it, file by file."""
        known: set[str] = set()
        budget = Budget()
        for entry in source.entries:
            if not _is_calendar(entry, source):
                yield Remark(where=entry.path, reason=NO_CALENDAR)
                continue
            try:
                found = read(source.read(entry, MOST_BYTES), entry.path, Ids(into), budget)
                yield from _once(found, known)
            except UnreadableError as error:
                yield Remark(where=entry.path, reason=error.detail)


def _once(found: Iterator[Found], known: set[str]) -> Iterator[Found]:
    for each in found:
        if not isinstance(each, Draft):
            yield each
        elif each.id in known:
            yield Remark(where=each.where, reason=TWICE, tone="noted")
        else:
            known.add(each.id)
            yield each


def _is_calendar(entry: Entry, source: Source) -> bool:
    if entry.suffix in _ENDINGS:
        return True
    beginning = source.begin(entry, _BEGINNING).replace(b"\x00", b"")
    return b"BEGIN:VCALENDAR" in beginning.upper()


ICALENDAR = ICalendar()
