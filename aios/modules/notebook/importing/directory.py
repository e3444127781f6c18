"""Which note of a vault a link means, and what each is called."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from aios.modules.notebook.importing.links import Target
from aios.modules.notebook.importing.note import clean_title
from aios.modules.notebook.rules import TITLE_LENGTH
from aios.records.text import sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aios.modules.notebook.importing.matter import Matter

INDEXES = ("index", "readme")
"""The note that a link to its folder means."""


class Directory:
    """The notes of a vault by path, name, alias and title. Names are compared as the Notebook compares titles."""

    def __init__(self, *, by_file: bool) -> None:
        self._by_file = by_file
        """Whether notes are called as their files are, whatever their first line says."""
        self._titles: dict[str, str] = {}
        self._taken: set[str] = set()
        self._places: dict[str, str] = {}
        """Ends of paths, without ending: `c`, `b/c`, `a/b/c` for a/b/c.md; of several notes the first."""
        self._wholes: dict[str, str] = {}
        """The same of whole paths, which count before their ends."""
        self._names: dict[str, str] = {}
        self._files: set[str] = set()

    def add(self, path: str, matter: Matter, body: str) -> None:
        """Take a note in. Its title is the one it states, else its first line if that is a heading, else its file's."""
        stem = PurePosixPath(path).stem
        stated = [matter.title] if matter.title else []
        if not self._by_file:
            stated.append(_heading(body))
        folder = path.rpartition("/")[0]
        candidates = [*(each for each in stated if each), stem, f"{stem} ({folder})" if folder else stem]
        title = next((each for each in map(clean_title, candidates) if _known(each) not in self._taken), candidates[-1])
        self._taken.add(_known(title))
        self._titles[path] = clean_title(title)
        bare = path[: len(path) - len(PurePosixPath(path).suffix)]
        parts = sort_key_of(bare).split("/")
        for length in range(1, len(parts) + 1):
            place = "/".join(parts[-length:])
            self._places[place] = min(self._places.get(place, path), path)
        whole = "/".join(parts)
        self._wholes[whole] = min(self._wholes.get(whole, path), path)
        for name in (*matter.aliases, title, *stated):
            if name:
                self._names.setdefault(_known(name), path)

    def others(self, paths: Iterable[str]) -> None:
        """Take in what is no note."""
        for path in paths:
            self._files.update((sort_key_of(path), sort_key_of(path.rpartition("/")[2])))

    def title(self, path: str) -> str:
        """What the note at `path` is called here."""
        return self._titles.get(path) or clean_title(PurePosixPath(path).stem)

    def resolve(self, of: str, name: str, *, path: bool) -> Target:
        """What a link in the note at `of` means by `name`. With `path` it is one, seen from that note."""
        name = name.strip().rstrip("/")
        if not name:
            return Target("")
        relative = path or name.startswith((".", "/"))
        found = self._at(posixpath.normpath(posixpath.join(posixpath.dirname("/" + of), name))) if relative else None
        found = found or self._at(name) or (None if relative and not path else self._names.get(_known(name)))
        if found is None and path and "/" not in name:
            found = self._names.get(_known(name))
        if found is not None:
            return Target(self._titles[found])
        file = sort_key_of(name)
        return Target("", file in self._files or sort_key_of(file.rpartition("/")[2]) in self._files)

    def _at(self, path: str) -> str | None:
        """The note whose path ends with `path`, or that stands for the folder; the first in order of several."""
        bare = sort_key_of(path.lstrip("/"))
        for ending in (".md", ".markdown", ".mdown", ".txt", ".html", ".htm"):
            bare = bare.removesuffix(ending)
        for place in (bare, *(f"{bare}/{index}" for index in INDEXES)):
            found = self._wholes.get(place) or self._places.get(place)
            if found:
                return found
        return None


def sort_key_of(path: str) -> str:
    """A path as paths are compared."""
    return "/".join(sort_key(part) for part in path.split("/"))


def _known(title: str) -> str:
    return sort_key(title[:TITLE_LENGTH])


def _heading(body: str) -> str:
    """The first line with text, if it is a heading of the first level."""
    line = next((line for line in body[:2_000].split("\n") if line.strip()), "")
    return line[2:].strip().rstrip("#").strip() if line.startswith("# ") else ""
