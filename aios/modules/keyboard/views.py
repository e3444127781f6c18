"""What the keyboard map shows: the keys of every page, the jumps, and those of each module."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

EVERYWHERE = (
    ("Ctrl K", "Search and commands (on a Mac: Command K)"),
    ("/", "Go to the search field of the page, or search everything"),
    ("c", "Capture a note or a task"),
    ("n", "Make what this page makes"),
    ("j", "Next row"),
    ("k", "Row before"),
    ("Enter", "Open the row"),
    ("Esc", "Close what is open"),
    ("?", "This page"),
)


def show(documents: Documents, query: Query) -> Context:
    """`keys` come from the modules themselves."""
    jumps = [("g h", "Home"), *((f"g {each['jump']}", each["title"]) for each in documents["keys"] if each["jump"])]
    groups = [_group("everywhere", "On every page", EVERYWHERE), _group("go", "Go to", jumps)]
    for number, module in enumerate(each for each in documents["keys"] if each["keys"]):
        groups.append(_group(f"m{number}", module["title"], [(key["keys"], key["label"]) for key in module["keys"]]))
    return {"title": "Keyboard", "off": not query.settings.get("singleKeyShortcuts", True), "groups": groups}


def _group(name: str, title: str, keys: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> Context:
    return {"id": name, "title": title, "keys": [{"keys": each.split(" "), "label": label} for each, label in keys]}
