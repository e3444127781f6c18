"""What a WebKitGTK view tells a shell. Toga's GTK backend and pywebview both show one (docs/shell.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gi.repository import GLib, WebKit2

if TYPE_CHECKING:
    from collections.abc import Callable

    from aios_shell.core.shell import Shell

_CANCELLED = 302
"""WEBKIT_NETWORK_ERROR_CANCELLED: another page was asked for meanwhile."""


def watch(view: Any, shell: Shell, titled: Callable[[str], None]) -> None:  # noqa: ANN401  GObject introspection has no types
    """Connect the view's signals with the shell; `titled` hears each page's title."""

    def decide(_: Any, decision: Any, kind: Any) -> bool:  # noqa: ANN401
        if kind == WebKit2.PolicyDecisionType.RESPONSE:
            return _download(decision)
        new_window = kind == WebKit2.PolicyDecisionType.NEW_WINDOW_ACTION
        if not new_window and kind != WebKit2.PolicyDecisionType.NAVIGATION_ACTION:
            return False
        action = decision.get_navigation_action()
        url = action.get_request().get_uri()
        if new_window:
            decision.ignore()
            if shell.allows(url):
                view.load_uri(url)
            return True
        if shell.allows(url):
            return False
        decision.ignore()
        return True

    def failed(_: Any, __: Any, ___: str, error: Any) -> bool:  # noqa: ANN401
        if error.matches(WebKit2.NetworkError.quark(), _CANCELLED):
            return False
        if error.matches(WebKit2.PolicyError.quark(), WebKit2.PolicyError.FRAME_LOAD_INTERRUPTED_BY_POLICY_CHANGE):
            return False
        # Once this is over: what is loaded meanwhile would be taken for the page that failed.
        GLib.idle_add(shell.failed)
        return True

    view.connect("decide-policy", decide)
    view.connect("load-failed", failed)
    view.connect("web-process-terminated", lambda *_: shell.gone())
    view.connect("notify::uri", lambda *_: shell.arrived(view.get_uri()))
    view.connect("notify::title", lambda *_: titled(view.get_title() or ""))


def _download(decision: Any) -> bool:  # noqa: ANN401  as above
    """Keep what is meant to be kept, such as an export, in place of showing it."""
    headers = decision.get_response().get_http_headers()
    attached = headers is not None and (headers.get_one("Content-Disposition") or "").startswith("attachment")
    if decision.is_mime_type_supported() and not attached:
        return False
    decision.download()
    return True
