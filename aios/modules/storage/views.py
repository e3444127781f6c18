"""What the storage page shows: what takes up the room of this device, what waits to be sent, and what one may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.modules.storage.archive import DAYS
from aios.web import when

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

MB, KB = 1_000_000, 1_000
LIMITS = range(6, 11)
WORDS = {"create": "New", "update": "Changed", "delete": "Deleted", "restore": "Taken back"}
SHADES = ("1", "0.8", "0.6", "0.4", "0.2")
NUMBERS = ("records", "bytes", "stubs", "waiting", "unsent")


def show(documents: Documents, query: Query) -> Context:
    """The copy on this device. The server has none to show: `query.device` is what a worker knows about its own."""
    device = query.device
    kinds: dict[str, dict[str, Any]] = {each["name"]: each for each in documents["kinds"]}
    modules = _modules(device["ledger"], kinds)
    used = sum(each["bytes"] + each["unsent"] for each in modules)
    limit: int = device["limit"]
    return {
        "title": "Storage",
        "copy": device["copy"],
        "state": device["state"],
        "label": device["label"],
        "restored": when.moment(device["restored"], query.zone, query.now) if device["restored"] else "",
        "rows": [_row(each, modules[0], device["pins"]) for each in modules],
        "total_text": size(used),
        "limit_text": f"{limit // MB} MB",
        "segments": _segments(modules, limit),
        "ticks": [{"x": _share(mb * MB, limit), "text": str(mb)} for mb in range(limit // MB - 1)],
        "warn_at": _share(device["warn"], limit),
        "full_at": _share(device["full"], limit),
        "warn_text": size(device["warn"]),
        "full_text": size(device["full"]),
        "files_text": size(device["files"]),
        "free": device["free"],
        "free_text": size(device["free"]),
        "largest": [_large(each, kinds) for each in device["largest"]],
        "limits": [{"value": str(mb), "label": str(mb)} for mb in LIMITS],
        "limit": str(limit // MB),
        "archives": [
            {"of": name, "title": each["module"], "place": each["archive"]["place"]}
            for name, each in kinds.items()
            if each["archive"] is not None
        ],
        "ages": [{"value": days, "label": label} for days, label in DAYS.items()],
        "protection": device["protection"],
        "installed": device["installed"],
        "waiting": [change(each, query) for each in device["outbox"]],
        "waiting_count": device["waiting"],
        "unsent_text": size(sum(each["unsent"] for each in modules)),
        "attention_count": device["attention"],
        "paused": device["paused"],
        "last_sync": when.moment(device["lastSync"], query.zone, query.now) if device["lastSync"] else "",
        "toast": _toast(query, kinds),
    }


def size(count: int) -> str:
    """Bytes as a person reads them, rounded half up: `640 KB`, `6.42 MB`."""
    if count < MB:
        return f"{(count + KB // 2) // KB} KB"
    hundredths = (count * 100 + MB // 2) // MB
    return f"{hundredths // 100}.{hundredths % 100:02d} MB"


def change(given: dict[str, Any], query: Query) -> Context:
    """A change that waits, or was refused."""
    return {
        "title": given["title"],
        "what": WORDS[given["op"]],
        "when": when.moment(given["at"], query.zone, query.now),
    }


def _modules(ledger: list[dict[str, Any]], kinds: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The ledger by module, the largest first."""
    found: dict[str, dict[str, Any]] = {}
    for line in ledger:
        # A build that is older than what is kept does not know all of it.
        kind = kinds.get(line["collection"], {"module": line["collection"], "icon": "database"})
        made: dict[str, Any] = {
            "title": kind["module"],
            "icon": kind["icon"],
            "collections": [],
            **dict.fromkeys(NUMBERS, 0),
        }
        row = found.setdefault(kind["module"], made)
        row["collections"].append(line["collection"])
        for name in NUMBERS:
            row[name] += line[name]
    return sorted(found.values(), key=lambda each: (-each["bytes"], each["title"]))


def _row(row: dict[str, Any], first: dict[str, Any], pins: list[str]) -> Context:
    kept = [each in pins for each in row["collections"]]
    return {
        "title": row["title"],
        "icon": row["icon"],
        "records": row["records"],
        "bytes": size(row["bytes"]),
        "stubs": row["stubs"],
        "waiting": row["waiting"],
        "percent": _percent(row["bytes"], first["bytes"]),
        "of": " ".join(row["collections"]),
        "kept": all(kept),
    }


def _segments(modules: list[dict[str, Any]], limit: int) -> list[Context]:
    """The modules one after another, as shares of the limit."""
    segments: list[Context] = []
    at = 0
    for place, each in enumerate(modules):
        shade = SHADES[min(place, len(SHADES) - 1)]
        width = each["bytes"] + each["unsent"]
        segments.append({"x": _share(at, limit), "width": _share(width, limit), "shade": shade})
        at += width
    return segments


def _share(part: int, whole: int) -> str:
    return f"{_percent(part, whole)}%"


def _percent(part: int, whole: int) -> int:
    """At most 100, rounded up, so that a little shows as something."""
    return min(100, (part * 100 + whole - 1) // whole) if whole else 0


def _large(each: dict[str, Any], kinds: dict[str, dict[str, Any]]) -> Context:
    kind = kinds[each["collection"]]
    return {
        "id": each["id"],
        "title": each["title"],
        "kind": kind["singular"],
        "icon": kind["icon"],
        "bytes": size(each["bytes"]),
        "kept": each["kept"],
    }


def _toast(query: Query, kinds: dict[str, dict[str, Any]]) -> Context | None:
    plain = {"icon": "circle-check", "path": "", "method": "", "label": ""}
    freed, archived, at = query.get("freed"), query.get("archived"), query.get("at")
    if _is_number(freed):
        return {**plain, "text": f"{size(int(freed))} freed"}
    kind = kinds.get(query.get("of"))
    if kind is None or not _is_number(archived):
        return None
    if archived == "0" or not _is_number(at):
        return {**plain, "text": "Nothing is that old"}
    text = f"1 {kind['singular']} archived" if archived == "1" else f"{archived} {kind['name']} archived"
    path = f"/storage/archive/{kind['name']}/{at}"
    return {"text": text, "icon": "archive", "path": path, "method": "DELETE", "label": "Undo"}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16  # noqa: PLR2004  what a device counts exactly
