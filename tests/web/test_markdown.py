"""What Markdown becomes, and what it may not become."""

import pytest

from aios.modules.notebook.scanner import find
from aios.web.markdown import excerpt, reading_minutes, render, safe_url, word_count


def test_headings_stand_below_the_title_of_the_page() -> None:
    assert render("# A\n\n###### B\n\nC\n=") == "<h2>A</h2>\n<h6>B</h6>\n<h2>C</h2>\n"


def test_html_is_text() -> None:
    assert render("<script>x</script> <b>y</b>") == "<p>&lt;script&gt;x&lt;/script&gt; &lt;b&gt;y&lt;/b&gt;</p>\n"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "file:///x",
        "x.html",
        "",
    ],
)
def test_unsafe_addresses_make_no_link(url: str) -> None:
    assert not safe_url(url)
    html = render(f"[x]({url}) ![x]({url})")
    assert f'="{url}"' not in html or not url
    assert "script:" not in html.replace(f"({url})", "")


def test_a_backslash_leads_to_no_other_server() -> None:
    assert not safe_url("/\\evil.example")
    assert render("[x](/\\evil.example)") == '<p><a href="/%5Cevil.example">x</a></p>\n'
    assert render("[x](//evil.example) [y](javascript:z)") == "<p>[x](//evil.example) [y](javascript:z)</p>\n"


@pytest.mark.parametrize(
    "url", ["http://a.example", "HTTPS://a.example", "mailto:a@b.example", "tel:+1", "/notebook/1"]
)
def test_safe_addresses(url: str) -> None:
    assert safe_url(url)


def test_links_that_lead_away_tell_nothing() -> None:
    assert render("[x](https://a.example)") == '<p><a href="https://a.example" rel="noopener noreferrer">x</a></p>\n'
    assert render("[x](/planner)") == '<p><a href="/planner">x</a></p>\n'


def test_pictures_from_elsewhere_are_links() -> None:
    assert render("![a *b*](https://a.example/i.png)") == (
        '<p><a href="https://a.example/i.png" rel="noopener noreferrer">a b</a></p>\n'
    )
    assert render("[![a](https://a.example/i.png)](/x)") == '<p><a href="/x">a</a></p>\n'
    assert render("![a](/blobs/1)") == '<p><img src="/blobs/1" alt="a" loading="lazy"></p>\n'


def test_titles_in_brackets_are_links() -> None:
    assert render("[[ A & b ]] [[C]]", {"C": "/notebook/9"}) == (
        '<p><a href="/notebook?title=A%20%26%20b">A &amp; b</a> <a href="/notebook/9">C</a></p>\n'
    )
    assert "<a" not in render("[[]] [[a\nb]] `[[c]]` \\[[d]]")


def test_tags_are_links() -> None:
    assert render("#work, (#été/1)") == (
        '<p><a href="/notebook?tag=work">#work</a>, (<a href="/notebook?tag=%C3%A9t%C3%A9%2F1">#été/1</a>)</p>\n'
    )
    assert "<a" not in render("a#b #12 \\#c `#d` #")
    assert render("[see #x](/y)") == '<p><a href="/y">see #x</a></p>\n'


@pytest.mark.parametrize(
    "body",
    [
        "#one two #three",
        "(#a [#b {#c",
        "x#no\n#yes/1-2_3",
        "#é„x",
        "# heading #t",
        "#1 #1a",
        "**#no** #ok.",
        "a [[T]] [[U|v]] #w",
    ],
)
def test_links_are_what_the_scanner_finds(body: str) -> None:
    tags, titles = find(body)
    html = render(body)
    assert html.count("/notebook?tag=") == len(tags)
    assert html.count("/notebook?title=") == len(titles)


def test_task_lists_are_boxes_that_cannot_be_pressed() -> None:
    assert render("- [x] a\n- [ ] b\n- [y] c") == (
        "<ul>\n"
        '<li class="task"><input class="check square" type="checkbox" disabled="" aria-label="Done" checked="">a</li>\n'
        '<li class="task"><input class="check square" type="checkbox" disabled="" aria-label="To do">b</li>\n'
        "<li>[y] c</li>\n</ul>\n"
    )


def test_nothing_carries_a_style() -> None:
    html = render("| a | b |\n|:-:|--:|\n| 1 | ~~2~~ |")
    assert "style" not in html
    assert '<th class="center">a</th>' in html
    assert '<td class="right"><s>2</s></td>' in html


def test_byte_order_marks_go() -> None:
    assert render("\ufeff# A") == "<h2>A</h2>\n"


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("# Title\n\n> **North** beam, _40_ mm", "Title North beam, 40 mm"),
        ("- [x] done\n1. one\n* two\n+ three", "done one two three"),
        ("a [link](/x) ![pic](/y) [[Note]] [open", "a link pic Note [open"),
        ("2 * 3 snake_case_name \\*kept\\*", "2 * 3 snake_case_name *kept*"),
        ("a\n---\n| b | c |\n|---|--:|\n~~d~~ `e`", "a b c d e"),
        ("```python\nx  =  1_0_0\n```\nafter", "x = 1_0_0 after"),
        ("#tag 12. x", "#tag 12. x"),
        ("", ""),
        (" \u00a0\u3000 ", ""),
    ],
)
def test_excerpt_drops_marks(markdown: str, plain: str) -> None:
    assert excerpt(markdown) == plain


def test_excerpt_cuts_at_a_word() -> None:
    assert excerpt("one two three four", 12) == "one two…"
    assert excerpt("one two", 7) == "one two"
    assert excerpt("\U0001f600" * 20, 10) == "\U0001f600" * 9 + "…"
    assert len(excerpt("word " * 100)) <= 160


def test_words_and_minutes() -> None:
    assert word_count(" one\u00a0two\nthree ") == 3
    assert [reading_minutes(words) for words in (0, 200, 299, 300, 1000)] == [1, 1, 1, 2, 5]
