"""The window: a `Surface` of the shell's core, drawn by pywebview."""

from __future__ import annotations

import contextlib
import sys
import threading
import urllib.error
import urllib.request
import webbrowser
from typing import TYPE_CHECKING, Any

import webview
from aios_shell.core import back
from aios_shell.core.budget import MOST_MB
from aios_shell.core.build import Build
from aios_shell.core.memory import Memory, Remembered
from aios_shell.core.shell import Shell

from .embedded import EmbeddedError, EmbeddedServer
from .instance import listen
from .profile import LEAST_HEIGHT, LEAST_WIDTH, WindowState
from .screens import address_page, unreachable_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aios_shell.core.shell import Surface

READY_S = 2.0
PROBE_S = 4.0
HERE = "here"


class _Buttons:
    """What the pages of `screens` may call: every name of it that begins without an underscore."""

    def __init__(self, window: DesktopWindow) -> None:
        self._window = window

    def choose(self, typed: str) -> None:
        """Connect."""
        self._window.use(str(typed))

    def here(self) -> None:
        """Use this computer."""
        self._window.use_here()

    def retry(self) -> None:
        """Try again."""
        self._window.shell.retry()

    def change(self) -> None:
        """Another server."""
        self._window.shell.change()


class DesktopWindow:
    """One window with one profile, the folder where the engine and we keep things."""

    def __init__(self, profile: Path, build: Build, server: str, *, here: bool) -> None:
        self._profile = profile
        self._state = WindowState.read(profile / "window.json")
        self._embedded: EmbeddedServer | None = None
        self._memory = Memory(profile / "shell.json")
        self._marker = profile / HERE
        self._html: str | None = None
        self._url: str | None = None
        if here:
            self._marker.touch()
        elif server or not build.development:
            self._marker.unlink(missing_ok=True)
        if self._marker.exists():
            server = self._start_here()
        if server and build.development and server != self._memory.read().server:
            self._memory.write(Remembered(server))
        surface: Surface = self
        self.shell = Shell(build, self._memory, surface)

    def run(self, link: str) -> None:
        """Show it until it is closed."""
        webview.settings["ALLOW_DOWNLOADS"] = True
        webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = True
        state = self._state
        self.shell.start(link)
        self.window = webview.create_window(
            "AIOS",
            url=self._url,
            html=self._html,
            js_api=_Buttons(self),
            width=state.width,
            height=state.height,
            x=state.x,
            y=state.y,
            min_size=(LEAST_WIDTH, LEAST_HEIGHT),
            background_color="#0A0E1A",
            text_select=True,
        )
        self.window.events.resized += self._resized
        self.window.events.moved += self._moved
        self.window.events.closed += self._closed
        self.window.events.before_show += self._watch
        listen(self._profile, self._handed)
        try:
            webview.start(
                self._ask_until_ready, private_mode=False, storage_path=str(self._profile / "web"), gui=_engine()
            )
        finally:
            if self._embedded is not None:
                self._embedded.stop()

    def show_page(self, url: str) -> None:
        """Show a page of the server. The engine's own error page is never shown where we can ask before."""
        if not self._hooked and not self.shell.ready and not _answers(self.shell.server):
            self.shell.failed()
            return
        self._url, self._html = url, None
        if self._window is not None:
            _beside(lambda: self._window.load_url(url))

    def show_address(self, typed: str, error: str) -> None:
        """Ask for the server."""
        self._show(address_page(typed, error, here=self.shell.build.development))

    def show_unreachable(self, server: str, reason: str, *, change: bool) -> None:
        """Say that it does not answer."""
        self._show(unreachable_page(server, reason, change=change))

    def open_outside(self, url: str) -> None:
        """Open an address with the system."""
        webbrowser.open(url)

    def leave(self) -> None:
        """Close the window."""
        if self._window is not None:
            self._window.destroy()

    def use(self, typed: str) -> None:
        """Take the server that was typed, in place of one on this computer."""
        before = self.shell.server
        self.shell.choose(typed)
        if self.shell.server != before:
            self._marker.unlink(missing_ok=True)

    def use_here(self) -> None:
        """Start a server on this computer, and show it."""
        try:
            address = self._start_here()
        except EmbeddedError as error:
            self.show_unreachable("this computer", f"The server did not start. {error}", change=True)
            return
        self._marker.touch()
        self.shell.choose(address)

    window: Any = None

    @property
    def _window(self) -> Any:  # noqa: ANN401  pywebview's is untyped in part
        return self.window

    @property
    def _hooked(self) -> bool:
        """Whether the engine tells us that a page did not come."""
        return sys.platform == "linux"

    def _show(self, html: str) -> None:
        self._url, self._html = None, html
        if self._window is not None:
            # By default its address would be a file's, which the shell lets nobody open.
            _beside(lambda: self._window.load_html(html, "about:blank"))

    def _start_here(self) -> str:
        if self._embedded is None:
            self._embedded = EmbeddedServer(self._profile / "server")
        address = self._embedded.start(self._state.port)
        self._state.port = int(address.rpartition(":")[2])
        self._state.write(self._profile / "window.json")
        return address

    def _watch(self) -> None:
        """Hear what WebKitGTK says, as the Toga shell does. Elsewhere pywebview's own events have to do."""
        if not self._hooked:
            return
        from aios_shell.native.webkitgtk import watch  # noqa: PLC0415  as above
        from webview.platforms.gtk import BrowserView  # noqa: PLC0415  Linux only

        browser = BrowserView.instances[self.window.uid]
        # It would open a link twice, and lets every other address in.
        browser.webview.disconnect_by_func(browser.on_navigation)
        watch(browser.webview, self.shell, self._titled)

    def _titled(self, title: str) -> None:
        self.window.set_title(title or "AIOS")

    def _handed(self, link: str) -> None:
        self.window.restore()
        self.window.show()
        if link:
            self.shell.link(link)

    def _ask_until_ready(self) -> None:
        """On a thread of pywebview's, until the page can answer alone."""
        closed = threading.Event()
        self.window.events.closed += closed.set
        while not self.shell.ready and not closed.wait(READY_S):
            with contextlib.suppress(Exception):  # the page is going away; the next one is asked
                self.shell.answers(self.window.run_js(back.READY))

    def _resized(self, width: int, height: int) -> None:
        self._state.width, self._state.height = int(width), int(height)
        self._closed()  # a system that shuts down closes no window

    def _moved(self, x: int, y: int) -> None:
        self._state.x, self._state.y = int(x), int(y)

    def _closed(self) -> None:
        self._state.write(self._profile / "window.json")


def desktop_build(build: Build) -> Build:
    """A computer has room: the most, unless the build says otherwise."""
    return Build(build.server, MOST_MB) if build == Build() else build


def _beside(call: Callable[[], None]) -> None:
    """Call it on another thread: pywebview waits there for the engine, whose own thread may be the one that asks."""
    threading.Thread(target=call, daemon=True).start()


def _engine() -> str | None:
    return "gtk" if sys.platform == "linux" else None


def _answers(server: str) -> bool:
    try:
        with urllib.request.urlopen(f"{server}/health/live", timeout=PROBE_S) as answer:  # noqa: S310  http or https
            return bool(answer.status == 200)  # noqa: PLR2004  OK
    except (OSError, ValueError):
        return False
