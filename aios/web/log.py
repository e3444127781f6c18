"""Access and error lines as JSON, buffered: a request never waits for the terminal."""

from __future__ import annotations

import asyncio
import sys
import traceback
from typing import TYPE_CHECKING, Any

import msgspec

from aios.records.clock import now_ms, to_wire

if TYPE_CHECKING:
    from typing import BinaryIO

FLUSH_AFTER_S = 0.25
_encode = msgspec.json.Encoder().encode


class Log:
    """Writes one JSON object a line to `stream` (standard output), at most FLUSH_AFTER_S later.

    Lines hold the path but never the query, a body, a header or a name: those can carry what a person wrote.
    """

    def __init__(self, *, access: bool = True, stream: BinaryIO | None = None) -> None:
        self.access = access
        self._stream = stream or sys.stdout.buffer
        self._lines: list[bytes] = []

    def request(self, request_id: str, method: str, path: str, status: int, duration_ms: float) -> None:
        """One line for an answered request."""
        if self.access:
            self._write(
                {"at": to_wire(now_ms()), "event": "request", "id": request_id, "method": method, "path": path,
                 "status": status, "ms": round(duration_ms, 2)}
            )  # fmt: skip

    def failure(self, request_id: str, method: str, path: str, error: BaseException) -> None:
        """One line for an error nobody expected, with where it happened but without values."""
        frames = traceback.extract_tb(error.__traceback__)
        trace = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
        self._write(
            {"at": to_wire(now_ms()), "event": "failure", "id": request_id, "method": method, "path": path,
             "error": type(error).__name__, "trace": trace}
        )  # fmt: skip

    def flush(self) -> None:
        """Write what is buffered."""
        if self._lines:
            lines, self._lines = self._lines, []
            self._stream.write(b"".join(lines))
            self._stream.flush()

    def _write(self, line: dict[str, Any]) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_AFTER_S, self.flush)
        self._lines.append(_encode(line) + b"\n")
