"""Pages for developers, mounted outside production only."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get

from aios.settings import Settings
from aios.tls import install_handlers

_SECRET = ("jwt_secret", "database_url", "redis_url", "sentry_dsn")
AnyRequest = Request[Any, Any, Any]


@get("/dev")
async def development(request: AnyRequest) -> Response[bytes]:
    """What runs here: settings, modules, routes."""
    state = request.app.state
    settings: Settings = state.settings
    rows = [
        [name, "(hidden)" if name in _SECRET and value else str(value)]
        for name, value in msgspec.structs.asdict(settings).items()
    ]
    modules = [
        [
            module.name,
            module.title,
            ", ".join(each.name for each in module.collections),
            str(len(module.pages)),
            str(len(module.actions)),
        ]
        for module in state.registry.modules.values()
    ]
    routes = sorted([route.path, " ".join(sorted(getattr(route, "methods", [])))] for route in request.app.routes)
    context: dict[str, Any] = {"title": "Development", "settings": rows, "modules": modules, "routes": routes}
    answer: Response[bytes] = await state.pages.render(request, "dev/index.html", context)
    return answer


@get("/dev/components")
async def components(request: AnyRequest) -> Response[bytes]:
    """Every macro in each state."""
    answer: Response[bytes] = await request.app.state.pages.render(
        request, "dev/components.html", {"title": "Components"}
    )
    return answer


development_handlers = [development, components, *install_handlers]
