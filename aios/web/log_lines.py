"""Lines of the log as structlog writes them, to a stream and to files that may be rotated meanwhile."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

    from aios.web.log import Level

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_encode = msgspec.json.Encoder().encode


class Lines:
    """Writes lines of `level` and above. Each file is opened for its user alone."""

    def __init__(self, level: Level, stream: BinaryIO, folder: Path | None) -> None:
        self._stream = stream
        self._gathered = _Gathered()
        self._logger: Any = structlog.wrap_logger(
            self._gathered,
            processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer(serializer=_json)],
            wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
            cache_logger_on_first_use=True,
        )
        self._files: dict[str, _File] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._files = {name: _File(folder / f"{name}.log") for name in ("combined", "error")}

    def write(self, lines: Iterable[tuple[Level, str, dict[str, Any]]]) -> None:
        """Write them in this order."""
        for level, event, fields in lines:
            self._logger.log(_LEVELS[level], event, **fields)
        every, errors = self._gathered.take()
        if not every:
            return
        self._stream.write(every)
        self._stream.flush()
        if self._files:
            self._files["combined"].write(every)
            self._files["error"].write(errors)


class _Gathered:
    """What structlog has rendered, all of it and the errors again."""

    def __init__(self) -> None:
        self._every: list[bytes] = []
        self._errors: list[bytes] = []

    def info(self, line: bytes) -> None:
        self._every.append(line + b"\n")

    debug = warning = info

    def error(self, line: bytes) -> None:
        self._every.append(line + b"\n")
        self._errors.append(line + b"\n")

    def take(self) -> tuple[bytes, bytes]:
        every, errors = b"".join(self._every), b"".join(self._errors)
        self._every, self._errors = [], []
        return every, errors


class _File:
    """A file that logrotate may move away: the next write makes it anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = self._open()

    def write(self, data: bytes) -> None:
        if not data:
            return
        try:
            moved = not os.path.samestat(self._path.stat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            moved = True
        if moved:
            os.close(self._descriptor)
            self._descriptor = self._open()
        os.write(self._descriptor, data)

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _json(event: dict[str, Any], **_: object) -> bytes:
    return _encode(event)
