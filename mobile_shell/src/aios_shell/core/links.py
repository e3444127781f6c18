"""What comes in from outside: links that the system hands over, and texts that other apps share."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from .address import origin_of

SCHEME = "aios"
MOST_SHARED = 20_000
"""Characters of a shared text that fit an address; servers take 64 KB of it, and each may cost nine bytes encoded."""


def path_of(link: str, server: str) -> str | None:
    """The path on the server that a link means, None for one that is not ours.

    `https://aios.example/planner` (app link, universal link), `aios://planner` and `aios:/planner` all mean `/planner`.
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.scheme == SCHEME:
        path = f"/{parts.netloc}{parts.path}" if parts.netloc else parts.path
    elif server and origin_of(link) == server:
        path = parts.path
    else:
        return None
    # Two slashes would name another host.
    path = "/" + path.lstrip("/\\")
    return path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def path_of_shared(title: str, text: str, url: str = "") -> str:
    """The page that takes what another app shares (the manifest's `share_target`); only its button writes."""
    given = {"title": title, "text": text, "url": url}
    return "/capture?" + urlencode({name: value[:MOST_SHARED] for name, value in given.items() if value})
