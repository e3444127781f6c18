"""A Node process that answers each line with a line: how tests run what devices run."""

from __future__ import annotations

import subprocess
from pathlib import Path


class NodeProcess:
    """Runs a script of this folder until it is closed."""

    def __init__(self, script: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).with_name(script)), *arguments],  # noqa: S607  Node is where the person has it
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def answer(self, line: str) -> str:
        """Send a line, and wait for one."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().removesuffix("\n")

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
