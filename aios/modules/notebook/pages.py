"""The Notebook's pages and form posts: what each reads, and what each post means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules import Action, Page, Submission
from aios.modules.conflict import conflict_page
from aios.modules.forms import Form, bases, edited, record_id, seen_rev, value, visible
from aios.modules.notebook import listing, views
from aios.modules.notebook.completion import completion_page
from aios.modules.notebook.drafts import TEMPLATE
from aios.modules.notebook.excerpts import name
from aios.modules.notebook.graph import graph_page
from aios.modules.notebook.rules import MOST_LINKS
from aios.modules.notebook.selection import select, tags_of
from aios.modules.notebook.similar import similar_page
from aios.modules.notebook.statistics import statistics_page
from aios.modules.notebook.ticking import tick
from aios.records.collection import Document
from aios.records.mutation import Mutation
from aios.records.query import ALL, Condition, Documents, Param, Query, Read
from aios.records.text import trim

if TYPE_CHECKING:
    from collections.abc import Callable

LIVING = Condition("archived", ("1",), negate=True, rare=True)
_TAGGED = (
    Condition("tag", (Param("tag"),), rare=True, every=True),
    Condition("tag", (Param("any"),), rare=True),
)
_OTHERS = (LIVING, *_TAGGED, Condition("pinned", ("1",), negate=True, rare=True))
_SEARCH = Param("q")
MOST_GONE = 1_000
"""Of what was deleted last: what one act may take back is among it."""
NOTHING = "Write a title or some text first."
_EVERY = Read(collection="notes", where=(LIVING,), limit=ALL, projected=True)
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
    """Keep what was changed in the editor; the write path joins it with what was changed elsewhere meanwhile."""
    note = documents["note"]
    fields = _fields(form)
    if not fields["title"]:
        return Submission(errors={"bodyMarkdown": NOTHING})
    mutation = Mutation(
        op="update",
        collection="notes",
        id=note["id"],
        fields=edited(form, fields, {"tags": tags_of}),
        bases=bases(form, "bodyMarkdown"),
        base_rev=seen_rev(form),
    )
    return Submission(mutations=(mutation,), location=f"/notebook/{note['id']}")


def _fields(form: Form) -> Document:
    """The fields of the editor. Without a title the first line of the text is taken; "" when there is neither."""
    body = value(form, "bodyMarkdown")
    title = trim(value(form, "title"))
    if not visible(title):
        title = name(body) if visible(body) else ""
    return {"title": title, "bodyMarkdown": body, "tags": tags_of(value(form, "tags"))}


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


def _state(state: str, field: str) -> tuple[Action, Action]:
    """A state of a note as a resource: PUT turns it on, DELETE off."""
    path = f"/notebook/{{id}}/{state}"
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
        limit=listing.PAGE_SIZE,
        when=("sort", sort) if sort else None,
    )


conflict, settling = conflict_page("notes", "bodyMarkdown", "/notebook/{id}")

pages = (
    conflict,
    Page(
        path="/notebook",
        template="notebook/list.html",
        view=listing.notes_page,
        params=("q", "sort", "archived", "page", "title", "select", "deleted", "did", "which", "named"),
        lists=("tag", "any"),
        fragment="results",
        reads={
            "pinned": Read(
                collection="notes",
                index="pinned_edit",
                descending=True,
                where=(LIVING, *_TAGGED),
                search=_SEARCH,
                when=("page", ("", "1")),
            ),
            "recent": _list("updated"),
            "by_title": _list("title", sort=("title",), descending=False),
            "by_created": _list("created", sort=("created",)),
            "by_length": Read(
                collection="notes",
                where=_OTHERS,
                search=_SEARCH,
                limit=ALL,
                when=("sort", ("length",)),
                projected=True,
            ),
            "archive": Read(
                collection="notes",
                index="archived_edit",
                descending=True,
                where=_TAGGED,
                search=_SEARCH,
                page="page",
                limit=listing.PAGE_SIZE,
                when=("archived", ("true",)),
            ),
            "titled": Read(collection="notes", index="title", equal=Param("title", fold=True), limit=5),
            "tags": Read(collection="notes", index="shown_tag", group=True),
            "total": Read(collection="notes", where=(LIVING,), count=True),
            "undeleted": Read(collection="notes", id=Param("deleted")),
        },
    ),
    Page(
        path="/notebook/new",
        template="notebook/new.html",
        view=views.new_page,
        params=("title", "tag", "template"),
        reads={
            "template": Read(collection="notes", id=Param("template")),
            "templates": Read(collection="notes", index="tag", equal=TEMPLATE, limit=20),
        },
    ),
    Page(
        path="/notebook/completion",
        template="notebook/completion.html",
        view=completion_page,
        params=("kind", "prefix"),
        fragment="found",
        reads={
            "tags": Read(collection="notes", index="tag", group=True, when=("kind", ("tag",))),
            "titles": Read(
                collection="notes",
                index="title",
                since=Param("prefix", fold=True),
                limit=20,
                when=("kind", ("", "title")),
            ),
        },
    ),
    Page(
        path="/notebook/statistics",
        template="notebook/statistics.html",
        view=statistics_page,
        threaded=True,
        reads={
            "notes": _EVERY,
            "tags": Read(collection="notes", index="tag", group=True),
        },
    ),
    Page(
        path="/notebook/graph",
        template="notebook/graph.html",
        view=graph_page,
        threaded=True,
        reads={"notes": _EVERY},
    ),
    Page(
        path="/notebook/{id}/similar",
        template="notebook/similar.html",
        view=similar_page,
        reads={**_NOTE, "notes": _EVERY},
        needs="note",
        fragment="similar",
        threaded=True,
    ),
    Page(
        path="/notebook/{id}",
        template="notebook/note.html",
        view=views.note_page,
        reads={
            **_NOTE,
            "linked": Read(collection="notes", index="link", equal=Param("@note.title", fold=True)),
            "targets": Read(
                collection="notes",
                index="title",
                where=(Condition("title", (Param("@note.links", fold=True),), rare=True),),
                limit=MOST_LINKS,
                when=("@note.links", ()),
            ),
        },
        needs="note",
        threaded=True,
    ),
)

actions = (
    settling,
    Action(
        path="/notebook/selection",
        method="PUT",
        submit=select,
        retry="/notebook",
        reads={
            "notes": Read(collection="notes", limit=ALL, projected=True),
            "gone": Read(collection="notes", limit=MOST_GONE, deleted=True, projected=True),
        },
    ),
    Action(path="/notebook/{id}/tasks", method="PUT", submit=tick, reads=_NOTE, needs="note", retry="/notebook/{id}"),
    Action(path="/notebook", method="POST", submit=create, retry="/notebook/new"),
    Action(path="/notebook/{id}", method="PUT", submit=save, reads=_NOTE, needs="note", retry="/notebook/{id}"),
    Action(path="/notebook/{id}", method="DELETE", submit=delete, reads=_NOTE, needs="note"),
    *_state("pin", "isPinned"),
    *_state("archive", "isArchived"),
    Action(path="/notebook/{id}/restoration", method="PUT", submit=restore),
)
