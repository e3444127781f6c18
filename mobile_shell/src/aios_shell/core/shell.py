"""The shell's own life: which screen is shown, and why. Every toolkit draws it through a `Surface`."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from .address import AddressError, origin_of, parse_server
from .back import leaves
from .budget import with_budget, without_budget
from .links import path_of, path_of_shared
from .memory import RESUME_S
from .policy import Place, place_of
from .recovery import Recovery

if TYPE_CHECKING:
    from collections.abc import Callable

    from .build import Build
    from .memory import Memory

HOME = "/"


class Surface(Protocol):
    """What a toolkit can show and do."""

    def show_page(self, url: str) -> None:
        """Show a page of the server."""

    def show_address(self, typed: str, error: str) -> None:
        """Ask for the address of the server: what was typed, and what is wrong with it."""

    def show_unreachable(self, server: str, reason: str, *, change: bool) -> None:
        """Say that the server does not answer, with a button to try again; `change` offers another address too."""

    def open_outside(self, url: str) -> None:
        """Let the system open an address."""

    def leave(self) -> None:
        """Put the app into the background, or close its window."""


class Shell:
    """Decides. `wall_s` gives Unix seconds, `steady_s` monotonic ones."""

    def __init__(
        self,
        build: Build,
        memory: Memory,
        surface: Surface,
        wall_s: Callable[[], float] = time.time,
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.build = build
        self._memory = memory
        self._surface = surface
        self._wall_s, self._steady_s = wall_s, steady_s
        self._recovery = Recovery()
        self._known = memory.read()
        if build.server and self._known.server != build.server:
            self._keep(server=build.server, ready=False, path="")
        self._path = HOME

    @property
    def server(self) -> str:
        """The origin of the server; empty until somebody chose one."""
        return self._known.server

    @property
    def ready(self) -> bool:
        """Whether the pages were once ready to answer without the server."""
        return self._known.ready

    def start(self, link: str = "") -> None:
        """Show the first screen: what the link means, else the page of a moment ago, else Home."""
        if not self.server:
            self._surface.show_address("", "")
            return
        recent = 0 <= self._wall_s() - self._known.seen_s < RESUME_S
        self._open(path_of(link, self.server) or (self._known.path if recent and self._known.path else HOME))

    def choose(self, typed: str) -> None:
        """Take the server that the person typed. A build with a fixed server takes none."""
        if not self.build.development:
            return
        try:
            server = parse_server(typed)
        except AddressError as error:
            self._surface.show_address(typed, str(error))
            return
        if server != self.server:
            self._keep(server=server, ready=False, path="")
        self._open(HOME)

    def change(self) -> None:
        """Ask for another server, in a development build."""
        if self.build.development:
            self._surface.show_address(self.server, "")

    def link(self, link: str) -> bool:
        """Open a link that the system hands over while the app runs; whether it is ours."""
        path = path_of(link, self.server)
        if path is None or not self.server:
            return False
        self._open(path)
        return True

    def share(self, title: str, text: str, url: str = "") -> None:
        """Fill in what another app shares."""
        if self.server:
            self._open(path_of_shared(title, text, url))

    def allows(self, url: str) -> bool:
        """Whether the main frame may go there. What belongs outside is opened there by the way."""
        place = place_of(url, self.server)
        if place is Place.OUTSIDE:
            self._surface.open_outside(url)
        return place is Place.INSIDE

    def arrived(self, url: str | None) -> None:
        """Note the page that is shown: after loading, and when the app goes to the background."""
        if url is None or origin_of(url) != self.server:
            return
        parts = urlsplit(without_budget(url))
        self._path = (parts.path or HOME) + (f"?{parts.query}" if parts.query else "")
        self._keep(path=self._path, seen_s=self._wall_s())

    def answers(self, offline: object) -> None:
        """Note what the page says about answering alone (`back.READY`)."""
        if offline == "ready" and not self._known.ready:
            self._keep(ready=True)

    def failed(self) -> None:
        """Say that a page did not come, in place of the engine's own error page."""
        reason = (
            "Your server does not answer, and this device's copy is gone. It comes back by itself with the server."
            if self.ready
            else "The first time, AIOS needs your server. Once it was here, it works without a network."
        )
        self._surface.show_unreachable(self.server, reason, change=self.build.development)

    def retry(self) -> None:
        """Try the same page again."""
        self._open(self._path)

    def gone(self) -> None:
        """Open the page again whose process was killed; after the third time in a minute, ask first."""
        if self._recovery.again(self._steady_s()):
            self._open(self._path)
            return
        reason = "This page was stopped several times by your device. What you saved is still here."
        self._surface.show_unreachable(self.server, reason, change=False)

    def back(self, answer: object) -> None:
        """Go on after the page answered `back.ASK`."""
        if leaves(answer):
            self._surface.leave()

    def _open(self, path: str) -> None:
        self._path = path
        self._surface.show_page(with_budget(self.server + path, self.build.budget_mb))

    def _keep(self, **changes: str | float | bool) -> None:
        self._known = replace(self._known, **changes)  # type: ignore[arg-type]  # names and types as declared there
        self._memory.write(self._known)
