"""The properties that a Markdown file states of itself: front matter, as Obsidian, Jekyll and others write it."""

from __future__ import annotations

from typing import Any

import msgspec

from aios.port.dates import parse
from aios.port.plain import yaml_mapping
from aios.records.ids import is_id

_CREATED = (
    "created",
    "createdat",
    "created_at",
    "date",
    "date created",
    "date_created",
    "creation_date",
    "created_time",
)
_UPDATED = (
    "updated", "updatedat", "updated_at", "modified", "lastmod", "last_modified", "date modified", "date_modified",
    "updated_time",
)  # fmt: skip
_YES, _NO = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0", ""})


MOST_ALIASES = 100
"""Of a note, by which links find it."""
MOST_TITLE = 2_000
"""Letters; what is longer is no title, and stays among the other properties."""


class Matter(msgspec.Struct, kw_only=True):
    """What was understood, and the `rest`, which was not."""

    id: str = ""
    title: str = ""
    tags: list[str] = []
    aliases: list[str] = []
    created_ms: int | None = None
    updated_ms: int | None = None
    pinned: bool = False
    archived: bool = False
    rest: dict[str, object] = {}


def matter_of(source: str, zone: str) -> Matter:
    """Read front matter. Raises UnreadableError."""
    matter = Matter()
    for key, value in yaml_mapping(source).items():
        if not _take(matter, key.strip().lower(), value, zone) and value:
            matter.rest[key] = value
    return matter


def _take(matter: Matter, key: str, value: Any, zone: str) -> bool:  # noqa: ANN401  any YAML; a choice
    """Whether the property has a place in a note, which it then took."""
    plain = value.strip() if isinstance(value, str) else None
    match key:
        case "id" if plain and is_id(plain):
            matter.id = plain
        case "title" if plain and len(plain) <= MOST_TITLE:
            matter.title = plain
        case "tags" | "tag" if (names := _names(value, " ,")) is not None:
            matter.tags += [name.removeprefix("#") for name in names]
        case "aliases" | "alias" if (names := _names(value, ",")) is not None:
            matter.aliases = [*matter.aliases, *names][:MOST_ALIASES]
            return False  # kept below the text: a note has one title
        case "pinned" | "pin" | "favorite" if plain is not None and plain.lower() in _YES | _NO:
            matter.pinned = plain.lower() in _YES
        case "archived" | "archive" if plain is not None and plain.lower() in _YES | _NO:
            matter.archived = plain.lower() in _YES
        case _ if plain is not None and key in {*_CREATED, *_UPDATED}:
            return _take_date(matter, key, plain, zone)
        case _:
            return False
    return True


def _take_date(matter: Matter, key: str, plain: str, zone: str) -> bool:
    ms = parse(plain, zone)
    if ms is None:
        return False
    if key in _CREATED and matter.created_ms is None:
        matter.created_ms = ms
    elif key in _UPDATED and matter.updated_ms is None:
        matter.updated_ms = ms
    else:
        return False
    return True


def _names(value: Any, separators: str) -> list[str] | None:  # noqa: ANN401  any YAML
    """A list of names, or a line of them; None for anything else."""
    if isinstance(value, str):
        for separator in separators[1:]:
            value = value.replace(separator, separators[0])
        return [name for part in value.split(separators[0]) if (name := part.strip())]
    members: list[Any] = [*value] if isinstance(value, list) else [value]
    if all(isinstance(each, str) for each in members):
        return [each.strip() for each in members if each.strip()]
    return None
