"""What the API document says of sync (docs/sync.md, "As built today")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.records.sync.release import FLOOR, LEAST_SCHEMA, MOST_MUTATIONS
from aios.records.sync.wire import MOST, MOST_IDS, MOST_PAGE, PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = dict[str, Any]
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID: Schema = {"type": "string", "pattern": f"^{_UUID}$"}
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": MOST}
_RELEASE: Schema = _COUNT | {"minimum": FLOOR}
_ACCOUNT = "019ab2c4-7d10-7c3e-9b54-6f1d2a8e4c01"
_CLIENT = "019ab2c4-6a00-7b11-8c22-3d4e5f607182"
_NOTE = "019ab2c5-1d2e-7f30-a141-526374859607"
_NOW = 1_795_507_327_512
_REJECT: Schema = {
    "type": "object",
    "required": ["mid", "code", "detail"],
    "properties": {"mid": _COUNT, "code": {"type": "string"}, "detail": {"type": "string"}},
}
_MUTATION: Schema = {
    "type": "object",
    "description": "One that cannot be read uses up its number and comes back among the rejects.",
    "required": ["mid"],
    "properties": {
        "mid": {"type": "integer", "minimum": 1, "maximum": MOST, "description": "1, 2, 3 … of this client"},
        "op": {"enum": ["create", "update", "delete", "restore"]},
        "collection": {"type": "string"},
        "id": _ID,
        "fields": {"type": ["object", "null"], "description": "What changes"},
        "bases": {"type": ["object", "null"], "description": "SHA-256 of each text as it was shown, by field"},
        "baseRev": {"type": ["integer", "null"], "description": "The revision that was seen"},
        "ms": {"type": ["integer", "null"], "description": "When it was done, by the device's clock"},
    },
}
_RECORD: Schema = {
    "type": "object",
    "required": ["id", "collection", "rev", "deleted", "body"],
    "properties": {
        "id": _ID,
        "collection": {"type": "string"},
        "rev": _COUNT,
        "deleted": {"type": ["integer", "null"], "description": "When, in ms"},
        "body": {"type": "object", "description": "As stored, without computed fields; empty once out of the trash"},
        "conflict": {"type": "boolean"},
        "stub": {"type": "object", "description": "Of a stub: length, words and start of each long text, by field"},
    },
}
_EXAMPLE_RECORD: Schema = {
    "id": _NOTE,
    "collection": "notes",
    "rev": 7,
    "deleted": None,
    "body": {"id": _NOTE, "title": "Foz library, roof notes"},
}


def sync_paths(problem: Callable[[int], Schema]) -> dict[str, Schema]:
    """The paths of sync; `problem` makes the answer of an error status."""
    refused = {str(status): problem(status) for status in (400, 409, 426)}
    resync = {"410": problem(410)}
    return {
        "/api/sync/push": {"post": _push({**refused, **resync})},
        "/api/sync/pull": {"get": _pull({**refused, **resync})},
        "/api/sync/records": {"get": _records(refused)},
        "/api/sync/events": {"get": _events(refused)},
    }


def _push(refused: Schema) -> Schema:
    sent = {
        "account": _ID,
        "client": _ID | {"description": "Minted by the device"},
        "epoch": {"type": ["string", "null"], "description": "null before the first pull"},
        "schema": _COUNT | {"minimum": LEAST_SCHEMA, "description": "Of these mutations"},
        "release": _RELEASE | {"description": "Of the device's code"},
        "now": {
            "type": "integer",
            "minimum": -MOST,
            "maximum": MOST,
            "description": "The device's clock in ms; an instant in wire form is taken too",
        },
        "waiting": _COUNT | {"description": "How many changes the device holds besides these; shown to its person"},
        "mutations": {"type": "array", "maxItems": MOST_MUTATIONS, "items": _MUTATION},
    }
    body: Schema = {
        "type": "object",
        "required": ["account", "client", "schema", "now", "mutations"],
        "properties": sent,
        "additionalProperties": False,
    }
    mutation = {"mid": 12, "op": "update", "collection": "notes", "id": _NOTE, "fields": {"isPinned": True}}
    example = {
        "account": _ACCOUNT,
        "client": _CLIENT,
        "epoch": "5f1c09aa",
        "schema": 1,
        "release": 1,
        "now": _NOW,
        "waiting": 0,
        "mutations": [{**mutation, "bases": {}, "baseRev": 6, "ms": _NOW - 1_000}],
    }
    answer = _answer(
        "How far it came",
        {
            "lastMid": _COUNT,
            "fresh": _COUNT,
            "rev": _COUNT,
            "epoch": {"type": "string"},
            "rejects": _list(_REJECT),
            "floor": _COUNT,
        },
        {"lastMid": 12, "fresh": 1, "rev": 7, "epoch": "5f1c09aa", "rejects": [], "floor": 1},
    )
    return _operation(
        "pushChanges",
        "Push what a device has written",
        f"Takes effect once, in order, in one transaction; at most {MOST_MUTATIONS} mutations and 1 MB.",
        {"200": answer, **refused},
        requestBody={"required": True, "content": {"application/json": {"schema": body, "example": example}}},
    )


def _pull(refused: Schema) -> Schema:
    properties = {
        "records": _list(_RECORD),
        "cursor": _COUNT,
        "more": {"type": "boolean"},
        "lastMid": _COUNT,
        "rejects": _list(_REJECT),
        "epoch": {"type": "string"},
        "now": {"type": "integer"},
        "floor": _COUNT,
    }
    example = {
        "records": [_EXAMPLE_RECORD],
        "cursor": 7,
        "more": False,
        "lastMid": 12,
        "rejects": [],
        "epoch": "5f1c09aa",
        "now": _NOW,
        "floor": 1,
    }
    first = {
        "boot": _COUNT,
        "before": _COUNT,
        "budgetLeft": _COUNT,
        "total": _COUNT,
        "restored": _COUNT,
        "known": {"type": "boolean"},
    }
    limit = {"type": "integer", "minimum": 1, "maximum": MOST}
    return _operation(
        "pullChanges",
        "Pull what changed",
        "The records that changed since `cursor`, as they are now. Without it, everything, newest first, page by page.",
        {"200": _answer("A page", properties, example, optional=first), **refused},
        parameters=[
            *_common(),
            _parameter("client", _ID, "Minted by the device", required=True),
            _parameter("epoch", {"type": "string"}, "As answered before"),
            _parameter("cursor", _COUNT, "As answered before; leave it out for the first sync"),
            _parameter("limit", limit, f"Records a page; {PAGE} unless told, {MOST_PAGE:,} in any case"),
            _parameter("ack", _COUNT, "Rejects up to this mid were received"),
            _parameter("budget", _COUNT, "First sync: bytes of bodies that the device has room for"),
            *(_parameter(name, _COUNT, "First sync: as answered with the page before") for name in list(first)[:4]),
        ],
    )


def _records(refused: Schema) -> Schema:
    ids = {"type": "string", "pattern": f"^{_UUID}(,{_UUID}){{0,{MOST_IDS - 1}}}$"}
    properties = {
        "records": _list(_RECORD),
        "epoch": {"type": "string"},
        "now": {"type": "integer"},
        "floor": _COUNT,
    }
    example = {"records": [_EXAMPLE_RECORD], "epoch": "5f1c09aa", "now": _NOW, "floor": 1}
    return _operation(
        "readWholeRecords",
        "Read records that a device keeps as stubs",
        "Whole bodies of the records with these ids; ids that are not there are left out.",
        {"200": _answer("The records", properties, example), **refused},
        parameters=[*_common(), _parameter("ids", ids, f"1 to {MOST_IDS}, with commas between them", required=True)],
    )


def _events(refused: Schema) -> Schema:
    stream = {"schema": {"type": "string"}, "example": 'data: {"rev":7}\n\n'}
    return _operation(
        "streamEvents",
        "Hear that something changed",
        "Server-sent events: the revision of the space, at once and whenever it is another one. A hint that may be "
        "lost: pull when it is above your cursor. A comment after 25 silent seconds; ends with the session, or when "
        "the server stops.",
        {"200": {"description": "The stream", "content": {"text/event-stream": stream}}, **refused},
        parameters=_common(),
    )


def _common() -> list[Schema]:
    return [
        _parameter("account", _ID, "Whose copy the device has; another than signed in is a 409", required=True),
        _parameter("release", _RELEASE, "Of the device's code"),
    ]


def _parameter(name: str, schema: Schema, description: str, *, required: bool = False) -> Schema:
    return {"name": name, "in": "query", "required": required, "schema": schema, "description": description}


def _operation(operation_id: str, summary: str, description: str, responses: Schema, **more: Any) -> Schema:  # noqa: ANN401
    return {
        "operationId": operation_id,
        "tags": ["sync"],
        "summary": summary,
        "description": description,
        "responses": responses,
        **more,
    }


def _answer(description: str, properties: Schema, example: Schema, *, optional: Schema | None = None) -> Schema:
    schema = {"type": "object", "required": list(properties), "properties": {**properties, **(optional or {})}}
    return {"description": description, "content": {"application/json": {"schema": schema, "example": example}}}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}
