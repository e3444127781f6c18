"""What the trash shows, and what taking something back means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.modules import Submission
from aios.records.clock import from_wire
from aios.records.mutation import Mutation
from aios.records.query import page_number
from aios.web import when

if TYPE_CHECKING:
    from aios.modules.forms import Form
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

LIMIT = 50
DAYS, DAY_MS = 30, 86_400_000
"""How long the trash keeps what is in it (docs/sync.md, push 7)."""


def show(documents: Documents, query: Query) -> Context:
    """`kinds` come from the modules themselves. Settings are never here: there is one record of them, always."""
    kinds: dict[str, dict[str, Any]] = {each["name"]: each for each in documents["kinds"]}
    page = page_number(query)
    total: int = documents["count"]
    return {
        "title": "Trash",
        "rows": [
            _row(each, kinds[each["_collection"]], query)
            for each in documents["trash"]
            if each["_collection"] in kinds and not kinds[each["_collection"]]["single"]
        ],
        "total": total,
        "newer": f"/trash?page={page - 1}" if page > 1 else "",
        "older": f"/trash?page={page + 1}" if total > page * LIMIT else "",
        "toast": _toast(query),
    }


def _row(document: Document, kind: dict[str, Any], query: Query) -> Context:
    singular: str = kind["singular"]
    deleted: str = document["_deleted"]
    left = max(1, DAYS - (from_wire(query.now) - from_wire(deleted)) // DAY_MS)
    return {
        "record": f"{document['_collection']}/{document['id']}",
        "title": document.get("title") or document.get("name") or singular[:1].upper() + singular[1:],
        "kind": singular,
        "module": kind["module"],
        "icon": kind["icon"],
        "when": when.moment(deleted, query.zone, query.now),
        "left": "1 day left" if left == 1 else f"{left} days left",
    }


def _toast(query: Query) -> Context | None:
    restored = query.get("restored")
    if not (restored.isascii() and restored.isdecimal()):
        return None
    return {"text": f"{restored} taken back", "icon": "undo-2", "path": "", "method": "", "label": ""}


def restore(documents: Documents, form: Form, _: Query) -> Submission:
    """Take back what was ticked, or the one whose button was pressed. What is not in the trash any more is left out."""
    wanted = form.get("only") or form.get("record", [])
    trash: list[Document] = documents["trash"]
    mutations = tuple(
        Mutation(op="restore", collection=each["_collection"], id=each["id"])
        for each in trash
        if f"{each['_collection']}/{each['id']}" in wanted
    )
    return Submission(mutations=mutations, location=f"/trash?restored={len(mutations)}" if mutations else "/trash")
