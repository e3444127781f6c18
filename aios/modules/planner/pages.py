"""The Planner's pages and form posts: what each reads."""

from __future__ import annotations

from aios.modules import Action, Page
from aios.modules.conflict import conflict_page
from aios.modules.planner import posts, views
from aios.modules.planner.board import COLUMN_SIZE, board_page
from aios.modules.planner.dependencies import add_dependency, remove_dependency
from aios.modules.planner.done import PAGE_SIZE
from aios.modules.planner.list import WEEK_SIZE, planner_page
from aios.modules.planner.order import place_task
from aios.modules.planner.review import review_page
from aios.modules.planner.rules import OPEN
from aios.modules.planner.selection import change_selected
from aios.modules.planner.statistics import statistics_page
from aios.modules.planner.understood import understood_page
from aios.records.collection import NO_KEY
from aios.records.query import ALL, Condition, Param, Read

_DAY_START, _DAY_END, _WEEK_END = Param("@dayStart"), Param("@dayEnd"), Param("@weekEnd")
_OPEN = Condition("status", OPEN)
_DONE = Condition("status", ("completed",))
_NOT_CANCELLED = Condition("status", ("cancelled",), negate=True)
_TASK = {"task": Read(collection="tasks", id=Param("id"))}
_PROJECT = {"project": Read(collection="projects", id=Param("id"))}
_PROJECTS = {"projects": Read(collection="projects", index="name", limit=200)}
_COMPLETED = {"completed": Read(collection="tasks", id=Param("completed"))}
_FOLLOWING = {"following": Read(collection="tasks", index="previous", equal=Param("id"), limit=10)}
_TRASH = {"trash": Read(collection="tasks", deleted=True, limit=500)}
_RECENT = {"recent": Read(collection="tasks", descending=True, limit=100)}
"""What changed last: those of them that were completed today stay in their place until tomorrow."""
_PROJECT_COUNTS = {
    "project_done": Read(collection="tasks", index="project", group=True, where=(_DONE,)),
    "project_total": Read(collection="tasks", index="project", group=True, where=(_NOT_CANCELLED,)),
}


_OPEN_IDS = {"open_ids": Read(collection="tasks", index="openId", group=True)}
"""Of all open tasks: what waits for one of them is blocked."""


def _column(status: str) -> Read:
    """Of the board."""
    return Read(
        collection="tasks",
        index="place",
        where=(Condition("status", (status,)), Condition("project", (Param("project"),))),
        limit=COLUMN_SIZE,
    )


task_conflict, task_settling = conflict_page("tasks", "userNotes", "/planner/{id}")
project_conflict, project_settling = conflict_page("projects", "description", "/planner/projects/{id}")

