"""What a build fixes: written by `mobile_shell/shell_build.py` from the environment, read at start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .address import parse_server
from .budget import budget_mb

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).parent.parent / "build.json"


@dataclass(frozen=True)
class Build:
    """A server, or none in a development build, where the person types it; and the budget in MB."""

    server: str = ""
    budget_mb: int = budget_mb(None)

    @property
    def development(self) -> bool:
        """Whether the person may choose the server."""
        return not self.server

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Build:
        """Read AIOS_SHELL_SERVER and AIOS_SHELL_BUDGET_MB. Raises AddressError, or ValueError for a budget."""
        server = environ.get("AIOS_SHELL_SERVER", "").strip()
        wanted = environ.get("AIOS_SHELL_BUDGET_MB", "").strip()
        if wanted and not wanted.isdecimal():
            message = f"AIOS_SHELL_BUDGET_MB={wanted!r} must be a whole number from 6 to 10."
            raise ValueError(message)
        return cls(parse_server(server) if server else "", budget_mb(int(wanted) if wanted else None))

    @classmethod
    def read(cls, file: Path = FILE) -> Build:
        """The build that this copy is; a development build where nothing was written."""
        if not file.exists():
            return cls()
        kept = json.loads(file.read_text("utf-8"))
        return cls(str(kept["server"]), budget_mb(int(kept["budget_mb"])))

    def write(self, file: Path = FILE) -> None:
        """Fix it."""
        file.write_text(json.dumps({"server": self.server, "budget_mb": self.budget_mb}) + "\n", "utf-8")
