"""Notes that are like another one: which words of titles, beginnings and tags both have (Jaccard's index)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.notebook.excerpts import beginning
from aios.records.stubs import start
from aios.records.text import SPACES, fold, sort_key

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

MOST = 5
LEAST = 8
"""In hundredths: what has less in common is not shown."""
SHORT = 3
"""Words up to this length say little; two letters are a word where each is one, as in Chinese."""
_SIGNS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def similar_page(documents: Documents, _: Query) -> Context:
    """The notes most like this one."""
    note = documents["note"]
    own = words(note)
    ranked: list[tuple[int, str, str, Document]] = []
    for other in documents["notes"]:
        score = 0 if other["id"] == note["id"] else likeness(own, words(other))
        if score >= LEAST:
            ranked.append((-score, sort_key(other["title"]), other["id"], other))
    ranked.sort(key=lambda each: each[:3])
    return {
        "title": "Similar notes",
        "note": {"title": note["title"], "href": f"/notebook/{note['id']}"},
        "rows": [
            {
                "href": f"/notebook/{other['id']}",
                "title": other["title"],
                "excerpt": beginning(other),
                "score": f"{-score} %",
            }
            for score, _, _, other in ranked[:MOST]
        ],
    }


def words(note: Document) -> set[str]:
    """The folded words that `note` is compared by; tags count as words of their own."""
    found = {f"#{fold(tag)}" for tag in note["tags"]}
    text = fold(f"{note['title']} {start(note, 'bodyMarkdown')}")
    plain = "".join(" " if character in SPACES or character in _SIGNS else character for character in text)
    return found | {word for word in plain.split(" ") if len(word) > SHORT or (len(word) > 1 and word >= "\u3000")}


def likeness(one: set[str], other: set[str]) -> int:
    """How many of the words of either are words of both, in hundredths."""
    both = len(one & other)
    return both * 100 // (len(one) + len(other) - both) if both else 0
