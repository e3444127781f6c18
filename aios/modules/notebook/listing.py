"""What the list of notes shows. Pure functions of documents and query (docs/parity.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.notebook.excerpts import beginning
from aios.modules.notebook.selection import undo
from aios.records.ids import is_id
from aios.records.query import page_number
from aios.records.stubs import size
from aios.records.text import sort_key
from aios.web import when
from aios.web.templates import urlpath

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

PAGE_SIZE = 50
MOST_CHIPS = 20
SORTS = (
    ("", "Last edited", "recent"),
    ("created", "Newest", "by_created"),
    ("title", "Title", "by_title"),
    ("length", "Longest", "by_length"),
)
"""Value of `sort`, its words, and the read that has this order."""
_PARAMS = ("q", "tag", "any", "archived", "sort", "select", "page")
_LISTS = ("tag", "any")


def notes_page(documents: Documents, query: Query) -> Context:
    """The list: pinned and other notes, or the archive, or the notes with one title."""
    archived = query.get("archived") == "true"
    pinned = [] if query.get("title") or archived else _in_order(documents["pinned"], query)
    found = _listed(documents, query)
    mode, chosen = _chosen(query)
    return {
        "title": "Archive" if archived else "Notebook",
        "q": query.get("q"),
        "kept": [
            {"name": name, "value": value}
            for name in ("tag", "any", "archived", "sort", "select")
            for value in query.get(name).split("\n")
            if value
        ],
        "archived": archived,
        "total": documents["total"],
        "chips": _chips(documents["tags"], mode, chosen, query),
        "everything": {"href": address(query, tag="", any="", page=""), "current": not chosen},
        "modes": [
            {
                "label": label,
                "href": address(query, **{"tag": "", "any": "", "page": "", name: "\n".join(chosen)}),
                "current": mode == name,
            }
            for name, label in (("tag", "With all of them"), ("any", "With any of them"))
            if len(chosen) > 1
        ],
        "select": _select(query),
        "next": address(query, select=""),
        "pinned": [_row(note, query) for note in pinned],
        "rows": [_row(note, query) for note in found],
        "heading": _heading(query),
        "older": _page_address(query, 1) if len(found) == PAGE_SIZE else "",
        "newer": _page_address(query, -1) if page_number(query) > 1 else "",
        "empty_states": [] if pinned or found else [_empty(chosen, mode, query)],
        "sorts": [
            {"label": label, "href": address(query, sort=sort, page=""), "current": _sort(query) == sort}
            for sort, label, _ in SORTS
        ],
        "undo": undo(query),
        "toast": _toast(documents, query),
    }


def _listed(documents: Documents, query: Query) -> list[Document]:
    """The documents of the read that this query asks for."""
    if query.get("title"):
        wanted = "titled"
    elif query.get("archived") == "true":
        wanted = "archive"
    else:
        wanted = next(read for sort, _, read in SORTS if sort == _sort(query))
    found: list[Document] = documents[wanted]
    if wanted == "by_length":
        start = (page_number(query) - 1) * PAGE_SIZE
        return _in_order(found, query)[start : start + PAGE_SIZE]
    return found


def _in_order(notes: list[Document], query: Query) -> list[Document]:
    """Notes as `sort` wants them; those of one read come as they were edited."""
    match _sort(query):
        case "title":
            return sorted(notes, key=lambda note: (sort_key(note["title"]), note["id"]))
        case "created":
            return sorted(notes, key=lambda note: (note["createdAt"], note["id"]), reverse=True)
        case "length":
            return sorted(notes, key=lambda note: (size(note, "bodyMarkdown"), note["id"]), reverse=True)
        case _:
            return notes


def _sort(query: Query) -> str:
    given = query.get("sort")
    return given if any(given == sort for sort, _, _ in SORTS) else ""


def _row(note: Document, query: Query) -> Context:
    created = _sort(query) == "created"
    return {
        "id": note["id"],
        "href": f"/notebook/{note['id']}",
        "title": note["title"],
        "excerpt": beginning(note),
        "time": when.moment(note["createdAt" if created else "updatedAt"], query.zone, query.now),
        "tags": note["tags"],
    }


def _select(query: Query) -> Context:
    """Whether notes are being selected, all of them to begin with, and where the ways in and out lead."""
    return {
        "on": bool(query.get("select")),
        "all": query.get("select") == "all",
        "some_href": address(query, select="some"),
        "all_href": address(query, select="all"),
    }


def _chosen(query: Query) -> tuple[str, list[str]]:
    """The parameter that holds the chosen tags, and these."""
    mode = "any" if query.get("any") else "tag"
    return mode, list(dict.fromkeys(tag for tag in query.get(mode).split("\n") if tag))


def _chips(tags: list[list[object]], mode: str, chosen: list[str], query: Query) -> list[Context]:
    """The tags that most notes have, the chosen ones always among them. Each chip adds its tag, or takes it away."""
    counts = {str(name): int(str(count)) for name, count in tags}
    ranked = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_CHIPS]
    ranked += [name for name in chosen if name not in ranked]
    return [
        {
            "name": name,
            "count": counts.get(name, 0),
            "href": address(query, **{mode: "\n".join(_toggled(chosen, name)), "page": ""}),
            "current": name in chosen,
        }
        for name in ranked
    ]


def _toggled(chosen: list[str], name: str) -> list[str]:
    return [each for each in chosen if each != name] if name in chosen else [*chosen, name]


def _heading(query: Query) -> str:
    if query.get("title"):
        return f"Named “{query.get('title')}”"
    if query.get("archived") == "true":
        return "Archived"
    narrowed = any(query.get(name) for name in ("q", "tag", "any"))
    return "Notes" if narrowed or _sort(query) else "Recent"


def _empty(chosen: list[str], mode: str, query: Query) -> Context:
    """What to say when there is nothing to list, and one way on."""
    title, q = query.get("title"), query.get("q")
    if title:
        missing = f"/notebook/new?title={urlpath(title)}"
        return _way_on(f"No note named “{title}”", "Write it, and the link leads there.", missing, "Write it")
    if page_number(query) > 1:
        newest = address(query, page="")
        return _way_on("No older notes", "This is where the list ends.", newest, "Back to the newest")
    if q:
        text = "Every word must occur in the title, the text or a tag."
        return _way_on(f"Nothing found for “{q}”", text, address(query, q=""), "Search no more")
    if chosen:
        named = (" and " if mode == "tag" else " or ").join(f"#{tag}" for tag in chosen)
        text = "Write the tag anywhere in a note, or set it beside the text."
        return _way_on(f"No notes with {named}", text, address(query, tag="", any=""), "Show all tags")
    if query.get("archived") == "true":
        text = "Archive a note to take it off the list without deleting it."
        return _way_on("The archive is empty", text, "/notebook", "Back to the notes")
    return _way_on("No notes yet", "Write the first one. It is kept on your own server.", "/notebook/new", "New note")


def _way_on(title: str, text: str, href: str, label: str) -> Context:
    return {"title": title, "text": text, "href": href, "label": label}


def _page_address(query: Query, step: int) -> str:
    page = page_number(query) + step
    return address(query, page=str(page) if page > 1 else "")


def address(query: Query, **changes: str) -> str:
    """The address of this list with some parameters changed; "" leaves one out."""
    values = {name: query.get(name) for name in _PARAMS} | changes
    pairs = [
        f"{name}={urlpath(each)}"
        for name, given in values.items()
        for each in (given.split("\n") if name in _LISTS else [given])
        if each
    ]
    return "/notebook?" + "&".join(pairs) if pairs else "/notebook"


def _toast(documents: Documents, query: Query) -> Context | None:
    deleted = query.get("deleted")
    if not is_id(deleted) or documents["undeleted"] is not None:
        return None
    return {
        "text": "Note deleted",
        "icon": "trash-2",
        "path": f"/notebook/{deleted}/restoration",
        "method": "PUT",
        "label": "Undo",
    }
