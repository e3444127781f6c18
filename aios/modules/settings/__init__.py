"""Settings: how AIOS looks and behaves for one person."""

from aios.modules import Action, Module, Page, Read
from aios.modules.settings.schema import settings
from aios.modules.settings.views import PATH, save, show

module = Module(
    name="settings",
    title="Settings",
    icon="sliders-horizontal",
    order=1000,
    summary="Appearance, modules, account and devices.",
    listed=False,
    jump="s",
    collections=(settings,),
    pages=(
        Page(
            path=PATH,
            template="settings/settings.html",
            view=show,
            reads={},
            params=("saved",),
            wants=("retention",),
        ),
    ),
    actions=(
        # The implied id follows from the space, which a declared read cannot name: the collection holds one record.
        Action(
            path=PATH,
            method="PUT",
            submit=save,
            reads={"stored": Read(collection="settings", limit=1)},
            retry=PATH,
            wants=("retention",),
        ),
    ),
)
