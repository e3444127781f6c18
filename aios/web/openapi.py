"""The OpenAPI document, made from the registry: what the records core does for every collection, said for each.

Litestar's own generator describes handlers; here five handlers serve every collection, so the collections
are what must be described. A test holds the document and the routes together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from aios import __version__
from aios.accounts.credentials import PASSWORD_LENGTHS, USERNAME_PATTERN
from aios.records.sync.described import sync_paths

if TYPE_CHECKING:
    from aios.modules import Registry
    from aios.records.collection import Collection, Filter

Schema = dict[str, Any]

ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"}
_FILTER_SCHEMAS: dict[str, Schema] = {
    "text": {"type": "string"},
    "boolean": {"type": "string", "enum": ["true", "false"]},
    "id": ID,
    "instant": {"type": "string", "format": "date-time"},
}
PROBLEM: Schema = {
    "type": "object",
    "required": ["status", "detail", "message", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person."},
        "message": {"type": "string", "description": "The same sentence, for clients of the first backend."},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Every refused field.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
MATCH = "With `If-Match: <ETag>`, an answer from before, it is refused with 412 if the record has changed since."
_STATUS = {
    400: "Something sent cannot be used; `errors` names each field.",
    401: "Not signed in, or no longer.",
    403: "The request came from another site.",
    404: "Nothing here, or it is somebody else's.",
    409: "The id is taken, or the record was deleted; `code` says what is the matter.",
    410: "`resync`: what the device has no longer leads to the present; it has to read everything again.",
    412: "`If-Match` names a revision that is no longer current.",
    413: "The body is larger than 1 MB.",
    426: "The app on the device is too old; `min` is the oldest that is taken.",
    429: "Too many tries; `Retry-After` says when.",
    503: "The database did not keep it; try again.",
}


def document(registry: Registry) -> Schema:
    """The whole document, ready to be encoded."""
    structs = [collection.struct for collection in registry.collections.values()]
    _, components = msgspec.json.schema_components(structs, ref_template="#/components/schemas/{name}")
    schemas: dict[str, Schema] = {"Problem": PROBLEM, **components}
    paths: dict[str, Schema] = _account_paths()
    for collection in registry.collections.values():
        name = collection.struct.__name__
        schemas[name] = _record(collection, schemas[name])
        schemas[f"{name}Create"] = _input(collection, schemas[name], creating=True)
        schemas[f"{name}Change"] = _input(collection, schemas[name], creating=False)
        paths |= _single_paths(collection) if collection.single else _paths(collection)
    paths |= sync_paths(problem_answer)
    paths |= _service_paths()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AIOS",
            "version": __version__,
            "description": "Notes, tasks and the rest of a life. JSON is camelCase, times are RFC 3339 in UTC.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {path: _finish(item) for path, item in paths.items()},
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"bearer": []}],
    }


def _finish(item: Schema) -> Schema:
    """Add the answers that any operation can give."""
    for method, operation in item.items():
        if method == "parameters":
            continue
        answers = operation["responses"]
        common = [503]
        if operation.get("security") != []:
            common.append(401)
        if method != "get":
            common += [400, 403, 413]
        for status in common:
            answers.setdefault(str(status), problem_answer(status))
        operation["responses"] = dict(sorted(answers.items()))
    return item


def problem_answer(status: int) -> Schema:
    """The answer object of an error status."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _STATUS[status], "content": {"application/problem+json": {"schema": schema}}}


def _record(collection: Collection, schema: Schema) -> Schema:
    """What is answered: every field present, instants and ids marked."""
    properties: Schema = {}
    for name, each in schema["properties"].items():
        property_schema: Schema = {key: value for key, value in each.items() if key != "default"}
        field = collection.fields[name]
        if not field.writable:
            property_schema["readOnly"] = True
        if field.trait.description:
            property_schema["description"] = field.trait.description
        if name in {"createdAt", "updatedAt"}:
            property_schema["format"] = "date-time"
        properties[name] = ID | {"readOnly": True} if name == "id" else property_schema
    return {"title": schema["title"], "type": "object", "properties": properties, "required": list(properties)}


def _input(collection: Collection, schema: Schema, *, creating: bool) -> Schema:
    """What may be sent. Read-only fields that are sent back are ignored, so they are named but not asked for."""
    properties = {name: each for name, each in schema["properties"].items() if not each.get("readOnly")}
    properties["id"] = dict(ID)
    if not creating:
        properties["id"]["readOnly"] = True
    required = [field.name for field in collection.fields.values() if field.required and field.writable]
    result: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if creating and required:
        result["required"] = required
    return result


