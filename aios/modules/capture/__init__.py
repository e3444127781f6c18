"""Capture: a text that is written down now and sorted later. Where the phone's share sheet leads, too."""

from aios.modules import Action, Module, Page
from aios.modules.capture.views import PATH, keep, show, undo

module = Module(
    name="capture",
    title="Capture",
    icon="plus",
    order=6,
    summary="Write something down before it is gone.",
    listed=False,
    pages=(
        Page(
            path=PATH,
            template="capture/capture.html",
            view=show,
            reads={},
            # The last three are what other apps share (Web Share Target, "title", "text", "url").
            params=("in", "title", "text", "url"),
            wants=("captures",),
        ),
    ),
    actions=(
        Action(path=PATH, method="POST", submit=keep, retry=PATH, wants=("captures",)),
        Action(path=PATH, method="DELETE", submit=undo),
    ),
)
