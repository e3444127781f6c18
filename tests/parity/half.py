"""The device's half of the modules: a Node process that runs their views, form posts and rules."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from aios.errors import InvalidError
from aios.web.when import zone_names


class Half:
    """One Node process for many requests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).with_name("views.mjs"))],  # noqa: S607  Node is where the person has it
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.ask("zones", "", names=zone_names())

    def ask(self, kind: str, module: str, **request: Any) -> dict[str, Any]:
        """Run one function of a module's device.js; `{value}`, `{error, detail, errors}` or `{crash}`."""
        assert self._process.stdin
        assert self._process.stdout
        line = msgspec.json.encode({"kind": kind, "module": module, **request}).decode()
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


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
