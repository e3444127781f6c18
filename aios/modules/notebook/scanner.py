"""Finding `#tag` and `[[Title]]` in a body. One pass over characters, as on the device.

The rule (docs/domain.md, "notes"): a tag begins with `#` at the start of a line, after a space or after an opening
bracket, and holds letters, digits, `-`, `_` and `/`, not digits only. Every character outside ASCII is a letter,
but for spaces and the General Punctuation block. A link is what stands between `[[` and `]]` on one line.
Nothing counts inside code: fenced blocks (CommonMark 0.31, 4.5) and code spans (6.1), which here end with their line.
"""

from __future__ import annotations

import re

from aios.records.text import SPACES, trim

ASCII_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
DIGITS = frozenset("0123456789")
OPENING = frozenset("([{")
_SIGN = re.compile(r"#|\[\[|`|\\")
FENCE = 3
"""The least signs of a fence, and the most spaces before it."""
LINK_WINDOW = 256
"""How far the end of a link is looked for: longer than a title may be, and the same work for every body."""


def find(body: str) -> tuple[list[str], list[str]]:
    """The tags and the link titles of `body`, each in order of appearance, repetitions included."""
    tags: list[str] = []
    links: list[str] = []
    if "```" not in body and "~~~" not in body:  # no fences: most bodies, and most of their lines hold nothing
        for line in body.split("\n"):
            if "#" in line or "[[" in line:
                _find_in_line(line, tags, links)
        return tags, links
    fence = ""
    for line in body.split("\n"):
        marker = _fence(line)
        if fence:
            if _closes(line, marker, fence):
                fence = ""
        elif marker:
            fence = marker
        else:
            _find_in_line(line, tags, links)
    return tags, links


def _fence(line: str) -> str:
    """The run of three or more backticks or tildes that `line` begins with, after at most three spaces; else ""."""
    start = 0
    while start < len(line) and line[start] == " ":
        start += 1
    if start > FENCE or start == len(line) or line[start] not in "`~":
        return ""
    end = _run_end(line, start)
    if end - start < FENCE or (line[start] == "`" and "`" in line[end:]):
        return ""
    return line[start:end]


def _closes(line: str, marker: str, fence: str) -> bool:
    """Whether `line` ends the block that `fence` opened: as long or longer, of the same kind, and nothing behind."""
    return marker[:1] == fence[0] and len(marker) >= len(fence) and trim(line) == marker


def _find_in_line(line: str, tags: list[str], links: list[str]) -> None:
    if "#" not in line and "[[" not in line:
        return
    last_runs = _last_runs(line)
    position = 0
    while position < len(line):
        character = line[position]
        if character == "\\":
            position += 2
        elif character == "`":
            position = _after_code(line, position, last_runs)
        elif character == "#" and _may_begin_tag(line, position):
            end = _tag_end(line, position + 1)
            _keep_tag(line[position + 1 : end], tags)
            position = end
        elif line.startswith("[[", position):
            position = _after_link(line, position, links)
        else:
            position = _next_sign(line, position + 1)


def _next_sign(line: str, start: int) -> int:
    """The next place where something may begin; all between is text."""
    found = _SIGN.search(line, start)  # looked for together: one that is not there is not looked for again and again
    return found.start() if found else len(line)


def _last_runs(line: str) -> dict[int, int]:
    """Where the last run of backticks of each length begins."""
    runs: dict[int, int] = {}
    position = line.find("`")
    while position >= 0:
        end = _run_end(line, position)
        runs[end - position] = position
        position = line.find("`", end)
    return runs


def _after_code(line: str, start: int, last_runs: dict[int, int]) -> int:
    """The place behind the code span that the backticks at `start` open, or behind those when nothing closes it."""
    opened = _run_end(line, start)
    position = opened
    while position <= last_runs.get(opened - start, 0):
        if line[position] != "`":
            position += 1
            continue
        end = _run_end(line, position)
        if end - position == opened - start:
            return end
        position = end
    return opened


def _may_begin_tag(line: str, position: int) -> bool:
    return position == 0 or line[position - 1] in SPACES or line[position - 1] in OPENING


def _tag_end(line: str, start: int) -> int:
    end = start
    while end < len(line) and _in_tag(line[end]):
        end += 1
    return end


def _in_tag(character: str) -> bool:
    if character < "\x80":
        return character in ASCII_LETTERS or character in DIGITS or character in "-_/"
    return character not in SPACES and not "\u2000" <= character <= "\u206f"


def _keep_tag(name: str, tags: list[str]) -> None:
    for character in name:
        if character not in DIGITS:
            tags.append(name)
            return


def _after_link(line: str, start: int, links: list[str]) -> int:
    """Keep the title between `[[` at `start` and the next `]]`; the place behind it, or one on when there is none."""
    end = line.find("]]", start + 2, start + LINK_WINDOW)
    if end < 0 or line.find("[[", start + 1, end) >= 0:
        return start + 1
    title = trim(line[start + 2 : end])
    if title:
        links.append(title)
    return end + 2


def _run_end(line: str, start: int) -> int:
    end = start
    while end < len(line) and line[end] == line[start]:
        end += 1
    return end
