"""Notes as files that other programs read, and the fields that make a note again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aios.port import Exporter
from aios.port.plain import yaml_text

if TYPE_CHECKING:
    from aios.port import Names
    from aios.records.collection import Document

_LINK = re.compile(r"\[\[([^\[\]\n|]+)\]\]")


def _title(note: Document) -> str:
    title: str = note["title"]
    return title


def _markdown(note: Document, names: Names) -> str:
    """The text under YAML front matter, with links by the names of files, as Obsidian follows them."""
    matter = {
        "id": note["id"],
        "title": note["title"],
        "tags": note["tags"],
        "created": note["createdAt"],
        "updated": note["updatedAt"],
        "pinned": note["isPinned"],
        "archived": note["isArchived"],
    }

    def replace(found: re.Match[str]) -> str:
        name = names.leading(found[1].strip())
        return found[0] if not name or name == found[1].strip() else f"[[{name}|{found[1].strip()}]]"

    body: str = note["bodyMarkdown"]
    return f"---\n{yaml_text(matter)}---\n\n{_relinked(body, replace)}"


def _relinked(body: str, replace: re.Match[str] | object) -> str:
    from aios.modules.notebook.importing.links import pieces  # noqa: PLC0415

    return "".join(part if code else _LINK.sub(replace, part) for part, code in pieces(body))  # type: ignore[call-overload]


def _fields(note: Document) -> Document:
    """Only what was set: the rest of the tags and links follows from the text again."""
    return {
        **note,
        "tags": note.get("explicitTags", note.get("tags", [])),
        "links": note.get("explicitLinks", note.get("links", [])),
    }


exporter = Exporter(collection="notes", title=_title, markdown=_markdown, fields=_fields)
