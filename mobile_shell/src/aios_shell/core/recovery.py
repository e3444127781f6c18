"""A web process that the system killed is started again, but not for ever."""

from __future__ import annotations

from collections import deque

MOST = 3
WITHIN_S = 60.0


class Recovery:
    """Counts how often the page's process was lost."""

    def __init__(self) -> None:
        self._lost: deque[float] = deque(maxlen=MOST)

    def again(self, now_s: float) -> bool:
        """Note a loss at `now_s` (monotonic seconds); whether to open the page again by ourselves.

        A page that brings its process down each time would otherwise flash for ever.
        """
        tries = sum(1 for at in self._lost if now_s - at < WITHIN_S)
        self._lost.append(now_s)
        return tries < MOST
