"""What makes AIOS installable: the web app manifest (W3C), as `/manifest.webmanifest`.

Icons are drawn by tools/icons.py, pictures of the app by tools/screenshots.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, Response, get

if TYPE_CHECKING:
    from aios.modules import Module, Registry
    from aios.web.assets import Assets

BACKGROUND = "#0A0E1A"
PNG = "image/png"
SCREENSHOTS = (
    ("home-narrow.png", "780x1688", "narrow", "Home: what is due, and everything one tap away"),
    ("planner-narrow.png", "780x1688", "narrow", "Planner: tasks with priorities, projects and steps"),
    ("notebook-wide.png", "1280x800", "wide", "Notebook: notes in Markdown, linked to each other"),
)
"""File, size in pixels, where it is shown, and what it shows."""
_encode = msgspec.json.encode

AnyRequest = Request[Any, Any, Any]


@get("/manifest.webmanifest", sync_to_thread=False)
def manifest(request: AnyRequest) -> Response[bytes]:
    """The manifest, with a shortcut for each module that makes something."""
    state = request.app.state
    body = _encode(manifest_of(state.registry, state.assets))
    return Response(body, media_type="application/manifest+json")


def manifest_of(registry: Registry, assets: Assets) -> dict[str, Any]:
    """The members of the manifest; addresses of pictures are those of this build."""
    return {
        # An app is known by its id; a start address or a name that changes later leaves it the same app.
        "id": "/",
        "scope": "/",
        "start_url": "/",
        "name": "AIOS",
        "short_name": "AIOS",
        "description": "Notes, plans and people in one quiet place. Private, and whole without a network.",
        "lang": "en",
        "dir": "ltr",
        "categories": ["productivity", "lifestyle", "utilities"],
        "display": "standalone",
        "display_override": ["standalone", "minimal-ui"],
        "orientation": "any",
        "background_color": BACKGROUND,
        "theme_color": BACKGROUND,
        # A link or a shortcut is shown in the window that is open, which keeps its unsaved text (it asks first).
        "launch_handler": {"client_mode": ["navigate-existing", "auto"]},
        "icons": _icons(assets),
        "shortcuts": [_shortcut(module, assets) for module in registry.listed() if module.make],
        # Filled in and shown; only its button writes (Web Share Target, "GET").
        "share_target": {
            "action": "/capture",
            "method": "GET",
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
        "screenshots": [
            {
                "src": assets.url(f"screenshots/{name}"),
                "sizes": sizes,
                "type": PNG,
                "form_factor": form_factor,
                "label": label,
            }
            for name, sizes, form_factor, label in SCREENSHOTS
        ],
    }


def _icons(assets: Assets) -> list[dict[str, str]]:
    """Each purpose on its own: a maskable icon used as any other would have too much room around its mark."""
    return [
        {"src": assets.url("icons/favicon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        *(_icon(assets, f"icon-{size}", size, "any") for size in (192, 512)),
        *(_icon(assets, f"icon-maskable-{size}", size, "maskable") for size in (192, 512)),
        _icon(assets, "icon-monochrome-512", 512, "monochrome"),
    ]


def _icon(assets: Assets, name: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": assets.url(f"icons/{name}.png"), "sizes": f"{size}x{size}", "type": PNG, "purpose": purpose}


def _shortcut(module: Module, assets: Assets) -> dict[str, Any]:
    icon = _icon(assets, f"shortcut-{module.icon}", 96, "any")
    return {"name": module.make_label, "url": module.make, "description": module.summary, "icons": [icon]}
