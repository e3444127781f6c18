"""The calendar's pages and form posts: what each reads.

Events that happen once and last a day at most are found by their start; series, and what lasts longer, by when the
last of them is over (schema.py, `last_at`). So a page reads what its days hold, however old the calendar is.
"""

from __future__ import annotations

from aios.modules import Action, Page
from aios.modules.calendar import posts, views
from aios.modules.calendar.event import edit_page, event_page, new_page
from aios.modules.calendar.preferences import settings_page
from aios.modules.calendar.search import PAGE_SIZE, search_page
from aios.modules.calendar.statistics import statistics_page
from aios.modules.conflict import conflict_page
from aios.records.query import Condition, Param, Read

MOST = 5_000
"""How many events a page reads at most."""
_EVENT = {"event": Read(collection="events", id=Param("id"))}
_CHOSEN = {"chosen": Read(collection="calendarSettings", limit=1)}
_UNDO = ("deleted", "on", "was", "days")


def around(before: int, after: int) -> dict[str, Read]:
    """What may happen from so many days before the day of the address to so many after it."""
    # Days are those of some zone, and an event may have begun the day before: two days more on each side.
    first, last = Param("@date", days=-before - 2), Param("@date", days=after + 3)
    return {
        "events": Read(collection="events", index="start", since=first, below=last, projected=True, limit=MOST),
        "lasting": Read(collection="events", index="lasting", above=first, projected=True, limit=MOST),
        **_CHOSEN,
    }


_UNDELETED = {"undeleted": Read(collection="events", id=Param("deleted"))}
_CHECKED = {**_EVENT, **around(1, posts.AHEAD)}
_conflict_page, _conflict_action = conflict_page("events", "description", "/calendar/{id}")

pages = (
    Page(
        path="/calendar",
        template="calendar/month.html",
        view=views.month_page,
        threaded=True,
        params=("date", *_UNDO),
        reads={**around(37, 37), **_UNDELETED, "any": Read(collection="events", count=True)},
    ),
    Page(
        path="/calendar/week",
        template="calendar/week.html",
        view=views.week_page,
        threaded=True,
        params=("date", *_UNDO),
        reads={**around(6, 6), **_UNDELETED},
    ),
    Page(
        path="/calendar/day",
        template="calendar/day.html",
        view=views.day_page,
        threaded=True,
        params=("date", *_UNDO),
        wants=("kinds",),
        reads={
            **around(0, 0),
            **_UNDELETED,
            "tasks": Read(
                collection="tasks",
                index="open",
                since=Param("@date", days=-1),
                below=Param("@date", days=2),
                projected=True,
                limit=500,
            ),
        },
    ),
    Page(
        path="/calendar/agenda",
        template="calendar/agenda.html",
        view=views.agenda_page,
        threaded=True,
        params=("date", *_UNDO),
        reads={**around(0, views.AGENDA), **_UNDELETED},
    ),
    Page(
        path="/calendar/search",
        template="calendar/search.html",
        view=search_page,
        params=("q", "place", "page"),
        reads={
            "found": Read(
                collection="events",
                index="start",
                descending=True,
                search=Param("q"),
                where=(Condition("place", (Param("place", fold=True),)),),
                page="page",
                limit=PAGE_SIZE,
            ),
            **_CHOSEN,
        },
    ),
    Page(
        path="/calendar/statistics",
        template="calendar/statistics.html",
        view=statistics_page,
        threaded=True,
        params=("date",),
        reads=around(31, 31),
    ),
    Page(
        path="/calendar/settings",
        template="calendar/settings.html",
        view=settings_page,
        params=("saved",),
        reads=_CHOSEN,
    ),
    Page(
        path="/calendar/new",
        template="calendar/new.html",
        view=new_page,
        params=("date", "time", "title", "copy"),
        reads={"copied": Read(collection="events", id=Param("copy"))},
    ),
    Page(
        path="/calendar/{id}",
        template="calendar/event.html",
        view=event_page,
        params=("on",),
        reads={**_EVENT, "series": Read(collection="events", id=Param("@event.recurrenceInstanceOf")), **_CHOSEN},
        needs="event",
    ),
    Page(
        path="/calendar/{id}/edit",
        template="calendar/edit.html",
        view=edit_page,
        params=("on",),
        reads=_EVENT,
        needs="event",
    ),
    _conflict_page,
)

actions = (
    Action(
        path="/calendar",
        method="POST",
        submit=posts.create_event,
        threaded=True,
        params=("date",),
        reads=around(1, posts.AHEAD),
        retry="/calendar/new",
    ),
    Action(
        path="/calendar/settings", method="PUT", submit=posts.save_settings, reads=_CHOSEN, retry="/calendar/settings"
    ),
    Action(
        path="/calendar/time",
        method="PUT",
        submit=posts.move_event,
        params=("event",),
        reads={"event": Read(collection="events", id=Param("event"))},
        needs="event",
    ),
    Action(
        path="/calendar/{id}",
        method="PUT",
        submit=posts.save_event,
        threaded=True,
        params=("date",),
        reads=_CHECKED,
        needs="event",
        retry="/calendar/{id}/edit",
    ),
    Action(path="/calendar/{id}", method="DELETE", submit=posts.delete_event, reads=_EVENT, needs="event"),
    Action(path="/calendar/{id}/restoration", method="PUT", submit=posts.restore_event),
    Action(
        path="/calendar/{id}/occurrences", method="PUT", submit=posts.restore_occurrences, reads=_EVENT, needs="event"
    ),
    _conflict_action,
)
