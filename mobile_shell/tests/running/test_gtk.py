"""Toga's GTK backend, as `python -m aios_shell` runs it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from journey import journey

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk import App
    from server import Server

RUN = """import sys
from aios_shell.app import AiosShell
from aios_shell.core.build import Build
AiosShell(Build.from_environment({"AIOS_SHELL_SERVER": sys.argv[1]}), sys.argv[2]).main_loop()
"""


def test_what_is_written_without_a_server_reaches_it_later(server: Server, show: Callable[..., App], tmp_path: Path):
    memory = tmp_path / "home/.local/share/aios_shell/shell.json"
    journey(server, lambda link: show(sys.executable, "-c", RUN, server.url, link), memory, "gtk")


def inside(show: Callable[..., App], name: str, server: Server) -> None:
    """Run a script of inside.py in the app's own process."""
    app = show(sys.executable, str(Path(__file__).parent / "inside.py"), name, server.url)
    assert app.process.wait(150) == 0, app.log.read_text("utf-8", "replace")


@pytest.mark.parametrize("name", ["killed", "pressing_back", "elsewhere"])
def test_inside(show: Callable[..., App], server: Server, name: str):
    inside(show, name, server)


def test_the_page_keeps_to_the_budget_that_the_shell_says(show: Callable[..., App], server: Server):
    text = "a word or two about this and that, over and over. " * 800
    for number in range(220):
        server.call("POST", "/api/notes", {"title": f"Long {number}", "bodyMarkdown": f"{number} {text}"})
    inside(show, "budget", server)


def test_the_first_start_without_a_server_shows_a_screen_of_the_system(show: Callable[..., App], server: Server):
    server.stop()
    inside(show, "unreachable", server)
