"""How often an event happens: as a form asks for it, as a rule of RFC 5545, in words. The device has a twin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aios.modules.calendar.days import CODES, WEEKDAYS, weekday
from aios.modules.calendar.rules import rule_of
from aios.modules.forms import value
from aios.records.clock import is_day
from aios.records.recurrence import refusal
from aios.records.text import trim
from aios.web import when

if TYPE_CHECKING:
    from aios.modules.forms import Form
    from aios.records.collection import Document
    from aios.records.query import Context

CHOICES = (
    ("none", "Does not repeat"),
    ("daily", "Daily"),
    ("weekly", "Weekly"),
    ("monthly", "Monthly"),
    ("yearly", "Yearly"),
    ("custom", "By a rule of its own"),
)
FROM_ONE = "Write a number from 1 to 999."
NO_DAY = "Choose a day, or leave it empty."
ENDS_FIRST = "The last day is before the first. Choose a later one."
_UNITS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
_SIMPLE = ("daily", "weekly", "monthly")
_NUMBER = re.compile("[1-9][0-9]{0,2}")
_RULE = re.compile(
    "FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(?:;INTERVAL=([1-9][0-9]{0,2}))?"
    "(?:;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*))?"
    "(?:;UNTIL=([0-9]{4})([0-9]{2})([0-9]{2}))?"
)


def repeat_values(event: Document) -> dict[str, str]:
    """What the form shows of an event's recurrence; a rule that it has no fields for as it is."""
    rule = rule_of(event)
    found = _RULE.fullmatch(rule)
    if not rule:
        return _values("none")
    if found is None or (found[3] and found[1] != "WEEKLY"):
        return _values("custom") | {"rrule": rule}
    days = (found[3] or "").split(",")
    until = f"{found[4]}-{found[5]}-{found[6]}" if found[4] else ""
    return (
        _values(found[1].lower())
        | {"interval": found[2] or "1", "until": until}
        | {f"day-{code}": "true" if code in days else "" for code in CODES}
    )


def rule_from(form: Form, day: str, errors: dict[str, str]) -> Document:
    """`recurrenceRule` and `rrule` of a form, for an event that begins on `day`. Refused fields go into `errors`."""
    repeat = value(form, "repeat")
    if repeat == "custom":
        rule = trim(value(form, "rrule"))
        if why := refusal(rule):
            errors["rrule"] = why
        return {"recurrenceRule": "custom", "rrule": rule}
    if repeat not in _UNITS:
        return {"recurrenceRule": "none", "rrule": None}
    interval, until = value(form, "interval") or "1", value(form, "until")
    if _NUMBER.fullmatch(interval) is None:
        errors["interval"] = FROM_ONE
    if until and not is_day(until):
        errors["until"] = NO_DAY
    elif until and until < day:
        errors["until"] = ENDS_FIRST
    days = [code for code in CODES if value(form, f"day-{code}")] if repeat == "weekly" else []
    if is_day(day) and days == [CODES[weekday(day)]]:
        days = []
    rule = f"FREQ={repeat.upper()}"
    rule += f";INTERVAL={interval}" if interval != "1" else ""
    rule += f";BYDAY={','.join(days)}" if days else ""
    rule += f";UNTIL={until.replace('-', '')}" if until else ""
    if repeat in _SIMPLE and rule == f"FREQ={repeat.upper()}":
        return {"recurrenceRule": repeat, "rrule": None}
    return {"recurrenceRule": "custom", "rrule": rule}


def words_of(event: Document, today: str) -> str:
    """`Every 2 weeks on Monday and Thursday, until 24 Dec`; "" for what happens once."""
    given = repeat_values(event)
    if given["repeat"] == "none":
        return ""
    if given["repeat"] == "custom":
        return "By a rule of its own"
    unit = _UNITS[given["repeat"]]
    text = f"Every {unit}" if given["interval"] == "1" else f"Every {given['interval']} {unit}s"
    days = [WEEKDAYS[at] for at, code in enumerate(CODES) if given[f"day-{code}"]]
    if len(days) == 1:
        text += f" on {days[0]}"
    elif days:
        text += f" on {', '.join(days[:-1])} and {days[-1]}"
    return f"{text}, until {when.short_day(given['until'], today)}" if is_day(given["until"]) else text


def ended(rule: str, day: str) -> str:
    """The rule with its end on `day`, in place of the one that it had."""
    kept = [part for part in rule.split(";") if not part.startswith(("COUNT=", "UNTIL="))]
    return f"{';'.join(kept)};UNTIL={day.replace('-', '')}"


def day_boxes(fields: Context) -> list[Context]:
    """The days of a week, to be ticked."""
    return [
        {"name": f"day-{code}", "label": WEEKDAYS[at][:3], "on": bool(fields[f"day-{code}"])}
        for at, code in enumerate(CODES)
    ]


def _values(repeat: str) -> dict[str, str]:
    return {"repeat": repeat, "interval": "1", "until": "", "rrule": "", **{f"day-{code}": "" for code in CODES}}
