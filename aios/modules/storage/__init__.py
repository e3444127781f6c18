"""Storage: what this device keeps, what waits to be sent, and what needs a decision."""

from aios.modules import Action, Module, Page, Retention
from aios.modules.storage.archive import nothing_here, put_aside, take_back
from aios.modules.storage.attention import attention
from aios.modules.storage.views import show

module = Module(
    name="storage",
    title="Storage",
    icon="database",
    order=1010,
    summary="What this device keeps, and what waits to be sent.",
    listed=False,
    jump="o",
    pages=(
        Page(
            path="/storage",
            template="storage/storage.html",
            view=show,
            reads={},
            params=("freed", "archived", "of", "at"),
            wants=("kinds",),
        ),
        Page(
            path="/storage/attention",
            template="storage/attention.html",
            view=attention,
            reads={},
            params=("discarded",),
        ),
    ),
    retention=(
        Retention(
            name="history",
            label="Thin former versions",
            hint="Of texts that were replaced so long ago, one version a month stays.",
        ),
    ),
    actions=(
        # A worker keeps what is chosen for its device (static/device/choices.js). Without one, the page says so.
        Action(path="/storage/pins", method="PUT", submit=nothing_here),
        Action(path="/storage/pins", method="DELETE", submit=nothing_here),
        Action(path="/storage/archive", method="POST", submit=put_aside, over_archives=True),
        Action(path="/storage/archive/{of}/{at}", method="DELETE", submit=take_back, over_archives=True),
    ),
)
