"""Notebook: notes in Markdown, with tags, links and an archive."""

from aios.modules import Module, Tile
from aios.modules.notebook import views
from aios.modules.notebook.pages import LIVING, actions, pages
from aios.modules.notebook.schema import notes
from aios.records.query import Read

module = Module(
    name="notebook",
    title="Notebook",
    icon="notebook-pen",
    order=20,
    summary="Notes in Markdown, with tags and links between them.",
    make="/notebook/new",
    make_label="New note",
    collections=(notes,),
    pages=pages,
    actions=actions,
    tile=Tile(
        reads={"total": Read(collection="notes", where=(LIVING,), count=True)},
        view=views.tile,
    ),
)
