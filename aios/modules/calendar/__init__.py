"""Calendar: events, once or again and again, and what is due beside them."""

from aios.modules import Capture, Key, Module, Tile
from aios.modules.calendar import views
from aios.modules.calendar.feeds.job import jobs
from aios.modules.calendar.feeds.pages import feed_routes
from aios.modules.calendar.ics import exporter, importer
from aios.modules.calendar.ics.routes import file_routes
from aios.modules.calendar.pages import actions, around, pages
from aios.modules.calendar.schema import calendar_settings, events

module = Module(
    name="calendar",
    title="Calendar",
    icon="calendar-days",
    order=40,
    summary="Events, once or again and again.",
    make="/calendar/new",
    make_label="New event",
    capture=Capture(label="Event", path="/calendar", field="quick", line=True),
    jump="d",
    keys=(
        Key(keys="t", label="Today"),
        Key(keys="[", label="Earlier"),
        Key(keys="]", label="Later"),
        Key(keys="e", label="Edit the event"),
    ),
    collections=(events, calendar_settings),
    pages=pages,
    actions=actions,
    work=jobs,
    routes=(*file_routes, *feed_routes),
    importers=(importer,),
    exporters=(exporter,),
    tile=Tile(reads=around(0, 0), view=views.tile, threaded=True),
)
