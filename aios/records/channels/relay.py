"""Pokes through something that may be away: gathered while one is on its way, connected again after a pause.

A message is `sender space:rev space:rev …`. The sender is a name that this process gave itself, since what it says
comes back to it, too.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from aios.records.events import Events

_log = logging.getLogger(__name__)

CHECK_S = 30.0
"""An idle connection is looked at this often: one that died without a word is never heard of otherwise."""
PAUSE_S = 0.01
"""Between two messages: what is written meanwhile shares the next one."""
FIRST_S, LONGEST_S = 0.5, 30.0
"""Before connecting again, doubled each time."""
MOST_IN_MESSAGE = 120
"""Spaces, so that a message stays below the 8,000 bytes that PostgreSQL's NOTIFY takes."""
MOST_WAITING = 10_000
"""Spaces whose pokes wait while there is no connection. Devices of the rest pull by themselves within a minute."""


class Link(Protocol):
    """A connection that is up."""

    async def send(self, text: str) -> None:
        """Send to everybody. Raises when it cannot."""

    async def check(self) -> None:
        """Raise when the connection is gone."""


class Connect(Protocol):
    """Connects. Calls `received` with each message, and `lost` when the connection seems to be gone."""

    def __call__(self, received: Callable[[str], None], lost: Callable[[], None]) -> AbstractAsyncContextManager[Link]:
        """Give the link. Raises when nobody answers."""
        ...


class Relay:
    """A channel over whatever `connect` connects to; `name` is what operators call it."""

    def __init__(self, name: str, connect: Connect) -> None:
        self.trouble = ""
        self._name = name
        self._connect = connect
        self._own = secrets.token_hex(8)
        self._waiting: dict[str, int] = {}
        self._wake = asyncio.Event()

    def open(self, events: Events) -> None:
        """See Channel.open. Comes back at once, whether or not anything can be reached."""
        self._events = events
        self._task = asyncio.create_task(self._run(), name=f"aios-pokes-{self._name}")

    async def close(self) -> None:
        """See Channel.close."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    def send(self, space_id: str, rev: int) -> None:
        """See Channel.send."""
        self._wait({space_id: rev})
        self._wake.set()

    def _wait(self, pokes: dict[str, int]) -> None:
        for space_id, rev in pokes.items():
            self._waiting[space_id] = max(rev, self._waiting.pop(space_id, 0))
        while len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]

    async def _run(self) -> None:
        pause_s = FIRST_S
        missed = False
        while True:
            began = time.monotonic()
            try:
                async with self._connect(self._received, self._wake.set) as link:
                    self.trouble = ""
                    if missed:
                        self._events.deliver_all()
                    await self._forward(link)
            except Exception as error:  # noqa: BLE001  whatever it is, the app goes on without pokes
                self._complain(error)
            missed = True
            pause_s = FIRST_S if time.monotonic() - began > LONGEST_S else min(pause_s * 2, LONGEST_S)
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311  spreads processes, guards nothing

    def _complain(self, error: Exception) -> None:
        """Say it once for each time that it goes away."""
        if not self.trouble:
            _log.warning("%s cannot be reached; changes of other processes arrive late: %s", self._name, error)
        self.trouble = f"{self._name} cannot be reached: changes made through another process arrive within a minute."

    async def _forward(self, link: Link) -> None:
        """Send what gathers, until the connection fails."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_S):
                    await self._wake.wait()
            self._wake.clear()
            pokes = {space_id: self._waiting[space_id] for space_id in list(self._waiting)[:MOST_IN_MESSAGE]}
            if not pokes:
                await link.check()
                continue
            for space_id in pokes:
                del self._waiting[space_id]
            try:
                await link.send(" ".join([self._own, *(f"{space_id}:{rev}" for space_id, rev in pokes.items())]))
            except Exception:
                self._wait(pokes)
                raise
            if self._waiting:
                self._wake.set()
            await asyncio.sleep(PAUSE_S)

    def _received(self, text: str) -> None:
        sender, *pokes = text.split(" ")
        if sender == self._own:
            return
        for poke in pokes:
            space_id, _, rev = poke.partition(":")
            if rev.isdecimal():
                self._events.deliver(space_id, int(rev))
