"""`aios serve` as its own process on a free port of the loopback address."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
READY_S = 60
_READY = re.compile(r"ready at (http://\S+)")


class Server:
    """Start it, kill it as a power cut would, start it again at the same address."""

    def __init__(self, environment: dict[str, str], log: Path, command: list[str] | None = None) -> None:
        self._environment = {"PORT": "0", **environment, "HOST": "127.0.0.1"}
        self._command = command or [sys.executable, "-m", "aios", "serve"]
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> None:
        """Come back when it answers. The first start takes any free port, later ones the same."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_S
        while (said := _READY.search(self._log.read_text("utf-8"))) is None:
            assert self._process.poll() is None, self._log.read_text("utf-8")
            assert time.monotonic() < deadline, "the server does not get ready"
            time.sleep(0.02)
        self.url = said[1]
        self._environment["PORT"] = self.url.rpartition(":")[2]

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, closed or said."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        """End it as an operator does, unless it was killed. A server that went by itself fails the test."""
        if self._process is not None:
            assert self._process.poll() is None, (
                f"ended with {self._process.returncode}: {self._log.read_text('utf-8')}"
            )
            self._process.terminate()
            self._process.wait(30)
            self._process = None
