"""Trash: everything that was deleted in the last 30 days, and the way back."""

from aios.modules import Action, Module, Page
from aios.modules.trash.views import LIMIT, restore, show
from aios.records.query import Read

MOST_RESTORED = 500

module = Module(
    name="trash",
    title="Trash",
    icon="trash-2",
    order=1020,
    jump="t",
    summary="What was deleted in the last 30 days.",
    listed=False,
    pages=(
        Page(
            path="/trash",
            template="trash/trash.html",
            view=show,
            reads={
                "trash": Read(collection="", deleted=True, limit=LIMIT, page="page"),
                "count": Read(collection="", deleted=True, count=True),
            },
            params=("page", "restored"),
            wants=("kinds",),
        ),
    ),
    actions=(
        Action(
            path="/trash/restoration",
            method="PUT",
            submit=restore,
            reads={"trash": Read(collection="", deleted=True, limit=MOST_RESTORED)},
        ),
    ),
)
