"""What follows from a note's body: tags and links that are written in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aios.modules.notebook.scanner import find
from aios.records.stubs import is_stub

if TYPE_CHECKING:
    from aios.records.collection import Document

TITLE_LENGTH = 200
TAG_LENGTH = 100
MOST_TAGS = 100
MOST_LINKS = 500


class _Named(NamedTuple):
    """A field that holds names, the one that holds those which were set, and their limits."""

    field: str
    explicit: str
    longest: int
    most: int


_TAGS = _Named("tags", "explicitTags", TAG_LENGTH, MOST_TAGS)
_LINKS = _Named("links", "explicitLinks", TITLE_LENGTH, MOST_LINKS)


def derive(document: Document, previous: Document | None) -> None:
    """Add what the body names to the tags and links that were set (docs/domain.md, "notes").

    A body that is not here (a stub) was not written either, so it names what it named before.
    """
    if previous is not None and is_stub(document, "bodyMarkdown"):
        tags, links = _of_body(previous, _TAGS), _of_body(previous, _LINKS)
    else:
        tags, links = find(document["bodyMarkdown"])
    _join(document, previous, _TAGS, tags)
    _join(document, previous, _LINKS, links)


def _of_body(note: Document, named: _Named) -> list[str]:
    """The members of a field that come from the body, as far as can be told without it: those that nobody set."""
    explicit: list[str] = note[named.explicit]
    return [each for each in note[named.field] if each not in explicit]


def _join(document: Document, previous: Document | None, named: _Named, found: list[str]) -> None:
    """Split what was sent into what was set and what came from the body, and join both again.

    A client sends the whole array, often as it read it. So only a member that was not there before counts as
    set now; one that came from the body stays the body's. Members are compared exactly: `Work` and `work` are two.
    """
    before: list[str] = previous[named.field] if previous is not None else []
    set_before: list[str] = previous[named.explicit] if previous is not None else []
    given = list(dict.fromkeys(document[named.field]))
    explicit = [each for each in given if each not in before or each in set_before]
    short = [each for each in found if len(each) <= named.longest]
    document[named.explicit] = explicit
    document[named.field] = list(dict.fromkeys([*explicit, *short]))[: named.most]
