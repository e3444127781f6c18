"""How the time of some work grows with its size, whatever the machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LINEAR = 8
"""Four times the work takes about four times as long; where it takes sixteen times, somebody can stop the server."""


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times as long four times the work takes. The best of some tries counts, so that a pause is no growth.

    Processor time of this thread counts: what else the machine does changes it little.
    """
    return _best(work, 4 * size) / _best(work, size)


def _best(work: Callable[[int], object], size: int) -> float:
    taken: list[float] = []
    while len(taken) < 5 and sum(taken) < 0.5:
        begun = time.thread_time()
        work(size)
        taken.append(time.thread_time() - begun)
    return min(taken)
