"""Google Keep, as Takeout exports it: a JSON file and an HTML page a note, and the files that were attached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from aios.modules.notebook.importing.note import Written, notes
from aios.port import Remark
from aios.port.dates import bounded
from aios.port.limits import MOST_JSON, UnreadableError
from aios.port.plain import json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aios.port import Found, Into
    from aios.port.source import Entry, Source

_MARKS = (b'"userEditedTimestampUsec"', b'"isTrashed"', b'"textContent"', b'"listContent"')
_ASKED = 8
"""Files whose beginning is looked at."""
_BEGINNING = 65_536
TITLE_WORDS = 60
MOST_COMPARED = 100
"""Links that are looked for in the text, so that none stands there twice."""


class Keep:
    """The format of Google Keep."""

    name = "keep"
    title = "Google Keep"

    def recognises(self, source: Source) -> bool:
        """JSON files with the fields of a note."""
        found = source.having(".json")[:_ASKED]
        return any(sum(mark in source.begin(entry, _BEGINNING) for mark in _MARKS) > 1 for entry in found)

    def read(self, source: Source, into: Into) -> Iterator[Found]:
        """All notes but those in the trash."""
        names = {entry.path[: -len(entry.suffix)] for entry in source.having(".json")}
        seen: set[str] = set()
        for entry in source.entries:
            if entry.suffix == ".json":
                yield from self._note(source, entry, into, seen)
            elif entry.suffix == ".html" and entry.path[: -len(entry.suffix)] in names:
                continue  # the same note once more
            else:
                reason = "Attachments do not come along yet."
                if entry.suffix in {".html", ".txt"}:
                    reason = "It is no note of Keep."
                yield Remark(where=entry.path, reason=reason)

    def _note(self, source: Source, entry: Entry, into: Into, seen: set[str]) -> Iterator[Found]:
        try:
            given = json(source.read(entry, MOST_JSON))
        except UnreadableError as error:
            yield Remark(where=entry.path, reason=error.detail)
            return
        if not {"textContent", "listContent", "title", "attachments"} & given.keys():
            yield Remark(where=entry.path, reason="It is no note of Keep.")
            return
        body = _body(given)
        if given.get("isTrashed") is True:
            yield Remark(where=entry.path, reason="It is in Keep's trash.")
            return
        created = given.get("createdTimestampUsec")
        key = f"keep/{created}" if created else f"keep/{entry.path}"
        if into.id("notes", key) in seen:
            key = f"{key}/{entry.path}"
        seen.add(into.id("notes", key))
        title = given.get("title")
        written = Written(
            id=into.id("notes", key),
            where=entry.path,
            title=title if isinstance(title, str) and title.strip() else _first_words(body) or entry.stem,
            body=body,
            tags=[str(label["name"]) for label in _objects(given.get("labels")) if label.get("name")],
            created_ms=_instant(created),
            updated_ms=_instant(given.get("userEditedTimestampUsec")),
            pinned=given.get("isPinned") is True,
            archived=given.get("isArchived") is True,
        )
        yield from notes(written, into, key)


KEEP = Keep()


def _body(given: dict[str, Any]) -> str:
    parts: list[str] = []
    plain = given.get("textContent")
    if isinstance(plain, str) and plain.strip():
        parts.append(plain)
    items = _objects(given.get("listContent"))
    if items:
        parts.append("\n".join(f"- [{'x' if item.get('isChecked') is True else ' '}] {_line(item)}" for item in items))
    links = [f"- [{_shown(each)}]({each['url']})" for each in _objects(given.get("annotations")) if each.get("url")]
    if len(links) <= MOST_COMPARED:
        links = [link for link in links if link.rpartition("](")[2][:-1] not in (plain or "")]
    if links:
        parts.append("\n".join(links))
    files = [f"- {each.get('filePath')}" for each in _objects(given.get("attachments"))]
    if files:
        parts.append("Attached in Google Keep:\n\n" + "\n".join(files))
    return "\n\n".join(parts)


def _line(item: dict[str, Any]) -> str:
    return " ".join(str(item.get("text", "")).split())


def _shown(link: dict[str, Any]) -> str:
    title = " ".join(str(link.get("title") or link["url"]).split())
    return title.replace("[", "(").replace("]", ")")


def _objects(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401  any JSON value
    members: list[Any] = list(cast("Iterable[Any]", value)) if isinstance(value, list) else []
    return [cast("dict[str, Any]", each) for each in members if isinstance(each, dict)]


def _first_words(body: str) -> str:
    line = next((line.strip() for line in body.split("\n") if line.strip()), "")
    line = line.removeprefix("- [ ] ").removeprefix("- [x] ")
    return line if len(line) <= TITLE_WORDS else line[:TITLE_WORDS].rstrip() + "…"


def _instant(value: Any) -> int | None:  # noqa: ANN401  any JSON value
    """Microseconds as milliseconds."""
    try:
        micros = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return bounded(micros // 1000) if 0 < micros < 1 << 62 else None
