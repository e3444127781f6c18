"""Text rules, as properties."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios.records.clock import from_wire, to_wire
from aios.records.collection import NO_KEY, Index
from aios.records.ids import implied_id, is_id, new_id
from aios.records.text import SPACES, count_words, fold, normalise, sort_key


@given(st.text())
def test_normalised_text_is_stable_and_always_encodes(text: str) -> None:
    clean = normalise(text)
    assert normalise(clean) == clean
    assert "\r" not in clean
    assert "\0" not in clean
    assert msgspec.json.decode(msgspec.json.encode(clean)) == clean


def test_lone_surrogates_become_replacement_characters() -> None:
    assert normalise("a\ud800b\udfff") == "a\ufffdb\ufffd"
    assert normalise("a\r\nb\rc\n") == "a\nb\nc\n"


@given(st.text(st.characters(codec="utf-8")))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text) or not text.isascii()
    assert sort_key(text) == fold(text)[:120]


def test_folding_keeps_what_casefold_would_change() -> None:
    assert fold("Straße ÉÄ ﬁ") == "straße ea fi"
    assert fold("ΟΔΟΣ οδός") == "οδοσ οδοσ"


@given(st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_998))
def test_wire_instants_round_trip_and_sort_as_text(ms: int) -> None:
    assert from_wire(to_wire(ms)) == ms
    assert to_wire(ms) <= to_wire(ms + 1)


@given(st.text(st.sampled_from([*SPACES, "\x1c", "\x1f", "\u200b", "a", "é"])))
def test_words_are_runs_between_spaces(text: str) -> None:
    edges = zip(" " + text, text + " ", strict=True)
    assert count_words(text) == sum(before in SPACES and after not in SPACES for before, after in edges)


def test_ids_sort_by_time_and_implied_ids_repeat() -> None:
    made = [new_id() for _ in range(100)]
    assert all(is_id(each) and each[14] == "7" for each in made)
    assert [each[:13] for each in made] == sorted(each[:13] for each in made)
    assert implied_id("s", "notes", "x") == implied_id("s", "notes", "x") != implied_id("t", "notes", "x")
    assert is_id(implied_id("s", "notes", "x"))
    assert not is_id(made[0].upper())
    assert not is_id(made[0] + "\n")


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00.000Z", 0),
        ("1970-01-01 01:00+01:00", 0),
        ("1969-12-31T23:59:59.9999999Z", -1),
        ("0001-01-01T00:00:00+14:00", -62_135_647_200_000),
    ],
)
def test_instants_are_read_with_any_offset(text: str, ms: int) -> None:
    assert from_wire(text) == ms


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1970-01-01",
        "1970-01-01T00:00:00",
        "1970-W01-4T00:00:00Z",
        "19700101T000000Z",
        "1970-01-01T24:00:00Z",
        "1970-02-30T00:00:00Z",
        "1970-01-01T00:00:00Z\n",
    ],
)
def test_what_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the words are Python's for dates that no calendar has
        from_wire(text)


def test_index_keys() -> None:
    document = {"title": "É", "tags": ["b", "a", "b"], "due": None, "open": True, "status": "done"}
    assert list(Index(field="title", fold=True).keys(document)) == ["e"]
    assert list(Index(field="tags", multiple=True).keys(document)) == ["b", "a"]
    assert list(Index(field="due").keys(document)) == [NO_KEY]
    assert list(Index(field="due", sparse=True).keys(document)) == []
    assert list(Index(field="open").keys(document)) == ["1"]
    assert list(Index(field="open", when=("status", ("pending",))).keys(document)) == []
