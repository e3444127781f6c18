"""The page on which a person settles two versions of a text, the same for every module that has texts.

Both versions stand in the text, and `_conflict` tells where (docs/sync.md, push 6), so it works without a network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules import Action, Page, Submission
from aios.modules.forms import Form, seen_rev, value
from aios.records.mutation import Mutation
from aios.records.query import Documents, Param, Read
from aios.records.text import text_hash

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Query

MOST_SHOWN = 6
"""Lines of what is the same that are shown whole."""
NEAR = 2
"""Lines of it that are shown at each end when there are more."""
CHANGED = "This text was changed meanwhile. Look at it once more."


def conflict_page(collection: str, field: str, path: str) -> tuple[Page, Action]:
    """The page and the form post at `<path>/conflict`, for the long text `field` of the record that `path` shows."""

    def show(documents: Documents, query: Query) -> Context:
        return _shown(documents["record"], field, path, query)

    def settle(documents: Documents, form: Form, query: Query) -> Submission:
        return _settled(documents["record"], collection, field, path, form, query)

    reads = {"record": Read(collection=collection, id=Param("id"))}
    place = f"{path}/conflict"
    return (
        Page(path=place, template="conflict.html", view=show, reads=reads, needs="record"),
        Action(path=place, method="PUT", submit=settle, reads=reads, needs="record", retry=place),
    )


def conflict_path(document: Document, field: str, path: str) -> str:
    """Where the two versions of a text are settled; "" where there are none."""
    return f"{path}/conflict" if _hunks(document, field) else ""


def _hunks(document: Document, field: str) -> list[list[int]]:
    found: dict[str, list[list[int]]] = document.get("_conflict") or {}
    return found.get(field, [])


def _shown(document: Document, field: str, path: str, query: Query) -> Context:
    lines: list[str] = document[field].split("\n")
    parts: list[Context] = []
    at = 0
    for number, (start, old, new) in enumerate(_hunks(document, field), 1):
        parts += _same(lines[at:start])
        first, second = _marked("\n".join(lines[start : start + old]), "\n".join(lines[start + old :][:new]))
        parts.append({"name": f"part{number}", "same": "", "first": first, "second": second})
        at = start + old + new
    there = path.replace("{id}", query.get("id"))
    return {
        "title": "Two versions",
        "name": document.get("title") or document.get("name") or "",
        "back": there,
        "path": f"{there}/conflict",
        "base": text_hash(document[field]),
        "base_rev": str(document["_rev"]),
        "parts": [*parts, *_same(lines[at:])] if parts else [],
    }


def _same(lines: list[str]) -> list[Context]:
    """What both versions share, the middle of it left out when it is long."""
    if not lines:
        return []
    shown = lines if len(lines) <= MOST_SHOWN else [*lines[:NEAR], "…", *lines[-NEAR:]]
    return [{"name": "", "same": "\n".join(shown), "first": {}, "second": {}}]


def _marked(first: str, second: str) -> tuple[Context, Context]:
    """Both, each cut at words into what is the same before, what differs, and what is the same after."""
    most = min(len(first), len(second))
    start = next((at for at in range(most) if first[at] != second[at]), most)
    end = next((at for at in range(most - start) if first[-1 - at] != second[-1 - at]), most - start)
    while start > 0 and first[start - 1] != " ":
        start -= 1
    while end > 0 and first[-end] != " ":
        end -= 1
    one, other = (
        {"start": text[:start], "differs": text[start : len(text) - end], "end": text[len(text) - end :]}
        for text in (first, second)
    )
    return one, other


def _settled(  # noqa: PLR0913, PLR0917  what a choice consists of
    document: Document, collection: str, field: str, path: str, form: Form, query: Query
) -> Submission:
    """Keep of each place what was chosen. A text that changed meanwhile has to be looked at again."""
    text: str = document[field]
    if value(form, "base") != text_hash(text):
        return Submission(errors={"": CHANGED})
    lines = text.split("\n")
    hunks = _hunks(document, field)
    for number, (start, old, new) in reversed(list(enumerate(hunks, 1))):
        choice = value(form, f"part{number}")
        if choice == "first":
            del lines[start + old : start + old + new]
        elif choice == "second":
            del lines[start : start + old]
    changed = "\n".join(lines)
    fields: Document = {field: changed} if changed != text else {}
    mutation = Mutation(
        op="update",
        collection=collection,
        id=document["id"],
        fields=fields | {f"{field}/conflict": None},
        bases={field: text_hash(text)} if fields else {},
        base_rev=seen_rev(form),
    )
    return Submission(mutations=(mutation,), location=path.replace("{id}", query.get("id")))
