"""An iCalendar file as a tree of components (RFC 5545, 3.4 and 3.6), whatever is broken in it.

icalendar reads the lines and values (`properties.py`), but gives up a whole calendar where one line closes a component
that was never opened. So components are told apart here, and what is broken stays with the component it is in.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from aios.port.limits import MOST_DEPTH
from aios.port.plain import text
from aios.records.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_COMPONENTS = 10_000
"""Entries of a file: what stands by itself, and what can be brought in wherever it stands."""
MOST_PARTS = 50_000
"""Of a file, with those inside others."""
MOST_LINES = 5_000
"""Of one component."""
MOST_FILE_LINES = 1_000_000
MOST_LETTERS = 200
"""Of a line that begins or ends a component."""
MOST_INNER = 1_000
"""Components inside one."""
ENTRIES = frozenset({"VEVENT", "VTODO", "VJOURNAL"})
"""What can be brought in."""
TOO_MANY = f"There are more than {MOST_COMPONENTS:,} entries in it; the rest was not read. Bring it in part by part."
TOO_LONG = "It is too long; the rest of it was not read. Bring it in part by part."
TOO_DEEP = f"Its parts are nested more than {MOST_DEPTH} levels deep."
BROKEN = "Some letters of it are broken; they became \ufffd."
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_FOLD = re.compile(rb"(?<![\r\n])(?:\r?\n)+[ \t]")
_FOLD_TEXT = re.compile("(?<!\n)\n+[ \t]")
"""A run of line ends is looked at from its first one only: otherwise a megabyte of them would take hours."""
_SOFT = re.compile(rb"=\r?\n")
_LINE = re.compile("[^\n]+")
_MARKS = frozenset({"BEGIN", "END"})
_CONTAINERS = frozenset({"VCALENDAR"})


class Component:
    """Lines of one component, unfolded, and the components inside it."""

    __slots__ = ("inner", "lines", "name", "problems")

    def __init__(self, name: str) -> None:
        self.name = name
        """In upper case."""
        self.lines: list[str] = []
        self.inner: list[Component] = []
        self.problems: list[str] = []
        """Sentences about what was left out of it."""

    def walk(self) -> Iterator[Component]:
        """It and all inside it."""
        waiting: list[Component] = [self]
        while waiting:
            each = waiting.pop()
            yield each
            waiting.extend(reversed(each.inner))


class Calendar:
    """A file: the lines of its calendars themselves, and their components in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.components: list[Component] = []
        self.problems: list[str] = []
        self.is_calendar = False
        """Whether a VCALENDAR was there at all."""
        self.is_whole = False
        """Whether it came to its end, and all of it was read."""

    def own(self) -> Component:
        """Its own lines, as a component."""
        made = Component("VCALENDAR")
        made.lines = self.lines
        return made


def parse(body: bytes) -> tuple[Calendar, str]:
    """The components of a file, and a sentence when its encoding was not clear. Raises UnreadableError."""
    if body.startswith(_WIDE):
        decoded, guessed = text(body)
    else:
        if b"QUOTED-PRINTABLE" in body:  # vCalendar 1.0, which ends a line that goes on with `=`
            body = _SOFT.sub(b"", body)
        # A fold may stand in the middle of a letter (3.1), so lines are joined before they are decoded.
        decoded, guessed = _decoded(_FOLD.sub(b"", body).replace(b"\x00", b""))
    return _Parsing().run(_FOLD_TEXT.sub("", decoded)), guessed


def _decoded(body: bytes) -> tuple[str, str]:
    """As `plain.text`, but a few broken letters do not make all others Latin-1."""
    try:
        body.decode()
    except UnicodeDecodeError:
        lenient = body.decode("utf-8", "surrogateescape")
        broken = sum("\udc80" <= letter <= "\udcff" for letter in lenient)
        whole = sum(letter > "\x7f" for letter in lenient) - broken
        if whole > broken:
            return normalise(lenient.removeprefix("\ufeff")), BROKEN
    return text(body)


class _Parsing:
    def __init__(self) -> None:
        self._calendar = Calendar()
        self._open: list[Component] = []
        self._entries = 0
        self._parts = 0
        self._skipped = 0
        """How many open components are too deep, or too many, to be kept."""

    def run(self, decoded: str) -> Calendar:
        for number, found in enumerate(_LINE.finditer(decoded)):  # a list of them would be many times the file
            if number >= MOST_FILE_LINES:
                self._stop(TOO_LONG)
                break
            line = found[0]
            if line.isspace():
                continue
            before, _, name = line.partition(":")
            mark = before.strip().upper() if len(line) < MOST_LETTERS else ""
            if mark not in _MARKS:
                self._add(line)
            elif mark == "BEGIN":
                if self._begin(name.strip().upper()):
                    break
            else:
                self._end(name.strip().upper())
        while self._open:  # cut off in the middle: what is there counts
            self._close("It has no end; the file may be cut off.")
        return self._calendar

    def _begin(self, name: str) -> bool:
        """Open a component. Gives whether there are too many."""
        if name in _CONTAINERS:
            self._calendar.is_calendar = True
            self._calendar.is_whole = False
            while self._open:
                self._close("It has no end.")
            return False
        if self._skipped or len(self._open) >= MOST_DEPTH:
            self._problem(TOO_DEEP)
            self._skipped += 1
            return False
        if self._open and len(self._open[-1].inner) >= MOST_INNER:
            self._problem(f"It has more than {MOST_INNER:,} parts.")
            self._skipped += 1
            return False
        self._parts += 1
        self._entries += not self._open or name in ENTRIES
        if self._entries > MOST_COMPONENTS or self._parts > MOST_PARTS:
            self._stop(TOO_MANY)
            return True
        made = Component(name)
        (self._open[-1].inner if self._open else self._calendar.components).append(made)
        self._open.append(made)
        return False

    def _stop(self, problem: str) -> None:
        """Read no more; what is there counts."""
        self._calendar.problems.append(problem)
        self._calendar.is_whole = False

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif name in _CONTAINERS:
            self._calendar.is_whole = True
            while self._open:
                self._close("It has no end.")
        elif any(each.name == name for each in self._open):
            while self._open[-1].name != name:
                self._close("It has no end.")
            self._open.pop()

    def _add(self, line: str) -> None:
        if self._skipped:
            return
        lines = self._open[-1].lines if self._open else self._calendar.lines
        if len(lines) < MOST_LINES:
            lines.append(line)
        elif self._open:
            self._problem(f"It has more than {MOST_LINES:,} lines.")

    def _close(self, problem: str) -> None:
        self._problem(problem)
        self._open.pop()

    def _problem(self, sentence: str) -> None:
        problems = self._open[-1].problems if self._open else self._calendar.problems
        if sentence not in problems:
            problems.append(sentence)
