"""REST for every collection: one shape, no collection named here (docs/domain.md, "REST")."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, delete, get, patch, post, put
from litestar.params import FromPath

from aios.accounts.identity import Identity, require
from aios.database import Database, Row, Statement
from aios.errors import ConflictError, FieldError, InvalidError, NotFoundError, PreconditionError
from aios.modules import Registry
from aios.records import statements as sql
from aios.records.apply import Applied, Outcome
from aios.records.clock import from_wire, to_wire
from aios.records.collection import Collection, Document, Filter
from aios.records.ids import implied_id, is_id, new_id
from aios.records.mutation import Mutation, Writer
from aios.records.query import Condition, Query, Read
from aios.records.reads import select
from aios.records.validate import REFUSED

MOST = 10_000
"""Records in one answer. Without `limit` a list is whole up to here, as clients of the first backend expect."""
JSON = "application/json"
_NO_QUERY = Query(params={}, now="", zone="UTC", new_id="", day="", bounds={}, user="", space="", settings={})
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode

AnyRequest = Request[Any, Any, Any]


@get("/api/{collection:str}")
async def list_records(request: AnyRequest, collection: FromPath[str]) -> Response[bytes]:
    """Answer the records of a collection, as stored: no decode, no encode."""
    identity, found = _entry(request, collection)
    etag = head_etag(request)
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers={"ETag": etag})
    if found.single:
        return await _single(request, found, identity)
    wanted = _wanted(found, request.query_params.multi_items())
    database: Database = request.app.state.database
    run = database.search if wanted.search else database.fetch
    rows = await run(select(identity.account_id, wanted, _NO_QUERY))
    total = len(rows) + wanted.offset
    if len(rows) == wanted.limit or (wanted.offset and not rows):
        counting = msgspec.structs.replace(wanted, count=True)
        total = (await run(select(identity.account_id, counting, _NO_QUERY)))[0][0]
    bodies = await _complete(request, found, identity.account_id, [row[0] for row in rows])
    headers = {"ETag": etag, "X-Total-Count": str(total)}
    link = _link(request, wanted, total)
    if link:
        headers["Link"] = link
    request.scope["aios.cache"] = True  # type: ignore[typeddict-unknown-key]
    return Response(b"[" + b",".join(bodies) + b"]", media_type=JSON, headers=headers)


@get("/api/{collection:str}/{record_id:str}")
async def read_record(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> Response[bytes]:
    """Answer one record."""
    identity, found = _entry(request, collection)
    row = await _row(request, found, identity, _id(record_id))
    return await _answer(request, found, row[0], row[1], 200)


@post("/api/{collection:str}")
async def create_record(request: AnyRequest, collection: FromPath[str]) -> Response[bytes]:
    """Make a record. The id may come from the client, which makes a repeated call harmless."""
    identity, found = _entry(request, collection)
    if found.single:
        message = f"There is one {found.singular} record, which exists. Change it with PUT."
        raise ConflictError(message)
    sent = await _object(request)
    given = sent.pop("id", None)
    record_id = new_id() if given is None else _id(given)
    mutation = Mutation(op="create", collection=found.name, id=record_id, fields=sent)
    outcome = (await _apply(request, identity, mutation)).outcomes[0]
    status = 201 if outcome.effect == "created" else 200
    response = await _answer(request, found, outcome.body, outcome.rev, status)
    if status == 201:
        response.headers["Location"] = f"/api/{found.name}/{record_id}"
    return response


async def _change(request: AnyRequest, collection: str, record_id: str) -> Response[bytes]:
    identity, found = _entry(request, collection)
    sent = await _object(request)
    if sent.pop("id", record_id) != record_id:
        raise InvalidError(REFUSED, (FieldError("id", "The id of a record cannot change."),))
    mutation = Mutation(
        op="update", collection=found.name, id=_id(record_id), fields=sent, base_rev=_base_rev(request, identity)
    )
    outcome = (await _apply(request, identity, mutation)).outcomes[0]
    return await _answer(request, found, outcome.body, outcome.rev, 200)


@put("/api/{collection:str}/{record_id:str}")
async def replace_record(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> Response[bytes]:
    """Change the fields sent, as the first backend's PUT did; the others keep their values."""
    return await _change(request, collection, record_id)


