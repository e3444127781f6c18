"""A server of one's own, on this computer alone: `aios serve` in a process beside the window."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ARGUMENT = "--serve-here"
READY_S = 60.0
_READY = re.compile(r"ready at (http://\S+)")


class EmbeddedError(Exception):
    """The server did not start; the message has its last words."""


class EmbeddedServer:
    """Runs in a process of its own until `stop`, or until this one is gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._said: list[str] = []

    def start(self, port: int) -> str:
        """Give its address: on `port` if that is free, since a browser keeps things by address; else on any.

        Raises EmbeddedError.
        """
        environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "AIOS_PUBLIC_URL"}},
            "AIOS_ENV": "development",
            "AIOS_DATA_DIR": str(self._folder),
            "AIOS_ACCESS_LOG": "0",
            "HOST": "127.0.0.1",
            "PORT": str(port if _free(port) else 0),
            "PYTHONUNBUFFERED": "1",
        }
        itself = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "aios_desktop"]
        self._process = subprocess.Popen(  # noqa: S603  ourselves
            [*itself, ARGUMENT],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        address: list[str] = []
        told = threading.Event()
        threading.Thread(target=self._hear, args=(address, told), daemon=True).start()
        if not told.wait(READY_S) or not address:
            self.stop()
            raise EmbeddedError("".join(self._said[-20:]))
        return address[0]

    def stop(self) -> None:
        """End it, as an operator does."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _hear(self, address: list[str], told: threading.Event) -> None:
        process = self._process
        if process is None or process.stdout is None:
            return
        for line in process.stdout:
            self._said.append(line)
            del self._said[:-200]
            found = _READY.search(line)
            if found and not address:
                address.append(found[1])
                told.set()
        told.set()


def serve_here() -> int:
    """Be that process. The window holds our standard input open; when it closes, so do we, however the window ended."""
    from aios.cli import main  # noqa: PLC0415  heavy, and only in this process

    threading.Thread(target=_end_with_window, daemon=True).start()
    sys.argv[1:] = ["serve", "--migrate"]
    return main() or 0


def _end_with_window() -> None:
    while sys.stdin.readline():
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _free(port: int) -> bool:
    if not port:
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
