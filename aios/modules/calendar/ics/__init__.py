"""iCalendar (RFC 5545): what comes in from other calendars, and how events leave.

The code that reads and writes it is loaded when somebody brings or takes something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.port import Exporter, Importer, Whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aios.records.collection import Document

importer = Importer(
    name="calendar",
    collections=("events",),
    formats=(f"{__name__}.importing:ICALENDAR",),
    takes="Calendars of Google, Apple, Outlook and others (ICS, or a zip of them), with tasks and journals in them.",
    more="/settings/calendar",
)


def _pieces(events: Iterable[Document]) -> Iterator[bytes]:
    from aios.modules.calendar.ics.writing import calendar  # noqa: PLC0415  as above

    return calendar(events)


exporter = Exporter(collection="events", whole=Whole(name="Calendar.ics", pieces=_pieces))
