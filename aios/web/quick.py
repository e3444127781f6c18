"""One line, understood: `buy milk tomorrow 5pm !high #home every week` (docs/planner.md, "Quick add").

The grammar is small and the same on both sides, and for every module that takes such a line. Of each kind the first is
taken, all else is the title. What stands in quotes is title whatever it says; where nothing would be left of a title,
nothing is understood.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from aios.records.text import SPACES, fold, trim
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Query

_LAST = date.max.toordinal()
_QUOTES = '"“”'
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_ALONE = 5
"""Short names that mean a day by themselves: mon to fri. `sat` and `sun` are also words."""
_PRIORITIES = {
    "!low": "low", "!medium": "medium", "!high": "high", "!urgent": "urgent",
    "!1": "urgent", "!2": "high", "!3": "medium", "!4": "low",
}  # fmt: skip
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_SIMPLE = {"DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly"}
_NUMBER = re.compile("[0-9]{1,3}")
_ISO = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})?")
_DAY_OF_MONTH = re.compile("([0-9]{1,2})(?:st|nd|rd|th)?")
_YEAR = re.compile("[0-9]{4}")
_CLOCK = re.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])")
_TWELVE = re.compile("(0?[1-9]|1[0-2])(?::([0-5][0-9]))?(am|pm)")
_HOUR = re.compile("0?[1-9]|1[0-2]")


class Token(NamedTuple):
    """A piece of the line. A quoted one is title; `project` is what a `#` names."""

    text: str
    quoted: bool = False
    project: str = ""

    @property
    def word(self) -> str:
        """What is compared: folded, without the comma behind it; "" for what is quoted."""
        return "" if self.quoted else fold(self.text).rstrip(",;")


class Repeats(NamedTuple):
    """A recurrence as records have it, and the weekdays on which it may begin (none: any)."""

    rule: str
    rrule: str | None
    days: tuple[int, ...] = ()


def understand(line: str, projects: list[Document], query: Query) -> Context:
    """What `line` means: `title`, and those of the other fields that were understood, with local `day` and `time`.

    `unknown` is the name of a project that there is none of; it stays in the title.
    """
    found: Context = {}
    title: list[str] = []
    today = date.fromisoformat(query.day).toordinal()
    names = {fold(each["name"]).replace("-", " "): each for each in reversed(projects)}
    tokens = _tokens(line)
    at = 0
    while at < len(tokens):
        taken = _take(tokens, at, found, today)
        if not taken and tokens[at].project and "projectId" not in found:
            project = names.get(fold(tokens[at].project).replace("-", " "))
            if project is None:
                found.setdefault("unknown", tokens[at].project)
            else:
                found |= {"projectId": project["id"], "project": project["name"]}
                taken = 1
        if not taken:
            title.append(tokens[at].text)
        at += taken or 1
    if not any(title):
        return {"title": trim(line)}
    return {"title": " ".join(each for each in title if each), **_settled(found, today, query)}


def _tokens(line: str) -> list[Token]:
    """The line at its spaces. Quotes count at the beginning of a word or behind its `#`, and where they close again."""
    tokens: list[Token] = []
    at = 0
    while at < len(line):
        if line[at] in SPACES:
            at += 1
            continue
        opening = at + 1 if line[at] == "#" else at
        closing = _closing(line, opening)
        end = closing + 1 if closing else at
        while end < len(line) and line[end] not in SPACES:
            end += 1
        whole = line[at:end]
        if closing and opening == at:
            tokens.append(Token(line[opening + 1 : closing] + line[closing + 1 : end], quoted=True))
        elif closing:
            tokens.append(Token(whole, project=line[opening + 1 : closing]))
        else:
            tokens.append(Token(whole, project=whole[1:].rstrip(",;") if whole[0] == "#" else ""))
        at = end
    return tokens


def _closing(line: str, opening: int) -> int:
    """The place of the quote that closes the one at `opening`; 0 without either."""
    if opening >= len(line) or line[opening] not in _QUOTES:
        return 0
    return next((at for at in range(opening + 1, len(line)) if line[at] in _QUOTES), 0)


def _take(tokens: list[Token], at: int, found: Context, today: int) -> int:
    """Note what begins at `at`, and tell how many tokens that takes; 0 when nothing does."""
    words = [each.word for each in tokens[at : at + 4]] + [""] * 3
    if "priority" not in found and words[0] in _PRIORITIES:
        found["priority"] = _PRIORITIES[words[0]]
        return 1
    if "repeats" not in found and words[0] == "every":
        repeats, taken = _every(words)
        if repeats is not None:
            found["repeats"] = repeats
            return taken
    if "time" not in found:
        time, taken = _time(words)
        if time:
            found["time"] = time
            return taken
    if "day" not in found:
        day, taken = _date(words, today)
        if taken and 0 < day <= _LAST:
            found["day"] = day
            return taken
    return 0


def _every(words: list[str]) -> tuple[Repeats | None, int]:
    """`every day`, `every 2 weeks`, `every other month`, `every weekday`, `every mon`."""
    weekday = _weekday(words[1], len(_CODES))
    if weekday is not None:
        return Repeats("custom", f"FREQ=WEEKLY;BYDAY={_CODES[weekday]}", (weekday,)), 2
    if words[1] == "weekday":
        return Repeats("custom", f"FREQ=WEEKLY;BYDAY={','.join(_CODES[:5])}", (0, 1, 2, 3, 4)), 2
    if words[1] in _UNITS:
        return _interval(_UNITS[words[1]], 1), 2
    number = 2 if words[1] == "other" else _number(words[1])
    unit = words[2].removesuffix("s") if number > 1 else words[2]
    if number and unit in _UNITS:
        return _interval(_UNITS[unit], number), 3
    return None, 0


def _interval(frequency: str, number: int) -> Repeats:
    if number == 1 and frequency in _SIMPLE:
        return Repeats(_SIMPLE[frequency], None)
    return Repeats("custom", f"FREQ={frequency}" + (f";INTERVAL={number}" if number > 1 else ""))


def _time(words: list[str]) -> tuple[str, int]:
    """`17:00`, `5pm`, `5 pm`, `5:30pm`, `at noon`; `at` may stand before each."""
    start = 1 if words[0] == "at" else 0
    word, after = words[start], words[start + 1]
    if start and word == "noon":
        return "12:00", 2
    if _HOUR.fullmatch(word) and after in {"am", "pm"}:
        word, start = word + after, start + 1
    clock = _CLOCK.fullmatch(word)
    if clock:
        return f"{int(clock[1]):02d}:{clock[2]}", start + 1
    twelve = _TWELVE.fullmatch(word)
    if twelve:
        hour = int(twelve[1]) % 12 + (12 if twelve[3] == "pm" else 0)
        return f"{hour:02d}:{twelve[2] or '00'}", start + 1
    return "", 0


def _date(words: list[str], today: int) -> tuple[int, int]:  # noqa: PLR0911  one for each way to say a day
    """The day that the words begin with, and how many they are."""
    if words[0] in {"today", "tomorrow"}:
        return today + (words[0] == "tomorrow"), 1
    if words[0] == "in":
        number = 1 if words[1] in {"a", "an", "one"} else _number(words[1])
        unit = words[2].removesuffix("s") if number > 1 else words[2]
        return (_later(today, number, unit), 3) if number and unit in _UNITS else (0, 0)
    if words[0] == "next" and words[1] in {"week", "month"}:
        if words[1] == "week":
            return _monday(today) + 7, 2
        first = date.fromordinal(today)
        return _later(today - first.day + 1, 1, "month"), 2
    start = 1 if words[0] in {"on", "this", "next"} else 0
    weekday = _weekday(words[start], len(_CODES) if start else _ALONE)
    if weekday is not None:
        if words[0] == "next":
            return _monday(today) + 7 + weekday, 2
        return today + 1 + (weekday - today) % 7, start + 1  # ordinal 1 was a Monday
    if words[0] in {"this", "next"}:
        return 0, 0
    day, taken = _calendar(words[start : start + 3], today)
    return day, start + taken if taken else 0


def _calendar(words: list[str], today: int) -> tuple[int, int]:
    """`2026-12-24`, `24.12.`, `24.12.2026`, `24 dec`, `dec 24th`, `24 december 2027`. Without a year it is the next."""
    iso = _ISO.fullmatch(words[0])
    if iso:
        return _on(int(iso[1]), int(iso[2]), int(iso[3])), 1
    dotted = _DOTTED.fullmatch(words[0])
    if dotted:
        return _next_on(int(dotted[3] or 0), int(dotted[2]), int(dotted[1]), today, 1)
    for day, name in ((words[0], words[1]), (words[1], words[0])):
        number, month = _DAY_OF_MONTH.fullmatch(day), _month(name)
        if number and month:
            year = int(words[2]) if _YEAR.fullmatch(words[2]) else 0
            return _next_on(year, month, int(number[1]), today, 3 if year else 2)
    return 0, 0


def _next_on(year: int, month: int, day: int, today: int, taken: int) -> tuple[int, int]:
    if year:
        found = _on(year, month, day)
    else:
        this_year = date.fromordinal(today).year
        found = _on(this_year, month, day)
        if found < today:
            found = _on(this_year + 1, month, day)
    return (found, taken) if found else (0, 0)


def _on(year: int, month: int, day: int) -> int:
    """The ordinal of a day; 0 where the calendar has none."""
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return 0


def _later(today: int, number: int, unit: str) -> int:
    """So many days, weeks, months or years on; the last of a shorter month. Beyond the calendar where there is none."""
    if unit in {"day", "week"}:
        return today + number * (7 if unit == "week" else 1)
    start = date.fromordinal(today)
    months = start.year * 12 + start.month - 1 + number * (12 if unit == "year" else 1)
    days = (_on(months // 12, months % 12 + 1, start.day - less) for less in range(4))
    return next(filter(None, days), 0)


def _settled(found: Context, today: int, query: Query) -> Context:
    """What was found, with a day for a time or a recurrence that has none: the next that is still to come."""
    repeats: Repeats | None = found.pop("repeats", None)
    time, day = found.pop("time", ""), found.pop("day", 0)
    if not day and (time or repeats):
        day = today + (1 if time and time <= when.clock(query.now, query.zone) else 0)
        while repeats and repeats.days and (day - 1) % 7 not in repeats.days:
            day += 1
    if 0 < day <= _LAST:
        found |= {"day": date.fromordinal(day).isoformat(), "time": time}
    if repeats:
        found |= {"recurrenceRule": repeats.rule, "rrule": repeats.rrule}
    return found


def _monday(today: int) -> int:
    return today - (today - 1) % 7


def _weekday(word: str, short: int) -> int | None:
    """Monday is 0. The short names of the first `short` days count, too."""
    if word in _WEEKDAYS:
        return _WEEKDAYS.index(word)
    names = [each[:3] for each in _WEEKDAYS[:short]]
    return names.index(word) if word in names else None


def _month(word: str) -> int:
    """January is 1; 0 for what is no month."""
    return next((at for at, name in enumerate(_MONTHS, 1) if word in {name, name[:3]}), 0)


def _number(word: str) -> int:
    return int(word) if _NUMBER.fullmatch(word) else 0
