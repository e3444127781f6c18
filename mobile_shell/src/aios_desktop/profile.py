"""What the desktop app remembers of its window and of the server on this computer."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path

LEAST_WIDTH, LEAST_HEIGHT = 320, 480


@dataclass
class WindowState:
    """Where the window was, in the system's pixels; the port of the embedded server, 0 for none yet."""

    width: int = 1100
    height: int = 800
    x: int | None = None
    y: int | None = None
    port: int = 0

    @classmethod
    def read(cls, file: Path) -> WindowState:
        """What was kept; a window can be no smaller than a phone."""
        known = cls()
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads(file.read_text("utf-8"))
            for field in fields(cls):
                value = kept.get(field.name) if isinstance(kept, dict) else None
                if isinstance(value, int) and not isinstance(value, bool):
                    setattr(known, field.name, value)
        known.width, known.height = max(known.width, LEAST_WIDTH), max(known.height, LEAST_HEIGHT)
        return known

    def write(self, file: Path) -> None:
        """Keep it; the file is whole at any moment."""
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self)), "utf-8")
        beside.replace(file)


def default_profile() -> Path:
    """The folder of this person's desktop app, where the system keeps such things."""
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library/Application Support/AIOS"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData/Local")) / "AIOS"
    return Path(os.environ.get("XDG_DATA_HOME", home / ".local/share")) / "aios-desktop"
