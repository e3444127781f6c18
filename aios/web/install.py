"""`/install`: how AIOS comes onto the home screen, the steps of the browser at hand first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get

from aios.accounts.identity import present

if TYPE_CHECKING:
    from aios.records.query import Context

AnyRequest = Request[Any, Any, Any]


@get("/install", include_in_schema=False)
async def install_page(request: AnyRequest) -> Response[bytes]:
    """Show the steps for each browser, signed in or not."""
    here = browser(request.headers.get("user-agent", ""))
    mine = [each for each in GUIDES if each["name"] == here]
    context: Context = {
        "title": "Install AIOS",
        "here": mine,
        "others": [each for each in GUIDES if each not in mine],
        "signed_in": present(request) is not None,
    }
    answer: Response[bytes] = await request.app.state.pages.render(request, "install.html", context)
    return answer


def browser(user_agent: str) -> str:
    """The name of the guide for a browser, by what it says of itself; "" for one that is not known.

    Each name stands in the answers of others as well (Edge and Samsung Internet say Chrome, Chrome says Safari), so
    the order decides. Every browser of an iPhone installs in the same way; an iPad may say that it is a Mac, which
    only its own script can tell apart (static/page/install.js).
    """
    return next((name for name, words in _SIGNS if all(word in user_agent for word in words)), "")


_SIGNS = (
    ("ios", ("iPhone",)),
    ("ios", ("iPad",)),
    ("firefox-android", ("Android", "Firefox/")),
    ("samsung", ("Android", "SamsungBrowser/")),
    ("android", ("Android", "Chrome/")),
    ("firefox", ("Firefox/",)),
    ("chrome", ("Chrome/",)),
    ("mac", ("Macintosh", "Safari/")),
)
GUIDES: list[dict[str, Any]] = [
    {
        "name": "ios",
        "title": "iPhone and iPad",
        "steps": [
            "Tap Share, a square with an arrow up. If you do not see it, tap the three dots first.",
            "Scroll down and choose Add to Home Screen.",
            "Leave Open as Web App switched on, and tap Add.",
        ],
        "note": "Open AIOS from the Home Screen and sign in there once. The app keeps a copy of its own.",
    },
    {
        "name": "android",
        "title": "Android, Chrome",
        "steps": [
            "Tap the three dots at the top.",
            "Choose Add to Home screen, then Install.",
            "Confirm with Install.",
        ],
        "note": "",
    },
    {
        "name": "samsung",
        "title": "Android, Samsung Internet",
        "steps": [
            "Tap the install mark in the address bar, an arrow that points down.",
            "If there is none, open the menu at the bottom and choose Add page to, then Home screen.",
            "Confirm with Install or Add.",
        ],
        "note": "",
    },
    {
        "name": "firefox-android",
        "title": "Android, Firefox",
        "steps": [
            "Tap the three dots.",
            "Choose Add app to Home screen. In some versions it is called Install.",
            "Confirm with Add.",
        ],
        "note": "",
    },
    {
        "name": "chrome",
        "title": "Computer, Chrome or Edge",
        "steps": [
            "Click the install mark at the end of the address bar.",
            "In Chrome, if there is none: open the menu and choose Cast, save and share, then Install.",
            "In Edge, if there is none: open the menu and choose Apps, then Install. Apps may be under More tools.",
            "Confirm with Install.",
        ],
        "note": "",
    },
    {
        "name": "mac",
        "title": "Mac, Safari",
        "steps": ["In the menu bar choose File, then Add to Dock.", "Confirm with Add."],
        "note": "This needs Safari 17 or newer. Sign in once in the app: it keeps a copy of its own.",
    },
    {
        "name": "firefox",
        "title": "Computer, Firefox",
        "steps": [],
        "note": "Firefox on a computer cannot install AIOS. In a tab it works without a network all the same: pin the "
        "tab, or make a bookmark. For a window of its own, open AIOS in Chrome, Edge or Safari.",
    },
]
"""For each browser: steps in order, and a note about what is different there."""
