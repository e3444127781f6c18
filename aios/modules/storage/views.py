"""What the storage page shows: the ledger of this device, what waits to be sent, and what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.web import when

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

MB, KB = 1_000_000, 1_000
WORDS = {"create": "New", "update": "Changed", "delete": "Deleted", "restore": "Taken back"}


def show(_: Documents, query: Query) -> Context:
    """The copy on this device. The server has none to show: `query.device` is what a worker knows about its own."""
    device = query.device
    used = sum(row["bytes"] for row in device["ledger"])
    limit: int = device["limit"]
    return {
        "title": "Storage",
        "copy": device["copy"],
        "state": device["state"],
        "label": device["label"],
        "rows": [_row(row, limit) for row in device["ledger"]],
        "total_text": size(used),
        "limit_text": size(limit),
        "percent": _percent(used, limit),
        "waiting": [_change(each, query) for each in device["outbox"]],
        "attention": [
            {"title": each["title"], "detail": each["detail"], "path": each["path"]} for each in device["refused"]
        ],
        "last_sync": when.moment(device["lastSync"], query.zone, query.now) if device["lastSync"] else "",
    }


def size(count: int) -> str:
    """Bytes as a person reads them, rounded half up: `640 KB`, `6.42 MB`."""
    if count < MB:
        return f"{(count + KB // 2) // KB} KB"
    hundredths = (count * 100 + MB // 2) // MB
    return f"{hundredths // 100}.{hundredths % 100:02d} MB"


def _row(row: dict[str, Any], limit: int) -> Context:
    name: str = row["collection"]
    return {
        "title": name[:1].upper() + name[1:],
        "records": row["records"],
        "bytes": size(row["bytes"]),
        "stubs": row["stubs"],
        "waiting": row["waiting"],
        "percent": _percent(row["bytes"], limit),
    }


def _percent(part: int, whole: int) -> int:
    """At most 100, rounded up, so that a little shows as something."""
    return min(100, (part * 100 + whole - 1) // whole) if whole else 0


def _change(change: dict[str, Any], query: Query) -> Context:
    return {
        "title": change["title"],
        "what": WORDS[change["op"]],
        "when": when.moment(change["at"], query.zone, query.now),
    }
