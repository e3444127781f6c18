"""Texts, YAML and JSON from elsewhere, read without harm."""

from __future__ import annotations

import codecs
import re
from typing import Any, cast

import msgspec
import yaml

from aios.port.limits import MOST_DEPTH, MOST_FRONT_MATTER, MOST_JSON, UnreadableError
from aios.records.text import normalise

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LATIN = "It is not UTF-8, so it was read as Latin-1; letters beyond English may be wrong."
NO_TEXT = "It is no text."
_SIGNS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""Strings, also one without its end, and brackets. It never goes back: the time grows as the text does."""
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def text(body: bytes) -> tuple[str, str]:
    """The text of a file, with LF at line ends, and a sentence when it had to be guessed. Raises UnreadableError."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return normalise(body[len(mark) :].decode(encoding, "replace")), ""
    if b"\x00" in body[:4096]:
        raise UnreadableError(NO_TEXT)
    try:
        return normalise(body.decode()), ""
    except UnicodeDecodeError:
        return normalise(body.decode("latin-1")), LATIN


def json(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises UnreadableError when it is none, deeper than 64, or larger than 2 MB."""
    if len(body) > MOST_JSON:
        message = f"It is larger than {MOST_JSON // 1_000_000} MB."
        raise UnreadableError(message)
    body = body.removeprefix(codecs.BOM_UTF8)
    depth = 0
    for found in _SIGNS.finditer(body):
        sign = found[0]
        if sign[:1] == b'"':
            continue
        depth += 1 if sign in b"[{" else -1
        if depth > MOST_DEPTH:
            message = f"It is nested more than {MOST_DEPTH} levels deep."
            raise UnreadableError(message)
    try:
        return _decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        message = "It is no JSON that can be read here."
        raise UnreadableError(message) from error


def front_matter(body: str) -> tuple[str, str]:
    """The YAML between the `---` lines that a text begins with, and the text behind them; ("", text) without."""
    if not body.startswith("---"):
        return "", body
    first, _, rest = body.partition("\n")
    if first.rstrip() != "---":
        return "", body
    start = 0
    while start < len(rest) and start <= MOST_FRONT_MATTER:
        end = rest.find("\n", start)
        line = rest[start:] if end < 0 else rest[start:end]
        if line.rstrip() in {"---", "..."}:
            return rest[:start], "" if end < 0 else rest[end + 1 :]
        if end < 0:
            break
        start = end + 1
    return "", body


def yaml_mapping(source: str) -> dict[str, Any]:
    """A YAML mapping whose scalars stay texts. Raises UnreadableError: no anchors, no aliases, depth ≤ 64."""
    try:
        value: Any = yaml.load(source, Loader=_Loader)  # noqa: S506  of plain texts only
    except UnreadableError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        message = "Its front matter is no YAML that can be read."
        raise UnreadableError(message) from error
    if value is None or value == "":
        return {}
    named = cast("dict[Any, Any]", value)
    if not isinstance(value, dict):
        message = "Its front matter is no list of properties."
        raise UnreadableError(message)
    return {str(key): each for key, each in named.items()}


def yaml_text(value: dict[str, Any]) -> str:
    """A mapping as YAML, in its order."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000))


class _Loader(yaml.BaseLoader):
    """Makes texts, lists and mappings, and nothing else; what refers to itself or to others is refused."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401  as yaml has it
        """Go one level deeper."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or cast("Any", event).anchor is not None:
            message = "Its front matter uses anchors, which are not followed."
            raise UnreadableError(message)
        if self._depth >= MOST_DEPTH:
            message = f"Its front matter is nested more than {MOST_DEPTH} levels deep."
            raise UnreadableError(message)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


class _Dumper(yaml.SafeDumper):
    """Writes equal members out instead of naming them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002  as yaml has it
        """Never use anchors: we would not read them."""
        return True