@patch("/api/{collection:str}/{record_id:str}")
async def update_record(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> Response[bytes]:
    """Change the fields sent."""
    return await _change(request, collection, record_id)


@delete("/api/{collection:str}/{record_id:str}", status_code=204)
async def delete_record(request: AnyRequest, collection: FromPath[str], record_id: FromPath[str]) -> None:
    """Move a record to the trash, from where it can be restored for 30 days."""
    identity, found = _entry(request, collection)
    base_rev = _base_rev(request, identity)
    mutation = Mutation(op="delete", collection=found.name, id=_id(record_id), base_rev=base_rev)
    outcome = (await _apply(request, identity, mutation)).outcomes[0]
    if outcome.effect == "same":
        raise NotFoundError(_nothing(found))


@put("/api/{collection:str}")
async def replace_single(request: AnyRequest, collection: FromPath[str]) -> Response[bytes]:
    """Change the one record of a collection that has one a person: the settings."""
    identity, found = _entry(request, collection)
    if not found.single:
        message = f"PUT needs an id: /api/{found.name}/{{id}}."
        raise NotFoundError(message)
    sent = await _object(request)
    sent.pop("id", None)
    outcome = await save_single(request, found, identity, sent, _base_rev(request, identity))
    return await _answer(request, found, outcome.body, outcome.rev, 200)


async def save_single(
    request: AnyRequest, found: Collection, identity: Identity, fields: Document, base_rev: int | None = None
) -> Outcome:
    """Set fields of a single record, making it where it is missing."""
    record_id = implied_id(identity.account_id, found.name, found.name)
    op = cast("Any", {"collection": found.name, "id": record_id, "fields": fields})
    try:
        return (await _apply(request, identity, Mutation(op="update", base_rev=base_rev, **op))).outcomes[0]
    except NotFoundError:
        return (await _apply(request, identity, Mutation(op="create", **op))).outcomes[0]


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
    identity: Identity = request.scope["aios.identity"]  # type: ignore[typeddict-item]
    epoch, rev = request.scope["aios.session"]  # type: ignore[typeddict-item]
    return f'"{identity.account_id}.{epoch}.{rev}"'


def _base_rev(request: AnyRequest, identity: Identity) -> int | None:
    """The revision that `If-Match` names, or None. Raises PreconditionError for a tag that is not ours."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    epoch = request.scope["aios.session"][0]  # type: ignore[typeddict-item]
    known = [tag.strip().removeprefix("W/").strip('"').split(".") for tag in given.split(",")]
    revisions = [
        int(parts[2])
        for parts in known
        if len(parts) == 3 and parts[:2] == [identity.account_id, epoch] and parts[2].isdecimal() and len(parts[2]) < 19
    ]
    if not revisions:
        message = "If-Match names no revision of this record. Read it again, then repeat your change."
        raise PreconditionError(message)
    return max(revisions)


def _id(given: object) -> str:
    if not isinstance(given, str) or not is_id(given):
        raise InvalidError("The id is malformed.", (FieldError("id", "An id must be a UUID in lower case."),))
    return given


async def _object(request: AnyRequest) -> Document:
    """The JSON object of the body. Raises InvalidError."""
    body = await request.body()
    try:
        sent = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"The body is not valid JSON: {error}."
        raise InvalidError(message) from error
    if not isinstance(sent, dict):
        message = "The body must be a JSON object."
        raise InvalidError(message)
    return sent


async def _apply(request: AnyRequest, identity: Identity, mutation: Mutation) -> Applied:
    writer = Writer(client=f"rest:{identity.device_id}", lenient=True)
    applied: Applied = await request.app.state.writes.apply(identity.account_id, writer, (mutation,))
    return applied


async def _row(request: AnyRequest, found: Collection, identity: Identity, record_id: str) -> Row:
    database: Database = request.app.state.database
    rows = await database.fetch(Statement(sql.ONE, (identity.account_id, record_id, found.name)))
    if not rows:
        raise NotFoundError(_nothing(found))
    return rows[0]


def _nothing(found: Collection) -> str:
    return f"There is no {found.singular} with this id."


async def _single(request: AnyRequest, found: Collection, identity: Identity) -> Response[bytes]:
    """The single record, or its defaults while it was never saved."""
    record_id = implied_id(identity.account_id, found.name, found.name)
    try:
        row = await _row(request, found, identity, record_id)
    except NotFoundError:
        body = _encode(default_document(found, record_id))
        return Response(body, media_type=JSON, headers={"ETag": head_etag(request)})
    return await _answer(request, found, row[0], row[1], 200)


def default_document(found: Collection, record_id: str) -> Document:
    """A record of nothing but defaults, as if saved at the epoch."""
    at = to_wire(0)
    document = {name: found.fields[name].default() for name in found.stored}
    return {**document, "id": record_id, "createdAt": at, "updatedAt": at}


async def _answer(request: AnyRequest, found: Collection, body: bytes, rev: int, status: int) -> Response[bytes]:
    """One record with its ETag; a computed record changes with others, so its tag is the head's."""
    identity: Identity = request.scope["aios.identity"]  # type: ignore[typeddict-item]
    epoch, head = request.scope["aios.session"]  # type: ignore[typeddict-item]
    tag = f'"{identity.account_id}.{epoch}.{max(rev, head) if found.reverse else rev}"'
    if request.method == "GET" and request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers={"ETag": tag})
    complete = await _complete(request, found, identity.account_id, [body])
    return Response(complete[0], status_code=status, media_type=JSON, headers={"ETag": tag})


