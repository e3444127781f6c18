"""Toga's GTK backend, as `python -m aios_shell` runs it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from journey import journey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desk import App, Desk
    from server import Server

RUN = """import sys
from aios_shell.app import AiosShell
from aios_shell.core.build import Build
AiosShell(Build.from_environment({"AIOS_SHELL_SERVER": sys.argv[1]}), sys.argv[2]).main_loop()
"""


def test_what_is_written_without_a_server_reaches_it_later(
    server: Server, desk: Desk, show: Callable[..., App], tmp_path: Path
):
    memory = tmp_path / "home/.local/share/aios_shell/shell.json"
    journey(server, lambda link: show(sys.executable, "-c", RUN, server.url, link), memory, "gtk")
