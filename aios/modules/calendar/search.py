"""Events found by their texts or by their place. The device has a twin, `search.js`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.days import span_text, twelve
from aios.modules.calendar.happening import occurrence
from aios.modules.calendar.repeating import words_of
from aios.modules.calendar.rows import tone_of
from aios.records.query import page_number

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

PAGE_SIZE = 50


def search_page(documents: Documents, query: Query) -> Context:
    """The latest first; nothing before something is asked for."""
    q, place, page = query.get("q"), query.get("place"), page_number(query)
    found: list[Document] = documents["found"] if q or place else []
    halves = twelve(documents)
    return {
        "title": "Search events",
        "q": q,
        "place": place,
        "asked": bool(q or place),
        "rows": [
            {
                "href": f"/calendar/{event['id']}",
                "title": event["title"],
                "when": span_text(occurrence(event, "", query.zone), query, halves=halves),
                "repeats": words_of(event, query.day),
                "location": event["location"],
                "tone": tone_of(event),
            }
            for event in found
        ],
        "newer": str(page - 1) if page > 1 else "",
        "older": str(page + 1) if len(found) == PAGE_SIZE else "",
    }
