"""The properties of a component: icalendar reads each line, and a broken one is named without losing the others."""

from __future__ import annotations

import binascii
import quopri
import re
from typing import TYPE_CHECKING, NamedTuple, cast

from icalendar.parser import Contentline
from icalendar.parser.property import unescape_backslash

from aios.port.source import shown
from aios.records.text import normalise

if TYPE_CHECKING:
    from collections.abc import Callable

    from aios.modules.calendar.ics.components import Component

LONGEST = 200_000
"""Letters of a line that is read; a longer one holds a picture, or harm."""
MOST_PROBLEMS = 50
"""Lines of a component that are named because they cannot be read."""
_SHOWN = 80
_CHARSETS = frozenset(
    {
        *("utf-8", "utf8", "us-ascii", "ascii", "latin1", "koi8-r", "koi8-u", "euc-kr"),
        *("gb2312", "gbk", "gb18030", "big5", "shift-jis", "sjis", "euc-jp", "iso-2022-jp"),
        *(f"iso-8859-{number}" for number in (*range(1, 12), *range(13, 17))),
        *(f"{name}125{number}" for name in ("windows-", "cp") for number in range(9)),
    }
)
"""Those of old phones. Python has others, some of which take minutes for a line."""
_line = cast("Callable[[str], Contentline]", Contentline)
_WITHOUT_PARAMETERS = re.compile("([A-Za-z0-9-]+):(.*)", re.DOTALL)
"""Most lines; icalendar looks at each letter of the others."""


class Property(NamedTuple):
    """One line."""

    name: str
    """In upper case."""
    params: dict[str, str]
    """By name in upper case; several values are one, with commas."""
    value: str
    """As it stands there, with backslashes."""

    @property
    def text(self) -> str:
        """The value of a text (RFC 5545, 3.3.11)."""
        return normalise(str(unescape_backslash(self.value)))

    @property
    def line(self) -> str:
        """The text on one line."""
        return " ".join(self.text.split())


class Properties:
    """What the lines of a component say. `problems` names those that say nothing."""

    def __init__(self, component: Component) -> None:
        self.name = component.name
        self.inner = component.inner
        self.problems = [*component.problems]
        self._left = 0
        self._found: dict[str, list[Property]] = {}
        for line in component.lines:
            self._add(line)
        if self._left:
            self.problems.append(f"{self._left:,} more lines of it were left out.")

    def all(self, *names: str) -> list[Property]:
        """The properties with these names, in that order of names."""
        return [each for name in names for each in self._found.get(name, [])]

    def first(self, *names: str) -> Property | None:
        """The first of these that is there and not empty."""
        return next((each for each in self.all(*names) if each.value.strip()), None)

    def text(self, name: str) -> str:
        """The text of a property; "" where there is none."""
        found = self.first(name) or next(iter(self.all(name)), None)
        return found.text if found else ""

    def word(self, name: str) -> str:
        """A value of a fixed set, in upper case."""
        found = self.first(name)
        return found.value.strip().upper() if found else ""

    def _add(self, line: str) -> None:
        if len(line) > LONGEST:
            self._leave_out(f"A line of {len(line):,} letters was left out: {_short(line)}")
            return
        found = read_line(line)
        if found is None:
            self._leave_out(f"A line of it cannot be read: {_short(line)}")
        else:
            self._found.setdefault(found.name, []).append(found)

    def _leave_out(self, problem: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self._left += 1


def read_line(line: str) -> Property | None:
    """A line, once more without doubled semicolons where it cannot be read; None for what is no property."""
    plain = _WITHOUT_PARAMETERS.fullmatch(line)
    if plain is not None:
        return Property(plain[1].upper(), {}, plain[2])
    for attempt in (line, _mended(line)):
        try:
            name, params, value = _line(attempt).raw_parts()
        except ValueError:
            continue
        items = cast("dict[str, str | list[str]]", params).items()
        given = {key.upper(): ",".join(each) if isinstance(each, list) else str(each) for key, each in items}
        return Property(str(name).upper(), given, _plain(str(value), given))
    return None


def _mended(line: str) -> str:
    head, colon, value = line.partition(":")
    while ";;" in head:
        head = head.replace(";;", ";")
    return head.rstrip(";") + colon + value


def _plain(value: str, params: dict[str, str]) -> str:
    """What vCalendar 1.0 wrote as quoted-printable."""
    if params.get("ENCODING", "").upper() != "QUOTED-PRINTABLE":
        return value
    charset = params.get("CHARSET", "utf-8").strip().lower().replace("_", "-")
    if charset not in _CHARSETS:
        return value
    try:
        body = quopri.decodestring(value.encode("latin-1", "replace"))
        return body.decode(charset, "replace").replace("\r\n", "\n")
    except (ValueError, binascii.Error):
        return value


def _short(line: str) -> str:
    return shown(line[:_SHOWN]) + ("…" if len(line) > _SHOWN else "")
