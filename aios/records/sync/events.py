"""The stream of `{rev}` that a device's leader tab holds (docs/sync.md): server-sent events, a hint and no more.

A stream is woken by a poke and then asks the database which revision the space has and whether the session still
stands, in the one statement that every request begins with. So many pokes make one event, nothing is sent to a device
that was signed out, and a lost or doubled poke changes nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from aios.accounts.session import SESSION
from aios.database import Statement
from aios.errors import UnavailableError
from aios.records.clock import now_ms

if TYPE_CHECKING:
    from litestar.types import Receive, Scope, Send

    from aios.accounts.identity import Identity
    from aios.database import Database
    from aios.records.events import Events

BEAT_S = 25.0
"""After so much silence a comment is sent: proxies close what is idle for 30 or 60 seconds."""
PAUSE_S = 0.05
"""Between two events: what is written meanwhile is one."""
MOST_STREAMS = 16
"""Of one account in one process. One more ends the oldest; its device has polling left."""
BEAT = b":\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream"),
    # Not `no-cache`, which the records in other answers have: a proxy must not gather events to compress them either.
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]


class Streams:
    """The open streams of this process."""

    def __init__(self, database: Database, events: Events) -> None:
        self.leaving = False
        """Whether the process was told to stop."""
        self.database = database
        self._events = events
        self._open: dict[str, list[Stream]] = {}
        self._stopping = False

    def begin(self, identity: Identity) -> Stream:
        """A stream for the signed-in `identity`, to be run as an ASGI app."""
        return Stream(self, identity)

    def end_all(self) -> None:
        """End every stream, and let new ones end after their first event: the server is stopping."""
        self._stopping = True
        for streams in self._open.values():
            for stream in streams:
                stream.end()

    def enter(self, stream: Stream) -> None:
        """Wake the stream at each poke of its space."""
        streams = self._open.setdefault(stream.space_id, [])
        streams.append(stream)
        stream.unsubscribe = self._events.subscribe(stream.space_id, stream.wake)
        for oldest in streams[:-MOST_STREAMS]:
            oldest.end()
        if self._stopping:
            stream.end()

    def leave(self, stream: Stream) -> None:
        """Forget it."""
        stream.unsubscribe()
        streams = self._open[stream.space_id]
        streams.remove(stream)
        if not streams:
            del self._open[stream.space_id]


class Stream:
    """One open stream: an ASGI app."""

    __slots__ = ("_device_id", "_ended", "_expires_ms", "_streams", "_woken", "space_id", "unsubscribe")

    def __init__(self, streams: Streams, identity: Identity) -> None:
        self.space_id = identity.space_id
        self.unsubscribe = _nothing
        self._device_id = identity.device_id
        self._expires_ms = identity.expires_at * 1000
        self._streams = streams
        self._woken = asyncio.Event()
        self._ended = False

    def wake(self, _: int = 0) -> None:
        """Look at the head again."""
        self._woken.set()

    def end(self) -> None:
        """Let it end."""
        self._ended = True
        self._woken.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the device goes, the session ends or the server stops."""
        self._streams.enter(self)
        gone = asyncio.create_task(_gone(receive))
        gone.add_done_callback(lambda _: self.end())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            if "aios.head" in scope:
                self.end()
            # While the database is away nothing can be told; the device comes back later.
            with suppress(UnavailableError):
                await self._tell(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            self._streams.leave(self)

    async def _tell(self, send: Send) -> None:
        """Send the head's revision now, and whenever it is another one."""
        epoch, told = "", -1
        idle = False
        while (head := await self._head()) is not None and epoch in {"", head[0]}:
            epoch, rev = head
            if rev != told:
                told = rev
                await send({"type": "http.response.body", "body": b'data: {"rev":%d}\n\n' % rev, "more_body": True})
                await asyncio.sleep(PAUSE_S)
            elif idle:
                await send({"type": "http.response.body", "body": BEAT, "more_body": True})
            idle = await self._wait()
            if self._ended:
                return

    async def _head(self) -> tuple[str, int] | None:
        """Epoch and revision of the space; None when the session ended."""
        now = now_ms()
        if now >= self._expires_ms:
            return None
        rows = await self._streams.database.fetch(Statement(SESSION, (self.space_id, self._device_id, now)))
        return (rows[0][0], rows[0][1]) if rows else None

    async def _wait(self) -> bool:
        """Wait for a poke. Gives whether there was none for so long that a sign of life is due."""
        try:
            async with asyncio.timeout(BEAT_S):
                await self._woken.wait()
        except TimeoutError:
            return True
        self._woken.clear()
        return False


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _nothing() -> None:
    """Before it is entered there is nothing to end."""
