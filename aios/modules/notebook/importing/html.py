"""HTML of notes as Markdown, as far as Markdown goes: headings, emphasis, lists, checks, links, tables, code."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from aios.port.limits import UnreadableError

_BLOCKS = frozenset(
    {"p", "div", "section", "article", "header", "footer", "blockquote", "ul", "ol", "table", "tr", "hr"}
)
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~", "code": "`"}
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_DEEPEST = 20
MOST_HTML = 1_000_000
"""Characters. One tag is read at one go, during which the process does nothing else."""
TOO_LARGE = "It is HTML of more than 1 MB. Pictures inside it may be why: export it without them, or as Markdown."
MOST_OPEN = 10
"""Tags without an end that are looked behind."""
_NUMBERS = re.compile(r"&#[0-9]{10,}+;?")
"""No characters, and Python refuses numbers of so many digits."""
_SECTION = re.compile(r"<!\[(?!if\b|else\b|endif\b|CDATA\[)", re.IGNORECASE)
"""A marked section that html.parser does not know, and does not go on behind."""
_SPACES = re.compile(r"[ \t\r\n]+")


def markdown(source: str) -> str:
    """The text of an HTML document. What has no form in Markdown is left out, its words are not.

    Raises UnreadableError where it is too large.
    """
    if len(source) > MOST_HTML:
        raise UnreadableError(TOO_LARGE)
    parser = _Parser()
    parser.feed(_SECTION.sub("&lt;![", _NUMBERS.sub("\ufffd", source)))
    parser.finish()
    return re.sub(r"\n{3,}", "\n\n", "".join(parser.parts)).strip() + "\n"


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._lists: list[int] = []
        """Of each open list the next number; 0 for a list without numbers."""
        self._silent = 0
        self._pre = False
        self._link = ""

    def finish(self) -> None:
        """Take what stands behind a tag without its end as text, up to the next end of one, and read on there.

        `close` does it for every tag, each time with all that follows.
        """
        for tries in range(MOST_OPEN + 1):
            rest, self.rawdata = self.rawdata, ""
            if not rest or self.cdata_elem:  # a script without its end
                return
            end = rest.find(">") + 1 if tries < MOST_OPEN else 0
            self.handle_data(unescape(rest[:end] if end else rest))
            if not end:
                return
            self.feed(rest[end:])

    def handle_starttag(  # noqa: C901  a case for each kind of tag
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        given = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self.parts.append("\n")
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":  # noqa: PLR2004
            self._block("#" * int(tag[1]) + " ")
        elif tag in {"ul", "ol"}:
            self._lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._item(given)
        elif tag == "input" and given.get("type") == "checkbox":
            self.parts.append("[x] " if "checked" in given else "[ ] ")
        elif tag == "a":
            self._link = given.get("href") or ""
            self.parts.append("[" if self._link else "")
        elif tag == "img":
            self.parts.append(f"![{given.get('alt') or ''}]({given.get('src') or ''})")
        elif tag == "pre":
            self._pre = True
            self._block("```\n")
        elif tag in {"td", "th"}:
            self.parts.append(" | ")
        elif tag in _BLOCKS:
            self._block("---" if tag == "hr" else "> " if tag == "blockquote" else "")
        elif not self._pre:
            self.parts.append(_MARKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in {"ul", "ol"}:
            if self._lists:
                self._lists.pop()
            self._block("")
        elif tag == "a":
            self.parts.append(f"]({self._link})" if self._link else "")
            self._link = ""
        elif tag == "pre":
            self._pre = False
            self.parts.append("\n```\n\n")
        elif tag in _BLOCKS or (len(tag) == 2 and tag[0] == "h" and tag[1] in "123456"):  # noqa: PLR2004
            self._block("")
        elif not self._pre and tag != "li":
            self.parts.append(_MARKS.get(tag, ""))

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._pre:
            self.parts.append(data)
            return
        words = _SPACES.sub(" ", data)
        if words == " " and (not self.parts or self.parts[-1].endswith(("\n", " "))):
            return
        self.parts.append(words.lstrip() if self.parts and self.parts[-1].endswith("\n") else words)

    def _block(self, start: str) -> None:
        if self.parts and not self.parts[-1].endswith(("- ", ". ", "> ")):
            self.parts.append("\n\n" if not self._lists else "\n")
        self.parts.append(start)

    def _item(self, given: dict[str, str | None]) -> None:
        indent = "    " * min(max(0, len(self._lists) - 1), _DEEPEST)
        sign = "- "
        if self._lists and self._lists[-1]:
            sign = f"{self._lists[-1]}. "
            self._lists[-1] += 1
        checked = given.get("class") or ""
        box = "[x] " if "checked" in checked.split() else ""
        self.parts.append(f"\n{indent}{sign}{box}")
