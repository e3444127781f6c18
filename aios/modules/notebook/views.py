"""What the Notebook's pages show. Pure functions of documents and query (docs/parity.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.forms import visible
from aios.modules.notebook.scanner import LINK_WINDOW
from aios.records.ids import implied_id, is_id
from aios.records.query import page_number
from aios.records.stubs import START, is_stub, size, start
from aios.records.text import sort_key, text_hash, trim
from aios.web import markdown, when
from aios.web.templates import urlpath

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

PAGE_SIZE = 50
MOST_CHIPS = 20
NAME_LENGTH = 80
"""How much of a text's first line becomes the title of a note without one."""
BEFORE_LINK = 40
"""Characters shown before the link in the excerpt of a note that links here."""
SORTS = (("", "Last edited", "recent"), ("title", "Title", "by_title"), ("created", "Newest", "by_created"))
"""Value of `sort`, its words, and the read that has this order."""


def notes_page(documents: Documents, query: Query) -> Context:
    """The list: pinned and other notes, or the archive, or the notes with one title."""
    titled = query.get("title")
    archived = query.get("archived") == "true"
    pinned = [] if titled or archived else [_row(note, query) for note in documents["pinned"]]
    found = _listed(documents, query)
    rows = [_row(note, query) for note in found]
    return {
        "title": "Archive" if archived else "Notebook",
        "q": query.get("q"),
        "tag": query.get("tag"),
        "archived": archived,
        "total": documents["total"],
        "chips": _chips(documents["tags"], query),
        "pinned": pinned,
        "rows": rows,
        "heading": _heading(query),
        "older": _page_address(query, 1) if len(found) == PAGE_SIZE else "",
        "newer": _page_address(query, -1) if page_number(query) > 1 else "",
        "empty_states": [] if pinned or rows else [_empty(query)],
        "sorts": [
            {"label": label, "href": _address(query, sort=sort, page=""), "current": _sort(query) == sort}
            for sort, label, _ in SORTS
        ],
        "toast": _toast(documents, query),
    }


def new_page(_: Documents, query: Query) -> Context:
    """An empty editor, or the one that was refused."""
    title = query.form.get("title", query.get("title"))
    return {
        "title": "New note",
        "fields": {
            "id": query.form.get("id", _id_for(query)),
            "title": title,
            "bodyMarkdown": query.form.get("bodyMarkdown", ""),
            "tags": query.form.get("tags", query.get("tag")),
        },
    }


def note_page(documents: Documents, query: Query) -> Context:
    """One note: its editor, its text as it reads, and the notes that link to it."""
    note = documents["note"]
    body = note["bodyMarkdown"]
    words = markdown.word_count(body)
    return {
        "title": note["title"],
        "path": f"/notebook/{note['id']}",
        "pin_path": f"/notebook/{note['id']}/pin",
        "archive_path": f"/notebook/{note['id']}/archive",
        "fields": {
            "title": query.form.get("title", note["title"]),
            "bodyMarkdown": query.form.get("bodyMarkdown", body),
            "tags": query.form.get("tags", ", ".join(note["explicitTags"])),
        },
        "base_rev": note["_rev"],
        "base": text_hash(body),
        "tags": note["tags"],
        "words": words,
        "minutes": markdown.reading_minutes(words),
        "pinned": note["isPinned"],
        "archived": note["isArchived"],
        "edited": when.moment(note["updatedAt"], query.zone, query.now),
        "html": markdown.render(body),
        "backlinks": [
            {"href": f"/notebook/{other['id']}", "title": other["title"], "excerpt": _around(other, note["title"])}
            for other in documents["linked"]
            if other["id"] != note["id"]
        ],
    }


def tile(documents: Documents, _: Query) -> Context:
    """How many notes there are."""
    total: int = documents["total"]
    return {"value": str(total) if total else "", "label": "note" if total == 1 else "notes", "tone": ""}


def name(body: str) -> str:
    """The title of a note that was given none: the first line with any words, without Markdown's signs."""
    for line in body.split("\n"):
        text = markdown.excerpt(line, NAME_LENGTH)
        if visible(text):
            return text
    return "Untitled"


def _listed(documents: Documents, query: Query) -> list[Document]:
    """The documents of the read that this query asks for."""
    if query.get("title"):
        wanted = "titled"
    elif query.get("archived") == "true":
        wanted = "archive"
    else:
        wanted = next(read for sort, _, read in SORTS if sort == _sort(query))
    found: list[Document] = documents[wanted]
    return found


def _sort(query: Query) -> str:
    given = query.get("sort")
    return given if given in {"title", "created"} else ""


