"""What the pages of one note show. Pure functions of documents and query (docs/parity.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.conflict import conflict_path
from aios.modules.forms import shown
from aios.modules.notebook.drafts import draft
from aios.modules.notebook.excerpts import around
from aios.records.ids import implied_id
from aios.records.stubs import is_stub
from aios.records.text import sort_key, text_hash
from aios.web import markdown, when
from aios.web.templates import urlpath

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query


AWAY = "The text of this template is on your server, which does not answer. Look again later, or write without it."


def new_page(documents: Documents, query: Query) -> Context:
    """An empty editor, one that a template has filled, or the one that was refused."""
    template = documents["template"]
    made = draft(template, query)
    return {
        "title": "New note",
        "form_error": AWAY if template is not None and is_stub(template, "bodyMarkdown") else "",
        "fields": {
            "id": query.form.get("id", _id_for(query)),
            "title": query.form.get("title", made["title"]),
            "bodyMarkdown": query.form.get("bodyMarkdown", made["body"]),
            "tags": query.form.get("tags", made["tags"]),
        },
        "templates": [
            {
                "title": note["title"],
                "href": f"/notebook/new?template={note['id']}",
                "current": note["id"] == query.get("template"),
            }
            for note in sorted(documents["templates"], key=lambda note: (sort_key(note["title"]), note["id"]))
        ],
    }


def note_page(documents: Documents, query: Query) -> Context:
    """One note: its editor, its text as it reads, and the notes that link to it."""
    note = documents["note"]
    path = f"/notebook/{note['id']}"
    body = note["bodyMarkdown"]
    words = markdown.word_count(body)
    html, contents = markdown.render_page(body, _links(note, documents["targets"]), "tasks")
    return {
        "title": note["title"],
        "id": note["id"],
        "kept": note["id"] in query.device["pins"],
        "path": path,
        "pin_path": f"{path}/pin",
        "archive_path": f"{path}/archive",
        "tasks_path": f"{path}/tasks",
        "similar_path": f"{path}/similar",
        "conflict": conflict_path(note, "bodyMarkdown", path),
        "history": f"/history/notes/{note['id']}",
        "fields": {
            "title": query.form.get("title", note["title"]),
            "bodyMarkdown": query.form.get("bodyMarkdown", body),
            "tags": query.form.get("tags", ", ".join(note["explicitTags"])),
        },
        "base_rev": query.form.get("baseRev", str(note["_rev"])),
        "base": query.form.get("bases.bodyMarkdown", text_hash(body)),
        "shown": shown(query, {"title": note["title"], "tags": ", ".join(note["explicitTags"])}),
        "tags": note["tags"],
        "words": words,
        "minutes": markdown.reading_minutes(words),
        "pinned": note["isPinned"],
        "archived": note["isArchived"],
        "edited": when.moment(note["updatedAt"], query.zone, query.now),
        "html": html,
        "contents": contents if len(contents) > 1 else [],
        "backlinks": [
            {"href": f"/notebook/{other['id']}", "title": other["title"], "excerpt": around(other, note["title"])}
            for other in documents["linked"]
            if other["id"] != note["id"]
        ],
    }


def tile(documents: Documents, _: Query) -> Context:
    """How many notes there are."""
    total: int = documents["total"]
    label = "note" if total == 1 else "notes" if total else "No notes yet"
    return {"value": str(total) if total else "", "label": label, "tone": ""}


def _links(note: Document, targets: list[Document]) -> dict[str, str]:
    """Where the links of a note lead: to the note of that title, to a new one, or to a list where several have it."""
    found: dict[str, str] = {}
    for target in targets:
        key = sort_key(target["title"])
        found[key] = "" if key in found else f"/notebook/{target['id']}"
    return {title: found.get(sort_key(title), f"/notebook/new?title={urlpath(title)}") for title in note["links"]}


def _id_for(query: Query) -> str:
    """Two devices that write the note of one missing link make the same record (docs/sync.md, implied records)."""
    title = query.get("title")
    return implied_id(query.space, "notes", sort_key(title)) if title else query.new_id
