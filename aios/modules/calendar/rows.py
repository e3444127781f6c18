"""How an event stands in a list, and what stands around the calendar's pages. The device has a twin, `rows.js`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.days import time_text, twelve
from aios.modules.calendar.happening import MIDNIGHT, happenings
from aios.modules.calendar.meetings import meeting_name
from aios.records.clock import is_day
from aios.records.ids import is_id
from aios.web import when

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

VIEWS = (("day", "Day"), ("week", "Week"), ("month", "Month"), ("agenda", "Agenda"))
DELETED = "Event deleted"


def path_of(each: Context) -> str:
    """The address of an event, or of one occurrence of a series."""
    return f"/calendar/{each['id']}" + (f"?on={each['on']}" if each["on"] else "")


def tone_of(each: Context) -> str:
    """Blue for a meeting, purple for what came from another calendar, green for whole days, else the accent."""
    if each["meetingLink"]:
        return "blue"
    if each["source"] != "LOCAL":
        return "purple"
    return "green" if each["allDay"] else "accent"


def happening_on(documents: Documents, first: str, last: str, query: Query) -> list[Context]:
    """What happens from one day to another, of what a page has read."""
    return happenings([*documents["events"], *documents["lasting"]], first, last, query.zone)


def by_day(found: list[Context], days: list[str]) -> dict[str, list[Context]]:
    """What happens on each of `days`: whole days and what began before first, then by start."""
    placed: dict[str, list[Context]] = {day: [] for day in days}
    for ahead in (True, False):
        for each in found:
            day = max(each["first"], days[0])
            while day <= min(each["last"], days[-1]):
                if (each["allDay"] or each["first"] < day) == ahead:
                    placed[day].append(each)
                after = when.add_days(day, 1)
                if after == day:
                    break
                day = after
    return placed


def row(each: Context, day: str, query: Query, *, halves: bool, clash: bool = False) -> Context:
    """An event in the list of a day."""
    begins = time_text(each["begins"], halves=halves) if each["first"] == day else ""
    ends = time_text(each["ends"], halves=halves) if each["last"] == day and each["ends"] != MIDNIGHT else ""
    whole = each["allDay"] or not (begins or ends)
    link = each["meetingLink"] or ""
    return {
        "id": each["id"],
        "on": each["on"],
        "href": path_of(each),
        "title": each["title"],
        "location": each["location"],
        "begins": "All day" if whole else begins or "until",
        "ends": "" if whole or ends == begins else ends,
        "tone": tone_of(each),
        "link": link,
        "join": meeting_name(link),
        "clash": clash,
        "over": each["endAt"] <= query.now,
        "series": bool(each["on"]),
    }


def rows_of(found: list[Context], day: str, query: Query, documents: Documents) -> list[Context]:
    """The events of a day, those marked that overlap."""
    marks, halves = overlapping(found), twelve(documents)
    return [row(each, day, query, halves=halves, clash=marks[at]) for at, each in enumerate(found)]


def overlapping(found: list[Context]) -> list[bool]:
    """Which of the events of a day, in the order of `by_day`, overlap with another. Whole days are in nobody's way."""
    marks = [False] * len(found)
    latest = -1
    for at, each in enumerate(found):
        if each["allDay"] or each["startAt"] == each["endAt"]:
            continue
        if latest >= 0 and found[latest]["endAt"] > each["startAt"]:
            marks[at] = marks[latest] = True
        if latest < 0 or each["endAt"] > found[latest]["endAt"]:
            latest = at
    return marks


def views_of(current: str, day: str) -> list[Context]:
    """The ways to look at the calendar, each at the day that is shown."""
    return [
        {"href": f"{'/calendar' if name == 'month' else f'/calendar/{name}'}?date={day}", "label": label,
         "current": name == current}
        for name, label in VIEWS
    ]  # fmt: skip


def chosen_day(query: Query) -> str:
    """The day that the page is about: the one in the address, or today."""
    return query.bounds["@date"]


def undo_of(documents: Documents, query: Query) -> list[Context]:
    """What was just deleted, and the form that takes it back; empty without it."""
    deleted, event, on = query.get("deleted"), documents["undeleted"], query.get("on")
    if is_id(deleted) and event is None:
        return [{"text": DELETED, "path": f"/calendar/{deleted}/restoration", "fields": []}]
    if event is None:
        return []
    path = f"/calendar/{event['id']}/occurrences"
    if is_day(on) and on in event["exceptions"]:
        return [{"text": DELETED, "path": path, "fields": [{"name": "on", "value": on}]}]
    if query.get("was") not in {"", event["rrule"] or event["recurrenceRule"]}:
        kept = [{"name": name, "value": query.get(name)} for name in ("was", "days")]
        return [{"text": "Events deleted from this one on", "path": path, "fields": kept}]
    return []
