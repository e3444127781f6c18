"""`aios serve` in a process of its own, with one person's account."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

USER, PASSWORD = "mara", "a long quiet sentence"
READY_S = 90
_READY = re.compile(r"ready at (http://\S+)")


class Server:
    """Start, stop and start again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None
        self._port = "0"
        self.url = ""
        self._token = ""

    def start(self) -> None:
        """Come back when it answers."""
        environment = {**os.environ, "AIOS_DATA_DIR": str(self._folder), "HOST": "127.0.0.1", "PORT": self._port}
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", "aios", "serve", "--migrate"]
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_S
        while (said := _READY.search(self._log.read_text("utf-8"))) is None:
            assert self._process.poll() is None, self._log.read_text("utf-8")
            assert time.monotonic() < deadline, "the server does not get ready"
            time.sleep(0.05)
        self.url = said[1]
        self._port = self.url.rpartition(":")[2]

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def sign_up(self) -> None:
        """Make the account."""
        self._token = self.call("POST", "/api/auth/register", {"username": USER, "password": PASSWORD})["token"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Use the REST API as that person."""
        headers = {"content-type": "application/json"}
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
