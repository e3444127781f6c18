"""The calendar by month, week and day, and as an agenda. Pure functions of documents and query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.days import (
    WEEKDAYS,
    month_after,
    month_before,
    month_name,
    time_text,
    twelve,
    week_of,
    week_start,
    weekday,
    weeks_of,
)
from aios.modules.calendar.grid import grid_of
from aios.modules.calendar.rows import by_day, chosen_day, happening_on, rows_of, tone_of, undo_of, views_of
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

IN_CELL = 3
"""How many events a day of the month names."""
AGENDA = 30
"""How many days an agenda holds."""


def month_page(documents: Documents, query: Query) -> Context:
    """The weeks of a month, and the chosen day beside them."""
    day, start = chosen_day(query), week_start(documents)
    weeks = weeks_of(day, start)
    days = [each for week in weeks for each in week]
    placed = by_day(happening_on(documents, days[0], days[-1], query), days)
    return {
        **_around(day, month_before(day), month_after(day), "month", documents, query),
        "title": f"{month_name(day)} {day[:4]}",
        "month": month_name(day),
        "year": day[:4],
        "before": f"{month_name(month_before(day))}",
        "after": f"{month_name(month_after(day))}",
        "weekdays": [_weekday_name((start + number) % len(WEEKDAYS)) for number in range(len(WEEKDAYS))],
        "weeks": [[_cell(each, placed[each], day, query) for each in week] for week in weeks],
        "chosen": _day(day, placed[day], documents, query),
        "nothing": not documents["any"],
    }


def week_page(documents: Documents, query: Query) -> Context:
    """Seven days side by side, or one below the other."""
    day = chosen_day(query)
    days = week_of(day, week_start(documents))
    placed = by_day(happening_on(documents, days[0], days[-1], query), days)
    return {
        **_around(day, when.add_days(day, -7), when.add_days(day, 7), "week", documents, query),
        "title": f"{int(days[0][8:])} {month_name(days[0])[:3]} \u2013 {int(days[-1][8:])} {month_name(days[-1])[:3]}",
        "before": "The week before",
        "after": "The week after",
        "days": [_day(each, placed[each], documents, query) for each in days],
    }


def day_page(documents: Documents, query: Query) -> Context:
    """The hours of a day, what lasts all of it above them, and what is due that day beside them."""
    day = chosen_day(query)
    found = by_day(happening_on(documents, day, day, query), [day])[day]
    before, after = when.add_days(day, -1), when.add_days(day, 1)
    return {
        **_around(day, before, after, "day", documents, query),
        "title": when.long_day(day),
        "name": WEEKDAYS[weekday(day)],
        "number": f"{int(day[8:])} {month_name(day)[:3]}",
        "before": when.long_day(before),
        "after": when.long_day(after),
        "strip": [_strip(each, day, query) for each in week_of(day, week_start(documents))],
        "tasks": tasks_of(documents, day, query),
        **grid_of(found, day, query, documents),
        "free": not found,
    }


def agenda_page(documents: Documents, query: Query) -> Context:
    """The days on which something happens, from the chosen one on."""
    day = chosen_day(query)
    days = [when.add_days(day, number) for number in range(AGENDA)]
    placed = by_day(happening_on(documents, day, days[-1], query), days)
    return {
        **_around(day, when.add_days(day, -AGENDA), when.add_days(day, AGENDA), "agenda", documents, query),
        "title": "Agenda",
        "until": when.short_day(days[-1], query.day),
        "before": "30 days before",
        "after": "30 days after",
        "days": [_day(each, placed[each], documents, query) for each in days if placed[each]],
    }


def tile(documents: Documents, query: Query) -> Context:
    """How much of today is still to come."""
    found = happening_on(documents, query.day, query.day, query)
    left = len([each for each in found if each["endAt"] > query.now])
    label = "event today" if left == 1 else "events today" if left else "Nothing more today"
    return {"value": str(left) if left else "", "label": label, "tone": ""}


def tasks_of(documents: Documents, day: str, query: Query) -> list[Context]:
    """Open tasks that are due on a day, where the module that keeps them is switched on."""
    kind = next((each for each in documents["kinds"] if each["name"] == "tasks"), None)
    chosen: list[str] = query.settings["enabledModules"]
    if kind is None or (chosen and kind["module_name"] not in chosen):
        return []
    due: list[Document] = [each for each in documents["tasks"] if when.local_day(each["dueDate"], query.zone) == day]
    halves = twelve(documents)
    rows: list[Context] = []
    for each in due:
        clock = when.clock(each["dueDate"], query.zone)
        by = "" if clock == "23:59" else f"By {time_text(clock, halves=halves)}"
        rows.append({"href": kind["place"].replace("{id}", each["id"]), "title": each["title"], "by": by})
    return rows


def _around(day: str, before: str, after: str, current: str, documents: Documents, query: Query) -> Context:  # noqa: PLR0913, PLR0917  what stands around each page
    root = "/calendar" if current == "month" else f"/calendar/{current}"
    return {
        "views": views_of(current, day),
        "day": day,
        "here": f"{root}?date={day}",
        "earlier": f"{root}?date={before}",
        "later": f"{root}?date={after}",
        "today": "" if day == query.day else root,
        "new": f"/calendar/new?date={day}",
        "undo": undo_of(documents, query),
    }


def _weekday_name(number: int) -> Context:
    return {"short": WEEKDAYS[number][:3], "name": WEEKDAYS[number]}


def _cell(day: str, found: list[Context], chosen: str, query: Query) -> Context:
    number = f"{int(day[8:])} {month_name(day)}"
    count = len(found)
    shown = found if count == IN_CELL + 1 else found[:IN_CELL]
    return {
        "href": f"/calendar/day?date={day}",
        "number": str(int(day[8:])),
        "label": f"{number}, {'no events' if count == 0 else '1 event' if count == 1 else f'{count} events'}",
        "out": day[:7] != chosen[:7],
        "today": day == query.day,
        "items": [{"title": each["title"], "tone": tone_of(each)} for each in shown],
        "more": f"{count - len(shown)} more" if count > len(shown) else "",
    }


def _day(day: str, found: list[Context], documents: Documents, query: Query) -> Context:
    return {
        "id": f"d{day}",
        "href": f"/calendar/day?date={day}",
        "name": when.short_day(day, query.day),
        "full": when.long_day(day),
        "today": day == query.day,
        "rows": rows_of(found, day, query, documents),
    }


def _strip(day: str, chosen: str, query: Query) -> Context:
    return {
        "href": f"/calendar/day?date={day}",
        "short": WEEKDAYS[weekday(day)][:3],
        "number": str(int(day[8:])),
        "full": when.long_day(day),
        "chosen": day == chosen,
        "today": day == query.day,
    }
