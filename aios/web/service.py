"""What machines ask: health, status, the API document and the worker."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, get

from aios.accounts.forwarded import client_address, header, over_https, peer, proxies
from aios.database import Sql, Statement
from aios.database.migrate import head
from aios.doctor.asking import HEADER, may_ask
from aios.errors import AiosError, NotFoundError, UnavailableError
from aios.records.clock import now_ms, to_wire
from aios.settings import Settings
from aios.web.install import install_page
from aios.web.manifest import manifest
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
    """Answer when the database does, with the schema of this version. Raises UnavailableError otherwise.

    `degraded` says what does not work meanwhile, where requests can be taken all the same. A newer version may bring
    the schema further while this one still serves: revisions only add, until nobody needs what they leave out.
    """
    state = request.app.state
    if state.streams.leaving:
        message = "This process is stopping. Ask another one, or again in a moment."
        raise UnavailableError(message)
    try:
        rows = await asyncio.wait_for(state.database.search(Statement(READY)), READY_TIMEOUT_S)
    except AiosError:
        raise
    except Exception as error:
        message = "The database does not answer."
        raise UnavailableError(message) from error
    revision = rows[0][0] if rows else ""
    trouble: str = state.events.channel.trouble
    if revision == head():
        state.began_ready = True
    elif state.get("began_ready") and revision > head():
        trouble = f"A newer version has brought the database to revision {revision}. Replace this one soon."
    else:
        message = "The database has the schema of another version. Run: aios migrate"
        raise UnavailableError(message)
    return {**_ok(), "degraded": trouble} if trouble else _ok()


@get("/health/proxy", sync_to_thread=False, include_in_schema=False)
def proxy(request: AnyRequest) -> dict[str, str | bool]:
    """Tell `aios doctor` how its request reached this server. Raises NotFoundError for anybody else."""
    settings: Settings = request.app.state.settings
    if not may_ask(request.headers.get(HEADER, ""), settings.jwt_secret, now_ms() // 1000):
        message = "There is nothing here."
        raise NotFoundError(message)
    scope: Any = request.scope
    near = peer(scope)
    forwarded = bool(header(scope, b"x-forwarded-for") or header(scope, b"forwarded") or header(scope, b"via"))
    return {
        "https": over_https(scope, settings),
        "host": header(scope, b"host").lower(),
        "address": client_address(scope, settings),
        "peer": near,
        "trusted": proxies(settings.trusted_proxies).trust(near),
        "direct": scope.get("scheme") == "https" and not forwarded,
    }


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


@get("/sw.js", sync_to_thread=False, include_in_schema=False)
def worker(request: AnyRequest) -> Response[bytes]:
    """The service worker: always asked for again, since its text names the build."""
    return Response(
        request.app.state.device.worker(), media_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


service_handlers = [worker, manifest, install_page, live, ready, proxy, status, openapi, api_page]
