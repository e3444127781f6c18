"""A new note from a template: a note with the tag `template`, whose variables are filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.records.text import trim
from aios.web import when

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Query

TEMPLATE = "template"


def draft(template: Document | None, query: Query) -> dict[str, str]:
    """What the editor of a new note begins with."""
    title = query.get("title")
    if template is None:
        return {"title": title, "body": "", "tags": query.get("tag")}
    title = title or _filled(template["title"], "", query)
    lines = [line for line in template["bodyMarkdown"].split("\n") if trim(line) != f"#{TEMPLATE}"]
    tags = [tag for tag in template["explicitTags"] if tag != TEMPLATE]
    return {"title": title, "body": _filled("\n".join(lines), title, query), "tags": ", ".join(tags)}


def _filled(text: str, title: str, query: Query) -> str:
    """`text` with its variables replaced; the title comes last, so that what it holds stays as it is."""
    values = {
        "date": query.day,
        "day": when.long_day(query.day),
        "time": when.clock(query.now, query.zone),
        "title": title,
    }
    for name, value in values.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return text