def _paths(collection: Collection) -> dict[str, Schema]:
    name, one, many = collection.struct.__name__, collection.singular, collection.name
    record = {"$ref": f"#/components/schemas/{name}"}
    example = collection.example
    identifier = {"name": "id", "in": "path", "required": True, "schema": ID, "description": f"Id of the {one}"}
    known = {
        "name": "If-None-Match",
        "in": "header",
        "schema": {"type": "string"},
        "description": "An `ETag` that was answered before: 304 if nothing changed.",
    }
    answer = _json(f"The {one}", record, example, etag=True)
    change = {key: value for key, value in example.items() if collection.fields[key].writable}

    def body(kind: str, sample: Schema) -> Schema:
        schema = {"$ref": f"#/components/schemas/{name}{kind}"}
        return {"required": True, "content": {"application/json": {"schema": schema, "example": sample}}}

    def operation(verb: str, summary: str, description: str, responses: Schema, **more: Any) -> Schema:  # noqa: ANN401
        plural = many if verb == "list" else one
        return {
            "operationId": f"{verb}{plural[0].upper()}{plural[1:]}",
            "tags": [many],
            "summary": summary,
            "description": description,
            "responses": responses,
            **more,
        }

    listed = _json(f"The {many}", {"type": "array", "items": record}, [example], etag=True)
    listed["headers"] |= {
        "X-Total-Count": {"schema": {"type": "integer"}, "description": "Matches, on all pages"},
        "Link": {"schema": {"type": "string"}, "description": "`prev` and `next` (RFC 8288)"},
    }
    return {
        f"/api/{many}": {
            "get": operation(
                "list",
                f"List {many}",
                f"All {many} that match, newest change first unless `sort` says otherwise.",
                {"200": listed, "304": {"description": "Nothing changed"}, "400": problem_answer(400)},
                parameters=[*_list_parameters(collection), known],
            ),
            "post": operation(
                "create",
                f"Create a {one}",
                "With an `id` of your own a repeated call is harmless: equal content answers 200, other content 409.",
                {
                    "200": _json("It exists already, with this content", record, example, etag=True),
                    "201": _json("Created", record, example, etag=True),
                    "409": problem_answer(409),
                },
                requestBody=body("Create", change),
            ),
        },
        f"/api/{many}/{{id}}": {
            "parameters": [identifier],
            "get": operation(
                "read",
                f"Read a {one}",
                f"One {one}.",
                {
                    "200": answer,
                    "304": {"description": "Nothing changed"},
                    "400": problem_answer(400),
                    "404": problem_answer(404),
                },
                parameters=[known],
            ),
            "put": operation(
                "replace",
                f"Change a {one}",
                f"Changes only the fields sent, like PATCH. {MATCH}",
                {"200": answer, "404": problem_answer(404), "412": problem_answer(412)},
                requestBody=body("Change", change),
            ),
            "patch": operation(
                "update",
                f"Change fields of a {one}",
                f"Changes only the fields sent. {MATCH}",
                {"200": answer, "404": problem_answer(404), "412": problem_answer(412)},
                requestBody=body("Change", dict(list(change.items())[:1])),
            ),
            "delete": operation(
                "delete",
                f"Delete a {one}",
                f"Moves it to the trash, from where it can be restored for 30 days. {MATCH}",
                {"204": {"description": "Deleted"}, "404": problem_answer(404), "412": problem_answer(412)},
            ),
        },
    }


def _single_paths(collection: Collection) -> dict[str, Schema]:
    name, many = collection.struct.__name__, collection.name
    record = {"$ref": f"#/components/schemas/{name}"}
    answer = _json(f"The {many}", record, collection.example, etag=True)
    change = {key: value for key, value in collection.example.items() if collection.fields[key].writable}
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}Change"}, "example": change}}
    title = name[0].upper() + name[1:]
    return {
        f"/api/{many}": {
            "get": {
                "operationId": f"read{title}",
                "tags": [many],
                "summary": f"Read the {many}",
                "description": f"The person's {many}; defaults until they are first saved.",
                "responses": {"200": answer, "304": {"description": "Nothing changed"}},
            },
            "put": {
                "operationId": f"replace{title}",
                "tags": [many],
                "summary": f"Change the {many}",
                "description": "Changes only the fields sent.",
                "requestBody": {"required": True, "content": content},
                "responses": {"200": answer, "412": problem_answer(412)},
            },
        }
    }


