"""Settings, Import and export: a file goes in by a form, a job reads it, and a page tells how far it is.

They need the server, so they are no module's pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from aios.accounts.identity import Identity, require
from aios.errors import InvalidError, NotFoundError
from aios.modules import Registry
from aios.port.give import export, file_name
from aios.port.receive import FIELD, MOST_SENT, PATH, receive
from aios.port.uploads import Shown, find, recent
from aios.records.clock import to_wire
from aios.web import when
from aios.web.pages import NOTHING, PARTIAL, Pages

if TYPE_CHECKING:
    from aios.port.bring import Report
    from aios.records.query import Query

AnyRequest = Request[Any, Any, Any]
_EFFECTS = (
    ("created", "new"),
    ("updated", "brought up to date"),
    ("restored", "back from the trash"),
    ("same", "here already"),
)
_TONES = (
    ("skipped", "Not brought in", "circle-alert"),
    ("kept", "Left as it is here", "undo-2"),
    ("changed", "Not quite as it was", "info"),
    ("noted", "To know", "info"),
)
_STATES = {"waiting": "Waiting", "running": "Coming in", "done": "Done", "failed": "Not finished"}


@get(PATH, include_in_schema=False)
async def port_page(request: AnyRequest) -> Response[bytes]:
    """Say what can come in, take it, show what came lately, and offer everything to take along."""
    return await _show(request, require(request))


@post(PATH, include_in_schema=False, request_max_body_size=MOST_SENT)
async def send(request: AnyRequest) -> Response[bytes]:
    """Take a file, then lead to the page that tells what becomes of it."""
    identity = require(request)
    try:
        upload_id = await receive(request, identity.account_id)
    except InvalidError as error:
        return await _show(request, identity, error)
    return Response(b"", status_code=303, headers={"Location": f"{PATH}/{upload_id}"})


@get(f"{PATH}/{{upload_id:str}}", include_in_schema=False)
async def progress_page(request: AnyRequest, upload_id: FromPath[str]) -> Response[bytes]:
    """Show how far an import is, and in the end what became of it."""
    identity = require(request)
    shown = await find(request.app.state.database, identity.account_id, upload_id)
    if shown is None:
        raise NotFoundError(NOTHING)
    pages: Pages = request.app.state.pages
    query = await pages.query(request, identity)
    registry: Registry = request.app.state.registry
    context = {"title": "Import", "bringing": _told(shown, query, registry)}
    fragment = "progress" if request.headers.get("hx-request-type") == PARTIAL else ""
    return await pages.render(request, "port/progress.html", context, fragment=fragment)


@get("/settings/export.zip", include_in_schema=False)
async def export_file(request: AnyRequest) -> Stream:
    """Everything of a person, as it is made."""
    identity = require(request)
    state = request.app.state
    pieces = export(state.database, state.registry, identity.space_id, identity.username)
    name = file_name(identity.username)
    plain = name if name.isascii() else "aios.zip"
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
    }
    return Stream(pieces, media_type="application/zip", headers=headers)


port_pages: list[HTTPRouteHandler] = [port_page, send, progress_page, export_file]


async def _show(request: AnyRequest, identity: Identity, error: InvalidError | None = None) -> Response[bytes]:
    pages: Pages = request.app.state.pages
    registry: Registry = request.app.state.registry
    query = await pages.query(request, identity)
    lately = await recent(request.app.state.database, identity.account_id)
    problem = "" if error is None else (error.errors[0].message if error.errors else error.detail)
    context: dict[str, Any] = {
        "title": "Import and export",
        "kinds": [
            {"title": module.title, "icon": module.icon, "takes": importer.takes, "more": importer.more}
            for module in registry.listed()
            for importer in module.importers
        ],
        "recent": [_row(shown, query) for shown in lately],
        "error": problem,
        "field": FIELD,
    }
    return await pages.render(request, "port/port.html", context, 200 if error is None else 422)


def _row(shown: Shown, query: Query) -> dict[str, Any]:
    return {
        "href": f"{PATH}/{shown.id}",
        "name": shown.name,
        "state": _STATES[shown.state],
        "tone": {"done": "good", "failed": "bad"}.get(shown.state, ""),
        "when": when.moment(to_wire(shown.created_at), query.zone, query.now),
        "what": _summary(shown.report),
    }


def _told(shown: Shown, query: Query, registry: Registry) -> dict[str, Any]:
    report = shown.report
    return {
        **_row(shown, query),
        "path": f"{PATH}/{shown.id}",
        "ended": shown.ended,
        "format": report.format,
        "percent": min(100, 100 * report.seen // report.total) if report.total else 0,
        "seen": report.seen,
        "stopped": report.stopped,
        "counts": [
            {
                "title": module.title,
                "icon": module.icon,
                "href": f"/{module.name}",
                "name": collection.name.capitalize(),
                "what": ", ".join(f"{counted[effect]:,} {word}" for effect, word in _EFFECTS if counted.get(effect)),
            }
            for module in registry.modules.values()
            for collection in module.collections
            if (counted := report.counts.get(collection.name))
        ],
        "remarks": [
            {
                "id": tone,
                "title": title,
                "icon": icon,
                "count": report.told[tone],
                "more": report.told[tone] - len(found),
                "rows": [{"where": each.where, "reason": each.reason} for each in found],
            }
            for tone, title, icon in _TONES
            if (found := report.having(tone))
        ],
    }


def _summary(report: Report) -> str:
    numbers = [f"{many:,} {word}" for effect, word in _EFFECTS if (many := report.number(effect))]  # type: ignore[arg-type]
    left = report.told.get("skipped", 0)
    return ", ".join([*numbers, *([f"{left:,} not brought in"] if left else [])])
