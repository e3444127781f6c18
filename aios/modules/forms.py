"""Reading a form post in a module's `submit`: pure, and the same for every module."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from aios.records.ids import is_id
from aios.records.text import SPACES, normalise, text_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    from aios.records.collection import Document
    from aios.records.query import Query

Form: TypeAlias = dict[str, list[str]]
"""All values of each field, in order."""
PROVISIONAL = 2**40
"""Where a device's own revisions begin (aios/static/device/writing.js)."""
_NUMBER = re.compile("[0-9]{1,15}")
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


def shown(query: Query, values: dict[str, str]) -> list[dict[str, str]]:
    """Hidden fields that tell what a form was filled with, so that only what the person changed is written."""
    return [{"name": f"shown.{name}", "value": query.form.get(f"shown.{name}", text)} for name, text in values.items()]


def edited(form: Form, fields: Document, lists: dict[str, Callable[[str], list[str]]] | None = None) -> Document:
    """Those of `fields` that were changed in the form. `lists` reads the fields that hold several members.

    Of those the members that came and went are written each by itself (docs/sync.md, push 5), so that what was added
    elsewhere meanwhile stays.
    """
    changed: Document = {}
    for name, given in fields.items():
        before = form.get(f"shown.{name}")
        if not before:
            if value(form, f"bases.{name}") != text_hash(normalise(str(given))):
                changed[name] = given
        elif before[-1] == value(form, name):
            continue
        elif lists is not None and name in lists:
            members = lists[name](before[-1])
            changed |= {f"{name}/{each}": True for each in given if each not in members}
            changed |= {f"{name}/{each}": None for each in members if each not in given}
        else:
            changed[name] = given
    return changed


def bases(form: Form, *names: str) -> dict[str, str]:
    """Which version of each long text the person was shown (docs/sync.md, push 6)."""
    return {name: value(form, f"bases.{name}") for name in names if value(form, f"bases.{name}")}


def seen_rev(form: Form) -> int | None:
    """The revision that the form was filled with. One that a device gave to its own change is none of the server's."""
    given = value(form, "baseRev")
    rev = int(given) if _NUMBER.fullmatch(given) else PROVISIONAL
    return rev if rev < PROVISIONAL else None
