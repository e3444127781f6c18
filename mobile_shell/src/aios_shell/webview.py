"""Toga's web view with our own implementation behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import toga

from .native import implementation

if TYPE_CHECKING:
    from .app import AiosShell


class ShellWebView(toga.WebView):
    """Tells the shell where the page wants to go, that it did not come, and that its process was killed.

    `on_navigation_starting` stays unset: Toga answers it with a fresh GET, which would lose what a form sends.
    """

    def __init__(self, shell_app: AiosShell, url: str) -> None:
        self.shell_app = shell_app
        super().__init__(url=url, on_webview_load=shell_app.page_loaded, flex=1)

    def _create(self) -> Any:  # noqa: ANN401  the backend's own class
        return implementation(self.factory)(interface=self)

    @property
    def shell(self) -> Any:  # noqa: ANN401  typed where it is made; native code asks it
        """The shell that decides."""
        return self.shell_app.shell
