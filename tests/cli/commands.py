"""Running `aios` as a process of its own."""

from __future__ import annotations

import subprocess
import sys


class Command:
    """Runs `aios` with the settings of the test."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, *arguments: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "aios", *arguments],
            input=typed,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
