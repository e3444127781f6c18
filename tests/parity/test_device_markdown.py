"""Markdown on the device gives the server's bytes. `AIOS_EXAMPLES=10000` runs as many; `AIOS_NOTES` names a folder."""

from __future__ import annotations

import os
import sys
import unicodedata
from html.entities import html5
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aios.web import markdown
from tests.parity.libraries import Libraries

EXAMPLES = int(os.environ.get("AIOS_EXAMPLES", "150"))
NOTES = os.environ.get("AIOS_NOTES", "")
LINKS = {"a": "/notebook/1", "A b": "/notebook/2?x&y", "toString": "/notebook/3"}
check = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

BLOCKS = [
    *["\n", "\n\n", "  \n", "\\\n", "\n    ", "\n\t", "# ", "## ", "- ", "* ", "+ ", "1. ", "2) ", "10. ", "0. ", "> "],
    *["999999999. ", "1234567890. ", "```", "~~~", "```py\n", "``` a b\n", "~~~&#xfeff;x y\n", "```&ampx; k\n", "---"],
    *["\n---\n", "\n===\n", "***\n", "|a|b|\n|-|:-:|\n", "|-:|\n", "|", "|:-|\n", "- [ ] ", "- [x] ", "* [X] ", "\\|"],
    *["[a]: /u\n", "[b]: <x> 't'\n", "[A]: http://x 'q\nr'\n", "[ẞ]: /s\n", "[x]: /&ampx; (&amp;\n&copyx;)\n"],
]
INLINES = [
    *[
        "`",
        "``",
        "*",
        "**",
        "***",
        "_",
        "__",
        "~~",
        "~",
        "~~~~",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "](/a)",
        "](<",
        "<",
        ">",
    ],
    *[
        "](http://x.y/z)",
        '"',
        "'",
        '" t"',
        "(t)",
        "[[",
        "]]",
        "[[a]]",
        "[[A b]]",
        "[[toString]]",
        "[[__proto__]]",
        "#tag",
    ],
    *[
        "#1",
        "#é/x",
        "#",
        "[a]",
        "[ß]",
        "[a][]",
        "[a][b]",
        "![a][b]",
        "<http://a.b>",
        "<x@y.z>",
        "<mailto:q@w>",
        "<tel:1>",
    ],
    *[
        "http://",
        "/",
        "//",
        "\\",
        "\\*",
        "\\[",
        "\\`",
        "\\😀",
        "!",
        "&",
        "<b>",
        "<!-- ",
        "-->",
        "</p>",
        "{",
        "}",
        "%",
        "%20",
    ],
    *[
        "%zz",
        "?q=1",
        "mailto:a",
        "javascript:x",
        "[x](<a b>)",
        '[x](/a "t")',
        "[x](/a 'q' )",
        "![p](https://e.x/i.png)",
    ],
    *[
        "![p](/i.png 'ti')",
        "http://[::1]/",
        "http://bücher.de/é",
        "http://a@b:c/?#",
        "https://xn--/",
        "\u017f:",
        "/\x1c",
    ],
    *["<http://a b>", "<https://é.例/%C3%A9?[]>", "![a `b` &amp; \\* ![c](/d)](/e)"],
]
ENTITIES = [
    *["&amp;", "&ampx;", "&lt", "&copy;", "&copyfoo;", "&#65;", "&#x41;", "&#0;", "&#xD800;", "&#x110000;", "&#128;"],
    *["&NotEqualTilde;", "&#xfeff;", "&Tab;", "&NewLine;", "&#12345678;", "&bogus;", "&#x1F600;", "&semi;", "&notit;"],
    *["&#32;", "&#10;", "&colon;", "&sol;", "&lbrack;", "&#xa0;", "&KaPPA;", "&K;"],
]
ODD = [
    *"\x00\x0b\x0c\x1c\x1f\x85\xa0\u1680\u180e\u2003\u200b\u2028\u3000\ufeff«—€😀𐄀\U0001d400𑁇é\u0301ßẞİ\u017f\u212aΣς文ﬁ",
    "\r\n",
    "\r",
]
WORDS = ["a", "b", "x", "1", " ", "  ", "\t", "    ", "word ", "_a_", "*b*", "**c**", "a_b"]
ASSIGNED = [
    chr(code) for code in range(32, sys.maxunicode) if unicodedata.category(chr(code)) not in {"Cn", "Cs", "Co"}
]
PIECES = st.sampled_from([*BLOCKS, *INLINES, *ENTITIES, *ODD, *WORDS]) | st.sampled_from(ASSIGNED)
TEXTS = st.lists(PIECES, max_size=40).map("".join)


