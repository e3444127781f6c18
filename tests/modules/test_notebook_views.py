"""What the Notebook's lists show of long texts."""

from __future__ import annotations

from typing import Any

import pytest

from aios.modules.notebook.listing import notes_page
from aios.modules.notebook.views import note_page
from aios.records.query import Query
from aios.records.stubs import START, keep

AT = "2026-11-24T09:00:00.000Z"
QUERY = Query(params={}, now=AT, zone="UTC", new_id="", day="2026-11-24", bounds={}, user="mara", space="", settings={})
LISTS: dict[str, Any] = {"pinned": [], "tags": [], "total": 1, "undeleted": None}


def note(body: str, title: str = "Title", note_id: str = "a") -> dict[str, Any]:
    names: dict[str, Any] = {
        "tags": [],
        "links": [],
        "explicitTags": [],
        "isPinned": False,
        "isArchived": False,
        "_rev": 1,
    }
    return {"id": note_id, "title": title, "bodyMarkdown": body, "createdAt": AT, "updatedAt": AT, **names}


def stub(whole: dict[str, Any]) -> dict[str, Any]:
    return {**whole, "bodyMarkdown": "", "_stub": {"bodyMarkdown": keep(whole["bodyMarkdown"])}}


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        ("Short.", "Short."),
        ("Title\nThen the rest.", "Then the rest."),
        ("word " * 60, f"{'word ' * 31}word…"),
        ("**" * (START // 2) + "ab", "…"),
        ("a" + "`" * (START - 2) + "b" * 9, "ab…"),
        ("a" + "`" * (START - 2) + "b", "ab"),
    ],
)
def test_an_excerpt_comes_from_the_beginning_and_says_where_it_is_cut(body: str, excerpt: str) -> None:
    for each in (note(body), stub(note(body))):
        (row,) = notes_page({**LISTS, "recent": [each]}, QUERY)["rows"]
        assert row["excerpt"] == excerpt


def test_a_backlink_quotes_the_line_or_else_the_beginning() -> None:
    other = note("First words.\n\nSee [[Here]] too.", note_id="b")
    shown = [
        note_page({"note": note("", "Here"), "linked": [each], "targets": []}, QUERY)["backlinks"][0]["excerpt"]
        for each in (other, stub(other))
    ]
    assert shown == ["See Here too.", "First words. See Here too."]
