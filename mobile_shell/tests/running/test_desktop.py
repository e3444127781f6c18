"""The desktop app from its source: pywebview on GTK."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from journey import journey, sized

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desk import App
    from server import Server

COMMAND = (sys.executable, "-m", "aios_desktop")


def test_what_is_written_without_a_server_reaches_it_later(server: Server, show: Callable[..., App], tmp_path: Path):
    profile = tmp_path / "profile"
    sized(profile)
    command = [*COMMAND, "--profile", str(profile), "--server", server.url]
    journey(server, lambda link: show(*command, link), profile / "shell.json", "desktop")
