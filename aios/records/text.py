"""Text rules that hold on the server and on the device alike (docs/parity.md)."""

from __future__ import annotations

import hashlib
import re
import unicodedata

SORT_KEY_LENGTH = 120
_PIECE = 256
SPACES = frozenset(
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What counts as a space, on both sides: Python's `str.strip` and JavaScript's `trim` differ."""
_OTHER_SPACES = re.compile("[\x1c-\x1f\ufeff]")
"""What Python takes for spaces and this app does not, and U+FEFF, with which it is the other way."""
_AS_PYTHON = {**dict.fromkeys(range(0x1C, 0x20), "."), 0xFEFF: " "}
_FORBIDDEN = re.compile("\r\n|\r|\x00|[\ud800-\udfff]")


def normalise(text: str) -> str:
    """Make line ends LF, and NUL and lone surrogates U+FFFD, so that both sides hash and store the same text."""
    if text.isascii() and "\r" not in text and "\x00" not in text:  # most texts, and much quicker found out
        return text
    return _FORBIDDEN.sub(lambda found: "\n" if found[0][0] == "\r" else "\ufffd", text)


def fold(text: str) -> str:
    """Reduce `text` to what search and sorting compare: NFKD, marks stripped, lower-cased. Never casefold.

    A sigma is the same at the end of a word: which characters make a word, each Unicode tells differently.
    """
    if text.isascii():
        return text.lower()
    # In pieces, since the marks of one letter are sorted in a time that grows with their square; which order they have
    # does not matter, because they go.
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    decomposed = "".join(unicodedata.normalize("NFKD", piece) for piece in pieces)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.lower().replace("\u03c2", "\u03c3")


def sort_key(text: str) -> str:
    """The stored key by which `text` sorts, compared by code point (binary collation)."""
    return fold(text)[:SORT_KEY_LENGTH]


def search_words(text: str) -> list[str]:
    """The folded words of a search text, split at spaces."""
    return [word for word in fold(text).split(" ") if word]


def text_hash(text: str) -> str:
    """SHA-256 of normalised text, in hex: names the version that an edit was based on (docs/sync.md, push 6)."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def trim(text: str) -> str:
    """`text` without the spaces at both ends."""
    start, end = 0, len(text)
    while start < end and text[start] in SPACES:
        start += 1
    while end > start and text[end - 1] in SPACES:
        end -= 1
    return text[start:end]


def count_words(text: str) -> int:
    """How many runs of characters stand between spaces."""
    # The same as Python's own but for these, and some twenty times as fast as going through the characters.
    if _OTHER_SPACES.search(text):
        text = text.translate(_AS_PYTHON)
    return len(text.split())
