"""The API document is kept in the repository, true to the routes, and complete."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aios.app import create_app
from aios.web.openapi import document

if TYPE_CHECKING:
    from aios.modules import Registry
    from aios.settings import Settings

KEPT = Path(__file__).parents[2] / "docs" / "openapi.json"
METHODS = {"get", "post", "put", "patch", "delete"}
GENERIC = "/api/{collection}"


def test_the_kept_document_is_current(registry: Registry) -> None:
    kept = json.loads(KEPT.read_text("utf-8"))
    assert kept == json.loads(json.dumps(document(registry))), "run: make openapi, and look at what changed"


def test_every_operation_says_what_it_does(registry: Registry) -> None:
    names: set[str] = set()
    for path, item in document(registry)["paths"].items():
        for method in METHODS & set(item):
            operation = item[method]
            assert operation["operationId"] not in names
            names.add(operation["operationId"])
            assert operation["summary"], path
            assert operation["description"], path
            for kind in ("requestBody",):
                if kind in operation:
                    assert operation[kind]["content"]["application/json"]["example"] is not None, path
            good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            assert good, path
            assert all("example" in media for answer in good for media in answer.get("content", {}).values()), path


OWN = {"/api/errors", "/health/proxy"}
"""What our own pages and `aios doctor` call, and nobody else is to."""


def test_every_route_of_the_api_is_described_and_every_description_has_a_route(
    settings: Settings, registry: Registry
) -> None:
    routes: dict[str, set[str]] = {}
    for route in create_app(settings).app.routes:  # type: ignore[attr-defined]
        path = re.sub(
            r"\{(\w+):\w+\}", lambda part: "{id}" if part[1] == "record_id" else "{" + part[1] + "}", route.path
        )
        if path in OWN:
            continue
        if path.startswith(("/api/", "/health/", "/status")):
            routes.setdefault(path, set()).update(
                method.lower() for method in route.methods if method.lower() in METHODS
            )
    described: dict[str, set[str]] = {}
    for path, item in document(registry)["paths"].items():
        described[path] = METHODS & set(item)
    plain = {path: methods for path, methods in routes.items() if not path.startswith(GENERIC)}
    assert {path: methods for path, methods in described.items() if path in plain} == plain
    generic = {path.replace(GENERIC, ""): methods for path, methods in routes.items() if path.startswith(GENERIC)}
    for collection in registry.collections.values():
        expected: dict[str, Any] = (
            {"": {"get", "put"}} if collection.single else {"": generic[""] - {"put"}, "/{id}": generic["/{id}"]}
        )
        for suffix, methods in expected.items():
            assert described[f"/api/{collection.name}{suffix}"] == methods
    known = set(plain) | {
        f"/api/{each.name}{suffix}" for each in registry.collections.values() for suffix in ("", "/{id}")
    }
    assert set(described) <= known