async def _complete(request: AnyRequest, found: Collection, space_id: str, bodies: list[bytes]) -> list[bytes]:
    """Splice the computed fields into stored bodies."""
    for field, (other, index) in found.reverse.items():
        if not bodies:
            break
        ids = [_decode(body)["id"] for body in bodies]
        database: Database = request.app.state.database
        rows = await database.fetch(Statement(sql.REVERSE, (space_id, other, index, _encode(ids).decode())))
        related: dict[str, list[str]] = {}
        for key, record_id in rows:
            related.setdefault(key, []).append(record_id)
        name = _encode(field)
        bodies = [
            body[:-1] + b"," + name + b":" + _encode(related.get(record_id, [])) + b"}"
            for body, record_id in zip(bodies, ids, strict=True)
        ]
    return bodies


def _wanted(found: Collection, params: list[tuple[str, str]]) -> Read:
    """The Read that the query parameters ask for. Raises InvalidError naming every one that cannot be used."""
    errors: list[FieldError] = []
    where: list[Condition] = []
    index, descending, limit, offset, search = "updated", True, MOST, 0, None
    for name, value in params:
        if name in {"limit", "offset"}:
            low = 1 if name == "limit" else 0
            if not (value.isascii() and value.isdecimal()) or len(value) > 9 or int(value) < low:
                errors.append(FieldError(name, f"{name} must be a whole number of {low} or more."))
            elif name == "limit":
                limit = min(int(value), MOST)
            else:
                offset = int(value)
        elif name == "sort":
            key = value.removeprefix("-")
            if key not in found.sorts:
                errors.append(FieldError("sort", f"Sort by one of {', '.join(found.sorts)}; a leading - turns it round."))
            else:
                index, descending = found.sorts[key], value.startswith("-")
        elif name == "q" and found.searchable:
            search = value or None
        elif name in found.filters:
            condition = _condition(found.filters[name], name, value, errors)
            if condition is not None:
                where.append(condition)
        else:
            known = ", ".join([*found.filters, *(["q"] if found.searchable else []), "sort", "limit", "offset"])
            errors.append(FieldError(name, f"There is no such parameter. Use {known}."))
    if errors:
        raise InvalidError("Some parameters cannot be used.", tuple(errors))
    return Read(
        collection=found.name, index=index, descending=descending, where=tuple(where), search=search, limit=limit, offset=offset
    )


def _condition(declared: Filter, name: str, value: str, errors: list[FieldError]) -> Condition | None:
    key = value
    if declared.type == "boolean":
        if value not in {"true", "false"}:
            errors.append(FieldError(name, "Write true or false."))
        key = "1" if value == "true" else "0"
    elif declared.type == "id" and not is_id(value):
        errors.append(FieldError(name, "An id must be a UUID in lower case."))
    elif declared.type == "instant":
        try:
            key = to_wire(from_wire(value))
        except (ValueError, OverflowError):
            errors.append(FieldError(name, "Write an instant like 2026-01-16T09:30:00.000Z."))
    return Condition(declared.index, (key,), kind=declared.kind)


def _link(request: AnyRequest, wanted: Read, total: int) -> str:
    """The `Link` header (RFC 8288) to the pages around this one."""
    if wanted.limit >= MOST and total <= MOST:
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
    list_records, read_record, create_record, replace_record, update_record, delete_record, replace_single,
]  # fmt: skip
