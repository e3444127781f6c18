"""How much the page may keep on this device (docs/storage.md): the shell says it, the page keeps to it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

PHONE_MB = 6
LEAST_MB, MOST_MB = 6, 10
PARAMETER = "shell"


def budget_mb(wanted: int | None) -> int:
    """The limit in MB: what the build wants between 6 and 10, else 6."""
    return PHONE_MB if wanted is None else max(LEAST_MB, min(MOST_MB, wanted))


def with_budget(url: str, limit_mb: int) -> str:
    """The address with the budget in its query, where the page looks for it."""
    parts = urlsplit(without_budget(url))
    query = [*parse_qsl(parts.query, keep_blank_values=True), (PARAMETER, str(limit_mb))]
    return urlunsplit(parts._replace(query=urlencode(query)))


def without_budget(url: str) -> str:
    """The address as a person would share it."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in query if pair[0] != PARAMETER]
    return url if kept == query else urlunsplit(parts._replace(query=urlencode(kept)))
