"""Everything in one iCalendar file, as records and remarks, in the order in which to bring it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aios.modules.calendar.ics.components import ENTRIES, Component, parse
from aios.modules.calendar.ics.event import Unplaced, read_event
from aios.modules.calendar.ics.observances import Budget
from aios.modules.calendar.ics.others import journal, todo
from aios.modules.calendar.ics.properties import Properties
from aios.modules.calendar.ics.series import Group, drafts
from aios.modules.calendar.ics.texts import UNTITLED, short_title, title_of
from aios.modules.calendar.ics.zones import Zones, by_name
from aios.port import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.modules.calendar.ics.components import Calendar
    from aios.port import Found, Into

NOTHING = "There is nothing in it that could be brought in."
NO_CALENDAR = "It is no calendar that can be read."
_OTHERS = {
    "VFREEBUSY": "It only tells when somebody is free or busy, so it is not brought in.",
    "VAVAILABILITY": "It only tells when somebody is available, so it is not brought in.",
}
UNKNOWN = "A part of this kind is not known here, so it is not brought in."


class Ids(NamedTuple):
    """What entries are called here: by their UID and where they come from."""

    into: Into
    source: str = "ics"
    """All files are one source, so that the same calendar, exported again, is known again; each feed is its own."""
    trusted: bool = True
    """Whether what AIOS noted for itself in an export counts."""

    def of(self, key: str, collection: str = "events", /) -> str:
        """The id of what a source names `key`."""
        return self.into.id(collection, f"{self.source}/{key}")


def read(body: bytes, where: str, ids: Ids, budget: Budget | None = None) -> Iterator[Found]:
    """Everything in a file. `budget` is that of all files of an import. Raises UnreadableError for what is no text."""
    calendar, guessed = parse(body)
    yield from entries(calendar, guessed, where, ids, budget or Budget())


def entries(calendar: Calendar, guessed: str, where: str, ids: Ids, budget: Budget) -> Iterator[Found]:
    """Everything in a file that was parsed; `guessed` says what was not clear about its encoding."""
    if guessed:
        yield Remark(where=where, reason=guessed, tone="changed")
    properties = Properties(calendar.own())
    for reason in (*properties.problems, *calendar.problems):
        yield Remark(where=where, reason=reason)
    if all(component.name == "VTIMEZONE" for component in calendar.components):
        yield Remark(where=where, reason=NOTHING if calendar.is_calendar or calendar.components else NO_CALENDAR)
    default = by_name(properties.text("X-WR-TIMEZONE")) or ids.into.zone
    zones = Zones(calendar.components, default, budget)
    yield from _entries(calendar, ids, zones, cancelled=properties.word("METHOD") == "CANCEL")


def _entries(calendar: Calendar, ids: Ids, zones: Zones, *, cancelled: bool) -> Iterator[Found]:
    groups: dict[str, Group] = {}
    for component in _readable(calendar):
        if component.name == "VEVENT":
            try:
                found = read_event(component, zones, trusted=ids.trusted)
            except Unplaced as error:
                yield Remark(where=_called(component), reason=str(error))
                continue
            found.cancelled |= cancelled
            groups.setdefault(found.own_id or found.uid, Group()).add(found)
        elif component.name == "VTODO":
            yield from todo(component, ids, zones)
        elif component.name == "VJOURNAL":
            yield from journal(component, ids, zones)
        else:
            yield Remark(where=component.name[:80], reason=_OTHERS.get(component.name, UNKNOWN))
    for group in groups.values():
        yield from drafts(group, ids, zones)


def _readable(calendar: Calendar) -> Iterator[Component]:
    """What has a meaning here, also inside parts that have none."""
    waiting = [*reversed(calendar.components)]
    while waiting:
        component = waiting.pop()
        if component.name == "VTIMEZONE":
            continue
        if component.name in ENTRIES or not any(each.name in ENTRIES for each in component.walk()):
            yield component
        else:
            yield Component(component.name)
            waiting.extend(reversed(component.inner))


def _called(component: Component) -> str:
    properties = Properties(component)
    title = short_title(title_of(properties))
    uid = properties.text("UID").strip()
    return f"{title} ({uid[:80]})" if uid and title == UNTITLED else title
