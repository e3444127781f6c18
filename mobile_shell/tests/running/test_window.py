"""What a desktop expects of a window, beside its pages: one of them, where it was, and a screen for every case."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from desk import until
from journey import PHONE, sized

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desk import App
    from server import Server

COMMAND = (sys.executable, "-m", "aios_desktop")


def test_a_second_start_hands_its_link_to_the_window_that_is_there(
    server: Server, show: Callable[..., App], tmp_path: Path
):
    profile = tmp_path / "profile"
    first = show(*COMMAND, "--profile", str(profile), "--server", server.url)
    first.titled("Sign in")
    second = show(*COMMAND, "--profile", str(profile), "aios://sign-up")
    assert second.process.wait(30) == 0
    first.titled("Create an account")
    assert (profile / "instance.json").stat().st_mode & 0o077 == 0


def test_a_window_opens_as_large_as_it_was_closed(server: Server, show: Callable[..., App], tmp_path: Path):
    profile = tmp_path / "profile"
    sized(profile)
    app = show(*COMMAND, "--profile", str(profile), "--server", server.url)
    app.titled("Sign in")
    until(lambda: app.size() == PHONE, f"the window is {app.size()}")
    app.resize(700, 600)
    until(lambda: app.size() == (700, 600), "the window cannot be made larger")
    app.close()
    kept = json.loads((profile / "window.json").read_text())
    assert (kept["width"], kept["height"]) == (700, 600)


def test_the_first_start_asks_and_a_server_that_is_away_is_a_screen(
    server: Server, show: Callable[..., App], tmp_path: Path
):
    profile = tmp_path / "profile"
    app = show(*COMMAND, "--profile", str(profile))
    app.titled("Your server")
    server.stop()
    app.type(server.url)
    app.press("Return")
    app.titled("No connection")
    server.start()
    app.press("Return")  # the button that tries again
    app.titled("Sign in")
