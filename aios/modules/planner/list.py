"""The Planner's first page: the tasks of one view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.board import moves
from aios.modules.planner.done import PAGE_SIZE, with_done
from aios.modules.planner.parts import completed_undo, deleted_toast, project_rows, quick_form
from aios.modules.planner.rows import names_of, nested, row
from aios.modules.planner.selection import selection_undo
from aios.records.query import page_number
from aios.web import when

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

WEEK_SIZE = 20
VIEWS = (("today", "Today"), ("upcoming", "Upcoming"), ("overdue", "Overdue"))
MORE_VIEWS = (("someday", "Someday"), ("all", "All"), ("done", "Done"))
"""Reached through the head's menu."""
_EMPTY = {
    "today": ("Nothing due today", "What is due today appears here. Add a task above, or plan ahead under Upcoming."),
    "upcoming": ("Nothing planned", "Tasks with a date after today appear here."),
    "overdue": ("Nothing is overdue", "A task moves here when its day has passed."),
    "someday": ("Nothing for someday", "Tasks without a date are kept here, in your own order."),
    "all": ("No open tasks", "Add the first one above."),
    "done": ("Nothing done yet", "Completed tasks are kept here."),
}


def planner_page(documents: Documents, query: Query) -> Context:
    """The tasks of one view, and beside them what comes up and how the projects stand."""
    view = _view(query)
    sections = [section for section in _sections(view, documents, query) if section["rows"]]
    done, due_today = documents["done_today"], documents["today_count"] + documents["done_today"]
    week = with_done(documents["upcoming"], documents, query, span=("@dayEnd", "@weekEnd"), size=WEEK_SIZE)
    here = _address(query)
    return {
        "title": "Planner",
        "here": here,
        "views": [_view_link(name, label, documents, view) for name, label in VIEWS],
        "more_views": [_view_link(name, label, documents, view) for name, label in MORE_VIEWS],
        "today": view == "today",
        "done": done,
        "due_today": due_today,
        "quick": quick_form("Add a task for today", query, due="today")
        if view == "today"
        else quick_form("Add a task", query),
        "sections": sections,
        "empty_states": [] if sections else [_empty(view, query)],
        "older": _page_address(query, view, 1) if _has_more(view, documents, query) else "",
        "newer": _page_address(query, view, -1) if page_number(query) > 1 else "",
        "week": [row(task, names_of(documents), query) for task in week],
        "week_count": documents["upcoming_count"],
        "projects": project_rows(documents),
        "toast": deleted_toast("/planner", _deleted_text(query), documents, query),
        "undo": completed_undo(documents, query),
        "selection_undo": selection_undo(query),
        "selecting": bool(query.get("select")),
        "select": f"{here}{'&' if '?' in here else '?'}select=1",
        "choices": [{"value": each["id"], "label": each["name"]} for each in documents["projects"]],
    }


def _view(query: Query) -> str:
    given = query.get("view")
    return given if given in _EMPTY else "today"


def _view_link(name: str, label: str, documents: Documents, view: str) -> Context:
    """A place of the segmented navigation; only what is ahead is counted."""
    counts = {
        "today": documents["today_count"],
        "upcoming": documents["upcoming_count"],
        "overdue": documents["overdue_count"],
    }
    count: int = counts.get(name, 0)
    return {
        "label": label,
        "href": "/planner" if name == "today" else f"/planner?view={name}",
        "current": name == view,
        "count": count,
        "urgent": name == "overdue",
    }


def _sections(view: str, documents: Documents, query: Query) -> list[Context]:
    if view == "today":
        return _today_sections(documents, query)
    if view == "overdue":
        late = with_done(documents["late"], documents, query, span=("", "@dayStart"))
        return [_section("overdue", "Overdue", "bad", nested([late], documents, query)[0])]
    if view == "upcoming":
        later = with_done(documents["later"], documents, query, span=("@dayEnd", ""))
        return _days(nested([later], documents, query)[0], query)
    if view == "someday":
        rows = nested([documents["someday"]], documents, query, steps=[])[0]
        by_id = {each["id"]: at for at, each in enumerate(documents["someday"])}
        for each in rows:
            each["moves"] = moves(documents["someday"], by_id[each["path"].rpartition("/")[2]])
        return [_section("someday", "Someday", "", rows)]
    if view == "all":
        tasks = with_done(documents["all"], documents, query)
        # Only what this page has read: so each open task has its one place on one page.
        return [_section("all", "Open tasks", "", nested([tasks], documents, query, steps=[])[0])]
    return [_section("done", "Done", "", [row(task, names_of(documents), query) for task in documents["done"]])]


def _today_sections(documents: Documents, query: Query) -> list[Context]:
    """What is overdue, the first of it, and a page of what is due today."""
    first = page_number(query) == 1
    late = with_done(documents["overdue"], documents, query, span=("", "@dayStart")) if first else []
    late_rows, today_rows = nested([late, documents["today"]], documents, query)
    total: int = documents["overdue_count"]
    overdue = _section("overdue", "Overdue", "bad", late_rows)
    if total > PAGE_SIZE:
        overdue["links"] = [{"href": "/planner?view=overdue", "label": f"All {total} overdue"}]
    return [overdue, {**_section("today", "Today", "", today_rows), "note": when.long_day(query.day)}]


def _empty(view: str, query: Query) -> Context:
    if page_number(query) > 1:
        return {"title": "No more tasks", "text": "This is where the list ends."}
    return {"title": _EMPTY[view][0], "text": _EMPTY[view][1]}


def _section(name: str, title: str, tone: str, rows: list[Context]) -> Context:
    return {"id": name, "title": title, "tone": tone, "note": "", "rows": rows, "links": []}


def _days(rows: list[Context], query: Query) -> list[Context]:
    """A section for each day, in the order of the rows."""
    sections: list[Context] = []
    for each in rows:
        if not sections or sections[-1]["id"] != f"day-{each['day']}":
            sections.append(_section(f"day-{each['day']}", when.short_day(each["day"], query.day), "", []))
        sections[-1]["rows"].append(each)
    return sections


def _has_more(view: str, documents: Documents, query: Query) -> bool:
    """Whether a page follows this one."""
    before = page_number(query) * PAGE_SIZE
    if view == "today":
        total: int = documents["today_count"] + documents["done_today"]
        return total > before
    reads = {"upcoming": "later", "overdue": "late", "someday": "someday", "all": "all", "done": "done"}
    return len(documents[reads[view]]) == PAGE_SIZE


def _address(query: Query) -> str:
    """The address of this page, to come back to."""
    return _page_address(query, _view(query), 0)


def _page_address(query: Query, view: str, step: int) -> str:
    page = page_number(query) + step
    if view == "today":
        return f"/planner?page={page}" if page > 1 else "/planner"
    return f"/planner?view={view}&page={page}" if page > 1 else f"/planner?view={view}"


def _deleted_text(query: Query) -> str:
    steps = page_number(query, "steps") if query.get("steps") else 0
    if not steps:
        return "Task deleted"
    return "Task and 1 step deleted" if steps == 1 else f"Task and {steps} steps deleted"
