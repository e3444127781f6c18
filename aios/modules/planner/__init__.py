"""Planner: tasks with due dates, steps and projects."""

from aios.modules import Capture, Module, Retention, Tile
from aios.modules.planner import views
from aios.modules.planner.importing import importer
from aios.modules.planner.pages import actions, pages
from aios.modules.planner.schema import projects, tasks
from aios.records.query import Condition, Param, Read

module = Module(
    name="planner",
    title="Planner",
    icon="circle-check",
    order=30,
    summary="Tasks with due dates, steps and projects.",
    make="/planner/new",
    make_label="New task",
    capture=Capture(label="Task", path="/planner", field="quick", line=True),
    jump="p",
    badge=Read(collection="tasks", index="open", below=Param("@dayEnd"), count=True),
    collections=(tasks, projects),
    pages=pages,
    actions=actions,
    retention=(
        # Tasks have no archive, so what is done and old can only be deleted.
        Retention(
            name="tasks",
            label="Delete done tasks",
            hint="When they were not changed for so long. They leave lists and statistics, for the trash.",
            reads=Read(collection="tasks", where=(Condition("status", ("completed",)),)),
        ),
    ),
    importers=(importer,),
    tile=Tile(
        reads={
            "overdue": Read(collection="tasks", index="open", below=Param("@dayStart"), count=True),
            "today": Read(
                collection="tasks", index="open", since=Param("@dayStart"), below=Param("@dayEnd"), count=True
            ),
        },
        view=views.tile,
    ),
)