@check
@given(TEXTS)
@example("[``` ```\n`")  # a code span looked for inside a bracket
@example("` \u2028 `")
@example("**😀**a **𐄀**a a**😀**")
@example("&ampx; [x](/&ampx; '&ampx;')")
@example("```&#xfeff;a\u2003b\n```")
@example("![a `b` &amp; ![&lt;](/c)](/d)")
@example("[a](<\x1c/x>) [a](<\x85/x>) [b](http://xn--a/é%zz) <http://[::1]/%20>")
@example("[[" + "😀" * 252 + "]] [[" + "😀" * 253 + "]]")
@example("[![a](https://e.x/i.png)](/x) ![a](https://e.x/i.png) [b](/c) ![](HTTP://e.x/i.png)")
@example("[" * 60 + "a" + "](/x)" * 60)
@example("> " * 30 + "- " * 30 + "x")
def test_the_same_bytes(libraries: Libraries, text: str) -> None:
    device = libraries.all([("markdown.render", [text, LINKS]), ("markdown.excerpt", [text, 40])])
    assert device == [str(markdown.render(text, LINKS)), markdown.excerpt(text, 40)]


@check
@given(
    st.lists(st.sampled_from([*ODD, *WORDS, *INLINES, "- [ ] ", "```", "~~~", "# ", "12. ", "\n", "[" * 9])).map(
        "".join
    )
)
@example("[[" + "😀" * 252 + "]]")
@example("[[" + "😀" * 253 + "]]")
@example("😀" * 41)
@example("😀 " * 41)
def test_excerpts(libraries: Libraries, text: str) -> None:
    lengths = [1, 2, 20, 160]
    device = libraries.all([("markdown.excerpt", [text, length]) for length in lengths])
    assert device == [markdown.excerpt(text, length) for length in lengths]
    assert libraries("markdown.wordCount", text) == markdown.word_count(text)


def test_every_entity(libraries: Libraries) -> None:
    names = sorted({name.rstrip(";") for name in html5})
    texts = [f'&{name}; &{name}x; &{name} [a](/&{name}; "&{name};")' for name in names]
    device = libraries.all([("markdown.render", [text]) for text in texts])
    assert [text for text, html in zip(texts, device, strict=True) if html != markdown.render(text)] == []


def test_every_kind_of_character(libraries: Libraries) -> None:
    """Those that are no letters, and one in 500 of those that are."""
    chosen = [each for at, each in enumerate(ASSIGNED) if at % 500 == 0 or unicodedata.category(each)[0] not in "LSN"]
    texts = [f"a**{each}**b {each}**a**{each} [x](/{each}) `{each}` #{each} [[{each}]]\n\n# {each}" for each in chosen]
    device = libraries.all([("markdown.render", [text]) for text in texts])
    assert [text for text, html in zip(texts, device, strict=True) if html != markdown.render(text)] == []


URLS = st.lists(st.sampled_from([*INLINES, *ODD, "http", "HTTPS", "mailto", "tel", ":", "/", "\\", "data", "K"])).map(
    "".join
)


@check
@given(URLS)
@example("/\\a")
@example("//a")
@example("/a")
def test_which_addresses_are_safe(libraries: Libraries, url: str) -> None:
    assert libraries("markdown.safeUrl", url) == markdown.safe_url(url)


def test_reading_takes_minutes(libraries: Libraries) -> None:
    words = [0, 1, 99, 100, 299, 300, 301, 12_345]
    device = libraries.all([("markdown.readingMinutes", [each]) for each in words])
    assert device == [markdown.reading_minutes(each) for each in words]


@pytest.mark.skipif(not NOTES, reason="AIOS_NOTES names no folder")
def test_a_folder_of_notes(libraries: Libraries) -> None:
    paths = sorted(Path(NOTES).rglob("*.md"))
    assert paths
    for path in paths:
        text = path.read_text(encoding="utf-8")
        device = libraries.all([("markdown.render", [text]), ("markdown.excerpt", [text])])
        assert device == [str(markdown.render(text)), markdown.excerpt(text)], path
