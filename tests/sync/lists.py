"""A collection that only these tests have: with a field of each way to merge, `keyed` among them."""

from __future__ import annotations

from typing import Annotated

import msgspec
import sync_replay

from aios.modules import Registry, discover
from aios.records.collection import Collection, Trait

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Item(msgspec.Struct, kw_only=True, rename="camel"):
    """Something on a list."""

    id: str
    name: Name
    is_done: bool = False
    position: str = ""


class List(msgspec.Struct, kw_only=True, rename="camel"):
    """A list of items, with notes and tags."""

    id: Annotated[str, Trait(read_only=True)]
    created_at: Annotated[str, Trait(read_only=True)]
    updated_at: Annotated[str, Trait(read_only=True)]
    title: Name
    text: Annotated[str, msgspec.Meta(max_length=50_000), Trait(merge="text")] = ""
    tags: Annotated[list[Name], Trait(merge="set")] = []
    items: Annotated[list[Item], Trait(merge="keyed")] = []
    is_pinned: bool = False


lists = Collection("lists", List, singular="list")
sync_replay.TEXTS["lists"] = {"text"}
sync_replay.SETS["lists"] = {"tags"}
TEXT = {"notes": "bodyMarkdown", "lists": "text"}
"""The long text of each collection that the machine writes to."""


def with_lists() -> Registry:
    """All modules, of which the notebook has lists as well."""
    modules = discover().modules
    notebook = modules["notebook"]
    more = msgspec.structs.replace(notebook, collections=(*notebook.collections, lists))
    return Registry(tuple((modules | {"notebook": more}).values()))
