"""Entries of a keyed field that come, go and come back: what was written in them before decides nothing any more."""

from __future__ import annotations

from typing import Any

from aios.records.merge import Edit, Joined
from aios.records.paths import Seen
from tests.sync.lists import lists

ITEM = {"id": "a", "name": "milk", "isDone": False, "position": ""}


class List:
    """One record, and edits that are joined with it, a revision each."""

    def __init__(self) -> None:
        self.rev = 1
        self.document: dict[str, Any] = {"id": "list", "title": "Shop", "items": []}
        self.stamps: dict[str, list[Any]] = {"": [1, "maker", 0]}

    def edit(self, client: str, seen: int, ms: int, **fields: Any) -> None:
        """`fields` are paths with `_` for `/`."""
        self.rev += 1
        paths = {name.replace("_", "/"): value for name, value in fields.items()}
        joined = Joined(lists, self.document, self.stamps, Edit(paths, {}, Seen(seen, client, ms), {}))
        self.document, self.stamps = joined.document, joined.stamps(self.rev)

    @property
    def items(self) -> dict[str, Any]:
        return {each["id"]: each["isDone"] for each in self.document["items"]}


def test_an_entry_that_is_made_again_takes_over_nothing_of_who_wrote_in_the_one_before() -> None:
    kept = List()
    kept.edit("one", 1, 10, items_a=ITEM)
    kept.edit("one", 2, 1_000, items_a_isDone=True)
    kept.edit("one", 3, 1_001, items_a=None)
    kept.edit("two", 1, 20, items_a=ITEM)
    kept.edit("two", 1, 30, items_a_isDone=True)
    assert kept.items == {"a": True}, "it is the writer's own entry, whatever was written in the one before"
    kept.edit("two", 1, 40, items_a=None)
    assert kept.items == {}


def test_a_value_for_an_entry_that_was_removed_unseen_brings_it_back_with_that_value() -> None:
    kept = List()
    kept.edit("one", 1, 10, items_a=ITEM)
    kept.edit("one", 2, 1_000, items_a=None)
    kept.edit("two", 2, 20, items_a_isDone=True)
    assert kept.items == {"a": True}
