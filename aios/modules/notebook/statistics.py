"""Numbers of the Notebook, with small charts whose geometry is whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.records.stubs import words
from aios.records.text import sort_key
from aios.web import when
from aios.web.markdown import reading_minutes
from aios.web.templates import urlpath

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

MONTHS = 12
MOST = 8
"""Rows of each list."""
WIDE, HIGH = 20, 100
"""The place of a month in the chart, and the height of the tallest."""


def statistics_page(documents: Documents, query: Query) -> Context:
    """How many notes, words, tags and links there are, and how they are spread."""
    notes: list[Document] = documents["notes"]
    counted = [(words(note, "bodyMarkdown"), note) for note in notes]
    total = sum(count for count, _ in counted)
    tags = {str(name): int(count) for name, count in documents["tags"]}
    links: dict[str, int] = {}
    titles: dict[str, str] = {}
    for note in notes:
        titles.setdefault(sort_key(note["title"]), f"/notebook/{note['id']}")
        for key in dict.fromkeys(sort_key(title) for title in note["links"]):
            links[key] = links.get(key, 0) + 1
    names = {sort_key(note["title"]): note["title"] for note in notes}
    longest = sorted(counted, key=lambda each: (-each[0], each[1]["id"]))
    linked = sorted((key for key in links if key in titles), key=lambda key: (-links[key], key))
    return {
        "title": "Statistics",
        "readings": [
            {"label": "notes", "count": len(notes)},
            {"label": "words", "count": total},
            {"label": "tags", "count": len(tags)},
            {"label": "links", "count": sum(links.values())},
        ],
        "hours": reading_minutes(total),
        "months": _months(notes, query),
        "tags": _bars([(name, f"/notebook?tag={urlpath(name)}", tags[name]) for name in _most(tags)]),
        "longest": _bars([(note["title"], f"/notebook/{note['id']}", count) for count, note in longest[:MOST]]),
        "linked": _bars([(names[key], titles[key], links[key]) for key in linked[:MOST]]),
    }


def _most(counts: dict[str, int]) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))[:MOST]


def _bars(rows: list[tuple[str, str, int]]) -> list[Context]:
    """Rows with a bar each, the first being the longest."""
    most = max((count for _, _, count in rows), default=0)
    return [{"name": name, "href": href, "count": count, "of": max(most, 1)} for name, href, count in rows]


def _months(notes: list[Document], query: Query) -> list[Context]:
    """The last twelve months, oldest first: how many notes were begun in each."""
    counts: dict[str, int] = {}
    for note in notes:
        month = when.local_day(note["createdAt"], query.zone)[:7]
        counts[month] = counts.get(month, 0) + 1
    months = _last_months(query.day)
    most = max(1, *(counts.get(month, 0) for month in months))
    found: list[Context] = []
    for place, month in enumerate(months):
        count = counts.get(month, 0)
        high = count * HIGH // most
        name = when.long_day(f"{month}-01").rpartition(" ")[2]
        found.append(
            {
                "name": f"{name} {month[:4]}",
                "short": name[:1],
                "count": count,
                "x": str(place * WIDE),
                "middle": str(place * WIDE + WIDE // 2),
                "y": str(HIGH - high),
                "high": str(high),
            }
        )
    return found


def _last_months(day: str) -> list[str]:
    """The month of `day` and the eleven before it, such as `2026-11`."""
    last = int(day[:4]) * 12 + int(day[5:7]) - 1
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(last - MONTHS + 1, last + 1)]
