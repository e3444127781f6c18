"""Links to video meetings, found in a text. Only Zoom, Google Meet and Teams count (docs/domain.md, "events").

The device has a twin, `meetings.js`.
"""

from __future__ import annotations

import re

_LINK = re.compile(
    "(?:https?://)?"
    "((?:[a-z0-9-]{1,63}\\.){0,3}zoom\\.us/(?:j|my|w|s)/[!#-;=?-Z^_a-z~%]{1,900}"
    "|meet\\.google\\.com/[a-z0-9-]{3,60}(?:\\?[!#-;=?-Z^_a-z~%]{1,300})?"
    "|teams\\.microsoft\\.com/(?:l/meetup-join|meet)/[!#-;=?-Z^_a-z~%]{1,1500}"
    "|teams\\.live\\.com/meet/[!#-;=?-Z^_a-z~%]{1,900})",
    re.IGNORECASE | re.ASCII,
)
_NAMES = (("zoom.us", "Zoom"), ("meet.google.com", "Meet"), ("teams.", "Teams"))
_TRAILING = re.compile("[.,;:!?)'\\]]+$")


def meeting_link(text: str) -> str:
    """The first meeting in `text`, as an https address; "" where there is none."""
    for found in _LINK.finditer(text):
        before = text[: found.start()][-1:]
        if not before or not (before.isascii() and (before.isalnum() or before in "-._@/")):
            return f"https://{_TRAILING.sub('', found[1])}"
    return ""


def meeting_name(link: str) -> str:
    """Whose meeting a link leads to: `Zoom`, `Meet` or `Teams`."""
    host = link.removeprefix("https://").partition("/")[0].lower()
    return next((name for part, name in _NAMES if part in host), "")
