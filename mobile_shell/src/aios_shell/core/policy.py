"""Where an address may be opened: in the app, by the system, or nowhere."""

from __future__ import annotations

from enum import Enum
from urllib.parse import urlsplit

from .address import origin_of

_SYSTEM = frozenset({"http", "https", "mailto", "tel", "sms", "geo", "maps", "webcal"})


class Place(Enum):
    """Who opens an address."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    NOWHERE = "nowhere"


def place_of(url: str, server: str) -> Place:
    """Decide about the main frame's next address, where `server` is an origin.

    Only the server's own pages are shown inside: a foreign page without an address bar could pass for ours. The
    system opens what people know it to open. Schemes that reach into other apps or files (intent, file, javascript,
    content, data) go nowhere.
    """
    scheme = urlsplit(url).scheme.lower() if ":" in url else ""
    if url == "about:blank" or (origin_of(url) == server and server):
        return Place.INSIDE
    if scheme == "blob" and origin_of(url[5:]) == server and server:
        return Place.INSIDE
    return Place.OUTSIDE if scheme in _SYSTEM else Place.NOWHERE
