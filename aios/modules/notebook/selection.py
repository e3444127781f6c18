"""Several notes at once: pinned, archived, tagged or deleted, and that taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from aios.modules import Submission
from aios.modules.forms import next_path, value
from aios.records.ids import is_id
from aios.records.mutation import Mutation
from aios.records.text import trim
from aios.web.templates import urlpath

if TYPE_CHECKING:
    from aios.modules.forms import Form
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

MOST = 200
"""Notes that one act may be taken back for: their ids stand in an address."""
ACTS = {
    "pinned": ("isPinned", "true", "pinned", "pin"),
    "unpinned": ("isPinned", "false", "no longer pinned", "pin-off"),
    "archived": ("isArchived", "true", "archived", "archive"),
    "unarchived": ("isArchived", "false", "out of the archive", "archive-restore"),
    "tagged": ("tagged", "true", "tagged", "tag"),
    "untagged": ("tagged", "false", "without the tag", "tag"),
    "deleted": ("deleted", "true", "deleted", "trash-2"),
    "restored": ("deleted", "false", "back from the trash", "undo-2"),
}
"""What was done: the field of the form that does it, its value, how that is said, and its symbol."""


def tags_of(line: str) -> list[str]:
    """The tags of a line such as `work, #foz`."""
    names = [trim(trim(part).removeprefix("#")) for part in line.split(",")]
    return list(dict.fromkeys(name for name in names if name))


def select(documents: Documents, form: Form, _: Query) -> Submission:
    """Change the selected notes; those that are so already stay as they are, and Undo leaves them alone."""
    chosen = set(form.get("note", []))
    act = next((act for act, (field, wanted, *_) in ACTS.items() if value(form, field) == wanted), "")
    tags = tags_of(value(form, "tag"))
    if act in {"tagged", "untagged"} and not tags:
        return Submission(errors={"": "Write the tag first, then select the notes again."})
    notes: list[Document] = documents["gone" if act == "restored" else "notes"]
    found = [(note["id"], _change(act, tags, note)) for note in notes if note["id"] in chosen]
    mutations = tuple(
        Mutation(op=_op(act), collection="notes", id=note_id, fields=fields)
        for note_id, fields in found
        if fields is not None
    )
    return Submission(mutations=mutations, location=_location(form, act, mutations))


def _op(act: str) -> Literal["update", "delete", "restore"]:
    if act == "deleted":
        return "delete"
    return "restore" if act == "restored" else "update"


def _change(act: str, tags: list[str], note: Document) -> Document | None:
    """The fields that `act` changes in `note`; None when there is nothing to do."""
    if act in {"deleted", "restored"}:
        return {}
    if act in {"tagged", "untagged"}:
        wanted = act == "tagged"
        fields = {f"tags/{tag}": True if wanted else None for tag in tags if (tag in note["explicitTags"]) != wanted}
        return fields or None
    if not act:
        return None
    field, state, *_ = ACTS[act]
    return {field: state == "true"} if note[field] != (state == "true") else None


def _location(form: Form, act: str, mutations: tuple[Mutation, ...]) -> str:
    """Back to the list, with what can be taken back."""
    path = next_path(form, "notebook", "/notebook")
    if not mutations:
        return path
    named = f"&named={urlpath(value(form, 'tag'))}" if act in {"tagged", "untagged"} else ""
    which = ".".join(each.id for each in mutations[:MOST])
    return f"{path}{'&' if '?' in path else '?'}did={act}{named}&which={which}"


def undo(query: Query) -> Context | None:
    """What was just done to several notes, and the form that takes it back; None when it was nothing."""
    act = query.get("did")
    ids = [each for each in query.get("which").split(".") if is_id(each)][:MOST]
    if act not in ACTS or not ids:
        return None
    field, state, words, icon = ACTS[act]
    fields = [(field, "false" if state == "true" else "true"), ("tag", query.get("named"))]
    return {
        "text": f"{len(ids)} {'note' if len(ids) == 1 else 'notes'} {words}",
        "icon": icon,
        "fields": [{"name": name, "value": given} for name, given in fields if given],
        "ids": ids,
    }
