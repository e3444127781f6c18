"""Reading a form post in a module's `submit`: pure, and the same for every module."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from aios.records.ids import is_id
from aios.records.text import SPACES, normalise, text_hash

if TYPE_CHECKING:
    from aios.records.query import Query

Form: TypeAlias = dict[str, list[str]]
"""All values of each field, in order."""
_BLANK = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff9-\ufffb]"
)


def value(form: Form, name: str) -> str:
    """The last value of `name`, or ""."""
    values = form.get(name)
    return values[-1] if values else ""


def visible(text: str) -> bool:
    """Whether `text` shows anything: not only spaces and characters without a shape, such as U+200B."""
    return any(character not in SPACES and _BLANK.fullmatch(character) is None for character in text)


def record_id(form: Form, query: Query) -> str:
    """The id for a new record: the one that the page gave in a hidden field, so that a repeated post is harmless."""
    given = value(form, "id")
    return given if is_id(given) else query.new_id


def next_path(form: Form, module: str, default: str) -> str:
    """Where to go after the post: the hidden field `next`, if it is a path of `module`, else `default`."""
    given = value(form, "next")
    root = f"/{module}"
    inside = given == root or given.startswith((f"{root}/", f"{root}?"))
    plain = all("!" <= character <= "~" for character in given)
    return given if inside and plain else default


def changed_elsewhere(form: Form, name: str, stored: str) -> bool:
    """Whether the long text `name` is another one now than when the form was opened, and than what was typed.

    The form carries the hash of the text that it was filled with, as `bases.<name>` (docs/sync.md, push 6).
    """
    return name in form and value(form, f"bases.{name}") != text_hash(stored) and normalise(value(form, name)) != stored
