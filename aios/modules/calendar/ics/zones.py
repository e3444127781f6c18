"""Which IANA zone a TZID means: its name, a name of Windows, or the rules that a VTIMEZONE spells out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from aios.modules.calendar.ics.observances import Budget, Observances
from aios.modules.calendar.ics.properties import Properties
from aios.web.when import is_zone, zone_info, zone_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aios.modules.calendar.ics.components import Component

_SAMPLES = tuple(
    datetime(year, month, day, 12, tzinfo=UTC)
    for year in range(2022, 2032)
    for month in range(1, 13)
    for day in (1, 15)
)
"""Instants at which zones are compared; nearly all definitions hold for these years, few for the past."""
_OFFSET = re.compile(r"(?:UTC|GMT|Etc/GMT)?\s*([+-])(\d{1,2}):?(00)?", re.IGNORECASE)
_NAMED = ("X-LIC-LOCATION", "X-TZINFO", "TZID-ALIAS-OF")
_MOST_HOURS = 12
_LONGEST = 200
"""Letters of a name that is looked for."""
_SHOWN = 80
_WINDOWS = {name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items()}


class Zone(NamedTuple):
    """What a TZID means."""

    name: str
    """IANA."""
    own: Observances | None = None
    """The rules of the file, where no IANA zone has them; then only instants are right."""
    problem: str = ""


class Zones:
    """The zones of one file. `default` is that of times without one, and of those whose zone nobody knows."""

    def __init__(self, components: Iterable[Component], default: str, budget: Budget) -> None:
        self.default = default
        self._budget = budget
        self._defined: dict[str, Component] = {}
        self._known: dict[str, Zone] = {}
        for component in components:
            if component.name == "VTIMEZONE":
                tzid = Properties(component).first("TZID")
                if tzid is not None:
                    self._defined.setdefault(_key(tzid.text), component)

    def find(self, tzid: str) -> Zone:
        """The zone of a TZID; "" means the default."""
        key = _key(tzid)
        if not key:
            return Zone(self.default)
        if key not in self._known:
            self._known[key] = self._find(tzid, key)
        return self._known[key]

    def _find(self, tzid: str, key: str) -> Zone:
        name = by_name(tzid)
        if name:
            return Zone(name)
        component = self._defined.get(key)
        if component is None:
            problem = f"{_called(tzid)} is not known; its times count as times in {self.default}."
            return Zone(self.default, None, problem)
        properties = Properties(component)
        for found in properties.all(*_NAMED):
            name = by_name(found.line.partition("[")[0])
            if name:
                return Zone(name)
        own = Observances(component, self._budget)
        if not own.is_whole:
            problem = f"{_called(tzid)} has too many rules of its own; its times count as times in {self.default}."
            return Zone(self.default, None, problem)
        name = _with_offsets(own, self.default)
        if name:
            return Zone(name)
        problem = f"{_called(tzid)} has rules of its own; its times are right, and stand in {self.default}."
        return Zone(self.default, own, problem)


def by_name(tzid: str) -> str:
    """The IANA zone that a name means by itself; "" where it does not."""
    plain = tzid.strip().strip('"')
    if len(plain) > _LONGEST:
        return ""
    if is_zone(plain):
        return plain
    lower = plain.lower()
    if lower in _WINDOWS and is_zone(_WINDOWS[lower]):
        return _WINDOWS[lower]
    parts = plain.split("/")
    for start in range(len(parts)):  # a globally unique one: /example.org/20260101_1/Europe/Lisbon (RFC 5545, 3.2.19)
        name = _lower_names().get("/".join(parts[start:]).replace(" ", "_").lower())
        if name:
            return name
    found = _OFFSET.fullmatch(plain)
    if found and int(found[2]) <= _MOST_HOURS:
        # POSIX counts westwards, so the sign turns round.
        hours = int(found[2])
        return f"Etc/GMT{'-' if found[1] == '+' else '+'}{hours}" if hours else "UTC"
    return ""


def _called(tzid: str) -> str:
    return f"Its time zone “{tzid[:_SHOWN]}{'…' if len(tzid) > _SHOWN else ''}”"


def _key(tzid: str) -> str:
    return " ".join(tzid.strip().strip('"').split()).lower()


@lru_cache(maxsize=1)
def _lower_names() -> dict[str, str]:
    return {name.lower(): name for name in zone_names()}


@lru_cache(maxsize=1)
def _by_offsets() -> dict[tuple[timedelta | None, ...], list[str]]:
    """The zones of each course of offsets; those that stand for a zone of Windows come first."""
    found: dict[tuple[timedelta | None, ...], list[str]] = {}
    for name in dict.fromkeys([*WINDOWS_TO_OLSON.values(), *zone_names()]):
        if is_zone(name):
            rules = zone_info(name)
            found.setdefault(tuple(rules.utcoffset(each) for each in _locals(name)), []).append(name)
    return found


def _locals(name: str) -> list[datetime]:
    rules = zone_info(name)
    return [each.astimezone(rules) for each in _SAMPLES]


def _with_offsets(own: Observances, default: str) -> str:
    """The zone that has the same offsets from where the rules of the file begin; "" for none."""
    begin = next((number for number, at in enumerate(_SAMPLES) if own.begins and own.begins <= at), None)
    if begin is None:
        return ""
    offsets = own.offsets(_SAMPLES)
    names = [name for known, found in _by_offsets().items() if known[begin:] == offsets[begin:] for name in found]
    return default if default in names else names[0] if names else ""
