"""A screen, a keyboard and a pair of eyes for windows under test: Xvfb, xdotool and window titles.

Nothing of the app is replaced and nothing is injected into it, so a frozen bundle is driven as the source is.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH, HEIGHT = 1280, 1000
PATIENCE_S = 60.0
_KEY_MS = "40"


def until(met: Callable[[], object], what: str, within_s: float = PATIENCE_S) -> object:
    """Wait for something true, and give it. Fails with `what`."""
    deadline = time.monotonic() + within_s
    while not (found := met()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return found


class Desk:
    """An X display of its own."""

    def __init__(self, home: Path) -> None:
        reader, writer = os.pipe()
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
        self._xvfb = subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as said:
            number = said.readline().strip()
        kept = ("PATH", "LANG", "PYTHONPATH")
        self.environment = {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "DISPLAY": f":{number}",
            "HOME": str(home),
            "NO_AT_BRIDGE": "1",  # no accessibility bus without a desktop around it
            "GIO_USE_VFS": "local",
            # The engine draws without a graphics card; its own sandbox needs namespaces that a container refuses.
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        home.mkdir(parents=True, exist_ok=True)

    def close(self) -> None:
        """Take the display away."""
        self._xvfb.terminate()
        self._xvfb.wait(10)

    def run(self, *command: str) -> str:
        """Run a tool on this display, and give what it says."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def picture(self, file: Path, window: str = "root") -> None:
        """Take a picture of the display, or of one window."""
        self.run("import", "-window", window, str(file))


class App:
    """A window of the app, from its start to its end."""

    def __init__(self, desk: Desk, command: list[str], log: Path) -> None:
        self._desk = desk
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                ["dbus-run-session", "--", *command],
                env=desk.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.window = ""

    def titled(self, title: str) -> None:
        """Wait until the window shows the page with this title, then let the keyboard be its own."""

        def found() -> str:
            assert self.process.poll() is None, self.log.read_text("utf-8", "replace")
            return self._desk.run("xdotool", "search", "--onlyvisible", "--name", f"^{title}").partition("\n")[0]

        self.window = str(until(found, f"{title!r} is never shown: {self.title()!r}"))
        time.sleep(1)  # its scripts begin after its title
        self._desk.run("xdotool", "windowfocus", self.window)

    def title(self) -> str:
        """What the window says it shows."""
        return self._desk.run("xdotool", "getwindowname", self.window) if self.window else ""

    def type(self, text: str) -> None:
        """Type."""
        self._desk.run("xdotool", "type", "--delay", _KEY_MS, text)

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        self._desk.run("xdotool", "key", "--delay", _KEY_MS, *keys)

    def click(self, x: int, y: int) -> None:
        """Click at a place of the window."""
        self._desk.run("xdotool", "mousemove", "--window", self.window, str(x), str(y), "click", "1")

    def size(self) -> tuple[int, int]:
        """Width and height."""
        said = dict(
            line.split("=") for line in self._desk.run("xdotool", "getwindowgeometry", "--shell", self.window).split()
        )
        return int(said["WIDTH"]), int(said["HEIGHT"])

    def resize(self, width: int, height: int) -> None:
        """Make the window larger or smaller."""
        self._desk.run("xdotool", "windowsize", self.window, str(width), str(height))

    def picture(self, file: Path) -> None:
        """Take a picture of the window."""
        self._desk.picture(file, self.window)

    def children(self, name: str) -> list[int]:
        """The processes of this app whose program is called so."""
        said = self._desk.run("ps", "-o", "pid=,comm=", "-g", str(os.getpgid(self.process.pid)))
        return [int(line.split()[0]) for line in said.splitlines() if name.startswith(line.split()[1])]

    def close(self) -> None:
        """Close the window as a person does, then make sure that nothing is left of it."""
        if self.process.poll() is None and self.window:
            self._desk.run("xdotool", "windowquit", self.window)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
                return
        self.kill()

    def kill(self) -> None:
        """End every process of it at once, as a power cut would."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.process.wait(10)
