"""What follows from a note's body (docs/domain.md, "notes")."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios.modules.forms import visible
from aios.modules.notebook.excerpts import name
from aios.modules.notebook.rules import MOST_TAGS, derive

TAGS = st.sampled_from(["work", "home", "foz", "Work", "x"])
SETS = st.lists(TAGS, max_size=4)
Note = dict[str, Any]


def body(tags: list[str]) -> str:
    return " ".join(f"#{tag} [[{tag}]]" for tag in tags)


def made(tags: list[str], written: list[str]) -> Note:
    return changed(None, tags, written)


def changed(previous: Note | None, tags: list[str] | None = None, written: list[str] | None = None) -> Note:
    """A note after tags and links, or the body, or both were sent."""
    note: Note = dict(previous) if previous is not None else {"bodyMarkdown": "", "tags": [], "links": []}
    if tags is not None:
        note |= {"tags": list(tags), "links": list(tags)}
    if written is not None:
        note["bodyMarkdown"] = body(written)
    derive(note, previous)
    return note


def unique(*parts: list[str]) -> list[str]:
    return list(dict.fromkeys(each for part in parts for each in part))


@given(SETS, SETS)
def test_a_new_note_has_what_was_set_then_what_is_written(tags: list[str], written: list[str]) -> None:
    note = made(tags, written)
    assert note["tags"] == note["links"] == unique(tags, written)
    assert note["explicitTags"] == note["explicitLinks"] == unique(tags)


@given(SETS, SETS)
def test_deriving_again_changes_nothing(tags: list[str], written: list[str]) -> None:
    note = made(tags, written)
    assert changed(note) == note


@given(SETS, SETS)
def test_sending_what_was_read_is_no_edit(tags: list[str], written: list[str]) -> None:
    note = made(tags, written)
    assert changed(note, tags=note["tags"]) == note


@given(SETS, SETS, SETS)
def test_what_the_body_drops_goes_unless_it_was_set(tags: list[str], before: list[str], after: list[str]) -> None:
    note = changed(made(tags, before), written=after)
    assert note["tags"] == unique(tags, after)
    also_sent = changed(made(tags, before), tags=made(tags, before)["tags"], written=after)
    assert also_sent == note


@given(SETS, SETS, TAGS)
def test_adding_a_tag_sets_that_tag_only(tags: list[str], written: list[str], added: str) -> None:
    before = made(tags, written)
    note = changed(before, tags=[*before["tags"], added])
    assert changed(note, written=[])["tags"] == unique(tags, [] if added in before["tags"] else [added])


@given(SETS, SETS)
def test_taking_away_all_tags_leaves_those_of_the_body(tags: list[str], written: list[str]) -> None:
    note = changed(made(tags, written), tags=[])
    assert note["tags"] == unique(written)
    assert note["explicitTags"] == []


def test_too_long_and_too_many_names_of_a_body_are_left_out() -> None:
    note: Note = {"bodyMarkdown": f"#{'x' * 101} #{'y' * 100} [[{'z' * 201}]]", "tags": [], "links": []}
    derive(note, None)
    assert (note["tags"], note["links"]) == (["y" * 100], [])
    many = made(["first"], [f"t{number}" for number in range(150)])
    assert len(many["tags"]) == MOST_TAGS
    assert many["tags"][:2] == ["first", "t0"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Bread", "Bread"),
        ("\n \n## Site visit\nmore", "Site visit"),
        ("- [ ] **Call** Ana", "Call Ana"),
        ("---\nBread", "Bread"),
        ("x" * 90, "x" * 79 + "…"),
        ("---\n", "Untitled"),
    ],
)
def test_a_note_without_a_title_is_named_by_its_first_line(text: str, title: str) -> None:
    assert name(text) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "Bread"),
        (" \u200b\u2060\ufeff", "Bread"),
        ("\u3164\xad", "Bread"),
        ("\u200bx", "\u200bx"),
        ("🪴", "🪴"),
        ("ש", "ש"),
    ],
)
def test_what_shows_nothing_is_no_title(text: str, title: str) -> None:
    assert visible(text) is (text == title)
    assert name(f"{text}\nBread") == title
