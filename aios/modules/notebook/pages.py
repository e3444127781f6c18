"""The Notebook's pages and form posts: what each reads, and what each post means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules import Action, Page, Submission
from aios.modules.forms import Form, changed_elsewhere, record_id, value, visible
from aios.modules.notebook import views
from aios.records.collection import Document
from aios.records.mutation import Mutation
from aios.records.query import Condition, Documents, Param, Query, Read
from aios.records.text import text_hash, trim

if TYPE_CHECKING:
    from collections.abc import Callable

LIVING = Condition("archived", ("1",), negate=True, rare=True)
_TAGGED = Condition("tag", (Param("tag"),), rare=True)
_OTHERS = (LIVING, _TAGGED, Condition("pinned", ("1",), negate=True, rare=True))
_SEARCH = Param("q")
NOTHING = "Write a title or some text first."
CHANGED = (
    "This text was changed elsewhere while you wrote. The editor holds yours, the preview what is saved. "
    "Take over what you need, then save again."
)
_NOTE = {"note": Read(collection="notes", id=Param("id"))}


def create(_: Documents, form: Form, query: Query) -> Submission:
    """Keep a new note."""
    fields = _fields(form)
    if not fields["title"]:
        return Submission(errors={"bodyMarkdown": NOTHING})
    note_id = record_id(form, query)
    mutation = Mutation(op="create", collection="notes", id=note_id, fields=fields)
    return Submission(mutations=(mutation,), location=f"/notebook/{note_id}")


def save(documents: Documents, form: Form, _: Query) -> Submission:
    """Keep what was changed in the editor, unless the text was changed elsewhere since it was opened."""
    note = documents["note"]
    fields = _fields(form)
    if not fields["title"]:
        return Submission(errors={"bodyMarkdown": NOTHING})
    if changed_elsewhere(form, "bodyMarkdown", note["bodyMarkdown"]):
        return Submission(errors={"bodyMarkdown": CHANGED})
    bases = {"bodyMarkdown": text_hash(note["bodyMarkdown"])}
    mutation = Mutation(op="update", collection="notes", id=note["id"], fields=fields, bases=bases)
    return Submission(mutations=(mutation,), location=f"/notebook/{note['id']}")


def _fields(form: Form) -> Document:
    """The fields of the editor. Without a title the first line of the text is taken; "" when there is neither."""
    body = value(form, "bodyMarkdown")
    title = trim(value(form, "title"))
    if not visible(title):
        title = views.name(body) if visible(body) else ""
    return {"title": title, "bodyMarkdown": body, "tags": _tags(value(form, "tags"))}


def _tags(line: str) -> list[str]:
    """The tags of a line such as `work, #foz`."""
    names = [trim(trim(part).removeprefix("#")) for part in line.split(",")]
    return list(dict.fromkeys(name for name in names if name))


def _set(field: str, state: bool) -> Callable[[Documents, Form, Query], Submission]:  # noqa: FBT001  one of two states
    """A submit that puts a yes-or-no field into `state` and returns to the note."""

    def submit(_: Documents, __: Form, query: Query) -> Submission:
        note_id = query.get("id")
        mutation = Mutation(op="update", collection="notes", id=note_id, fields={field: state})
        return Submission(mutations=(mutation,), location=f"/notebook/{note_id}")

    return submit


def delete(_: Documents, __: Form, query: Query) -> Submission:
    """Move a note to the trash; the list then offers to take it back."""
    note_id = query.get("id")
    mutation = Mutation(op="delete", collection="notes", id=note_id)
    return Submission(mutations=(mutation,), location=f"/notebook?deleted={note_id}")


def restore(_: Documents, __: Form, query: Query) -> Submission:
    """Take a note back from the trash."""
    note_id = query.get("id")
    mutation = Mutation(op="restore", collection="notes", id=note_id)
    return Submission(mutations=(mutation,), location=f"/notebook/{note_id}")


def _state(name: str, field: str) -> tuple[Action, Action]:
    """A state of a note as a resource: PUT turns it on, DELETE off."""
    path = f"/notebook/{{id}}/{name}"
    return (
        Action(path=path, method="PUT", submit=_set(field, state=True), reads=_NOTE, needs="note"),
        Action(path=path, method="DELETE", submit=_set(field, state=False), reads=_NOTE, needs="note"),
    )


def _list(index: str, *, sort: tuple[str, ...] = (), descending: bool = True) -> Read:
    return Read(
        collection="notes",
        index=index,
        descending=descending,
        where=_OTHERS,
        search=_SEARCH,
        page="page",
        limit=views.PAGE_SIZE,
        when=("sort", sort) if sort else None,
    )


pages = (
    Page(
        path="/notebook",
        template="notebook/list.html",
        view=views.notes_page,
        params=("q", "tag", "sort", "archived", "page", "title", "deleted"),
        fragment="results",
        reads={
            "pinned": Read(
                collection="notes",
                index="pinned_edit",
                descending=True,
                where=(LIVING, _TAGGED),
                search=_SEARCH,
                when=("page", ("", "1")),
            ),
            "recent": _list("updated"),
            "by_title": _list("title", sort=("title",), descending=False),
            "by_created": _list("created", sort=("created",)),
            "archive": Read(
                collection="notes",
                index="archived_edit",
                descending=True,
                where=(_TAGGED,),
                search=_SEARCH,
                page="page",
                limit=views.PAGE_SIZE,
                when=("archived", ("true",)),
            ),
            "titled": Read(collection="notes", index="title", equal=Param("title", fold=True), limit=5),
            "tags": Read(collection="notes", index="shown_tag", group=True),
            "total": Read(collection="notes", where=(LIVING,), count=True),
            "undeleted": Read(collection="notes", id=Param("deleted")),
        },
    ),
    Page(path="/notebook/new", template="notebook/new.html", view=views.new_page, reads={}, params=("title", "tag")),
    Page(
        path="/notebook/{id}",
        template="notebook/note.html",
        view=views.note_page,
        reads={
            **_NOTE,
            "linked": Read(collection="notes", index="link", equal=Param("@note.title", fold=True)),
        },
        needs="note",
        threaded=True,
    ),
)

actions = (
    Action(path="/notebook", method="POST", submit=create, retry="/notebook/new"),
    Action(path="/notebook/{id}", method="PUT", submit=save, reads=_NOTE, needs="note", retry="/notebook/{id}"),
    Action(path="/notebook/{id}", method="DELETE", submit=delete, reads=_NOTE, needs="note"),
    *_state("pin", "isPinned"),
    *_state("archive", "isArchived"),
    Action(path="/notebook/{id}/restoration", method="PUT", submit=restore),
)
