"""What a person does on a device of the machine. Whatever is written is written once, so that it can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sync.lists import TEXT
from tests.sync.model import lines_of

if TYPE_CHECKING:
    from tests.sync.devices import Device

    Json = dict[str, Any]

WRITES = ("title", "title", "pin", "insert", "insert", "insert", "replace", "tag", "untag", "item", "done", "unlist",
          "delete", "restore", "too long")  # fmt: skip


class Hand:
    """Counts what it writes."""

    def __init__(self) -> None:
        self.number = 0

    def marker(self) -> str:
        """Something that nobody has written before."""
        self.number += 1
        return f"m{self.number} " + "of a line that is as long as lines are " * (self.number % 3)

    def write(self, device: Device, what: str, record_id: str, kind: str, choice: int) -> bool:
        """One edit on a device; False where it cannot be made."""
        shown = device.copy.records().get(record_id)
        if shown is None or not shown["body"]:
            fields = {"title": "x" * 201 if what == "too long" else self.marker(), TEXT[kind]: self.marker()}
            device.write("create", kind, record_id, fields)
            return True
        body = shown["body"]
        if what in {"delete", "restore"}:
            device.write(what, kind, record_id, {})
            return True
        if what in {"insert", "replace"} and TEXT[kind] in shown.get("stub", {}):
            return False
        fields = self._fields(what, kind, body, choice, whole=device.whole)
        if fields:
            device.write("update", kind, record_id, fields)
        return bool(fields)

    def _fields(self, what: str, kind: str, body: Json, choice: int, *, whole: bool) -> Json:
        if what in {"title", "too long"}:
            return {"title": "x" * 201 if what == "too long" else f"title {choice}"}
        if what == "pin":
            return {"isPinned": bool(choice % 2)}
        if what in {"insert", "replace"}:
            written = list(lines_of(body.get(TEXT[kind], "")))
            place = choice % (len(written) + 1)
            written[place : place + (choice % 3 if what == "replace" else 0)] = [self.marker()]
            return {TEXT[kind]: "\n".join(written)}
        if what in {"tag", "untag"}:
            tag, tags = f"t{choice}", body.get("tags", [])
            wanted = [*tags, tag] if what == "tag" else tags[1:]
            return {"tags": wanted} if set(wanted) != set(tags) and len(wanted) == len(set(wanted)) else {}
        if kind != "lists":
            return {}
        return self._items(what, list(body.get("items", [])), choice, whole=whole)

    def _items(self, what: str, items: list[Json], choice: int, *, whole: bool) -> Json:
        if what == "item":
            key = f"i{self.number % 7}" if choice == 0 else f"n{self.number}{choice}"
            if any(each["id"] == key for each in items):
                return {}
            entry = {"id": key, "name": self.marker(), "isDone": False, "position": key}
            return {"items": [*items, entry]} if whole else {f"items/{key}": entry}
        if not items:
            return {}
        item = items[choice % len(items)]
        if what == "done":
            changed = {**item, "isDone": not item.get("isDone", False)}
            others = [changed if each is item else each for each in items]
            return {"items": others} if whole else {f"items/{item['id']}/isDone": changed["isDone"]}
        return {"items": [each for each in items if each is not item]} if whole else {f"items/{item['id']}": None}
