"""What the Notebook takes from other programs (docs/import-export.md)."""

from aios.port import Importer

_FORMATS = ("joplin:JOPLIN", "keep:KEEP", "vault:OBSIDIAN", "vault:APPLE", "vault:MARKDOWN")
importer = Importer(
    name="notes",
    collections=("notes",),
    formats=tuple(f"{__name__}.{each}" for each in _FORMATS),
    takes="Markdown files, folders and zips, Obsidian vaults, Joplin exports (JEX), Google Keep and Apple Notes.",
)
