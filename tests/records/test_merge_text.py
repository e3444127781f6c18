"""Joining texts that were edited apart: nothing that was written is lost, and nothing is doubled."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from aios.records.merge_text import Merged, merge_text, settle

LINES = st.lists(st.sampled_from(["", "a", "b", "c", "long line", "d"]), max_size=8).map("\n".join)


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[str], list[str], list[str], set[str]]:
    """A base of distinct lines, two edits of it, and the lines that either of them inserted."""
    base = [f"base {number}" for number in range(draw(st.integers(0, 8)))]
    inserted: set[str] = set()

    def edit(side: str) -> list[str]:
        lines = [line for line in base if not draw(st.booleans()) or draw(st.booleans())]
        for number in range(draw(st.integers(0, 4))):
            line = f"{side} {number}"
            inserted.add(line)
            lines.insert(draw(st.integers(0, len(lines))), line)
        return lines

    return base, edit("ours"), edit("theirs"), inserted


@given(edits())
def test_every_inserted_line_is_there_once(edited: tuple[list[str], list[str], list[str], set[str]]) -> None:
    base, ours, theirs, inserted = edited
    lines = merge_text("\n".join(base), "\n".join(ours), "\n".join(theirs)).text.split("\n")
    for line in inserted:
        assert lines.count(line) == 1
    for line in base:
        assert lines.count(line) <= 1
        if line in ours and line in theirs:
            assert lines.count(line) == 1, "a line that both kept"
    for side in (ours, theirs):
        kept = [line for line in lines if line in side]
        assert kept == [line for line in side if line in kept], "each side's lines stay in their order"


@given(edits())
def test_a_line_that_one_side_removed_and_the_other_left_alone_goes(
    edited: tuple[list[str], list[str], list[str], set[str]],
) -> None:
    base, ours, _, _ = edited
    assert merge_text("\n".join(base), "\n".join(ours), "\n".join(base)) == Merged("\n".join(ours), [])
    assert merge_text("\n".join(base), "\n".join(base), "\n".join(ours)) == Merged("\n".join(ours), [])


@given(LINES, LINES, LINES)
def test_hunks_tell_both_sides_apart(base: str, ours: str, theirs: str) -> None:
    merged = merge_text(base, ours, theirs)
    lines = merged.text.split("\n")
    for start, old, new in merged.hunks:
        assert old > 0
        assert new > 0
        assert start + old + new <= len(lines)
        assert "\n".join(lines[start : start + old]) in ours
        assert "\n".join(lines[start + old : start + old + new]) in theirs


@given(LINES, LINES)
def test_without_a_base_all_lines_of_both_stay(ours: str, theirs: str) -> None:
    merged = merge_text(None, ours, theirs).text.split("\n")
    rest = iter(merged)
    assert all(line in rest for line in ours.split("\n"))
    most = Counter(ours.split("\n")) | Counter(theirs.split("\n"))
    assert Counter(merged) == most, "a line that both have in another order is there once"


def test_two_additions_in_one_place_ask_nobody() -> None:
    assert merge_text("list\n", "list\nmilk\n", "list\nbread\n") == Merged("list\nmilk\nbread\n", [])


def test_the_same_line_changed_on_both_sides_stays_twice_and_is_marked() -> None:
    assert merge_text("a\nbeam 40\nz", "a\nbeam 45\nz", "a\nbeam 50\nz") == Merged(
        "a\nbeam 45\nbeam 50\nz", [[1, 1, 1]]
    )


def test_what_both_wrote_alike_is_there_once() -> None:
    assert merge_text("a", "a\nnew\nmine", "a\nnew\nyours").text == "a\nnew\nmine\nyours"


def test_a_mark_moves_with_its_lines_until_they_are_touched() -> None:
    assert settle([[1, 1, 1]], "a\nx\ny\nz", "first\na\nx\ny\nz") == [[2, 1, 1]]
    assert settle([[1, 1, 1]], "a\nx\ny\nz", "a\nx\nz") == []
    assert settle([[1, 1, 1]], "a\nx\ny\nz", "a\nx\nbetween\ny\nz") == []


def test_very_repetitive_texts_are_joined_in_time() -> None:
    base = "\n".join(["", "a"] * 12_000)
    merged = merge_text(base, "mine\n" + base + "\nb" * 500, base.replace("a", "b") + "\nyours")
    assert "mine" in merged.text
    assert "yours" in merged.text
