"""Telling listeners of this process that a space has a new revision: after commit, never before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Events:
    """A hint that may be lost: whoever listens reads the truth from the database."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Callable[[int], None]]] = {}

    def subscribe(self, space_id: str, listener: Callable[[int], None]) -> Callable[[], None]:
        """Call `listener` with each new revision of the space. Returns a function that ends it."""
        self._listeners.setdefault(space_id, set()).add(listener)

        def end() -> None:
            listeners = self._listeners.get(space_id, set())
            listeners.discard(listener)
            if not listeners:
                self._listeners.pop(space_id, None)

        return end

    def publish(self, space_id: str, rev: int) -> None:
        """Tell everyone who listens to the space."""
        for listener in tuple(self._listeners.get(space_id, ())):
            listener(rev)
