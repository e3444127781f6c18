"""Markdown to HTML, and to plain words.

CommonMark with tables and strikethrough, no raw HTML, and no style attributes: the strict CSP refuses them. Notes
add `[[Title]]`, `#tag` and task lists. The parser is a port of the one on the device, and the additions use no
regular expressions and no Python-only text functions, so that both give the same bytes (docs/parity.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, unescapeAll
from markdown_it.token import Token
from markupsafe import Markup
from mdurl import encode

from aios.records.text import SPACES, count_words, trim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.utils import EnvType, OptionsDict

WORDS_A_MINUTE = 200
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_LINK_WINDOW = 256
_OPENING = frozenset("([{")
_DIGITS = frozenset("0123456789")
_TAG_ASCII = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/")
_URL_SIGNS = ";/?:@&=+$,-_.!~*'()#[]"
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_EDGES = SPACES | _PUNCTUATION
_BOXES = {"[ ] ": False, "[x] ": True, "[X] ": True}
_LOWEST = 6


def render(text: str, links: dict[str, str] | None = None) -> Markup:
    """Write `text` as HTML. `links` maps titles of `[[…]]` to addresses; others lead to the Notebook's search by title.

    Slow for hostile text (half a second for 50 KB of brackets), so call it away from the event loop.
    """
    # S704: the parser escapes all text, raw HTML is off, addresses pass safe_url.
    return Markup(_PARSER.render(text.replace("\ufeff", ""), {"links": links or {}}))  # noqa: S704


def render_page(text: str, links: dict[str, str], form: str) -> tuple[Markup, list[dict[str, str]]]:
    """Write `text` as HTML that stands alone on its page, and tell its headings: `level`, `text`, `href`.

    Boxes of tasks are buttons of the form with the id `form`, which send the number of their line and the line.
    """
    contents: list[dict[str, str]] = []
    env = {"links": links, "contents": contents, "form": form, "lines": text.split("\n")}
    return Markup(_PARSER.render(text.replace("\ufeff", ""), env)), contents  # noqa: S704  as above


def safe_url(url: str) -> bool:
    """Whether `url` may be followed: http, https, mailto, tel, or a path of this server."""
    if url.startswith("/"):
        return not url.startswith(("//", "/\\"))
    scheme, colon, _ = url.partition(":")
    return bool(colon) and scheme.lower() in SCHEMES


def excerpt(markdown: str, length: int = 160) -> str:
    """The first `length` characters of `markdown` as plain words on one line, cut at a word, with an ellipsis."""
    words: list[str] = []
    total = 0
    fenced = False
    for line in markdown.replace("\ufeff", "").split("\n"):
        start = _content_start(line)
        if line.startswith(("```", "~~~"), start):
            fenced = not fenced
            continue
        for word in _words(line if fenced else _plain(line, start)):
            words.append(word)
            total += len(word) + 1
            if total > length + 1:
                return _cut(" ".join(words), length)
    return " ".join(words)


def word_count(text: str) -> int:
    """How many words `text` has: runs of characters between spaces."""
    return count_words(text)


def reading_minutes(words: int) -> int:
    """Minutes that `words` take to read, rounded half up, at least 1."""
    return max(1, (words + WORDS_A_MINUTE // 2) // WORDS_A_MINUTE)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False}).enable(["table", "strikethrough"])
    parser.validateLink = safe_url  # type: ignore[method-assign]  # markdown-it is configured this way
    parser.normalizeLink = _normalize_url  # type: ignore[method-assign]
    parser.normalizeLinkText = _as_written  # type: ignore[method-assign]
    parser.inline.ruler.before("link", "title_link", _title_link)
    parser.inline.ruler.before("link", "tag_link", _tag_link)
    parser.core.ruler.after("inline", "aios", _adapt)
    parser.add_render_rule("link_open", _render_link)
    parser.add_render_rule("image", _render_image)
    parser.add_render_rule("fence", _render_fence)
    return parser


def _normalize_url(url: str) -> str:
    """Percent-encode what an address may not hold. Names of hosts stay as they are: browsers write them in ASCII."""
    return encode(trim(url), _URL_SIGNS)


def _as_written(link: str) -> str:
    """What an address in angle brackets shows (CommonMark 0.31, 6.5)."""
    return link


def _title_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  signature of markdown-it
    """`[[Title]]` on one line."""
    start = state.pos
    if state.linkLevel or not state.src.startswith("[[", start):
        return False
    end = state.src.find("]]", start + 2, min(state.posMax, start + _LINK_WINDOW))
    if end < 0 or state.src.find("[[", start + 1, end) >= 0 or state.src.find("\n", start, end) >= 0:
        return False
    title = trim(state.src[start + 2 : end])
    if not title:
        return False
    if not silent:
        known: dict[str, str] = state.env["links"]
        _push_link(state, known.get(title) or f"/notebook?title={quote(title, safe='')}", title)
    state.pos = end + 2
    return True


def _tag_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  as above
    """`#tag` at the start of a line, after a space or an opening bracket: the rule of the Notebook's scanner."""
    start = state.pos
    source = state.src
    if state.linkLevel or source[start] != "#" or not (start == 0 or source[start - 1] in SPACES | _OPENING):
        return False
    end = start + 1
    while end < state.posMax and _in_tag(source[end]):
        end += 1
    tag = source[start + 1 : end]
    if all(character in _DIGITS for character in tag):
        return False
    if not silent:
        _push_link(state, f"/notebook?tag={quote(tag, safe='')}", f"#{tag}")
    state.pos = end
    return True


