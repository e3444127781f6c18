"""Telling listeners that a space has a new revision: after commit, never before.

A poke is a hint that may be lost: whoever listens reads the truth from the database. Within a process it is a call;
a channel (`records/channels/`) carries it to the other processes of the same server.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

ANY = 0
"""In place of a revision: something else changed, or it is not known whether anything did. Look."""


class Channel(Protocol):
    """Carries pokes to other processes, and theirs to us. It never raises: nobody's write depends on it."""

    @property
    def trouble(self) -> str:
        """What is the matter, as a sentence for operators; empty while it works."""
        ...

    def open(self, events: Events) -> None:
        """Begin, on the running loop; hand what arrives to `events.deliver`."""

    async def close(self) -> None:
        """End."""

    def send(self, space_id: str, rev: int) -> None:
        """Tell the others, soon. Later revisions of a space take the place of earlier ones that still wait."""


class Events:
    """Who listens to which space in this process."""

    def __init__(self, channel: Channel | None = None) -> None:
        self.channel = channel
        self.listened = asyncio.Event()
        """Set while anybody listens."""
        self._listeners: dict[str, set[Callable[[int], None]]] = {}

    def open(self) -> None:
        """Begin to hear of other processes."""
        if self.channel is not None:
            self.channel.open(self)

    async def close(self) -> None:
        """Stop hearing of them."""
        if self.channel is not None:
            await self.channel.close()

    @property
    def spaces(self) -> list[str]:
        """The spaces that somebody listens to."""
        return list(self._listeners)

    def subscribe(self, space_id: str, listener: Callable[[int], None]) -> Callable[[], None]:
        """Call `listener` with each new revision of the space, or ANY. Returns a function that ends it."""
        self._listeners.setdefault(space_id, set()).add(listener)
        self.listened.set()

        def end() -> None:
            listeners = self._listeners.get(space_id, set())
            listeners.discard(listener)
            if not listeners:
                self._listeners.pop(space_id, None)
            if not self._listeners:
                self.listened.clear()

        return end

    def publish(self, space_id: str, rev: int) -> None:
        """Tell everyone who listens to the space, in every process."""
        self.deliver(space_id, rev)
        if self.channel is not None:
            self.channel.send(space_id, rev)

    def deliver(self, space_id: str, rev: int) -> None:
        """Tell those who listen in this process."""
        for listener in tuple(self._listeners.get(space_id, ())):
            listener(rev)

    def deliver_all(self) -> None:
        """Tell all of them to look, whatever they listen to: pokes may have been missed."""
        for space_id in self.spaces:
            self.deliver(space_id, ANY)
