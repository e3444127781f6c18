"""The device's half of the modules: a Node process that runs their views, form posts and rules."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from markupsafe import Markup

from aios.errors import InvalidError
from aios.web.when import zone_names
from tests.parity.process import NodeProcess


class Half(NodeProcess):
    """One Node process for many requests."""

    def __init__(self) -> None:
        super().__init__("views.mjs")
        self.ask("zones", "", names=zone_names())

    def ask(self, kind: str, module: str, **request: Any) -> dict[str, Any]:
        """Run one function of a module's device.js; `{value}`, `{error, detail, errors}` or `{crash}`."""
        line = msgspec.json.encode({"kind": kind, "module": module, **request}).decode()
        answered = self.answer(line)
        answer: dict[str, Any] = json.loads(answered)
        return answer


def told(value: Any) -> Any:
    """A value as JSON tells it, `{"$safe": html}` for HTML that is printed as it is."""
    if isinstance(value, Markup):
        return {"$safe": str(value)}
    if isinstance(value, dict):
        return {name: told(each) for name, each in value.items()}
    return [told(each) for each in value] if isinstance(value, list | tuple) else value


def refusal(error: InvalidError) -> dict[str, Any]:
    """What `Half.ask` gives for the same error on the device."""
    named = [{"field": each.field, "message": each.message} for each in error.errors]
    return {"error": type(error).__name__, "detail": error.detail, "errors": named}
