"""What a task and a project are: docs/domain.md, "tasks" and "projects"."""

from typing import Annotated, Literal

import msgspec

from aios.modules.planner.rules import (
    MOST_MINUTES,
    OPEN,
    RECURRING,
    derive_task,
    due,
    refuse_dependency_cycle,
    refuse_parent_cycle,
)
from aios.records.collection import Collection, Filter, Index, Trait

RecordId = Annotated[
    str,
    msgspec.Meta(
        pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", extra_json_schema={"format": "uuid"}
    ),
]
Instant = Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"format": "date-time"})]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200), Trait(searchable=True)]
Text = Annotated[str, msgspec.Meta(max_length=5_000), Trait(merge="text", searchable=True)]
Priority = Literal["low", "medium", "high", "urgent"]
Status = Literal["pending", "in_progress", "completed", "cancelled"]
Recurrence = Literal["none", "daily", "weekly", "monthly", "custom"]


class Task(msgspec.Struct, kw_only=True, rename="camel"):
    """Something to do, perhaps part of a project or of another task."""

    id: Annotated[str, Trait(read_only=True)]
    created_at: Annotated[str, Trait(read_only=True)]
    updated_at: Annotated[str, Trait(read_only=True)]
    title: Name
    user_notes: Annotated[
        str,
        msgspec.Meta(max_length=5_000),
        Trait(
            merge="text",
            searchable=True,
            continues="previousTaskId",
            description="Left out when a task is made: that of the task which `previousTaskId` names",
        ),
    ] = ""
    ai_notes: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=5_000)]],
        msgspec.Meta(max_length=100),
        Trait(description="What assistants have added"),
    ] = []
    priority: Priority = "medium"
    due_date: Annotated[
        Instant | None, Trait(description="Without a time of day: 23:59 in the zone of whoever set it")
    ] = None
    status: Status = "pending"
    recurrence_rule: Recurrence = "none"
    rrule: Annotated[
        Annotated[str, msgspec.Meta(max_length=500)] | None,
        Trait(description="The RFC 5545 rule of a custom recurrence"),
    ] = None
    project_id: RecordId | None = None
    parent_task_id: RecordId | None = None
    dependency_ids: Annotated[list[RecordId], msgspec.Meta(max_length=500), Trait(merge="set")] = []
    reminder_minutes: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=MOST_MINUTES)] | None,
        Trait(description="How long before `dueDate` the task asks for attention; null is at `dueDate`"),
    ] = None
    position: Annotated[
        str, msgspec.Meta(max_length=100), Trait(description="Place in the person's own order: texts that compare")
    ] = ""
    previous_task_id: Annotated[
        RecordId | None, Trait(description="The task of the same recurrence whose completion made this one")
    ] = None


class Project(msgspec.Struct, kw_only=True, rename="camel"):
    """What tasks belong to. Its tasks name it, so deleting it keeps them."""

    id: Annotated[str, Trait(read_only=True)]
    created_at: Annotated[str, Trait(read_only=True)]
    updated_at: Annotated[str, Trait(read_only=True)]
    name: Name
    description: Text = ""
    task_ids: Annotated[list[str], Trait(computed=True, description="The tasks that name this project")] = []


tasks = Collection(
    "tasks",
    Task,
    singular="task",
    indexes={
        "title": Index(field="title", fold=True),
        "created": Index(field="createdAt"),
        "status": Index(field="status"),
        "priority": Index(field="priority"),
        "due": Index(field="dueDate"),
        "dated": Index(field="dueDate", sparse=True),
        "open": Index(field="dueDate", sparse=True, when=("status", OPEN)),
        "project": Index(field="projectId", sparse=True),
        "parent": Index(field="parentTaskId", sparse=True),
        "dependency": Index(field="dependencyIds", multiple=True),
        "place": Index(field="position", when=("status", OPEN)),
        "openId": Index(field="id", when=("status", OPEN)),
        "repeating": Index(field="status", when=("recurrenceRule", RECURRING)),
        "previous": Index(field="previousTaskId", sparse=True),
    },
    filters={
        "status": Filter(index="status", description="pending, in_progress, completed or cancelled"),
        "priority": Filter(index="priority", description="low, medium, high or urgent"),
        "projectId": Filter(index="project", type="id", description="Tasks of this project"),
        "parentTaskId": Filter(index="parent", type="id", description="Subtasks of this task"),
        "dueBefore": Filter(index="dated", kind="below", type="instant", description="Due before this instant"),
        "dueAfter": Filter(index="dated", kind="above", type="instant", description="Due after this instant"),
    },
    sorts={"title": "title", "createdAt": "created", "dueDate": "due"},
    derive=derive_task,
    due=due,
    rules=(refuse_parent_cycle, refuse_dependency_cycle),
    example={
        "id": "019ab2c4-90aa-7b1f-8a35-20c7f41d9e02",
        "createdAt": "2026-11-23T18:20:11.004Z",
        "updatedAt": "2026-11-24T08:58:41.730Z",
        "title": "Send roof load figures to Ines",
        "userNotes": "Snow case governs.",
        "aiNotes": [],
        "priority": "high",
        "dueDate": "2026-11-24T12:00:00.000Z",
        "status": "pending",
        "recurrenceRule": "none",
        "rrule": None,
        "projectId": "019ab2c4-8f04-7d52-9c1e-53b8a1e07703",
        "parentTaskId": None,
        "dependencyIds": [],
        "reminderMinutes": 30,
        "position": "V",
        "previousTaskId": None,
    },
)

projects = Collection(
    "projects",
    Project,
    singular="project",
    indexes={"name": Index(field="name", fold=True), "created": Index(field="createdAt")},
    sorts={"name": "name", "createdAt": "created"},
    reverse={"taskIds": ("tasks", "project")},
    example={
        "id": "019ab2c4-8f04-7d52-9c1e-53b8a1e07703",
        "createdAt": "2026-11-20T10:02:55.118Z",
        "updatedAt": "2026-11-20T10:02:55.118Z",
        "name": "Foz library",
        "description": "Reading corner and new roof.",
        "taskIds": ["019ab2c4-90aa-7b1f-8a35-20c7f41d9e02"],
    },
)
