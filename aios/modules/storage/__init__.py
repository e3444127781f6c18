"""Storage: what this device keeps, what waits to be sent, and what needs a decision."""

from aios.modules import Module, Page
from aios.modules.storage.views import show

module = Module(
    name="storage",
    title="Storage",
    icon="database",
    order=1010,
    summary="What this device keeps, and what waits to be sent.",
    listed=False,
    pages=(Page(path="/storage", template="storage/storage.html", view=show, reads={}),),
)
