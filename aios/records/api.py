"""REST for every collection: one shape, no collection named here (docs/domain.md, "REST")."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, delete, get, patch, post, put, route
from litestar.enums import HttpMethod
from litestar.params import FromPath
from litestar.types import ASGIApp

from aios.accounts.identity import Identity, own, require
from aios.database import Database, Row, Statement
from aios.errors import FieldError, InvalidError, MethodNotAllowedError, NotFoundError
from aios.modules import Registry
from aios.records import statements as sql
from aios.records.apply import Applied
from aios.records.clock import from_wire, to_wire
from aios.records.collection import Collection, Document
from aios.records.computed import complete
from aios.records.create import Creator, given_id, read_object, record_etag, writer_of
from aios.records.ids import implied_id, is_id
from aios.records.mutation import Mutation
from aios.records.query import Condition, Query, Read
from aios.records.reads import select
from aios.records.text import normalise, sort_key
from aios.records.validate import REFUSED
from aios.web.answer import Answer

MOST = 10_000
"""Records in one answer. Without `limit` a list is whole up to here, as clients of the first backend expect."""
UNUSABLE = "Some parameters cannot be used."
NEVER = -1
"""A revision that is older than every record."""
_NUMBERS = {"limit": (1, MOST), "offset": (0, 999_999_999)}
"""The least and the most of a number; more is cut to the most."""
_DIGITS = re.compile(r"^[0-9]{1,9}\Z")
_NO_QUERY = Query(params={}, now="", zone="UTC", new_id="", day="", bounds={}, user="", space="", settings={})
_encode = msgspec.json.Encoder().encode

AnyRequest = Request[Any, Any, Any]


@get("/api/{collection:str}")
async def list_records(request: AnyRequest, collection: FromPath[str]) -> ASGIApp:
    """Answer the records of a collection, as stored: no decode, no encode."""
    identity, found = _entry(request, collection)
    etag = head_etag(request)
    if _known(request, etag):
        return Answer(b"", {"ETag": etag}, status=304)
    if found.single:
        return await _single(request, found, identity)
    wanted = _wanted(found, list(request.query_params.multi_items()))
    database: Database = request.app.state.database
    run = database.search if wanted.search else database.fetch
    rows = await run(select(identity.account_id, wanted, _NO_QUERY))
    total = len(rows) + wanted.offset
    if len(rows) == wanted.limit or (wanted.offset and not rows):
        counting = msgspec.structs.replace(wanted, count=True)
        total = (await run(select(identity.account_id, counting, _NO_QUERY)))[0][0]
    bodies = await complete(database, found, identity.account_id, [row[0] for row in rows])
    headers = {"ETag": etag, "X-Total-Count": str(total)}
    link = _link(request, wanted, total)
    if link:
        headers["Link"] = link
    own(request)["aios.cache"] = True
    return Answer(b"[" + b",".join(bodies) + b"]", headers)


@get("/api/{collection:str}/{record_id:str}")
async def read_record(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> ASGIApp:
    """Answer one record."""
    identity, found = _entry(request, collection)
    row = await _row(request, found, identity, given_id(record_id))
    return await _answer(request, found, row[0], row[1], 200)


@post("/api/{collection:str}")
async def create_record(request: AnyRequest, collection: FromPath[str]) -> ASGIApp:
    """Make a record, for requests that the front does not hand to the creator itself."""
    identity, found = _entry(request, collection)
    if found.single:
        message = f"There is one {found.singular} record, which exists. Change it with PUT."
        raise MethodNotAllowedError(message, allow=_methods(found))
    creator: Creator = request.app.state.creator
    return await creator.create(found, identity, own(request)["aios.session"], request.receive)


@put("/api/{collection:str}/{record_id:str}")
async def replace_record(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> ASGIApp:
    """Change the fields sent, as the first backend's PUT did; the others keep their values."""
    return await _change(request, collection, record_id)


