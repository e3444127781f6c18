"""One thin implementation for each system; everything that can be decided without it is in `core`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_OWN = {"toga_gtk": "gtk", "toga_iOS": "ios", "toga_android": "android"}


def implementation(factory: Any) -> Any:  # noqa: ANN401  backends share no types
    """The class behind `ShellWebView` for Toga's backend; Toga's own where we have none."""
    own = _backend(factory)
    return own.ShellWebViewImpl if own else factory.WebView


def attach(app: Any) -> None:  # noqa: ANN401  as above
    """Let the system's own events reach the app: back, links, shared texts."""
    own = _backend(app.factory)
    if own and hasattr(own, "attach"):
        own.attach(app)


def opened(app: Any) -> None:  # noqa: ANN401  as above
    """After the first screen: take what the system opened the app with, where that is no argument."""
    own = _backend(app.factory)
    if own and hasattr(own, "opened"):
        own.opened(app)


def _backend(factory: Any) -> Any:  # noqa: ANN401  as above
    # Toga 0.5.7 hands out an object, earlier versions a module; both know where their classes come from.
    name = _OWN.get(factory.WebView.__module__.partition(".")[0])
    return import_module(f"{__name__}.{name}") if name else None
