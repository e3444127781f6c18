"""Linux: what the tests run, and a shell for a Linux phone."""

from __future__ import annotations

import gi

gi.require_version("WebKit2", "4.1")

from gi.repository import WebKit2  # noqa: E402  after its version is chosen
from toga_gtk.widgets.webview import WebView  # noqa: E402  as above

from .webkitgtk import watch  # noqa: E402  as above


class ShellWebViewImpl(WebView):  # type: ignore[misc]  # Toga ships no types for its backends
    """Keeps cookies, and tells the shell what happens."""

    def create(self) -> None:
        """Make the view. By default WebKitGTK keeps everything but cookies."""
        super().create()
        app = self.interface.shell_app
        cookies = self.native.get_context().get_cookie_manager()
        app.paths.data.mkdir(parents=True, exist_ok=True)
        cookies.set_persistent_storage(str(app.paths.data / "cookies.sqlite"), WebKit2.CookiePersistentStorage.SQLITE)
        self.native.get_settings().set_property("enable-developer-extras", False)  # noqa: FBT003  GObject's
        watch(self.native, self.interface.shell, self._titled)

    def _titled(self, title: str) -> None:
        self.interface.shell_app.main_window.title = title or "AIOS"
