"""Folders and zips of Markdown: Obsidian, Apple Notes, and whatever else keeps a note a file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from aios.modules.notebook.importing.directory import Directory
from aios.modules.notebook.importing.html import markdown
from aios.modules.notebook.importing.links import MOST_MISSING, relink
from aios.modules.notebook.importing.matter import Matter, matter_of
from aios.modules.notebook.importing.note import Written, notes
from aios.port import Remark
from aios.port.dates import local
from aios.port.limits import UnreadableError
from aios.port.plain import NO_TEXT, front_matter, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.port import Found, Into
    from aios.port.source import Entry, Source

ENDINGS = (".md", ".markdown", ".mdown", ".txt", ".html", ".htm")
_MARKDOWN = ENDINGS[:3]
MOST_CONTROLS = 8
"""Control characters in the beginning of what is still a text."""
ATTACHMENT = "It is no note, and attachments do not come along yet. Text that names it stays as it is."
ARCHIVE = "An archive inside the archive is not opened."
_TITLES = {"obsidian": "Obsidian vault", "apple": "Apple Notes", "markdown": "Markdown"}


class Vault:
    """A format of files: each text is a note, each folder a tag."""

    def __init__(self, name: Literal["obsidian", "apple", "markdown"]) -> None:
        self.name = name
        self.title = _TITLES[name]

    def recognises(self, source: Source) -> bool:
        """Obsidian by its own folder, Apple's by a folder for each note, anything else by its endings."""
        if self.name == "obsidian":
            return any(each.where.rpartition("/")[2] == ".obsidian" for each in source.remarks)
        if self.name == "apple":
            texts = source.having(".txt", ".md")
            return bool(texts) and all(entry.folder.rpartition("/")[2] == entry.stem for entry in texts)
        return bool(source.having(*ENDINGS))

    def read(self, source: Source, into: Into) -> Iterator[Found]:
        """The notes, in the order of their paths. All titles are read first: links need them."""
        directory = Directory(by_file=self.name == "obsidian")
        for entry in source.having(*ENDINGS):
            try:
                _, matter, body, _ = _parts(source, entry, into)
            except UnreadableError:
                continue  # named when its turn comes
            directory.add(entry.path, matter, body)
        directory.others([entry.path for entry in source.entries if entry.suffix not in ENDINGS])
        for entry in source.entries:
            if entry.suffix in ENDINGS:
                yield from self._note(source, entry, into, directory)
            else:
                yield Remark(
                    where=entry.path, reason=ARCHIVE if entry.suffix in {".zip", ".tar", ".jex"} else ATTACHMENT
                )

    def _note(self, source: Source, entry: Entry, into: Into, directory: Directory) -> Iterator[Found]:
        try:
            guessed, matter, body, problem = _parts(source, entry, into)
        except UnreadableError as error:
            yield Remark(where=entry.path, reason=error.detail)
            return
        for sentence in (guessed, problem):
            if sentence:
                yield Remark(where=entry.path, reason=sentence, tone="changed")
        linked = relink(body, partial(directory.resolve, entry.path))
        modified = entry.modified_ms
        if modified is not None and entry.local:
            modified = local(modified, into.zone)
        key = f"vault/{source.name}/{entry.path}"
        written = Written(
            id=matter.id or into.id("notes", key),
            where=entry.path,
            title=directory.title(entry.path),
            body=linked.text,
            tags=[*matter.tags, *([] if matter.id else _folders(entry))],
            created_ms=matter.created_ms if matter.created_ms is not None else modified,
            updated_ms=matter.updated_ms if matter.updated_ms is not None else modified,
            pinned=matter.pinned,
            archived=matter.archived,
            rest=matter.rest,
        )
        yield from notes(written, into, key)
        if linked.missing:
            names = ", ".join(linked.missing[:MOST_MISSING])
            names += " and more" if len(linked.missing) > MOST_MISSING else ""
            yield Remark(where=entry.path, reason=f"No note has this name yet; the link stays: {names}", tone="noted")


OBSIDIAN, APPLE, MARKDOWN = Vault("obsidian"), Vault("apple"), Vault("markdown")


def _parts(source: Source, entry: Entry, into: Into) -> tuple[str, Matter, str, str]:
    """Of a file: how it had to be read, its properties, its text, and what is wrong with the properties."""
    whole, guessed = text(source.read(entry))
    if sum(letter < " " and letter not in "\t\n\f" for letter in whole[:4096]) > MOST_CONTROLS:
        raise UnreadableError(NO_TEXT)
    if entry.suffix not in _MARKDOWN:
        return guessed, Matter(), markdown(whole) if entry.suffix.startswith(".htm") else whole, ""
    properties, body = front_matter(whole)
    if not properties:
        return guessed, Matter(), body, ""
    try:
        return guessed, matter_of(properties, into.zone), body.lstrip("\n"), ""
    except UnreadableError as error:
        return guessed, Matter(), whole, f"{error.detail} It stays in the text as it is."


def _folders(entry: Entry) -> list[str]:
    """The folders of a note as one tag, such as `work/roof`. A folder that a note has for itself is none."""
    folder = entry.folder
    if folder.rpartition("/")[2] == entry.stem:
        folder = folder.rpartition("/")[0]
    return [folder.replace(",", " ")] if folder else []
