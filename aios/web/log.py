"""One JSON object a line, buffered: a request never waits for the terminal, nor for the library that writes them.

Lines hold no text, password, token or name of a person. So only what is known beforehand is written: the words of our
own addresses and ids, types of errors and where they arose, templates of messages without their values.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from aios.records.clock import now_ms, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO, Protocol

    from aios.web.log_lines import Lines

    class Reporter(Protocol):
        """Is told of failures as well: Sentry."""

        def failure(self, request_id: str, path: str, error: BaseException) -> None:
            """An error nobody expected, here."""

        def browser(self, kind: str, frames: list[tuple[str, int, int]], build: str) -> None:
            """An error nobody expected, in a browser."""


Level = Literal["debug", "info", "warning", "error"]
FLUSH_AFTER_S = 0.25
HIDDEN = "…"
"""Stands for a part of a path that is neither a word of ours nor an id: somebody may have typed it."""
MOST_FRAMES = 12
SERVER_ERROR = 500
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Log:
    """Writes to `stream` (standard output), and to combined.log and error.log in `folder`, at most FLUSH_AFTER_S later.

    `key` makes accounts recognisable without naming them.
    """

    def __init__(  # noqa: PLR0913  what a server sets, by name
        self,
        *,
        access: bool = True,
        level: Level = "info",
        stream: BinaryIO | None = None,
        folder: Path | None = None,
        key: str = "",
        reporter: Reporter | None = None,
    ) -> None:
        self.access = access
        self.reporter = reporter
        self._level: Level = level
        self._stream = stream or sys.stdout.buffer
        self._folder = folder
        self._key = key.encode()
        self.words: frozenset[str] = frozenset()
        """Parts of paths that are written as they are."""
        self._waiting: list[tuple[Level, str, dict[str, Any]]] = []
        self._lines: Lines | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def know(self, words: Iterable[str]) -> None:
        """Write these parts of paths as they are: they are ours."""
        self.words |= frozenset(words)

    def request(  # noqa: PLR0913, PLR0917  what a line says
        self, request_id: str, method: str, path: str, status: int, duration_ms: float, account_id: str = ""
    ) -> None:
        """One line for an answered request."""
        if not self.access:
            return
        fields = {"id": request_id, "method": method, "path": self.path(path), "status": status}
        if account_id:
            fields["account"] = self.account(account_id)
        self.write("error" if status >= SERVER_ERROR else "info", "request", ms=round(duration_ms, 2), **fields)

    def failure(self, request_id: str, method: str, path: str, error: BaseException) -> None:
        """One line for an error nobody expected, with where it happened but without values."""
        path = self.path(path)
        self.write(
            "error", "failure", id=request_id, method=method, path=path, error=type(error).__name__, trace=_trace(error)
        )
        if self.reporter is not None:
            self.reporter.failure(request_id, path, error)

    def browser(self, request_id: str, kind: str, frames: list[tuple[str, int, int]], build: str) -> None:
        """One line for an error in a browser: its type, and file, line and column of each frame, all checked before."""
        trace = [f"{file.rpartition('/')[2]}:{line}:{column}" for file, line, column in frames]
        self.write("error", "browser", id=request_id, error=kind, trace=trace, build=build)
        if self.reporter is not None:
            self.reporter.browser(kind, frames, build)

    def write(self, level: Level, event: str, **fields: object) -> None:
        """One line. `fields` must hold nothing that somebody wrote."""
        if not self._waiting:
            self._soon()
        self._waiting.append((level, event, {"at": to_wire(now_ms()), **fields}))

    def account(self, account_id: str) -> str:
        """A name for an account that is the same in each line and leads nowhere without the server's secret."""
        return hmac.digest(self._key, account_id.encode(), "sha256")[:6].hex()

    def path(self, path: str) -> str:
        """`path` with what may have been typed, or is a token, left out."""
        parts = path.split("/")
        return "/".join(part if part in self.words or not part or _ID.fullmatch(part) else HIDDEN for part in parts)

    def flush(self) -> None:
        """Write what is buffered."""
        if not self._waiting:
            return
        if self._lines is None:
            from aios.web.log_lines import Lines  # noqa: PLC0415  slow to import: not before there is something to say

            self._lines = Lines(self._level, self._stream, self._folder)
        waiting, self._waiting = self._waiting, []
        self._lines.write(waiting)

    def _soon(self) -> None:
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:  # another thread, or before the start
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._loop.call_later, FLUSH_AFTER_S, self._begin)
            return
        self._loop.call_later(FLUSH_AFTER_S, self._begin)

    def _begin(self) -> None:
        """Flush; the first time, import on a thread what writes the lines, so that no request waits for it."""
        if self._lines is not None or self._loop is None or self._loop.is_closed():
            self.flush()
            return
        imported = self._loop.run_in_executor(None, import_module, "aios.web.log_lines")
        imported.add_done_callback(lambda done: None if done.cancelled() else self.flush())


class Bridge(logging.Handler):
    """Takes what libraries say through `logging`: their template without its values, the type of an error, its frames.

    The message itself may hold anything; asyncio's, for one, holds the text of the error nobody fetched.
    """

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        level: Level = "error" if record.levelno >= logging.ERROR else "warning"
        fields: dict[str, object] = {"logger": record.name}
        error = record.exc_info[1] if record.exc_info else None
        template = str(record.msg).strip()
        if error is not None:
            fields |= {"error": type(error).__name__, "trace": _trace(error)}
        if template.startswith("Traceback"):  # uvicorn formats those of a failed start itself
            fields["error"] = re.split(r"[:\s]", template.rpartition("\n")[2])[0]
        else:
            fields["message"] = template.partition("\n")[0]
        self._log.write(level, "library", **fields)


def _trace(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-MOST_FRAMES:]]
