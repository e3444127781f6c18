"""Reading a form post in a module's `submit`: pure, and the same for every module."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from aios.records.ids import is_id
from aios.records.text import normalise, text_hash

if TYPE_CHECKING:
    from aios.records.query import Query

Form: TypeAlias = dict[str, list[str]]
"""All values of each field, in order."""


def value(form: Form, name: str) -> str:
    """The last value of `name`, or ""."""
    values = form.get(name)
    return values[-1] if values else ""


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
