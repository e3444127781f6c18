"""A display, a server, and the window under test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk import App, Desk
from server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty display, and a home of its own."""
    made = Desk(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with an account and nothing in it."""
    made = Server(tmp_path / "server")
    made.start()
    made.sign_up()
    yield made
    made.stop()


@pytest.fixture
def show(desk: Desk, tmp_path: Path) -> Iterator[Callable[..., App]]:
    """Open a window with a command."""
    shown: list[App] = []

    def begin(*command: str) -> App:
        shown.append(App(desk, list(command), tmp_path / "app.log"))
        return shown[-1]

    yield begin
    for app in shown:
        app.kill()
