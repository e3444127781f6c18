"""Links between the notes of a vault, made to lead to titles: what stands in code is left alone.

`[[name]]`, `[[folder/name|label]]`, `[[name#Heading]]` and `[label](name.md)` become `[[Title]]` or
`label ([[Title]])`: here a link names a title and nothing else. One that leads to no note keeps its name, and leads
there once it is written.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import unquote

from aios.modules.notebook.rules import TITLE_LENGTH
from aios.records.text import sort_key, trim

if TYPE_CHECKING:
    from collections.abc import Iterable

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")
_TICKS = re.compile(r"`+")
_LINK = re.compile(
    r"(?P<mark>!?)\[\[(?P<wiki>[^\[\]\n]+)\]\]"
    r"|(?<![!\\])\[(?P<label>[^\[\]\n]*)\]\((?:<(?P<angled>[^<>\n]*)>|(?P<bare>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*))"
    r"(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\)"
)
_TEXTS = (".md", ".markdown", ".mdown", ".txt", ".html", ".htm")
_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")


MOST_MISSING = 20


class Resolve(Protocol):
    """What a link means by a name; with `path` it is one, seen from the note that holds the link."""

    def __call__(self, name: str, /, *, path: bool) -> Target:
        """Give what it leads to."""
        ...


class Target(NamedTuple):
    """What a link leads to: a note's title, or "" where there is none; `file` where it is another file."""

    title: str
    file: bool = False


class Linked(NamedTuple):
    """A text with its links changed, and what they lead to."""

    text: str
    kept: int
    """Links that lead to notes."""
    missing: list[str]
    """Names that no note has, the first MOST_MISSING and one more if there are more."""


def relink(body: str, resolve: Resolve) -> Linked:
    """Change the links of `body`."""
    kept = 0
    missing: dict[str, None] = {}
    changed = io.StringIO()  # not a list of pieces: a list of short ones takes up twenty times as much

    def replace(found: re.Match[str]) -> str:
        nonlocal kept
        text, title, absent = _replace(found, resolve)
        kept += bool(title)
        if absent and len(missing) <= MOST_MISSING:
            missing[absent] = None
        return text

    for part, code in pieces(body):
        changed.write(part if code else _LINK.sub(replace, part))
    return Linked(changed.getvalue(), kept, [*missing])


def pieces(body: str) -> Iterable[tuple[str, bool]]:
    """The text in pieces, and whether each is code (CommonMark 0.31, 4.5 and 6.1); spans end with their line."""
    fence = ""
    for line in io.StringIO(body):
        found = _FENCE.match(line)
        if fence:
            yield line, True
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif found and not (found[1][0] == "`" and "`" in found[2]):
            fence = found[1]
            yield line, True
        elif "[" in line:
            yield from _spans(line)
        else:
            yield line, False


def _spans(line: str) -> Iterable[tuple[str, bool]]:
    """A line in pieces: what stands between two equal runs of backticks is code."""
    runs = [(found.start(), found.end()) for found in _TICKS.finditer(line)]
    last: dict[int, int] = {end - start: place for place, (start, end) in enumerate(runs)}
    position = place = 0
    while place < len(runs):
        start, end = runs[place]
        closing = place + 1
        while closing <= last[end - start] and runs[closing][1] - runs[closing][0] != end - start:
            closing += 1
        if closing <= last[end - start]:
            yield line[position:start], False
            position = runs[closing][1]
            yield line[start:position], True
            place = closing
        place += 1
    yield line[position:], False


def _replace(found: re.Match[str], resolve: Resolve) -> tuple[str, str, str]:
    """What stands in the place of a link, the title it leads to, and the name it looks for in vain."""
    wiki = found["wiki"]
    if wiki is not None:
        return _wiki(found, wiki, resolve)
    path = unquote(found["angled"] if found["angled"] is not None else found["bare"])
    name, _, _ = path.partition("#")
    if not name or ":" in name.partition("/")[0] or name.startswith("//"):
        return found[0], "", ""  # into the same note, or out of the vault
    target = resolve(name, path=True)
    if target.title and linkable(target.title):
        return labelled(found["label"], target.title), target.title, ""
    return found[0], "", name if name.lower().endswith(_TEXTS) and not target.file else ""


def _wiki(found: re.Match[str], wiki: str, resolve: Resolve) -> tuple[str, str, str]:
    named, bar, label = wiki.replace("\\|", "|").partition("|")
    target = resolve(trim(named), path=False)
    section = ""
    if not target.title and not target.file and "#" in named:
        named, _, section = named.partition("#")
        section = trim(section.lstrip("^#"))
        target = resolve(trim(named), path=False)
    named = trim(named)
    if not named:  # a place in the same note
        return trim(label) or section, "", ""
    if target.file or (not target.title and _is_file(named)):
        return f"`{found[0]}`", "", ""  # a file that does not come along: told by name, and no link to a note
    title = target.title or named
    if not linkable(title):
        return found[0], "", named
    shown = trim(label) if bar else ""
    text = labelled(shown, title) if shown else f"[[{title}]]" + (f" ({section})" if section else "")
    return found["mark"] + text, target.title, "" if target.title else named


def _is_file(named: str) -> bool:
    return bool(_FILE.search(named)) and not named.lower().endswith(_TEXTS)


def labelled(label: str, title: str) -> str:
    """A link with words of its own."""
    plain = label.strip()
    return f"[[{title}]]" if not plain or sort_key(plain) == sort_key(title) else f"{plain} ([[{title}]])"


def linkable(title: str) -> bool:
    """Whether `[[title]]` would be read as it is meant."""
    return bool(title) and len(title) <= TITLE_LENGTH and not any(mark in title for mark in ("[[", "]]", "\n"))
