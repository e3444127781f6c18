"""Notebook: notes in Markdown, with tags, links and an archive."""

from aios.modules import Archive, Capture, Module, Retention, Tile
from aios.modules.notebook import views
from aios.modules.notebook.exporting import exporter
from aios.modules.notebook.importing import importer
from aios.modules.notebook.pages import LIVING, actions, pages
from aios.modules.notebook.schema import notes
from aios.records.query import Condition, Read

module = Module(
    name="notebook",
    title="Notebook",
    icon="notebook-pen",
    order=20,
    summary="Notes in Markdown, with tags and links between them.",
    make="/notebook/new",
    make_label="New note",
    capture=Capture(label="Note", path="/notebook", field="bodyMarkdown"),
    jump="n",
    collections=(notes,),
    pages=pages,
    actions=actions,
    archives=(Archive(collection="notes", field="isArchived", index="archived", place="/notebook?archived=true"),),
    retention=(
        Retention(
            name="notes",
            label="Archive notes",
            hint="When they were not changed for so long. Pinned ones stay where they are.",
            reads=Read(collection="notes", where=(LIVING, Condition("pinned", ("1",), negate=True, rare=True))),
            field="isArchived",
        ),
    ),
    importers=(importer,),
    exporters=(exporter,),
    tile=Tile(
        reads={"total": Read(collection="notes", where=(LIVING,), count=True)},
        view=views.tile,
    ),
)
