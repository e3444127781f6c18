"""What may stand behind `#` or `[[` in the editor: tags and titles that begin with what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.records.text import sort_key

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

MOST = 8


def completion_page(documents: Documents, query: Query) -> Context:
    """Tags, those of most notes first; or titles in their order, from what was typed on."""
    typed = sort_key(query.get("prefix"))
    if query.get("kind") == "tag":
        tags = sorted(
            ((str(name), int(count)) for name, count in documents["tags"]), key=lambda each: (-each[1], each[0])
        )
        found = [name for name, _ in tags if sort_key(name).startswith(typed)]
    else:
        found = list(
            dict.fromkeys(note["title"] for note in documents["titles"] if sort_key(note["title"]).startswith(typed))
        )
    return {"title": "Completion", "found": found[:MOST]}
