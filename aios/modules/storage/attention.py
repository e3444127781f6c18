"""What the server refused of this device, each with what the person wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.storage.views import change

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

ATTENTION = "/storage/attention"


def attention(_: Documents, query: Query) -> Context:
    """The list of it. The server itself has none to show."""
    device = query.device
    return {
        "title": "Needs you",
        "copy": device["copy"],
        "rows": [
            {
                **change(each, query),
                "detail": each["detail"],
                "text": each["text"],
                "path": f"{ATTENTION}/{each['mid']}",
            }
            for each in device["refused"]
        ],
        "more": device["attention"] > len(device["refused"]),
        "toast": _toast(query),
    }


def _toast(query: Query) -> Context | None:
    """The way back, as long as this device keeps what was discarded."""
    discarded: str = query.device["discarded"]
    if not discarded or query.get("discarded") != discarded:
        return None
    path = f"{ATTENTION}/{discarded}"
    return {"text": "Discarded", "icon": "trash-2", "path": path, "method": "POST", "label": "Undo"}