@patch("/api/{collection:str}/{record_id:str}")
async def update_record(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> ASGIApp:
    """Change the fields sent."""
    return await _change(request, collection, record_id)


@delete("/api/{collection:str}/{record_id:str}", status_code=204)
async def delete_record(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> None:
    """Move a record to the trash, from where it can be restored for 30 days."""
    identity, found = _entry(request, collection)
    base_rev = _base_rev(request, identity)
    mutation = Mutation(op="delete", collection=found.name, id=given_id(record_id), base_rev=base_rev)
    outcome = (await _apply(request, identity, mutation)).outcomes[0]
    if outcome.effect == "same":
        raise NotFoundError(_nothing(found))


@put("/api/{collection:str}")
async def replace_single(request: AnyRequest, collection: FromPath[str]) -> ASGIApp:
    """Change the one record of a collection that has one a person: the settings."""
    identity, found = _entry(request, collection)
    if not found.single:
        message = f"PUT needs an id: /api/{found.name}/{{id}}."
        raise MethodNotAllowedError(message, allow=_methods(found))
    sent = await read_object(request.receive)
    sent.pop("id", None)
    writer = writer_of(identity)
    base_rev = _base_rev(request, identity)
    outcome = await request.app.state.writes.save_single(identity.account_id, writer, found.name, sent, base_rev)
    return await _answer(request, found, outcome.body, outcome.rev, 200)


@route("/api/{collection:str}", http_method=[HttpMethod.OPTIONS], status_code=204)
async def list_methods(request: AnyRequest, collection: FromPath[str]) -> Response[None]:
    """Say what can be done with a collection (RFC 9110, 9.3.7)."""
    _, found = _entry(request, collection)
    return Response(None, status_code=204, headers={"Allow": _methods(found)})


@route("/api/{collection:str}/{record_id:str}", http_method=[HttpMethod.OPTIONS], status_code=204)
async def record_methods(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> Response[None]:
    """Say what can be done with a record."""
    _entry(request, collection)
    given_id(record_id)
    return Response(None, status_code=204, headers={"Allow": "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"})


async def _change(request: AnyRequest, collection: str, record_id: str) -> ASGIApp:
    identity, found = _entry(request, collection)
    sent = await read_object(request.receive)
    if sent.pop("id", record_id) != record_id:
        raise InvalidError(REFUSED, (FieldError("id", "The id of a record cannot change."),))
    mutation = Mutation(
        op="update", collection=found.name, id=given_id(record_id), fields=sent, base_rev=_base_rev(request, identity)
    )
    outcome = (await _apply(request, identity, mutation)).outcomes[0]
    return await _answer(request, found, outcome.body, outcome.rev, 200)


def _methods(found: Collection) -> str:
    return "GET, HEAD, PUT, OPTIONS" if found.single else "GET, HEAD, POST, OPTIONS"


def _entry(request: AnyRequest, name: str) -> tuple[Identity, Collection]:
    """Who asks, and for which collection. Raises UnauthenticatedError before telling what exists."""
    identity = require(request)
    registry: Registry = request.app.state.registry
    found = registry.collections.get(name)
    if found is None:
        message = f"There is nothing at /api/{name}."
        raise NotFoundError(message)
    return identity, found


def head_etag(request: AnyRequest) -> str:
    """`"{account}.{epoch}.{rev}"` of the space, read from the database for this request."""
    identity = require(request)
    epoch, rev = own(request)["aios.session"]
    return f'"{identity.account_id}.{epoch}.{rev}"'


def _known(request: AnyRequest, etag: str) -> bool:
    """Whether the client has this answer already, so that none need be made; front.py would find it too."""
    return etag in request.headers.get("if-none-match", "")


def _base_rev(request: AnyRequest, identity: Identity) -> int | None:
    """The revision that `If-Match` names, None without one, and NEVER for a tag that is not ours."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    epoch: str = own(request)["aios.session"][0]
    ours = re.compile(rf'"{re.escape(identity.account_id)}\.{re.escape(epoch)}\.(\d{{1,18}})"')
    revisions = [int(revision) for revision in ours.findall(given)]
    return max(revisions, default=NEVER)


async def _apply(request: AnyRequest, identity: Identity, mutation: Mutation) -> Applied:
    applied: Applied = await request.app.state.writes.apply(identity.account_id, writer_of(identity), (mutation,))
    return applied


async def _row(request: AnyRequest, found: Collection, identity: Identity, record_id: str) -> Row:
    database: Database = request.app.state.database
    rows = await database.fetch(Statement(sql.ONE, (identity.account_id, record_id, found.name)))
    if not rows:
        raise NotFoundError(_nothing(found))
    return rows[0]


def _nothing(found: Collection) -> str:
    return f"There is no {found.singular} with this id."


async def _single(request: AnyRequest, found: Collection, identity: Identity) -> ASGIApp:
    """The single record, or its defaults while it was never saved."""
    record_id = implied_id(identity.account_id, found.name, found.name)
    try:
        row = await _row(request, found, identity, record_id)
    except NotFoundError:
        body = _encode(default_document(found, record_id))
        return Answer(body, {"ETag": head_etag(request)})
    return await _answer(request, found, row[0], row[1], 200)


def default_document(found: Collection, record_id: str) -> Document:
    """A record of nothing but defaults, as if saved at the epoch."""
    at = to_wire(0)
    document = {name: found.fields[name].default() for name in found.stored}
    return {**document, "id": record_id, "createdAt": at, "updatedAt": at}


async def _answer(request: AnyRequest, found: Collection, body: bytes, rev: int, status: int) -> Answer:
    """One record with its ETag."""
    identity = require(request)
    tag = record_etag(found, identity, own(request)["aios.session"], rev)
    if request.method == "GET" and _known(request, tag):
        return Answer(b"", {"ETag": tag}, status=304)
    bodies = await complete(request.app.state.database, found, identity.account_id, [body])
    return Answer(bodies[0], {"ETag": tag}, status=status)


def _wanted(found: Collection, params: list[tuple[str, str]]) -> Read:
    """The Read that the query parameters ask for. Raises InvalidError naming every one that cannot be used."""
    errors: list[FieldError] = []
    where: list[Condition] = []
    wanted: dict[str, Any] = {"collection": found.name, "descending": True, "limit": MOST}
    for name, given in params:
        value = normalise(given)
        if name in _NUMBERS:
            wanted[name] = _number(name, value, errors)
        elif name == "sort":
            wanted |= _sort(found, value, errors)
        elif name == "q" and found.searchable:
            wanted["search"] = value or None
        elif name in found.filters:
            where.append(_condition(found, name, value, errors))
        else:
            known = ", ".join([*found.filters, *(["q"] if found.searchable else []), "sort", "limit", "offset"])
            errors.append(FieldError(name, f"There is no such parameter. Use {known}."))
    if errors:
        raise InvalidError(UNUSABLE, tuple(errors))
    return Read(**wanted, where=tuple(where))


def _number(name: str, value: str, errors: list[FieldError]) -> int:
    least, most = _NUMBERS[name]
    if not _DIGITS.match(value) or int(value) < least:
        errors.append(FieldError(name, f"{name} must be a whole number of {least} or more."))
        return least
    return min(int(value), most)


def _sort(found: Collection, value: str, errors: list[FieldError]) -> dict[str, Any]:
    index = found.sorts.get(value.removeprefix("-"))
    if index is None:
        errors.append(FieldError("sort", f"Sort by one of {', '.join(found.sorts)}; a leading - turns it round."))
        return {}
    return {"index": index, "descending": value.startswith("-")}


def _condition(found: Collection, name: str, value: str, errors: list[FieldError]) -> Condition:
    declared, key = found.filters[name], value
    if declared.type == "boolean":
        if value not in {"true", "false"}:
            errors.append(FieldError(name, "Write true or false."))
        return Condition(declared.index, ("1",), negate=value == "false", rare=True)
    if declared.type == "id" and not is_id(value):
        errors.append(FieldError(name, "An id must be a UUID in lower case."))
    elif declared.type == "instant":
        try:
            key = to_wire(from_wire(value))
        except (ValueError, OverflowError):
            errors.append(FieldError(name, "Write an instant like 2026-01-16T09:30:00.000Z."))
    index = found.indexes[declared.index]
    if index.fold:
        key = sort_key(key)
    rare = index.multiple or declared.type == "id"
    return Condition(declared.index, (key,), kind=declared.kind, rare=rare)


def _link(request: AnyRequest, wanted: Read, total: int) -> str:
    """The `Link` header (RFC 8288) to the pages around this one."""
    if wanted.offset == 0 and total <= wanted.limit:
        return ""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in {"limit", "offset"}]
    links: list[str] = []
    for relation, offset in (("prev", wanted.offset - wanted.limit), ("next", wanted.offset + wanted.limit)):
        before_start = relation == "prev" and wanted.offset == 0
        if not before_start and offset < total:
            query = urlencode([*kept, ("limit", wanted.limit), ("offset", max(offset, 0))])
            links.append(f'<{request.url.path}?{query}>; rel="{relation}"')
    return ", ".join(links)


record_handlers = [
    # First, so that Litestar makes no OPTIONS handlers of its own, which would know only a path's first method.
    list_methods,
    record_methods,
    list_records,
    create_record,
    replace_single,
    read_record,
    replace_record,
    update_record,
    delete_record,
]
