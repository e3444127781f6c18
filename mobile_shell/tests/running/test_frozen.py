"""The desktop app as PyInstaller packs it, started from a folder that knows nothing of this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desk import until
from journey import journey, sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk import App, Desk
    from server import Server

ROOT = Path(__file__).parents[3]
SPEC = ROOT / "mobile_shell/packaging/aios-desktop.spec"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program; built here, unless AIOS_DESKTOP_BUNDLE names one."""
    if given := os.environ.get("AIOS_DESKTOP_BUNDLE"):
        return Path(given)
    folder = tmp_path_factory.mktemp("bundle")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", str(folder / "dist"), "--workpath", str(folder / "work"), str(SPEC)]
    subprocess.run([*command, *places], check=True, timeout=280)
    return folder / "dist/aios-desktop/aios-desktop"


@pytest.fixture
def alone(desk: Desk) -> None:
    """No path to our sources: the bundle has what it needs."""
    desk.environment.pop("PYTHONPATH", None)


@pytest.mark.usefixtures("alone")
def test_what_is_written_without_a_server_reaches_it_later(
    server: Server, show: Callable[..., App], bundle: Path, tmp_path: Path
):
    profile = tmp_path / "profile"
    sized(profile)
    command = [str(bundle), "--profile", str(profile), "--server", server.url]
    journey(server, lambda link: show(*command, link), profile / "shell.json", "frozen")


@pytest.mark.usefixtures("alone")
def test_a_server_of_its_own_starts_on_this_computer_and_ends_with_the_window(
    show: Callable[..., App], bundle: Path, tmp_path: Path
):
    profile = tmp_path / "profile"
    app = show(str(bundle), "--profile", str(profile), "--here")
    app.titled("Sign in")
    assert (profile / "server/aios.sqlite3").exists()
    servers = serving(profile)
    assert servers
    app.close()
    until(lambda: not serving(profile), "the server outlives its window")


def serving(profile: Path) -> list[str]:
    """Processes that hold this profile's database open."""
    found = subprocess.run(
        ["lsof", "-t", str(profile / "server/aios.sqlite3")], capture_output=True, text=True, check=False
    )
    return found.stdout.split()
