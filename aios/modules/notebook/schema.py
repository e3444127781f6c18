"""What a note is: docs/domain.md, "notes"."""

from typing import Annotated

import msgspec

from aios.modules.notebook.rules import MOST_LINKS, MOST_TAGS, TAG_LENGTH, TITLE_LENGTH, derive
from aios.records.collection import Collection, Filter, Index, Trait

Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=TAG_LENGTH)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_LENGTH)]


class Note(msgspec.Struct, kw_only=True, rename="camel"):
    """A text in Markdown, with tags and links to the titles of other notes."""

    id: Annotated[str, Trait(read_only=True)]
    created_at: Annotated[str, Trait(read_only=True)]
    updated_at: Annotated[str, Trait(read_only=True)]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_LENGTH), Trait(searchable=True)]
    body_markdown: Annotated[str, msgspec.Meta(max_length=50_000), Trait(merge="text", searchable=True)] = ""
    tags: Annotated[
        list[Tag],
        msgspec.Meta(max_length=MOST_TAGS),
        Trait(merge="set", searchable=True, description="Those that were set, then those written as #tag in the body"),
    ] = []
    links: Annotated[
        list[Title],
        msgspec.Meta(max_length=MOST_LINKS),
        Trait(merge="set", description="Those that were set, then those written as [[Title]] in the body"),
    ] = []
    is_pinned: bool = False
    is_archived: bool = False
    explicit_tags: Annotated[
        list[str], Trait(read_only=True, description="The tags that were set, and so stay when the body drops them")
    ] = []
    explicit_links: Annotated[
        list[str], Trait(read_only=True, description="The links that were set, and so stay when the body drops them")
    ] = []


notes = Collection(
    "notes",
    Note,
    singular="note",
    indexes={
        "title": Index(field="title", fold=True),
        "created": Index(field="createdAt"),
        "tag": Index(field="tags", multiple=True),
        "shown_tag": Index(field="tags", multiple=True, when=("isArchived", (False,))),
        "link": Index(field="links", multiple=True, fold=True),
        "pinned": Index(field="isPinned", when=("isPinned", (True,))),
        "pinned_edit": Index(field="updatedAt", when=("isPinned", (True,))),
        "archived": Index(field="isArchived", when=("isArchived", (True,))),
        "archived_edit": Index(field="updatedAt", when=("isArchived", (True,))),
    },
    filters={
        "tag": Filter(index="tag", description="Notes with this tag"),
        "archived": Filter(index="archived", type="boolean", description="Archived notes, or all others"),
        "pinned": Filter(index="pinned", type="boolean", description="Pinned notes, or all others"),
    },
    sorts={"title": "title", "createdAt": "created"},
    derive=derive,
    example={
        "id": "019ab2c4-7d10-7c3e-9b54-6f1d2a8e4c01",
        "createdAt": "2026-11-24T08:41:07.512Z",
        "updatedAt": "2026-11-24T09:02:30.044Z",
        "title": "Foz library, roof notes",
        "bodyMarkdown": "The **north beam** sits 40 mm lower than drawn. See [[Loads, second pass]].\n\n#foz",
        "tags": ["work", "foz"],
        "links": ["Loads, second pass"],
        "isPinned": True,
        "isArchived": False,
        "explicitTags": ["work"],
        "explicitLinks": [],
    },
)
