"""The page of a record's former versions. They stay on the server, so it needs the network."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from aios.accounts.identity import Identity, require
from aios.accounts.service import Accounts
from aios.errors import NotFoundError
from aios.modules import Registry
from aios.records.clock import to_wire
from aios.records.collection import Collection
from aios.records.history import History, Version, difference, read_history
from aios.records.mutation import Mutation, Writer
from aios.web import when
from aios.web.pages import NOTHING, Pages, parse_form

AnyRequest = Request[Any, Any, Any]
PATH = "/history/{collection:str}/{record_id:str}"
KINDS = {
    "now": "As it is now",
    "current": "Replaced",
    "submitted": "As it was sent",
    "lost": "Gave way to a later edit",
}


@get(PATH, include_in_schema=False)
async def history_page(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> Response[bytes]:
    """List the versions of a record; one of them beside the text of today."""
    identity = require(request)
    found, history = await _find(request, identity, collection, record_id)
    wanted = request.query_params.get("version", "")
    chosen = next((each for each in history.versions if each.name == wanted), None)
    if chosen is None and history.versions:
        chosen = history.versions[0]
    devices = {device.id: device.name for device in await _accounts(request).devices(identity)}
    pages: Pages = request.app.state.pages
    query = await pages.query(request, identity)

    def entry(version: Version) -> dict[str, Any]:
        return {
            "href": f"?version={version.name}",
            "current": chosen is not None and version.name == chosen.name,
            "what": f"{KINDS[version.kind]}: {'text' if version.field in found.texts else _words(version.field)}",
            "when": when.moment(to_wire(version.at), query.zone, query.now),
            "device": devices.get(version.device, ""),
        }

    context = {
        "title": "Versions",
        "name": history.document.get("title") or history.document.get("name") or found.singular,
        "back": request.app.state.registry.place(found.name, record_id),
        "path": f"/history/{found.name}/{record_id}",
        "versions": [entry(version) for version in history.versions],
        "chosen": [] if chosen is None else [_compared(chosen, history, found) | entry(chosen)],
    }
    return await pages.render(request, "history.html", context)


@post(PATH, include_in_schema=False)
async def restore_version(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> Response[bytes]:
    """PUT: make a version the current one again. What is replaced by it is a version from then on."""
    identity = require(request)
    found, history = await _find(request, identity, collection, record_id)
    form = parse_form(await request.body())
    wanted = form.get("version", [""])[-1]
    version = next((each for each in history.versions if each.name == wanted), None)
    if version is None or not _restorable(version, history, found) or form.get("_method", [""])[-1] != "PUT":
        raise NotFoundError(NOTHING)
    writer = Writer(client=f"form:{identity.device_id}")
    mutation = Mutation(op="update", collection=found.name, id=record_id, fields={version.field: version.text})
    await request.app.state.writes.apply(identity.space_id, writer, (mutation,))
    location = request.app.state.registry.place(found.name, record_id)
    return Response(b"", status_code=303, headers={"Location": location})


history_pages: list[HTTPRouteHandler] = [history_page, restore_version]


async def _find(request: AnyRequest, identity: Identity, collection: str, record_id: str) -> tuple[Collection, History]:
    registry: Registry = request.app.state.registry
    found = registry.collections.get(collection)
    if found is None or not registry.place(collection, record_id):
        raise NotFoundError(NOTHING)
    history = await read_history(request.app.state.database, found, identity.space_id, record_id)
    if history is None:
        raise NotFoundError(NOTHING)
    return found, history


def _accounts(request: AnyRequest) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts


def _compared(version: Version, history: History, found: Collection) -> dict[str, Any]:
    now = history.texts.get(version.field)
    text = now.text if now is not None else str(history.document.get(version.field, ""))
    return {
        "lines": difference(version.text, text),
        "same": version.text == text,
        "restorable": _restorable(version, history, found) and version.text != text,
        "name": version.name,
    }


def _restorable(version: Version, history: History, found: Collection) -> bool:
    """Whether the version is a text that its field can take."""
    field = found.fields.get(version.field)
    return field is not None and field.writable and isinstance(history.document.get(version.field), str)


def _words(name: str) -> str:
    """A wire name as a person reads it: `bodyMarkdown` is `body markdown`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name.partition("/")[0])
