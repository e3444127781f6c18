"""Making notes of what was read: nothing is lost to a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aios.modules.notebook.rules import MOST_LINKS, MOST_TAGS, TAG_LENGTH, TITLE_LENGTH
from aios.modules.notebook.scanner import find
from aios.port import Draft, Remark
from aios.port.dates import wire
from aios.port.plain import yaml_text
from aios.records.text import normalise, trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.port import Found, Into

MOST_BODY = 50_000
_PART = 49_000
"""Room for the links between parts."""


class Written(msgspec.Struct, kw_only=True):
    """A note as it was read."""

    id: str
    where: str
    title: str
    body: str
    tags: list[str] = []
    created_ms: int | None = None
    updated_ms: int | None = None
    pinned: bool = False
    archived: bool = False
    rest: dict[str, object] = {}
    """What has no field here; it is kept below the text."""


def notes(written: Written, into: Into, key: str) -> Iterator[Found]:
    """The note, or its parts where it is too long for one. `key` is what names it in its source."""
    title = clean_title(written.title)
    body = written.body
    if len(title) > TITLE_LENGTH:
        yield _changed(written, f"The title is longer than {TITLE_LENGTH} characters; all of it stands in the text.")
        body = body if title in body[: 2 * len(title)] else f"{title}\n\n{body}"
        title = title[: TITLE_LENGTH - 1].rstrip() + "…"
    tags, left = _fitting(written.tags)
    rest = {**written.rest, **({"tags": left} if left else {})}
    if left:
        yield _changed(written, "Tags that are too long or too many stand below the text.")
    if rest:
        body = f"{body.rstrip()}\n\n```yaml\n{yaml_text(rest)}```\n".lstrip("\n")
    parts = [body] if len(body) <= MOST_BODY else _parts(body)
    if any(_too_many(part, tags) for part in parts):
        yield _changed(written, f"Of its tags the first {MOST_TAGS} count, of its links the first {MOST_LINKS}.")
    if len(parts) > 1:
        yield _changed(
            written, f"It is longer than {MOST_BODY:,} characters, so it became {len(parts)} notes in a row."
        )
    titles = [title, *(_part_title(title, number) for number in range(2, len(parts) + 1))]
    for place, part in enumerate(parts):
        before = f"Begins in [[{titles[place - 1]}]]\n\n" if place else ""
        after = f"\n\nGoes on in [[{titles[place + 1]}]]" if place + 1 < len(parts) else ""
        yield Draft(
            collection="notes",
            id=into.id("notes", f"{key}/part {place + 1}") if place else written.id,
            fields=_fields(written, titles[place], f"{before}{part}{after}", tags),
            where=written.where,
            updated_ms=written.updated_ms,
        )


def _fields(written: Written, title: str, body: str, tags: list[str]) -> dict[str, object]:
    fields: dict[str, object] = {
        "title": title,
        "bodyMarkdown": body,
        "tags": tags,
        "isPinned": written.pinned,
        "isArchived": written.archived,
    }
    created = wire(written.created_ms)
    return fields if created is None else {**fields, "createdAt": created}


def clean_title(title: str) -> str:
    """A title on one line."""
    return trim(" ".join(normalise(title).split())) or "Untitled"


def _part_title(title: str, number: int) -> str:
    ending = f" (part {number})"
    return title[: TITLE_LENGTH - len(ending)] + ending


def _fitting(tags: list[str]) -> tuple[list[str], list[str]]:
    """The tags that a note can have, and the others."""
    names = list(dict.fromkeys(name for each in tags if (name := trim(normalise(each)))))
    fit = [name for name in names if len(name) <= TAG_LENGTH]
    return fit[:MOST_TAGS], [*(name for name in names if len(name) > TAG_LENGTH), *fit[MOST_TAGS:]]


def _too_many(body: str, tags: list[str]) -> bool:
    found_tags, found_links = find(body)
    return len({*tags, *found_tags}) > MOST_TAGS or len({*found_links}) > MOST_LINKS


def _parts(body: str) -> list[str]:
    """A long text in pieces, each ending with a line where lines are short enough."""
    parts: list[str] = []
    start = 0
    while len(body) - start > _PART:
        end = body.rfind("\n", start + _PART // 2, start + _PART)
        end = start + _PART if end < 0 else end + 1
        parts.append(body[start:end])
        start = end
    return [*parts, body[start:]]


def _changed(written: Written, reason: str) -> Remark:
    return Remark(where=written.where, reason=reason, tone="changed")
