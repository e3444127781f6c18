"""Joplin's exports (JEX): a tar of items, each a text with its properties below it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from aios.modules.notebook.importing.html import markdown
from aios.modules.notebook.importing.links import Target, labelled, linkable, pieces
from aios.modules.notebook.importing.note import Written, clean_title, notes
from aios.port import Remark
from aios.port.dates import bounded, parse, wire
from aios.port.limits import MOST_NAME, UnreadableError
from aios.port.plain import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.port import Found, Into
    from aios.port.source import Entry, Source

NOTE, FOLDER, RESOURCE, TAG, NOTE_TAG = "1", "2", "4", "5", "6"
HTML = "2"
MOST_FOLDERS = 64
_ID = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[0-9a-f]{32}\.md")
_LINK = re.compile(r"(!?)\[([^\[\]\n]*)\]\(:/([0-9a-f]{32})(?:#[^)\[\s]*+)?(?:\s+\"[^\"\n]*\")?\)")
_PROPERTY = re.compile(r"([a-z_]+): ?(.*)")


class Item(NamedTuple):
    """A file of the export: its first line, the text under it, and its properties."""

    title: str
    body: str
    properties: dict[str, str]


class Index(NamedTuple):
    """What notes refer to."""

    titles: dict[str, str]
    folders: dict[str, tuple[str, str]]
    """Name and parent."""
    tags: dict[str, str]
    tagged: dict[str, list[str]]
    resources: dict[str, str]


class Joplin:
    """The format of Joplin."""

    name = "joplin"
    title = "Joplin export"

    def recognises(self, source: Source) -> bool:
        """Every item is named by 32 hexadecimal digits."""
        return any(_NAME.fullmatch(entry.name) for entry in source.entries if not entry.folder)

    def read(self, source: Source, into: Into) -> Iterator[Found]:
        """All notes. What they refer to is read first."""
        index = _index(source)
        for entry in source.entries:
            if not _NAME.fullmatch(entry.name):
                name = index.resources.get(entry.stem, entry.path)
                yield Remark(
                    where=name, reason="Attachments do not come along yet; the link in the text stays as it is."
                )
                continue
            try:
                item, guessed = _item(source, entry)
            except UnreadableError as error:
                yield Remark(where=entry.path, reason=error.detail)
                continue
            if item.properties.get("type_") == NOTE:
                if guessed:
                    yield Remark(where=item.title or entry.path, reason=guessed, tone="changed")
                yield from _note(item, index, into)
            elif item.properties.get("type_") not in {FOLDER, RESOURCE, TAG, NOTE_TAG}:
                yield Remark(where=item.title or entry.path, reason="It is no note, notebook or tag.")


JOPLIN = Joplin()


def _index(source: Source) -> Index:
    index = Index({}, {}, {}, {}, {})
    for entry in source.entries:
        if not _NAME.fullmatch(entry.name):
            continue
        try:
            item, _ = _item(source, entry)
        except UnreadableError:
            continue  # named when its turn comes
        given = item.properties
        match given.get("type_"):
            case "1":
                index.titles[given["id"]] = clean_title(item.title[:MOST_NAME])
            case "2":
                index.folders[given["id"]] = (item.title[:MOST_NAME], given.get("parent_id", "")[:32])
            case "4":
                index.resources[given["id"]] = item.title[:MOST_NAME] or given["id"]
            case "5":
                index.tags[given["id"]] = item.title[:MOST_NAME]
            case "6":
                index.tagged.setdefault(given.get("note_id", "")[:32], []).append(given.get("tag_id", "")[:32])
            case _:
                pass
    return index


def _item(source: Source, entry: Entry) -> tuple[Item, str]:
    """Read an item from its end: properties up to an empty line, above them a text whose first line is the title."""
    whole, guessed = text(source.read(entry))
    head, _, tail = ("\n" + whole.rstrip("\n")).rpartition("\n\n")
    properties: dict[str, str] = {}
    for line in tail.split("\n"):
        found = _PROPERTY.fullmatch(line)
        if found:
            properties[found[1]] = found[2]
    if "type_" not in properties or not _ID.fullmatch(properties.get("id", "")):
        message = "It is no item of Joplin."
        raise UnreadableError(message)
    title, _, body = head.removeprefix("\n").partition("\n")
    return Item(title.strip(), body.removeprefix("\n"), properties), guessed


def _note(item: Item, index: Index, into: Into) -> Iterator[Found]:
    given = item.properties
    where = item.title or given["id"]
    if given.get("encryption_applied") == "1":
        yield Remark(where=where, reason="It is encrypted. Switch encryption off in Joplin and export again.")
        return
    if given.get("deleted_time", "0") not in {"0", ""}:
        yield Remark(where=where, reason="It is in Joplin's trash.")
        return
    try:
        body = markdown(item.body) if given.get("markup_language") == HTML else item.body
    except UnreadableError as error:
        yield Remark(where=where, reason=error.detail)
        return
    body = _relink(_todo(given) + body, index)
    folder = _path(index, given.get("parent_id", ""))
    tags = [index.tags[tag] for tag in index.tagged.get(given["id"], []) if tag in index.tags]
    source_url = {"source_url": given["source_url"]} if given.get("source_url") else {}
    key = f"joplin/{given['id']}"
    written = Written(
        id=into.id("notes", key),
        where=where,
        title=item.title,
        body=body,
        tags=[*tags, *([folder] if folder else [])],
        created_ms=_instant(given, "user_created_time", "created_time"),
        updated_ms=_instant(given, "user_updated_time", "updated_time"),
        rest=dict(source_url),
    )
    yield from notes(written, into, key)


def _todo(given: dict[str, str]) -> str:
    """A to-do is a note with a check before its text."""
    if given.get("is_todo") != "1":
        return ""
    done = given.get("todo_completed", "0") not in {"0", ""}
    due = given.get("todo_due", "0")
    at = wire(bounded(int(due))) if due.isdecimal() and due != "0" and len(due) < 15 else None  # noqa: PLR2004  milliseconds
    return f"- [{'x' if done else ' '}] {'Done' if done else 'To do'}{f', due {at[:10]}' if at else ''}\n\n"


def _relink(body: str, index: Index) -> str:
    """Links to notes by their ids become links by their titles; those to files stay."""

    def replace(found: re.Match[str]) -> str:
        title = Target(index.titles.get(found[3], "")).title
        return labelled(found[2], title) if title and not found[1] and linkable(title) else found[0]

    return "".join(part if code else _LINK.sub(replace, part) for part, code in pieces(body))


def _path(index: Index, folder_id: str) -> str:
    """The notebooks above a note, as one tag."""
    names: list[str] = []
    while folder_id in index.folders and len(names) < MOST_FOLDERS:
        name, folder_id = index.folders[folder_id]
        names.insert(0, name.replace("/", " ").replace(",", " "))
    return "/".join(names)


def _instant(given: dict[str, str], *names: str) -> int | None:
    for name in names:
        ms = parse(given.get(name, ""), "UTC")
        if ms is not None and ms > 0:
            return ms
    return None
