"""Which notes link to which, as a picture. All geometry is in whole numbers, so that both sides draw the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.records.text import sort_key

if TYPE_CHECKING:
    from aios.records.collection import Document
    from aios.records.query import Context, Documents, Query

MOST = 60
"""Notes in the picture: those with the most links."""
SIDE = 1000
STEPS = 60
REACH = 130
"""About how far apart linked notes come to stand."""
_QUARTER = (0, 259, 500, 707, 866, 966)
SINES = (
    *_QUARTER,
    1000,
    *reversed(_QUARTER[1:]),
    *(-each for each in _QUARTER),
    -1000,
    *(-each for each in reversed(_QUARTER[1:])),
)
"""Of 24 directions, in thousandths."""
LABELLED = 18
"""Notes whose title stands in the picture; the list beside it has all of them."""
LABEL = 24


def graph_page(documents: Documents, _: Query) -> Context:
    """The notes with the most links, drawn so that linked ones are near each other; beside it the same as a list."""
    notes, pairs = linked(documents["notes"])
    places = layout(len(notes), pairs)
    degrees = [sum(place in pair for pair in pairs) for place in range(len(notes))]
    return {
        "title": "Graph of links",
        "side": str(SIDE),
        "lines": [
            {"x1": str(places[a][0]), "y1": str(places[a][1]), "x2": str(places[b][0]), "y2": str(places[b][1])}
            for a, b in pairs
        ],
        "nodes": [
            {
                "href": f"/notebook/{note['id']}",
                "title": note["title"],
                "label": _label(note["title"]) if place < LABELLED else "",
                "x": str(places[place][0]),
                "y": str(places[place][1]),
                "above": str(places[place][1] - 18),
                "size": str(min(6 + 2 * degrees[place], 16)),
                "neighbours": [
                    {"href": f"/notebook/{notes[a + b - place]['id']}", "title": notes[a + b - place]["title"]}
                    for a, b in pairs
                    if place in {a, b}
                ],
            }
            for place, note in enumerate(notes)
        ],
    }


def linked(notes: list[Document]) -> tuple[list[Document], list[tuple[int, int]]]:
    """The notes with the most links, most first, and the pairs of their places that are linked."""
    by_title: dict[str, Document] = {}
    for note in sorted(notes, key=lambda note: str(note["id"])):
        by_title.setdefault(sort_key(note["title"]), note)
    pairs: set[tuple[str, str]] = set()
    for note in notes:
        for title in note["links"]:
            other = by_title.get(sort_key(title))
            if other is not None and other["id"] != note["id"]:
                pairs.add((min(note["id"], other["id"]), max(note["id"], other["id"])))
    degrees: dict[str, int] = {}
    for pair in pairs:
        for each in pair:
            degrees[each] = degrees.get(each, 0) + 1
    ids = sorted(degrees, key=lambda each: (-degrees[each], each))[:MOST]
    places = {each: place for place, each in enumerate(ids)}
    by_id = {note["id"]: note for note in notes}
    kept = sorted((min(places[a], places[b]), max(places[a], places[b])) for a, b in pairs if {a, b} <= places.keys())
    return [by_id[each] for each in ids], kept


def layout(count: int, pairs: list[tuple[int, int]]) -> list[list[int]]:
    """A place for each of `count` notes: from a spiral, linked ones are drawn together and all are pushed apart."""
    places = [_on_spiral(number, count) for number in range(count)]
    for step in range(STEPS):
        moves = [[0, 0] for _ in range(count)]
        for a in range(count):
            for b in range(a):
                _push(places, moves, a, b)
        for a, b in pairs:
            _pull(places, moves, a, b)
        most = 40 - step * 36 // STEPS
        for place, move in zip(places, moves, strict=True):
            for axis in (0, 1):
                place[axis] = _within(place[axis] + _within(move[axis], -most, most), 40, SIDE - 40)
    return places


def _on_spiral(number: int, count: int) -> list[int]:
    far = 60 + 380 * number // max(count, 1)
    turn = number * 7 % 24
    return [SIDE // 2 + _share(SINES[(turn + 6) % 24] * far, 1000), SIDE // 2 + _share(SINES[turn] * far, 1000)]


def _push(places: list[list[int]], moves: list[list[int]], a: int, b: int) -> None:
    x, y = places[a][0] - places[b][0], places[a][1] - places[b][1]
    square = max(x * x + y * y, 100)
    if square < 4 * REACH * REACH:
        for axis, distance in ((0, x), (1, y)):
            moved = _share(distance * REACH * 20, square)
            moves[a][axis] += moved
            moves[b][axis] -= moved


def _pull(places: list[list[int]], moves: list[list[int]], a: int, b: int) -> None:
    x, y = places[a][0] - places[b][0], places[a][1] - places[b][1]
    if x * x + y * y > REACH * REACH:
        for axis, distance in ((0, x), (1, y)):
            moved = _share(distance, 8)
            moves[a][axis] -= moved
            moves[b][axis] += moved


def _share(value: int, parts: int) -> int:
    """`value` divided, towards zero on both sides."""
    return -(-value // parts) if value < 0 else value // parts


def _within(value: int, least: int, most: int) -> int:
    return min(max(value, least), most)


def _label(title: str) -> str:
    return title if len(title) <= LABEL else f"{title[: LABEL - 1]}…"
