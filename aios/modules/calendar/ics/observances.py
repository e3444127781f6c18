"""The offsets that a VTIMEZONE spells out (RFC 5545, 3.6.5)."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aios.modules.calendar.ics.properties import Properties
from aios.records.recurrence import occurrences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aios.modules.calendar.ics.components import Component

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?")
_LOCAL = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}Z?)?")
_MOST = 200
"""Observances of a zone, and dates of one."""
_MOST_CHANGES = 5_000
MOST_RULES = 10
"""Rules of a zone that reach into the years that are followed; the United States have four."""
MOST_ZONES, MOST_ALL_RULES = 200, 200
"""Of an import. A rule that gives no day takes some hundredths of a second."""
_FIRST_YEAR, _END = 1995, "2060-01-01T00:00"
"""Years for which rules are followed."""
_UNTIL = re.compile(r"UNTIL=(\d{4})")
_IGNORED = re.compile("(?:WKST|BYHOUR|BYMINUTE|BYSECOND|INTERVAL)=[^;]*;?", re.IGNORECASE)


class Budget:
    """What may still be worked out for zones that only a file knows."""

    def __init__(self) -> None:
        self.zones = MOST_ZONES
        self.rules = MOST_ALL_RULES


class Observances:
    """When which offset begins."""

    def __init__(self, component: Component, budget: Budget) -> None:
        budget.zones -= 1
        self.is_whole = budget.zones >= 0 and len(component.inner) <= _MOST
        """Whether all of its rules were followed."""
        self._budget = budget
        self._rules = 0
        self._changes: list[tuple[datetime, timedelta]] = []
        """Instants, and the offset from then on."""
        self._before: timedelta | None = None
        """The offset before the first change."""
        for each in component.inner if self.is_whole else ():
            if each.name in {"STANDARD", "DAYLIGHT"} and len(self._changes) < _MOST_CHANGES:
                self._add(Properties(each))
        self._changes.sort(key=lambda change: change[0])
        self._instants = [at for at, _ in self._changes]

    @property
    def begins(self) -> datetime | None:
        """The first change; None for a zone without any."""
        return self._instants[0] if self._instants else None

    def offsets(self, instants: Sequence[datetime]) -> tuple[timedelta | None, ...]:
        """The offset at each instant."""
        return tuple(self._at(instant) for instant in instants)

    def instant(self, local: datetime) -> datetime:
        """The instant of a local time (naive). One that comes twice is the first; one that is skipped moves on."""
        naive = local.replace(tzinfo=UTC)
        found: list[datetime] = []
        for offset in dict.fromkeys([self._at(naive - timedelta(days=1)), self._at(naive + timedelta(days=1))]):
            at = naive - (offset or timedelta())
            if self._at(at) == offset:
                found.append(at)
        return min(found) if found else naive - (self._at(naive - timedelta(days=1)) or timedelta())

    def _at(self, instant: datetime) -> timedelta | None:
        number = bisect_right(self._instants, instant)
        return self._changes[number - 1][1] if number else self._before

    def _add(self, properties: Properties) -> None:
        to, before = _offset(properties.word("TZOFFSETTO")), _offset(properties.word("TZOFFSETFROM"))
        if to is None:
            return
        if before is None:
            before = to
        start = next(iter(_locals(properties.word("DTSTART"))), None)
        if start is None:
            return
        if self._before is None or (self._changes and start.replace(tzinfo=UTC) < min(self._changes)[0]):
            self._before = before
        for local in (start, *self._more(start, properties)):
            self._changes.append((local.replace(tzinfo=UTC) - before, to))

    def _more(self, start: datetime, properties: Properties) -> Iterator[datetime]:
        rule = _IGNORED.sub("", properties.word("RRULE")).strip(";").replace(" ", "")
        last = _UNTIL.search(rule)
        if rule and not (last and int(last[1]) < _FIRST_YEAR) and self._may_follow():
            # Outlook begins its rules in the year 1601; what was before the first year is not asked for.
            begin = start.replace(year=max(start.year, _FIRST_YEAR), day=1 if start.year < _FIRST_YEAR else start.day)
            for each in occurrences(rule, begin.isoformat(timespec="minutes"), begin.isoformat()[:16], _END):
                yield datetime.fromisoformat(each)
        for date in properties.all("RDATE")[:_MOST]:
            yield from list(_locals(date.value))[:_MOST]

    def _may_follow(self) -> bool:
        self._rules += 1
        self._budget.rules -= 1
        self.is_whole = self.is_whole and self._rules <= MOST_RULES and self._budget.rules >= 0
        return self.is_whole


def _offset(value: str) -> timedelta | None:
    found = _OFFSET.fullmatch(value)
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -size if found[1] == "-" else size


def _locals(value: str) -> Iterator[datetime]:
    for each in value.split(","):
        found = _LOCAL.fullmatch(each.strip())
        if found is not None:
            try:
                yield datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
            except ValueError:
                continue
