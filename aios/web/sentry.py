"""Failures reported to Sentry, where SENTRY_DSN is set: the type of the error and its frames, and no value at all.

The package comes with the extra `sentry`. Nothing is recorded by itself: no breadcrumbs, no request bodies, no local
variables, no sessions; the message of an error goes too, since it may hold what somebody wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios import __version__
from aios.settings import SettingsError

if TYPE_CHECKING:
    from aios.settings import Settings

FLUSH_S = 2.0
_KEPT = {"event_id", "timestamp", "level", "platform", "release", "environment", "exception", "tags", "sdk"}


class Sentry:
    """Reports to `settings.sentry_dsn`. Raises SettingsError when the package is missing or the DSN is malformed."""

    def __init__(self, settings: Settings) -> None:
        try:
            import sentry_sdk  # noqa: PLC0415  an extra, and slow to import
        except ImportError as error:
            message = "SENTRY_DSN is set, but the package sentry-sdk is not installed. Run: pip install 'aios[sentry]'"
            raise SettingsError(message) from error
        self._sdk: Any = sentry_sdk
        try:
            self._sdk.init(
                dsn=settings.sentry_dsn,
                release=f"aios@{__version__}",
                environment=settings.env,
                server_name="aios",
                default_integrations=False,
                auto_enabling_integrations=False,
                include_local_variables=False,
                include_source_context=False,
                max_request_body_size="never",
                max_breadcrumbs=0,
                auto_session_tracking=False,
                traces_sample_rate=None,
                before_send=_bare,
            )
        except Exception as error:  # its own kind, which cannot be named before the import
            message = "SENTRY_DSN is not an address that Sentry gives out. Copy it from the project's settings."
            raise SettingsError(message) from error

    def failure(self, request_id: str, path: str, error: BaseException) -> None:
        """An error nobody expected, here."""
        with self._sdk.new_scope() as scope:
            scope.set_tag("request", request_id)
            scope.set_tag("path", path)
            self._sdk.capture_exception(error)

    def browser(self, kind: str, frames: list[tuple[str, int, int]], build: str) -> None:
        """An error nobody expected, in a browser."""
        shown = [{"filename": file, "lineno": line, "colno": column} for file, line, column in reversed(frames)]
        exception = {"type": kind, "value": "", "stacktrace": {"frames": shown}}
        tags = {"build": build}
        self._sdk.capture_event(
            {"level": "error", "platform": "javascript", "tags": tags, "exception": {"values": [exception]}}
        )

    def close(self) -> None:
        """Send what waits."""
        self._sdk.flush(timeout=FLUSH_S)


def _bare(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Keep of a report what cannot hold anybody's words."""
    for exception in event.get("exception", {}).get("values", ()):
        exception["value"] = ""
        for frame in exception.get("stacktrace", {}).get("frames", ()):
            frame.pop("vars", None)
    return {name: value for name, value in event.items() if name in _KEPT}
