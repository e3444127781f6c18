"""Home: the day at a glance, and the way to every module."""

from aios.modules import Module, Page, Read
from aios.modules.home.views import show
from aios.records.query import Condition, Param

_END = Param("@dayEnd")

module = Module(
    name="home",
    title="Home",
    icon="layout-grid",
    order=0,
    listed=False,
    pages=(
        Page(
            path="/",
            template="home/home.html",
            view=show,
            wants=("tiles",),
            reads={
                "due": Read(collection="tasks", index="open", below=_END, limit=5),
                "due_count": Read(collection="tasks", index="open", below=_END, count=True),
                "task_count": Read(collection="tasks", count=True),
                "recent": Read(
                    collection="notes",
                    descending=True,
                    where=(Condition("archived", ("1",), negate=True, rare=True),),
                    limit=3,
                ),
                "note_count": Read(collection="notes", count=True),
            },
        ),
    ),
)
