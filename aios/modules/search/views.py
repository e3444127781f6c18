"""What the search shows: what was found, the best first; before anything is typed, what was changed last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.records.query import page_number
from aios.records.text import fold, search_words
from aios.web.templates import urlpath
from aios.web.when import moment

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

LIMIT = 30
RECENT, COMMANDS = 8, 5
"""How much is shown before anything is typed; how many commands stand above what was found."""


def show(documents: Documents, query: Query) -> Context:
    """`kinds` and `commands` come from the modules themselves. What has no page of its own is not shown."""
    kinds: dict[str, Context] = {each["name"]: each for each in documents["kinds"] if each["place"]}
    words = search_words(query.get("q"))
    counts = _by_module(documents["counts"], kinds)
    chosen = query.get("in") if query.get("in") in [each["name"] for each in counts] else ""
    found: list[Document] = [each for each in documents["found"] if each["_collection"] in kinds]
    rows = [_row(each, kinds[each["_collection"]], query) for each in found]
    total: int = sum(each["count"] for each in counts if chosen in {"", each["name"]})
    page = page_number(query)
    return {
        "title": "Search",
        "q": query.get("q"),
        "within": chosen,
        "searched": bool(words),
        "commands": _commands(documents["commands"], words),
        "chips": _chips(counts, chosen, query) if words and len(counts) > 1 else [],
        "rows": rows if words else rows[:RECENT],
        "heading": "Found" if words else "Changed last",
        "total": total,
        "better": _href(query, chosen, page - 1) if words and page > 1 else "",
        "more": _href(query, chosen, page + 1) if words and total > page * LIMIT else "",
    }


def _by_module(counts: list[list[Any]], kinds: dict[str, Context]) -> list[Context]:
    """How many were found in each module that has any, in the modules' order."""
    found = {str(name): int(count) for name, count in counts}
    modules: dict[str, Context] = {}
    for kind in kinds.values():
        name = kind["module_name"]
        entry = modules.setdefault(name, {"name": name, "title": kind["module"], "count": 0})
        entry["count"] += found.get(kind["name"], 0)
    return [each for each in modules.values() if each["count"]]


def _commands(commands: list[Context], words: list[str]) -> list[Context]:
    """Those whose label has, for each word, one that begins with it."""
    if not words:
        return commands
    return [each for each in commands if all(f" {word}" in f" {fold(each['label'])}" for word in words)][:COMMANDS]


def _chips(counts: list[Context], chosen: str, query: Query) -> list[Context]:
    return [
        {"title": "All", "count": sum(each["count"] for each in counts), "href": _href(query, "", 1), "on": not chosen},
        *(
            {
                "title": each["title"],
                "count": each["count"],
                "href": _href(query, each["name"], 1),
                "on": each["name"] == chosen,
            }
            for each in counts
        ),
    ]


def _row(document: Document, kind: Context, query: Query) -> Context:
    return {
        "href": kind["place"].replace("{id}", document["id"]),
        "title": document.get("title") or document["name"],
        "kind": kind["singular"],
        "module": kind["module"],
        "icon": kind["icon"],
        "when": moment(document["updatedAt"], query.zone, query.now),
        "changed": document["updatedAt"],
    }


def _href(query: Query, module: str, page: int) -> str:
    within = f"&in={module}" if module else ""
    number = f"&page={page}" if page > 1 else ""
    return f"/search?q={urlpath(query.get('q'))}{within}{number}"
