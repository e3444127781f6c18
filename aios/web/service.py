"""What machines ask: health, status, the API document and the manifest."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, get

from aios.database import Sql, Statement
from aios.database.migrate import head
from aios.errors import AiosError, UnavailableError
from aios.records.clock import now_ms, to_wire
from aios.web.openapi import document

READY = Sql("SELECT version_num FROM alembic_version")
READY_TIMEOUT_S = 3
_encode = msgspec.json.encode

AnyRequest = Request[Any, Any, Any]


def _ok() -> dict[str, str]:
    return {"status": "ok", "timestamp": to_wire(now_ms())}


@get("/health/live", sync_to_thread=False)
def live() -> dict[str, str]:
    """Answer as long as the process can."""
    return _ok()


@get("/health/ready")
async def ready(request: AnyRequest) -> dict[str, str]:
    """Answer when the database does, with the schema of this version. Raises UnavailableError otherwise."""
    try:
        rows = await asyncio.wait_for(request.app.state.database.search(Statement(READY)), READY_TIMEOUT_S)
    except AiosError:
        raise
    except Exception as error:
        message = "The database does not answer."
        raise UnavailableError(message) from error
    if [row[0] for row in rows] != [head()]:
        message = "The database has the schema of another version. Run: aios migrate"
        raise UnavailableError(message)
    return _ok()


@get("/status", sync_to_thread=False)
def status() -> dict[str, str]:
    """Answer old health checks."""
    return _ok()


@get("/schema/openapi.json", sync_to_thread=False)
def openapi(request: AnyRequest) -> Response[bytes]:
    """The OpenAPI document."""
    state = request.app.state
    if not hasattr(state, "openapi"):
        state.openapi = _encode(document(state.registry))
    return Response(state.openapi, media_type="application/json")


@get("/schema")
async def api_page(request: AnyRequest) -> Response[bytes]:
    """The API, to read and to try."""
    answer: Response[bytes] = await request.app.state.pages.render(request, "shell/api.html", {"title": "API"})
    return answer


@get("/manifest.webmanifest", sync_to_thread=False)
def manifest(request: AnyRequest) -> Response[bytes]:
    """The web app manifest (W3C), with a shortcut for each module that makes something."""
    state = request.app.state
    icon = state.assets.url
    body = {
        "id": "/",
        "name": "AIOS",
        "short_name": "AIOS",
        "description": "Notes, plans and people in one quiet place.",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#0A0E1A",
        "theme_color": "#0A0E1A",
        "icons": [
            {"src": icon("icons/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": icon("icons/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": icon("icons/icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
        "shortcuts": [
            {"name": module.make_label, "url": module.make} for module in state.registry.listed() if module.make
        ],
    }
    return Response(_encode(body), media_type="application/manifest+json")


service_handlers = [live, ready, status, openapi, api_page, manifest]