def _in_tag(character: str) -> bool:
    if character < "\x80":
        return character in _TAG_ASCII
    return character not in SPACES and not "\u2000" <= character <= "\u206f"


def _push_link(state: StateInline, href: str, text: str) -> None:
    state.push("link_open", "a", 1).attrs = {"href": href}
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)


def _adapt(state: StateCore) -> None:
    """Shift headings below the page's own, make task lists, turn alignment styles into classes."""
    tokens = state.tokens
    contents: list[dict[str, str]] | None = state.env.get("contents")
    for index, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, _LOWEST)}"
            if contents is not None and token.nesting == 1:
                name = f"part-{len(contents) + 1}"
                token.attrs = {"id": name}
                words = _words_of(tokens[index + 1].children or []).replace("\n", " ")
                contents.append({"level": token.tag[1], "text": words, "href": f"#{name}"})
        elif token.type in {"th_open", "td_open"} and "style" in token.attrs:
            token.attrs = {"class": str(token.attrs["style"]).removeprefix("text-align:")}
        elif token.type == "inline" and index > 1 and tokens[index - 2].type == "list_item_open":
            _make_task(tokens[index - 2], token, state.env)


def _make_task(item: Token, inline: Token, env: EnvType) -> None:
    children = inline.children or []
    first = children[0] if children else None
    if first is None or first.type != "text" or first.content[:4] not in _BOXES:
        return
    done = _BOXES[first.content[:4]]
    first.content = first.content[4:]
    item.attrs = {"class": "task"}
    number = inline.map[0] if inline.map else 0
    line: str = env["lines"][number] if "form" in env else ""
    start = line.find("[")
    if start >= 0 and f"{line[start : start + 3]} " in _BOXES:
        button = Token("task_open", "button", 1)
        button.attrs = {
            "class": "check square",
            "type": "submit",
            "form": str(env["form"]),
            "name": "task",
            "value": f"{number}:{line}",
            "aria-pressed": "true" if done else "false",
            "aria-label": _words_of(children).replace("\n", " ") or "Task",
        }
        inline.children = [button, Token("task_close", "button", -1), *children]
        return
    box = Token("task_box", "input", 0)
    box.attrs = {"class": "check square", "type": "checkbox", "disabled": "", "aria-label": "Done" if done else "To do"}
    if done:
        box.attrs["checked"] = ""
    inline.children = [box, *children]


