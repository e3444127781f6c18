"""Joining edits of one text that were made apart, line by line (docs/sync.md, push 6).

A three-way merge as in Khanna, Kunal and Pierce, "A Formal Investigation of Diff3" (2007), with two differences: edits
of neighbouring lines do not clash, and where both sides changed the same lines, both stay in the text, one after the
other, and the place is reported.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

Hunk: TypeAlias = "list[int]"
"""[first line, lines that were there, lines that came]: where both sides stand in a text, one after the other."""
Block: TypeAlias = "tuple[int, int, int]"
"""(place in one text, place in the other, length): lines that are equal."""
MOST_WORK = 200_000
"""Pairs of equal lines that are still compared one by one; over it, what differs counts as one change."""


class Merged(NamedTuple):
    """The joined text, and where a person has to look."""

    text: str
    hunks: list[Hunk]


def merge_text(base: str | None, current: str, sent: str) -> Merged:
    """Join `sent`, which was made from `base`, with the `current` text. LF ends lines, nothing else does.

    Two insertions in one place both stay and need nobody. Where `base` is not known, whatever one of both has stays.
    """
    if sent in {base, current}:
        return Merged(current, [])
    if base == current:
        return Merged(sent, [])
    if base is None:
        return _union(current.split("\n"), sent.split("\n"))
    return _three_way(base.split("\n"), current.split("\n"), sent.split("\n"))


def settle(hunks: list[Hunk], before: str, after: str) -> list[Hunk]:
    """Where `hunks` of the text `before` are in the text `after`. One whose lines were touched has been seen to."""
    if before == after:
        return hunks
    blocks = _matching(before.split("\n"), after.split("\n"))
    return [
        [start + there - here, old, new]
        for start, old, new in hunks
        for here, there, length in blocks
        if here <= start and start + old + new <= here + length
    ]


def _three_way(base: list[str], current: list[str], sent: list[str]) -> Merged:
    """A line that either side removed goes, and each side's new lines stand where they were put.

    Where both sides replaced the same lines, the new ones of both stand there together.
    """
    ours, theirs = _Side(base, current), _Side(base, sent)
    lines: list[str] = []
    hunks: list[Hunk] = []
    at = 0
    while at <= len(base):
        end = at
        while end < len(base) and not ours.keeps[end] and not theirs.keeps[end]:
            end += 1
        mine, yours = ours.added(at, end), theirs.added(at, end)
        start, rest = _shared(mine, yours)
        lines += mine[:start]
        mine, yours, both = mine[start : len(mine) - rest], yours[start : len(yours) - rest], mine[len(mine) - rest :]
        if mine and yours and end > at:
            hunks.append([len(lines), len(mine), len(yours)])
        lines += mine + yours + both
        if end < len(base) and ours.keeps[end] and theirs.keeps[end]:
            lines.append(base[end])
        at = end + 1
    return Merged("\n".join(lines), hunks)


class _Side:
    """What one side did to a base: which of its lines it keeps, and what it added before each."""

    def __init__(self, base: list[str], text: list[str]) -> None:
        self.keeps = [False] * len(base)
        self._added: dict[int, list[str]] = {}
        here = there = 0
        for start, place, length in _matching(base, text):
            if place > there:
                self._added[here] = text[there:place]
            self.keeps[start : start + length] = [True] * length
            here, there = start + length, place + length

    def added(self, start: int, end: int) -> list[str]:
        """The lines it added from before the line `start` to before the line `end`."""
        return [line for place in range(start, end + 1) for line in self._added.get(place, ())]


def _union(current: list[str], sent: list[str]) -> Merged:
    """All lines of both. Where each has some that the other lacks, a person is asked: one may replace the other.

    A line that both have in another order is not there twice.
    """
    lines: list[str] = []
    hunks: list[Hunk] = []
    more = Counter(sent) - Counter(current)
    here = there = 0
    for ours, theirs, length in _matching(current, sent):
        mine, yours = current[here:ours], _taken(more, sent[there:theirs])
        if mine and yours:
            hunks.append([len(lines), len(mine), len(yours)])
        lines += mine + yours + current[ours : ours + length]
        here, there = ours + length, theirs + length
    return Merged("\n".join(lines), hunks)


def _taken(more: Counter[str], lines: list[str]) -> list[str]:
    """Those of `lines` that `more` still has; they are taken out of it."""
    taken: list[str] = []
    for line in lines:
        if more[line]:
            more[line] -= 1
            taken.append(line)
    return taken


def _matching(before: list[str], after: list[str]) -> list[Block]:
    """Runs of equal lines in order; the last one, of length 0, is at the ends of both."""
    start, end = _shared(before, after)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    blocks: list[Block] = [(0, 0, start)]
    if _work(old, new) <= MOST_WORK:
        found = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        blocks += [(start + here, start + there, length) for here, there, length in found]
    blocks += [(len(before) - end, len(after) - end, end), (len(before), len(after), 0)]
    return [block for block in blocks[:-1] if block[2]] + blocks[-1:]


def _work(before: list[str], after: list[str]) -> int:
    counts = Counter(before)
    return sum(counts[line] for line in after)


def _shared(before: list[str], after: list[str]) -> tuple[int, int]:
    """How many lines are the same at the start and, of the rest, at the end."""
    most = min(len(before), len(after))
    start = 0
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, end