pages = (
    task_conflict,
    project_conflict,
    Page(
        path="/planner",
        template="planner/list.html",
        view=planner_page,
        params=("view", "page", "deleted", "steps", "completed", "was", "select", "undo", "tasks"),
        fragment="tasks",
        reads={
            "overdue": Read(collection="tasks", index="open", below=_DAY_START, limit=PAGE_SIZE),
            "late": Read(
                collection="tasks",
                index="open",
                below=_DAY_START,
                page="page",
                limit=PAGE_SIZE,
                when=("view", ("overdue",)),
            ),
            "today": Read(
                collection="tasks",
                index="dated",
                since=_DAY_START,
                below=_DAY_END,
                where=(_NOT_CANCELLED,),
                page="page",
                limit=PAGE_SIZE,
            ),
            "upcoming": Read(collection="tasks", index="open", since=_DAY_END, below=_WEEK_END, limit=WEEK_SIZE),
            "later": Read(
                collection="tasks",
                index="open",
                since=_DAY_END,
                page="page",
                limit=PAGE_SIZE,
                when=("view", ("upcoming",)),
            ),
            "someday": Read(
                collection="tasks",
                index="place",
                where=(Condition("due", (NO_KEY,)),),
                page="page",
                limit=PAGE_SIZE,
                when=("view", ("someday",)),
            ),
            "all": Read(
                collection="tasks",
                index="due",
                where=(_OPEN,),
                page="page",
                limit=PAGE_SIZE,
                when=("view", ("all",)),
            ),
            "done": Read(
                collection="tasks",
                descending=True,
                where=(Condition("status", OPEN, negate=True),),
                page="page",
                limit=PAGE_SIZE,
                when=("view", ("done",)),
            ),
            "overdue_count": Read(collection="tasks", index="open", below=_DAY_START, count=True),
            "today_count": Read(collection="tasks", index="open", since=_DAY_START, below=_DAY_END, count=True),
            "upcoming_count": Read(collection="tasks", index="open", since=_DAY_END, below=_WEEK_END, count=True),
            "done_today": Read(
                collection="tasks", index="due", since=_DAY_START, below=_DAY_END, where=(_DONE,), count=True
            ),
            "subtasks": Read(collection="tasks", index="parent", descending=True, where=(_OPEN,), limit=200),
            **_RECENT,
            **_OPEN_IDS,
            **_COMPLETED,
            "step_total": Read(collection="tasks", index="parent", group=True, where=(_NOT_CANCELLED,)),
            "step_done": Read(collection="tasks", index="parent", group=True, where=(_DONE,)),
            **_PROJECTS,
            **_PROJECT_COUNTS,
            "undeleted": Read(collection="tasks", id=Param("deleted")),
        },
    ),
    Page(
        path="/planner/new",
        template="planner/new.html",
        view=views.new_task_page,
        params=("projectId",),
        reads=_PROJECTS,
    ),
    Page(
        path="/planner/understood",
        template="planner/understood.html",
        view=understood_page,
        params=("quick",),
        fragment="understood",
        reads=_PROJECTS,
    ),
    Page(
        path="/planner/projects",
        template="planner/projects.html",
        view=views.projects_page,
        params=("deleted",),
        reads={**_PROJECTS, **_PROJECT_COUNTS, "undeleted": Read(collection="projects", id=Param("deleted"))},
    ),
    Page(
        path="/planner/projects/new",
        template="planner/new_project.html",
        view=views.new_project_page,
        reads={},
    ),
    Page(
        path="/planner/projects/{id}",
        template="planner/project.html",
        view=views.project_page,
        needs="project",
        params=("page", "finished", "completed", "was"),
        reads={
            **_PROJECT,
            "open": Read(
                collection="tasks",
                index="due",
                where=(_OPEN, Condition("project", (Param("id"),), rare=True)),
                page="page",
                limit=PAGE_SIZE,
            ),
            "finished": Read(
                collection="tasks",
                index="project",
                equal=Param("id"),
                descending=True,
                where=(Condition("status", OPEN, negate=True),),
                page="finished",
                limit=PAGE_SIZE,
            ),
            **_RECENT,
            **_OPEN_IDS,
            **_COMPLETED,
            "done_count": Read(collection="tasks", index="project", equal=Param("id"), where=(_DONE,), count=True),
            "total_count": Read(
                collection="tasks", index="project", equal=Param("id"), where=(_NOT_CANCELLED,), count=True
            ),
        },
    ),
    Page(
        path="/planner/{id}",
        template="planner/task.html",
        view=views.task_page,
        needs="task",
        params=("page", "completed", "was"),
        reads={
            **_TASK,
            "parent": Read(collection="tasks", id=Param("@task.parentTaskId")),
            "steps": Read(collection="tasks", index="parent", equal=Param("id"), page="page", limit=PAGE_SIZE),
            "done_count": Read(collection="tasks", index="parent", equal=Param("id"), where=(_DONE,), count=True),
            "total_count": Read(
                collection="tasks", index="parent", equal=Param("id"), where=(_NOT_CANCELLED,), count=True
            ),
            "waits": Read(
                collection="tasks",
                index="openId",
                where=(Condition("openId", (Param("@task.dependencyIds"),), rare=True),),
                when=("@task.dependencyIds", ()),
            ),
            "blocks": Read(collection="tasks", index="dependency", equal=Param("id"), where=(_OPEN,)),
            "others": Read(collection="tasks", index="place", limit=200),
            **_OPEN_IDS,
            **_COMPLETED,
            **_PROJECTS,
        },
    ),
    Page(
        path="/planner/review",
        template="planner/review.html",
        view=review_page,
        params=("completed", "was"),
        reads={
            "done": Read(collection="tasks", descending=True, where=(_DONE,), limit=100),
            "overdue": Read(collection="tasks", index="open", below=_DAY_START, limit=PAGE_SIZE),
            "upcoming": Read(collection="tasks", index="open", since=_DAY_START, below=_WEEK_END, limit=PAGE_SIZE),
            "oldest": Read(collection="tasks", where=(_OPEN,), limit=20),
            "project_open": Read(collection="tasks", index="project", group=True, where=(_OPEN,)),
            **_OPEN_IDS,
            **_COMPLETED,
            **_PROJECTS,
        },
    ),
    Page(
        path="/planner/statistics",
        template="planner/statistics.html",
        view=statistics_page,
        threaded=True,
        reads={"tasks": Read(collection="tasks", projected=True, limit=ALL), **_PROJECTS},
    ),
    Page(
        path="/planner/board",
        template="planner/board.html",
        view=board_page,
        params=("project", "completed", "was"),
        reads={
            "pending": _column("pending"),
            "in_progress": _column("in_progress"),
            "finished": Read(
                collection="tasks",
                descending=True,
                where=(_DONE, Condition("project", (Param("project"),))),
                limit=20,
            ),
            **_OPEN_IDS,
            **_COMPLETED,
            **_PROJECTS,
        },
    ),
)

