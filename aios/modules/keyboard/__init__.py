"""Keyboard: all keys that do something, from what the modules declare."""

from aios.modules import Module, Page
from aios.modules.keyboard.views import show

module = Module(
    name="keyboard",
    title="Keyboard",
    icon="keyboard",
    order=1030,
    summary="All keys that do something.",
    listed=False,
    jump="k",
    pages=(Page(path="/keyboard", template="keyboard/keyboard.html", view=show, reads={}, wants=("keys",)),),
)
