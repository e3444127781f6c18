"""Planner: tasks with due dates, steps and projects."""

from aios.modules import Module, Tile
from aios.modules.planner import views
from aios.modules.planner.pages import actions, pages
from aios.modules.planner.schema import projects, tasks
from aios.records.query import Param, Read

module = Module(
    name="planner",
    title="Planner",
    icon="circle-check",
    order=30,
    summary="Tasks with due dates, steps and projects.",
    make="/planner/new",
    make_label="New task",
    collections=(tasks, projects),
    pages=pages,
    actions=actions,
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
