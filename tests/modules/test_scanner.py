"""`#tag` and `[[Title]]` in a body."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios.modules.notebook.scanner import find
from aios.records.text import SPACES, trim

NAMES = st.text(st.sampled_from("abzABZ019-_/éßñ中あ🎻"), min_size=1, max_size=12).filter(
    lambda name: any(character not in "0123456789" for character in name)
)
TITLES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="[]\\`"), min_size=1, max_size=40
).filter(lambda title: trim(title) == title and title)
BODIES = st.text(st.sampled_from("#[]`~ \n\t\\(){}ab1-_/é\u2003\u2028\u200b,."), max_size=80)


@pytest.mark.parametrize(
    ("body", "tags"),
    [
        ("#work", ["work"]),
        ("see #work, #foz.", ["work", "foz"]),
        ("(#a [#b {#c", ["a", "b", "c"]),
        ("#a/b-c_d", ["a/b-c_d"]),
        ("#évora #日本 #ñ", ["évora", "日本", "ñ"]),
        ("#work\n#home", ["work", "home"]),
        ("a\u3000#b\u00a0#c\u2003#d", ["b", "c", "d"]),
        ("#b\u2019s #c\u2026", ["b", "c"]),
        ("#a #a", ["a", "a"]),
        ("## Plan #work", ["work"]),
        ("# Heading", []),
        ("## Heading", []),
        ("#", []),
        ("##work", []),
        ("a#work", []),
        ("/#work", []),
        ("#2026", []),
        ("#2026-11", ["2026-11"]),
        (r"\#work", []),
        ("`#work`", []),
        ("`` #a ` #b `` #c", ["c"]),
        ("` #a", ["a"]),
        ("`` #a ` #b", ["a", "b"]),
        (r"\` #a `", ["a"]),
        ("```\n#a\n```\n#b", ["b"]),
        ("```python\n#a\n````\n#b", ["b"]),
        ("````\n#a\n```\n#b", []),
        ("~~~\n#a\n```\n#b\n~~~\n#c", ["c"]),
        ("   ```\n#a", []),
        ("    ```\n#a", ["a"]),
        ("``` a`b\n#a", ["a"]),
        ("```\n``` x\n#a", []),
        ("~~\n#a", ["a"]),
    ],
)
def test_tags(body: str, tags: list[str]) -> None:
    assert find(body)[0] == tags


@pytest.mark.parametrize(
    ("body", "links"),
    [
        ("See [[Loads, second pass]] and [[b]].", ["Loads, second pass", "b"]),
        ("[[ a ]]", ["a"]),
        ("[[a#b]]", ["a#b"]),
        ("[[[a]]]", ["a"]),
        ("[[a [[b]]", ["b"]),
        ("[[a]b]]", ["a]b"]),
        ("[[]] [[ ]]", []),
        ("[[a\nb]]", []),
        ("[[a", []),
        ("[a]", []),
        (r"\[[a]]", []),
        ("`[[a]]`", []),
        ("```\n[[a]]\n```", []),
        (f"[[{'x' * 250}]]", ["x" * 250]),
        (f"[[{'x' * 300}]]", []),
    ],
)
def test_links(body: str, links: list[str]) -> None:
    assert find(body)[1] == links


@given(st.lists(NAMES, max_size=5), st.lists(TITLES, max_size=5))
def test_what_is_written_is_found_in_order(names: list[str], titles: list[str]) -> None:
    body = "Before " + " ".join(f"#{name}" for name in names) + "\n" + ", ".join(f"[[{title}]]" for title in titles)
    assert find(body) == (names, titles)


@given(st.lists(NAMES, min_size=1), st.sampled_from(["```", "~~~", "`````"]))
def test_nothing_is_found_in_code(names: list[str], fence: str) -> None:
    line = " ".join(f"#{name} [[{name}]]" for name in names)
    assert find(f"{fence}\n{line}\n{fence}\n`{line}`") == ([], [])


@given(BODIES)
def test_what_is_found_has_the_form_of_a_name(body: str) -> None:
    tags, links = find(body)
    for tag in tags:
        assert f"#{tag}" in body
        assert not all(character in "0123456789" for character in tag)
        assert not set(tag) & (SPACES | set("#[]`~\\(){},."))
    for link in links:
        assert link
        assert trim(link) == link
        assert "\n" not in link


@given(BODIES, BODIES)
def test_lines_are_independent_outside_code(first: str, second: str) -> None:
    """Every line that no fence encloses gives the same, whatever stands before it."""
    calm = first.replace("`", "").replace("~", "")
    before, after, both = find(calm), find(second), find(f"{calm}\n{second}")
    assert both == (before[0] + after[0], before[1] + after[1])


def test_every_space_ends_a_tag_and_no_letter_does() -> None:
    for code in range(0x110000):
        character = chr(code)
        category = unicodedata.category(character)
        if category in {"Lu", "Ll", "Lo", "Nd", "Mn"}:
            assert find(f"#a{character}z")[0] == [f"a{character}z"], hex(code)
        elif category in {"Zs", "Zl", "Zp"}:
            assert find(f"#a{character}#z")[0] == ["a", "z"], hex(code)


@pytest.mark.parametrize("body", ["[[" * 25_000, "[[a" * 16_000 + "]]", "#" * 50_000, "#a`` ` " * 7_000])
def test_hostile_bodies_are_read_once(body: str) -> None:
    """Work grows with the length: many times the text takes about as many times the steps."""
    calls = _steps(body), _steps(body[: len(body) // 4])
    assert calls[0] < calls[1] * 6


def _steps(body: str) -> int:
    """How many calls reading `body` takes: a measure that no busy machine disturbs."""
    import sys  # noqa: PLC0415  here only

    count = 0

    def note(frame: object, event: str, argument: object) -> None:  # noqa: ARG001  signature of a profiler
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        find(body)
    finally:
        sys.setprofile(None)
    return count
