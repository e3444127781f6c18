"""The Toga app: one window that shows pages of the server, or a screen of its own."""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from typing import TYPE_CHECKING, Any

import toga

from . import native
from .core import back
from .core.build import Build
from .core.memory import Memory
from .core.shell import Shell
from .screens import address_screen, unreachable_screen
from .webview import ShellWebView

if TYPE_CHECKING:
    from collections.abc import Sequence

APP_ID = "org.aios.aios_shell"
READY_S = 2.0
"""How often the page is asked whether it can answer alone, until it can."""


class AiosShell(toga.App):
    """`build` is what was fixed when it was built; `link` what it was opened with."""

    def __init__(self, build: Build, link: str = "") -> None:
        self._build = build
        self._link = link
        self.view: ShellWebView | None = None
        self._asking: asyncio.Task[None] | None = None
        super().__init__("AIOS", APP_ID)

    def startup(self) -> None:
        """Make the window and show the first screen. Runs again when a system recreates the app."""
        self.shell = Shell(self._build, Memory(self.paths.data / "shell.json"), self)
        # A plain window: a MainWindow of Android would show a bar above the page.
        self.frame = toga.Window(title="AIOS", size=(420, 820))
        self.main_window = self.frame  # type: ignore[assignment]  # Toga's setter takes any window
        self.frame.on_hide = lambda *_, **__: self.remember()
        self.frame.content = toga.Box()
        native.attach(self)
        self.shell.start(self._link)
        native.opened(self)
        self.frame.show()

    def show_page(self, url: str) -> None:
        """Show a page; the web view is made with its first one, so that Back never ends on an empty one."""
        if self.view is None:
            self.view = ShellWebView(self, url)
        else:
            self.view.url = url
        if self.frame.content is not self.view:
            self.frame.content = self.view

    def show_address(self, typed: str, error: str) -> None:
        """Ask for the server."""
        self.frame.content = address_screen(typed, error, self.shell.choose)

    def show_unreachable(self, server: str, reason: str, *, change: bool) -> None:
        """Say that it does not answer."""
        self.frame.content = unreachable_screen(server, reason, self.shell.retry, self.shell.change if change else None)

    def open_outside(self, url: str) -> None:
        """Open an address in the system's browser, dialler or mail program."""
        opener = getattr(self.view and self.view._impl, "open_outside", None)  # noqa: SLF001  our own implementation
        (opener or webbrowser.open)(url)

    def leave(self) -> None:
        """Go to the background where the system has one, else close."""
        leaver = getattr(self.view and self.view._impl, "leave", None)  # noqa: SLF001  our own implementation
        (leaver or self.exit)()

    def rebuild(self) -> None:
        """Throw the web view away whose process was killed, where the system wants a new one."""
        self.view = None
        self.shell.gone()

    async def go_back(self) -> None:
        """Ask the page, then do what it says."""
        showing = self.view is not None and self.frame.content is self.view
        answer = await self.view.evaluate_javascript(back.ASK) if self.view and showing else None
        self.shell.back(answer)

    def remember(self) -> None:
        """Note the page that is shown."""
        if self.view is not None and self.frame.content is self.view:
            self.shell.arrived(self.view.url)

    def page_loaded(self, _: toga.Widget, **__: Any) -> None:  # noqa: ANN401  later versions of Toga tell more
        """Note the page, and ask it whether it can answer alone."""
        self.remember()
        if not self.shell.ready and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._ask_until_ready())

    async def _ask_until_ready(self) -> None:
        while not self.shell.ready and self.view is not None:
            self.shell.answers(await self.view.evaluate_javascript(back.READY))
            if not self.shell.ready:
                await asyncio.sleep(READY_S)


def main(arguments: Sequence[str] | None = None) -> AiosShell:
    """The app, opened with a link where one is among the arguments."""
    given = sys.argv[1:] if arguments is None else arguments
    return AiosShell(Build.read(), next((each for each in given if "://" in each), ""))
