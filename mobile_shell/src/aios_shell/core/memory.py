"""What the shell itself remembers on the device: a small file. Records are the page's."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RESUME_S = 600.0
"""How long after it was last seen a page is opened again. Systems recreate an app within seconds of taking it away."""


@dataclass(frozen=True)
class Remembered:
    """The server that was typed; whether its pages were once ready to answer alone; the last page and when (Unix s)."""

    server: str = ""
    ready: bool = False
    path: str = ""
    seen_s: float = 0.0


class Memory:
    """Reads and writes one file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> Remembered:
        """What is known. A damaged file is as good as none."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(self._file.read_text("utf-8"))
            return Remembered(str(kept["server"]), bool(kept["ready"]), str(kept["path"]), float(kept["seen_s"]))
        return Remembered()

    def write(self, remembered: Remembered) -> None:
        """Keep it; the file is whole at any moment."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps(asdict(remembered)), "utf-8")
        beside.replace(self._file)