def _row(note: Document, query: Query) -> Context:
    created = _sort(query) == "created"
    return {
        "href": f"/notebook/{note['id']}",
        "title": note["title"],
        "excerpt": _excerpt(note),
        "time": when.moment(note["createdAt" if created else "updatedAt"], query.zone, query.now),
        "tags": note["tags"],
    }


def _excerpt(note: Document) -> str:
    """The beginning of the body, which a stub has too; without its first line where that is the title already."""
    beginning = start(note, "bodyMarkdown")
    first, _, rest = beginning.partition("\n")
    text = markdown.excerpt(rest if name(first) == note["title"] else beginning)
    cut = size(note, "bodyMarkdown") > START
    return f"{text}…" if cut and not text.endswith("…") else text


def _around(note: Document, title: str) -> str:
    """The line of `note` that links to `title`, from a little before the link.

    Where the text is not here, its beginning stands in its place: the one difference that a stub makes to a page.
    """
    if is_stub(note, "bodyMarkdown"):
        return _excerpt(note)
    link = sort_key(title)
    for line in note["bodyMarkdown"].split("\n"):
        opening = line.find("[[")
        while opening >= 0:
            end = line.find("]]", opening, opening + LINK_WINDOW)
            if end >= 0 and sort_key(trim(line[opening + 2 : end])) == link:
                return _from_shortly_before(line, opening)
            opening = line.find("[[", opening + 1)
    return _excerpt(note)


def _from_shortly_before(line: str, opening: int) -> str:
    if opening <= BEFORE_LINK:
        return markdown.excerpt(line)
    space = line.find(" ", opening - BEFORE_LINK, opening)
    return "… " + markdown.excerpt(line[space + 1 if space >= 0 else opening :])


def _chips(tags: list[list[object]], query: Query) -> list[Context]:
    """The tags that most notes have, the current one always among them."""
    current = query.get("tag")
    ranked = sorted(((str(name), int(str(count))) for name, count in tags), key=lambda pair: (-pair[1], pair[0]))
    shown = ranked[:MOST_CHIPS]
    if current and all(name != current for name, _ in shown):
        shown.append((current, next((count for name, count in ranked if name == current), 0)))
    return [
        {"name": name, "count": count, "href": _address(query, tag=name, page=""), "current": name == current}
        for name, count in shown
    ]


def _heading(query: Query) -> str:
    if query.get("title"):
        return f"Named “{query.get('title')}”"
    if query.get("archived") == "true":
        return "Archived"
    return "Notes" if query.get("q") or query.get("tag") or _sort(query) else "Recent"


def _empty(query: Query) -> Context:
    """What to say when there is nothing to list, and one way on."""
    title, tag, q = query.get("title"), query.get("tag"), query.get("q")
    if title:
        missing = f"/notebook/new?title={urlpath(title)}"
        return _way_on(f"No note named “{title}”", "Write it, and the link leads there.", missing, "Write it")
    if page_number(query) > 1:
        newest = _address(query, page="")
        return _way_on("No older notes", "This is where the list ends.", newest, "Back to the newest")
    if q:
        text = "Every word must occur in the title, the text or a tag."
        return _way_on(f"Nothing found for “{q}”", text, _address(query, q=""), "Search no more")
    if tag:
        text = "Write the tag anywhere in a note, or set it beside the text."
        return _way_on(f"No notes with #{tag}", text, _address(query, tag=""), "Show all tags")
    if query.get("archived") == "true":
        text = "Archive a note to take it off the list without deleting it."
        return _way_on("The archive is empty", text, "/notebook", "Back to the notes")
    return _way_on("No notes yet", "Write the first one. It is kept on your own server.", "/notebook/new", "New note")


def _way_on(title: str, text: str, href: str, label: str) -> Context:
    return {"title": title, "text": text, "href": href, "label": label}


def _page_address(query: Query, step: int) -> str:
    page = page_number(query) + step
    return _address(query, page=str(page) if page > 1 else "")


def _address(query: Query, **changes: str) -> str:
    """The address of this list with some parameters changed; "" leaves one out."""
    values = {name: query.get(name) for name in ("q", "tag", "archived", "sort", "page")} | changes
    pairs = [f"{name}={urlpath(given)}" for name, given in values.items() if given]
    return "/notebook?" + "&".join(pairs) if pairs else "/notebook"


def _id_for(query: Query) -> str:
    """Two devices that write the note of one missing link make the same record (docs/sync.md, implied records)."""
    title = query.get("title")
    return implied_id(query.space, "notes", sort_key(title)) if title else query.new_id


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
