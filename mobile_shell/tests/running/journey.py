"""The journey every shell must make: sign in, lose the server, start again, write, meet the server again."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from desk import until
from server import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk import App
    from server import Server

PHONE = (420, 820)
"""The size that all windows of the journey have, so that what they show stands at known places."""
TEXT, SAVE = (210, 420), (210, 388)
"""Where the text of a note is, and the button of the page that captures."""
SAVED_S = 8.0
"""An editor saves a second after the last key; the page then has nothing more to tell the outside."""
PICTURES = os.environ.get("AIOS_SHELL_PICTURES")
"""A folder for pictures of what is written without a server (docs/screenshots/shell)."""


def sign_in(app: App) -> None:
    """Fill in the form, by keyboard."""
    app.titled("Sign in")
    app.press("Tab")
    app.type(USER)
    app.press("Tab")
    app.type(PASSWORD)
    app.press("Return")
    app.titled("Home")


def copied(memory: Path) -> None:
    """Wait until the shell has heard that its pages can answer alone."""
    until(lambda: memory.exists() and json.loads(memory.read_text("utf-8"))["ready"], "never ready to answer alone")


def journey(server: Server, start: Callable[[str], App], memory: Path, name: str) -> None:
    """Make it. `start` opens the window with a link; `memory` is the shell's own file."""
    note = server.call("POST", "/api/notes", {"title": "Packing list", "bodyMarkdown": "Passport"})["id"]
    app = start("")
    sign_in(app)
    copied(memory)
    app.close()
    server.stop()

    app = start(f"aios://notebook/{note}")
    app.titled("Packing list")
    app.click(*TEXT)
    app.press("ctrl+End", "Return")
    app.type("Tent pegs")
    time.sleep(SAVED_S)
    picture(app, f"{name}-edit")
    app.kill()

    app = start("aios://capture?text=Book+the+ferry")
    app.titled("Capture")
    app.click(*SAVE)
    time.sleep(SAVED_S)
    picture(app, f"{name}-capture")
    app.kill()

    server.start()
    app = start("")
    app.titled("Book the ferry")  # the page of a moment ago
    body = until(lambda: edited(server, note), "the edit does not arrive")
    assert body == "Passport\nTent pegs"
    until(lambda: "Book the ferry" in titles(server), "the new note does not arrive")
    assert sorted(titles(server)) == ["Book the ferry", "Packing list"]
    app.close()


def sized(profile: Path) -> None:
    """A desktop window that was as large as a phone when it was closed."""
    profile.mkdir(parents=True)
    (profile / "window.json").write_text(json.dumps({"width": PHONE[0], "height": PHONE[1]}))


def edited(server: Server, note: str) -> str:
    """The note's text on the server once it differs from what it was."""
    body = server.call("GET", f"/api/notes/{note}")["bodyMarkdown"]
    return "" if body == "Passport" else body


def titles(server: Server) -> list[str]:
    """What notes the server has."""
    return [note["title"] for note in server.call("GET", "/api/notes")]


def picture(app: App, name: str) -> None:
    """Keep a picture where they are asked for."""
    if PICTURES:
        app.picture(Path(PICTURES) / f"{name}.png")