def _render_link(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    if _outside(str(tokens[index].attrs["href"])):
        tokens[index].attrs["rel"] = "noopener noreferrer"
    return renderer.renderToken(tokens, index, options, env)


def _render_image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """A picture of our own. One from elsewhere becomes a link to it: loading it would tell others what is read."""
    image = tokens[index]
    source = str(image.attrs["src"])
    words = _words_of(image.children or [])
    if not _outside(source):
        image.attrs = {"src": source, "alt": words, "loading": "lazy"}
        return renderer.renderToken(tokens, index, options, env)
    label = Markup.escape(words or source)
    if _inside_link(tokens, index):
        return label
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(source, label)


def _render_fence(_: RendererHTML, tokens: Sequence[Token], index: int, *__: OptionsDict | EnvType) -> str:
    token = tokens[index]
    language = next(iter(_words(unescapeAll(token.info))), "")
    shown = f' class="language-{escapeHtml(language)}"' if language else ""
    return f"<pre><code{shown}>{escapeHtml(token.content)}</code></pre>\n"


def _words_of(tokens: Sequence[Token]) -> str:
    """What a picture shows, as plain text."""
    parts: list[str] = []
    for token in tokens:
        if token.type == "image":
            parts.append(_words_of(token.children or []))
        else:
            parts.append("\n" if token.type in {"softbreak", "hardbreak"} else token.content)
    return "".join(parts)


def _inside_link(tokens: Sequence[Token], index: int) -> bool:
    return sum((token.type == "link_open") - (token.type == "link_close") for token in tokens[:index]) > 0


def _outside(url: str) -> bool:
    return url[:4].lower() == "http"


def _content_start(line: str) -> int:
    """Where the words of a line begin: behind quote marks, a heading's or list item's mark, and a task's box."""
    start = _skip(line, 0, " \t>")
    mark = _mark_end(line, start)
    if mark == start or line[mark : mark + 1] not in {" ", "\t"}:
        return start
    start = _skip(line, mark, " \t")
    return start + 4 if line[start : start + 4] in _BOXES else start


def _mark_end(line: str, start: int) -> int:
    first = line[start : start + 1]
    if first == "#":
        return _skip(line, start, "#")
    if first in {"-", "*", "+"}:
        return start + 1
    end = _skip(line, start, "0123456789")
    return end + 1 if end > start and line[end : end + 1] in {".", ")"} else start


def _skip(line: str, start: int, characters: str) -> int:
    while start < len(line) and line[start] in characters:
        start += 1
    return start


def _plain(line: str, start: int) -> str:
    """The words of a line from `start` on, without marks; nothing for a rule or an underline."""
    if _skip(line, start, "-=*_|: ") == len(line):
        return ""
    kept: list[str] = []
    position = start
    while position < len(line):
        taken, position = _next(line, position)
        kept.append(taken)
    return "".join(kept)


def _next(line: str, position: int) -> tuple[str, int]:
    """What stands for the mark or character at `position`, and the place behind it."""
    character = line[position]
    following = line[position + 1 : position + 2]
    if character == "\\" and following in _PUNCTUATION and following:
        return following, position + 2
    if character == "[":
        return _label(line, position)
    if character == "!" and following == "[":
        return "", position + 1
    if character == "`" or (character == "~" and following == "~"):
        return "", _skip(line, position, character)
    if character in "*_":
        end = _skip(line, position, character)
        return ("" if _is_emphasis(line, position, end) else line[position:end]), end
    return (" " if character == "|" else character), position + 1


def _label(line: str, position: int) -> tuple[str, int]:
    """The label of a link that begins at `position`; the bracket alone when there is none."""
    if line.startswith("[[", position):
        end = line.find("]]", position, position + _LINK_WINDOW)
        return (line[position + 2 : end], end + 2) if end >= 0 else ("[", position + 1)
    end = line.find("](", position)
    close = line.find(")", end) if end >= 0 else -1
    return (line[position + 1 : end], close + 1) if close >= 0 else ("[", position + 1)


def _is_emphasis(line: str, start: int, end: int) -> bool:
    """Whether a run of stars or underscores is a mark: one that stands free is not, nor an underscore inside a word."""
    before = SPACES if start == 0 else frozenset(line[start - 1])
    after = SPACES if end == len(line) else frozenset(line[end])
    if before <= SPACES and after <= SPACES:
        return False
    return line[start] == "*" or before <= _EDGES or after <= _EDGES


def _words(text: str) -> list[str]:
    words: list[str] = []
    start = 0
    for position, character in enumerate(text):
        if character in SPACES:
            if position > start:
                words.append(text[start:position])
            start = position + 1
    return [*words, text[start:]] if start < len(text) else words


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    space = text.rfind(" ", 0, length)
    return text[: space if space > 0 else length - 1] + "…"


_PARSER: Any = _parser()
