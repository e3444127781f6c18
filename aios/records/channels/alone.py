"""No other process is told: behind a transaction pooler, without REDIS_URL. Devices of others pull within a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aios.records.events import Events


class Alone:
    """A channel that leads nowhere."""

    trouble = ""

    def open(self, events: Events) -> None:
        """See Channel.open."""

    def send(self, space_id: str, rev: int) -> None:
        """See Channel.send."""

    async def close(self) -> None:
        """See Channel.close."""
