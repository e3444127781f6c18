"""Long texts as lists show them: their beginning, words and length, whole or as a stub (docs/sync.md, first sync).

A stub is a record on a device whose long texts have stayed on the server. Its fields of merge kind `text` are "", and
`_stub` maps each to `{length, words, start}`. What a list shows of a long text comes from here alone, so that it
is the same whether the text is here or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from aios.records.text import count_words

if TYPE_CHECKING:
    from aios.records.collection import Document

START = 240
"""How many code points of a text are kept: an excerpt's 160, and room for Markdown's signs."""


class Kept(TypedDict):
    """What stands for a long text that is not here."""

    length: int
    """In code points."""
    words: int
    start: str
    """Its first START code points."""


def keep(text: str) -> Kept:
    """What a stub keeps of `text`."""
    return {"length": len(text), "words": count_words(text), "start": text[:START]}


def is_stub(document: Document, field: str) -> bool:
    """Whether the long text `field` of `document` is not here."""
    return field in (document.get("_stub") or {})


def start(document: Document, field: str) -> str:
    """The first START code points of the text `field`."""
    if is_stub(document, field):
        return str(document["_stub"][field]["start"])
    return str(document[field])[:START]


def words(document: Document, field: str) -> int:
    """How many words the text `field` has."""
    return int(document["_stub"][field]["words"]) if is_stub(document, field) else count_words(document[field])


def size(document: Document, field: str) -> int:
    """How long the text `field` is, in code points."""
    return int(document["_stub"][field]["length"]) if is_stub(document, field) else len(document[field])
