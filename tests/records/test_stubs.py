"""What lists show of a long text, whole or as a stub."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aios.modules.notebook.rules import derive
from aios.records.stubs import START, is_stub, keep, size, start, words

TEXTS = st.text(st.characters(codec="utf-8")) | st.text("a \n", min_size=200, max_size=300)


def stub(document: dict[str, Any], field: str) -> dict[str, Any]:
    return {**document, field: "", "_stub": {field: keep(document[field])}}


@given(TEXTS)
def test_a_stub_tells_what_the_whole_text_tells(text: str) -> None:
    whole = {"body": text}
    without = stub(whole, "body")
    assert is_stub(without, "body")
    assert not is_stub(whole, "body")
    for told in (start, words, size):
        assert told(without, "body") == told(whole, "body")
    assert (start(whole, "body"), size(whole, "body")) == (text[:START], len(text))


def test_a_field_that_is_here_beside_one_that_is_not() -> None:
    document = stub({"body": "x" * 300, "title": "one two"}, "body")
    assert not is_stub(document, "title")
    assert (start(document, "title"), words(document, "title")) == ("one two", 2)
    assert not is_stub({"body": "", "_stub": None}, "body")


def test_a_note_whose_body_is_not_here_keeps_what_the_body_named() -> None:
    note: dict[str, Any] = {"bodyMarkdown": "#a #b [[C]]", "tags": ["set"], "links": []}
    derive(note, None)
    without = stub(note, "bodyMarkdown")
    pinned = {**without, "isPinned": True}
    derive(pinned, without)
    assert pinned == {**without, "isPinned": True}
    tagged = {**without, "tags": ["a", "b", "more"]}
    derive(tagged, without)
    assert (tagged["tags"], tagged["explicitTags"]) == (["more", "a", "b"], ["more"])
