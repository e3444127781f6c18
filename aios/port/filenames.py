"""Names of files that every file system takes, none like another, and that Obsidian can link to."""

from __future__ import annotations

import unicodedata

from aios.records.text import sort_key

MOST_LETTERS = 100
MOST_BYTES = 200
"""Of the 255 that file systems allow, so that a number and an ending fit."""
_FORBIDDEN = frozenset('<>:"/\\|?*#^[]')
"""Windows' nine, and what stands for something in a link of Obsidian."""
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789¹²³")}
)


class FileNames:
    """Gives each record of a folder its name, and finds the name that a title leads to."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}
        """Of names that several wanted, the number that was given last."""
        self._leading: dict[str, str] = {}

    def give(self, title: str) -> str:
        """A name without ending for what is called `title`."""
        plain = safe_name(title)
        name, number = plain, self._last.get(plain, 1)
        while _key(name) in self._taken:
            number += 1
            name = f"{plain} {number}"
        self._taken.add(_key(name))
        self._last[plain] = number
        self._leading.setdefault(sort_key(title), name)
        return name

    def leading(self, title: str) -> str:
        """The name of the file that a link to `title` has to name; "" where there is none."""
        return self._leading.get(sort_key(title), "")


def safe_name(title: str) -> str:
    """`title` without what a file system or a link could not take."""
    kept = "".join(
        "-" if letter in _FORBIDDEN else letter
        for letter in unicodedata.normalize("NFC", title)
        if letter == " " or not unicodedata.category(letter).startswith(("C", "Zl", "Zp"))
    )
    kept = " ".join(kept.split())[:MOST_LETTERS]
    while len(kept.encode()) > MOST_BYTES:
        kept = kept[:-1]
    kept = kept.strip(" .")
    if kept.partition(".")[0].strip().lower() in _RESERVED:
        kept = f"_{kept}"
    return kept or "Untitled"


def _key(name: str) -> str:
    """What is one name on a system that knows no case and no composed letters."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name).casefold())