def _list_parameters(collection: Collection) -> list[Schema]:
    def parameter(name: str, schema: Schema, description: str) -> Schema:
        return {"name": name, "in": "query", "schema": schema, "description": description}

    def described(name: str, declared: Filter) -> Schema:
        return parameter(
            name,
            dict(_FILTER_SCHEMAS[declared.type]),
            declared.description or f"Only {collection.name} with this {name}",
        )

    sorts = [sign + name for name in collection.sorts for sign in ("", "-")]
    return [
        *(described(name, declared) for name, declared in collection.filters.items()),
        *([parameter("q", {"type": "string"}, "Only those that contain every word")] if collection.searchable else []),
        parameter("sort", {"type": "string", "enum": sorts}, "Order; a leading `-` turns it round"),
        parameter(
            "limit", {"type": "integer", "minimum": 1, "maximum": 999_999_999}, "How many at most; 10,000 in any case"
        ),
        parameter("offset", {"type": "integer", "minimum": 0, "maximum": 999_999_999}, "How many to skip"),
    ]


def _json(description: str, schema: Schema, example: object, *, etag: bool = False) -> Schema:
    answer: Schema = {
        "description": description,
        "content": {"application/json": {"schema": schema, "example": example}},
    }
    if etag:
        answer["headers"] = {"ETag": {"schema": {"type": "string"}, "description": '`"{account}.{epoch}.{rev}"`'}}
    return answer


def _account_paths() -> dict[str, Schema]:
    user = {"type": "object", "required": ["id", "username"], "properties": {"id": ID, "username": {"type": "string"}}}
    session = {
        "type": "object",
        "required": ["token", "user"],
        "properties": {"token": {"type": "string"}, "user": user},
    }
    message = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}
    sample_user = {"id": "019ab2c4-7d10-7c3e-9b54-6f1d2a8e4c01", "username": "mara"}
    sample = {"token": "eyJhbGciOiJIUzI1NiJ9.e30.x", "user": sample_user}

    def credentials(username: Schema, password: Schema) -> Schema:
        schema = {
            "type": "object",
            "required": ["username", "password"],
            "properties": {"username": username, "password": password},
        }
        example = {"username": "mara", "password": "a long quiet sentence"}
        return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}

    def operation(operation_id: str, summary: str, description: str, responses: Schema, **more: Any) -> Schema:  # noqa: ANN401
        return {
            "operationId": operation_id,
            "tags": ["account"],
            "summary": summary,
            "description": description,
            "responses": responses,
            **more,
        }

    new_name = {"type": "string", "pattern": USERNAME_PATTERN, "description": "3 to 50 visible characters"}
    new_password = {"type": "string", "minLength": PASSWORD_LENGTHS[0], "maxLength": PASSWORD_LENGTHS[1]}
    any_text = {"type": "string", "minLength": 1}
    return {
        "/api/auth/register": {
            "post": operation(
                "register",
                "Make an account",
                "Signs in at once; the token holds for seven days.",
                {"201": _json("Made", session, sample), "409": problem_answer(409), "429": problem_answer(429)},
                security=[],
                requestBody=credentials(new_name, new_password),
            )
        },
        "/api/auth/login": {
            "post": operation(
                "login",
                "Sign in",
                "One answer for an unknown name and a wrong password, in the same time.",
                {"200": _json("Signed in", session, sample), "401": problem_answer(401), "429": problem_answer(429)},
                security=[],
                requestBody=credentials(any_text, any_text),
            )
        },
        "/api/auth/me": {
            "get": operation(
                "me", "Who am I?", "The account of the token.", {"200": _json("The account", user, sample_user)}
            )
        },
        "/api/auth/logout": {
            "post": operation(
                "logout",
                "Sign out",
                "Revokes the token for real.",
                {"200": _json("Signed out", message, {"message": "Signed out."})},
            )
        },
    }


def _service_paths() -> dict[str, Schema]:
    status = {
        "type": "object",
        "required": ["status", "timestamp"],
        "properties": {"status": {"type": "string"}, "timestamp": {"type": "string", "format": "date-time"}},
    }
    example = {"status": "ok", "timestamp": "2026-01-16T09:30:00.000Z"}

    def service(operation_id: str, summary: str, description: str) -> Schema:
        return {
            "get": {
                "operationId": operation_id,
                "tags": ["service"],
                "summary": summary,
                "description": description,
                "security": [],
                "responses": {"200": _json("It does", status, example)},
            }
        }

    return {
        "/health/live": service("live", "Does the process answer?", "Asks nothing of the database."),
        "/health/ready": service(
            "ready", "Can it take requests?", "The database answers and has the schema of this version."
        ),
        "/status": service("status", "Old health check", "As the first backend had it."),
    }
