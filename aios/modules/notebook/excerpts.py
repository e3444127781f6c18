"""Parts of a note's text in a line: its beginning, its name, the place where it links to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.forms import visible
from aios.modules.notebook.scanner import LINK_WINDOW
from aios.records.stubs import START, is_stub, size, start
from aios.records.text import sort_key, trim
from aios.web import markdown

if TYPE_CHECKING:
    from aios.records.collection import Document

NAME_LENGTH = 80
"""How much of a text's first line becomes the title of a note without one."""
BEFORE_LINK = 40
"""Characters shown before the link in the excerpt of a note that links here."""


def name(body: str) -> str:
    """The title of a note that was given none: the first line with any words, without Markdown's signs."""
    for line in body.split("\n"):
        text = markdown.excerpt(line, NAME_LENGTH)
        if visible(text):
            return text
    return "Untitled"


def beginning(note: Document) -> str:
    """The beginning of the body, which a stub has too; without its first line where that is the title already."""
    text = start(note, "bodyMarkdown")
    first, _, rest = text.partition("\n")
    shown = markdown.excerpt(rest if name(first) == note["title"] else text)
    cut = size(note, "bodyMarkdown") > START
    return f"{shown}…" if cut and not shown.endswith("…") else shown


def around(note: Document, title: str) -> str:
    """The line of `note` that links to `title`, from a little before the link.

    Where the text is not here, its beginning stands in its place: the one difference that a stub makes to a page.
    """
    if is_stub(note, "bodyMarkdown"):
        return beginning(note)
    link = sort_key(title)
    for line in note["bodyMarkdown"].split("\n"):
        opening = line.find("[[")
        while opening >= 0:
            end = line.find("]]", opening, opening + LINK_WINDOW)
            if end >= 0 and sort_key(trim(line[opening + 2 : end])) == link:
                return _from_shortly_before(line, opening)
            opening = line.find("[[", opening + 1)
    return beginning(note)


def _from_shortly_before(line: str, opening: int) -> str:
    if opening <= BEFORE_LINK:
        return markdown.excerpt(line)
    space = line.find(" ", opening - BEFORE_LINK, opening)
    return "… " + markdown.excerpt(line[space + 1 if space >= 0 else opening :])