actions = (
    task_settling,
    project_settling,
    Action(path="/planner", method="POST", submit=posts.create_task, reads=_PROJECTS, retry="/planner/new"),
    Action(
        path="/planner/{id}", method="PUT", submit=posts.save_task, reads=_TASK, needs="task", retry="/planner/{id}"
    ),
    Action(
        path="/planner/{id}",
        method="DELETE",
        submit=posts.delete_task,
        reads={
            **_TASK,
            "steps": Read(collection="tasks", index="parent", equal=Param("id"), limit=posts.MOST_TOGETHER),
            "deeper": Read(collection="tasks", index="parent", descending=True, limit=1_000),
        },
        needs="task",
    ),
    Action(
        path="/planner/{id}/restoration",
        method="PUT",
        submit=posts.restore_task,
        reads=_TRASH,
    ),
    Action(
        path="/planner/{id}/completion",
        method="PUT",
        submit=posts.complete_task,
        reads={**_TASK, **_FOLLOWING, **_TRASH},
        needs="task",
    ),
    Action(
        path="/planner/{id}/completion",
        method="DELETE",
        submit=posts.reopen_task,
        reads={**_TASK, **_FOLLOWING},
        needs="task",
    ),
    Action(
        path="/planner/{id}/place",
        method="PUT",
        submit=place_task,
        reads={**_TASK, **_FOLLOWING, **_TRASH},
        needs="task",
    ),
    Action(
        path="/planner/{id}/dependencies",
        method="PUT",
        submit=add_dependency,
        reads=_TASK,
        needs="task",
        retry="/planner/{id}",
    ),
    Action(path="/planner/{id}/dependencies", method="DELETE", submit=remove_dependency, reads=_TASK, needs="task"),
    Action(
        path="/planner/selection",
        method="PUT",
        submit=change_selected,
        reads={
            "repeating": Read(collection="tasks", index="repeating", where=(_OPEN,), limit=500),
            "made": Read(collection="tasks", index="previous", where=(_OPEN,), limit=500),
            "steps": Read(collection="tasks", index="parent", descending=True, limit=1_000),
            **_TRASH,
        },
    ),
    Action(path="/planner/projects", method="POST", submit=posts.create_project, retry="/planner/projects/new"),
    Action(
        path="/planner/projects/{id}",
        method="PUT",
        submit=posts.save_project,
        reads=_PROJECT,
        needs="project",
        retry="/planner/projects/{id}",
    ),
    Action(
        path="/planner/projects/{id}",
        method="DELETE",
        submit=posts.delete_project,
        reads=_PROJECT,
        needs="project",
    ),
    Action(path="/planner/projects/{id}/restoration", method="PUT", submit=posts.restore_project),
)
