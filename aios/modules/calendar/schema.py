"""What an event and the calendar's settings are: docs/domain.md, "events"."""

from typing import Annotated, Any, Literal

import msgspec

from aios.modules.calendar.rules import MOST_MINUTES, derive_event, due
from aios.records.collection import Collection, Filter, Index, Trait

RecordId = Annotated[
    str,
    msgspec.Meta(
        pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", extra_json_schema={"format": "uuid"}
    ),
]
Instant = Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"format": "date-time"})]
Day = Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Recurrence = Literal["none", "daily", "weekly", "monthly", "custom"]


class Event(msgspec.Struct, kw_only=True, rename="camel"):
    """Something that happens at a time, once or again and again."""

    id: Annotated[str, Trait(read_only=True)]
    created_at: Annotated[str, Trait(read_only=True)]
    updated_at: Annotated[str, Trait(read_only=True)]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=200), Trait(searchable=True)]
    description: Annotated[str, msgspec.Meta(max_length=5_000), Trait(merge="text", searchable=True)] = ""
    location: Annotated[str, msgspec.Meta(max_length=500), Trait(searchable=True)] = ""
    meeting_link: Annotated[
        Annotated[str, msgspec.Meta(max_length=2_000)] | None,
        Trait(description="A Zoom, Google Meet or Teams address; written without https, it is completed"),
    ] = None
    start_at: Annotated[Instant, Trait(description="Of the first occurrence. All day: midnight in `timezone`")]
    end_at: Annotated[
        Instant, Trait(description="Not before `startAt`. All day: the midnight after the last day, in `timezone`")
    ]
    all_day: bool = False
    timezone: Annotated[
        str,
        msgspec.Meta(max_length=100),
        Trait(description="IANA name: the zone whose clocks a series, or a whole day, keeps to"),
    ] = "UTC"
    recurrence_rule: Recurrence = "none"
    rrule: Annotated[
        Annotated[str, msgspec.Meta(max_length=500)] | None,
        Trait(description="The RFC 5545 rule of a custom recurrence"),
    ] = None
    exceptions: Annotated[
        list[Day],
        msgspec.Meta(max_length=2_000),
        Trait(merge="set", description="Dates, in `timezone`, on which an occurrence of the series does not happen"),
    ] = []
    overrides: Annotated[
        dict[Day, Any],
        Trait(
            merge="keyed",
            description="What occurrences have of their own, by the date, in `timezone`, that the rule gives them: "
            "title, description, location, meetingLink, startAt, endAt, allDay, timezone. A date that the rule does "
            "not give is one more occurrence",
        ),
    ] = {}
    reminder_minutes: Annotated[
        list[Annotated[int, msgspec.Meta(ge=0, le=MOST_MINUTES)]],
        msgspec.Meta(max_length=10),
        Trait(description="How long before the start to remind"),
    ] = []
    recurrence_instance_of: Annotated[
        RecordId | None, Trait(description="The series that this event was taken out of")
    ] = None
    source: Literal["LOCAL", "ICS", "CALDAV"] = "LOCAL"
    last_at: Annotated[
        str | None,
        Trait(
            read_only=True,
            description="Nothing of a series, or of an event of more than a day, happens after this; null for others",
        ),
    ] = None


class CalendarSettings(msgspec.Struct, kw_only=True, rename="camel"):
    """How the calendar looks for one person, on all devices."""

    id: Annotated[str, Trait(read_only=True)]
    created_at: Annotated[str, Trait(read_only=True)]
    updated_at: Annotated[str, Trait(read_only=True)]
    week_start: Literal["monday", "saturday", "sunday"] = "monday"
    hours: Annotated[Literal["24", "12"], Trait(description="How times are written")] = "24"


events = Collection(
    "events",
    Event,
    singular="event",
    indexes={
        "title": Index(field="title", fold=True),
        "created": Index(field="createdAt"),
        "start": Index(field="startAt"),
        "lasting": Index(field="lastAt", sparse=True),
        "place": Index(field="location", fold=True),
        "series": Index(field="recurrenceInstanceOf", sparse=True),
        "source": Index(field="source"),
    },
    filters={
        "startsBefore": Filter(index="start", kind="below", type="instant", description="Starting before this instant"),
        "startsAfter": Filter(index="start", kind="above", type="instant", description="Starting after this instant"),
        "recurrenceInstanceOf": Filter(index="series", type="id", description="Taken out of this series"),
        "source": Filter(index="source", description="LOCAL, ICS or CALDAV"),
    },
    sorts={"title": "title", "createdAt": "created", "startAt": "start", "location": "place"},
    derive=derive_event,
    due=due,
    example={
        "id": "019ab2c4-b7d0-7a41-8c55-6e90f2d4a1b3",
        "createdAt": "2026-11-23T18:20:11.004Z",
        "updatedAt": "2026-11-24T08:58:41.730Z",
        "title": "Site walk with Ines",
        "description": "Bring the roof drawings.",
        "location": "Foz library",
        "meetingLink": None,
        "startAt": "2026-11-25T09:00:00.000Z",
        "endAt": "2026-11-25T10:00:00.000Z",
        "allDay": False,
        "timezone": "Europe/Lisbon",
        "recurrenceRule": "custom",
        "rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE",
        "exceptions": ["2026-12-23"],
        "overrides": {
            "2026-12-09": {"startAt": "2026-12-09T10:00:00.000Z", "endAt": "2026-12-09T11:00:00.000Z"},
        },
        "reminderMinutes": [15],
        "recurrenceInstanceOf": None,
        "source": "LOCAL",
        "lastAt": "9999-12-31T23:59:59.999Z",
    },
)

calendar_settings = Collection(
    "calendarSettings",
    CalendarSettings,
    singular="calendar settings",
    single=True,
    example={"weekStart": "monday", "hours": "24"},
)
