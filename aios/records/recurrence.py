"""The days of a recurrence: RFC 5545 rules (3.3.10) in floating local time, bounded so that each answer comes soon.

The device has a twin, `aios/static/device/recurrence.js`. dateutil computes here and rrule.js there; what either
brings to no end, or both compute differently, is refused before a rule is stored. Times are local and without a zone,
`2026-11-24T09:00`: whoever asks knows the zone, and a rule never meets a change of clocks.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_A_RULE = "Write a rule like FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE."
TOO_OFTEN = "A rule repeats at most once a day: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY."
NEVER = "This rule gives no day. Change its BYDAY, BYMONTHDAY, BYMONTH or BYSETPOS."
BY_WEEKS = "Only a rule for every day may name days or months. Use FREQ=WEEKLY or FREQ=MONTHLY."
WINDOW = timedelta(days=40 * 366)
"""How far behind its start a rule is followed."""
MOST = 1_000
"""How many occurrences are given at once."""
_FREQUENCIES = {"YEARLY": YEARLY, "MONTHLY": MONTHLY, "WEEKLY": WEEKLY, "DAILY": DAILY}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NUMBER = re.compile("[+-]?[0-9]{1,4}")
_DAY = re.compile("([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})(?:[0-5][0-9]|60)Z?)?")
_LIMITS = {
    "INTERVAL": 999,
    "COUNT": 9_999,
    "BYMONTH": 12,
    "BYMONTHDAY": 31,
    "BYYEARDAY": 366,
    "BYWEEKNO": 53,
    "BYSETPOS": 366,
}
_POSITIVE = {"INTERVAL", "COUNT", "BYMONTH"}
_ONE = {"INTERVAL", "COUNT"}
_CYCLE = 400
"""Years after which the calendar is the same, weekdays too."""
_LAST_BEGIN = 9_950
_YEAR = range(1900, 9900)
"""Years in which a rule may begin."""
Parts = dict[str, list[int]]
"""The numbers of each part. A day of BYDAY is 7 times its place in the month or year (0: any) plus the weekday."""


def refusal(rule: str) -> str:
    """Why `rule` cannot be followed, as a sentence for a person; "" when it can."""
    try:
        _parse(rule)
    except ValueError as error:
        return str(error)
    return ""


def occurrences(rule: str, start: str, since: str, below: str) -> list[str]:
    """The local times of `rule`, begun at `start`, from `since` on and before `below`; at most MOST.

    A rule that is refused has none. `start` counts only where the rule gives it.
    """
    found: list[str] = []
    for each in _all(rule, start, since):
        if each >= below or len(found) == MOST:
            break
        if each >= since:
            found.append(each)
    return found


def following(rule: str, start: str, since: str) -> tuple[str, str] | None:
    """The first time after `start` that is not before `since`, and the rule from there on, with less to COUNT.

    None where the rule has ended.
    """
    for number, each in enumerate(_all(rule, start)):
        if each > start and each >= since:
            return each, _counted(rule, number)
    return None


def _all(rule: str, start: str, since: str = "") -> Iterator[str]:
    """The local times of a rule; of those before `since` some may be left out."""
    try:
        parts = _parse(rule)
        begin = datetime.fromisoformat(start)
    except ValueError:
        return
    if begin.year not in _YEAR:
        return
    end = begin + WINDOW
    if "UNTIL" in parts:
        end = min(end, datetime(*parts["UNTIL"]))  # type: ignore[arg-type]  # noqa: DTZ001  floating
    if since > start:
        begin, parts = _ahead(begin, parts, min(since[:10], end.date().isoformat()))
    # dateutil looks on to the year 9999 where a rule gives no day; the calendar repeats, so we begin near that end.
    shift = (_LAST_BEGIN - begin.year) // _CYCLE * _CYCLE
    given: dict[str, Any] = {
        name.lower(): parts[name]
        for name in ("BYSETPOS", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
        if name in parts
    }
    days = [weekday(each % 7, each // 7 or None) for each in parts["BYDAY"]] if "BYDAY" in parts else None
    rules = rrule(
        cast("Any", parts["FREQ"][0]),
        dtstart=_moved(begin, shift),
        until=_moved(end, shift),
        interval=parts.get("INTERVAL", [1])[0],
        wkst=parts.get("WKST", [0])[0],
        count=None,
        byweekday=days,
        **given,
    )
    most = parts["COUNT"][0] if "COUNT" in parts else None
    for each in islice(rules, most):
        yield _moved(each, -shift).isoformat(timespec="minutes")


def _ahead(begin: datetime, parts: Parts, since: str) -> tuple[datetime, Parts]:
    """A later begin with the same times from `since` on: whole intervals on, and at least one before it.

    What the rule takes from its begin is written out, since a month or a year then begins with its first day.
    """
    until = datetime.fromisoformat(since)
    frequency, interval = parts["FREQ"][0], parts.get("INTERVAL", [1])[0]
    if "COUNT" in parts:
        return _ahead_counted(begin, parts, until)
    if frequency in {DAILY, WEEKLY}:
        days = interval * (7 if frequency == WEEKLY else 1)
        return begin + timedelta(days=max((until - begin).days // days - 2, 0) * days), parts
    months = interval * (12 if frequency == YEARLY else 1)
    passed = max(((until.year - begin.year) * 12 + until.month - begin.month) // months - 1, 0) * months
    if passed == 0:
        return begin, parts
    if not parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}:
        parts = parts | {"BYMONTHDAY": [begin.day]}
        if frequency == YEARLY and "BYMONTH" not in parts:
            parts["BYMONTH"] = [begin.month]
    month = begin.month - 1 + passed if frequency == MONTHLY else passed
    return begin.replace(year=begin.year + month // 12, month=month % 12 + 1, day=1), parts


def _ahead_counted(begin: datetime, parts: Parts, until: datetime) -> tuple[datetime, Parts]:
    """The same, with less to COUNT, where each period has as many times as the next. Nothing is left of what ended."""
    frequency, days = parts["FREQ"][0], set(parts.get("BYDAY", ()))
    if frequency not in {DAILY, WEEKLY} or parts.keys() & {"BYMONTH", "BYMONTHDAY", "BYSETPOS"}:
        return begin, parts
    first, missed = begin, 0
    if frequency == WEEKLY and days:
        # The first week has what is left of it.
        into = (begin.weekday() - parts.get("WKST", [0])[0]) % 7
        first -= timedelta(days=into)
        missed = sum((day - parts.get("WKST", [0])[0]) % 7 < into for day in days)
    period = (7 if days or frequency == WEEKLY else 1) * parts.get("INTERVAL", [1])[0]
    passed = (until - first).days // period - 1
    if passed <= 0:
        return begin, parts
    left = parts["COUNT"][0] - passed * max(len(days), 1) + missed
    return first + timedelta(days=passed * period), parts | {"COUNT": [max(left, 0)]}


def _moved(at: datetime, years: int) -> datetime:
    return at.replace(year=at.year + years)


@lru_cache(maxsize=256)
def _parse(rule: str) -> Parts:
    """The parts of a rule. Raises ValueError with a sentence."""
    parts: Parts = {}
    for part in rule.removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name in parts or not value:
            raise ValueError(NOT_A_RULE)
        parts[name] = _values(name, value)
    if "FREQ" not in parts or ("COUNT" in parts and "UNTIL" in parts):
        raise ValueError(NOT_A_RULE)
    _check(parts)
    return parts


def _values(name: str, value: str) -> list[int]:
    if name == "FREQ":
        if value not in _FREQUENCIES:
            raise ValueError(TOO_OFTEN if value in {"HOURLY", "MINUTELY", "SECONDLY"} else NOT_A_RULE)
        return [_FREQUENCIES[value]]
    if name == "WKST" and value in _DAYS:
        return [_DAYS.index(value)]
    if name == "UNTIL":
        return _until(value)
    given = value.split(",")
    if name == "BYDAY":
        found = [_DAY.fullmatch(each) for each in given]
        return [int(each[1] or 0) * 7 + _DAYS.index(each[2]) if each else _fail() for each in found]
    if name not in _LIMITS or (name in _ONE and len(given) > 1):
        raise ValueError(TOO_OFTEN if name in {"BYHOUR", "BYMINUTE", "BYSECOND"} else NOT_A_RULE)
    numbers = [int(each) if _NUMBER.fullmatch(each) else 0 for each in given]
    if not all(0 < (each if name in _POSITIVE else abs(each)) <= _LIMITS[name] for each in numbers):
        raise ValueError(NOT_A_RULE)
    return numbers


def _fail() -> int:
    raise ValueError(NOT_A_RULE)


def _until(value: str) -> list[int]:
    """Year, month, day, hour and minute; a day alone lasts until its end."""
    found = _UNTIL.fullmatch(value)
    if found is None:
        raise ValueError(NOT_A_RULE)
    numbers = [int(each) for each in (found[1], found[2], found[3], found[4] or "23", found[5] or "59")]
    try:
        datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001  only whether there is such a time
    except ValueError as error:
        raise ValueError(NOT_A_RULE) from error
    return numbers


def _check(parts: Parts) -> None:
    """Refuse what RFC 5545 does not allow together, and what never gives a day. Raises ValueError."""
    frequency = parts["FREQ"][0]
    by = [name for name in parts if name.startswith("BY")]
    numbered = any(not 0 <= each < len(_DAYS) for each in parts.get("BYDAY", []))
    most = {YEARLY: 5 if "BYMONTH" in parts else 53, MONTHLY: 5}.get(frequency, 0)
    if frequency == DAILY and "BYSETPOS" in parts:
        raise ValueError(NEVER)
    if (
        (frequency != YEARLY and ("BYYEARDAY" in parts or "BYWEEKNO" in parts))
        or (frequency == WEEKLY and "BYMONTHDAY" in parts)
        or (numbered and (most == 0 or "BYWEEKNO" in parts))
        or any(abs(each // 7) > most for each in parts.get("BYDAY", []))
        or by == ["BYSETPOS"]
    ):
        raise ValueError(NOT_A_RULE)
    if frequency == DAILY and by and parts.get("INTERVAL", [1]) != [1]:
        raise ValueError(BY_WEEKS)
    in_week = len(set(parts.get("BYDAY", [0])))
    if frequency == WEEKLY and any(abs(each) > in_week for each in parts.get("BYSETPOS", [])):
        raise ValueError(NEVER)
    months = parts.get("BYMONTH", range(1, 13))
    # 2028 has all the days that any year has.
    if all(abs(day) > monthrange(2028, month)[1] for day in parts.get("BYMONTHDAY", [1]) for month in months):
        raise ValueError(NEVER)


def _counted(rule: str, done: int) -> str:
    """The rule with a COUNT that is less by what is done."""
    return re.sub("COUNT=([0-9]+)", lambda found: f"COUNT={int(found[1]) - done}", rule)
