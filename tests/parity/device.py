"""Rendering on both sides: by Jinja as the server does, and by compiled templates in Node as a device does."""

from __future__ import annotations

import json
import shutil
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import DictLoader
from markupsafe import Markup

from aios.web.assets import Assets
from aios.web.device_templates import compile_templates
from aios.web.templates import PACKAGE, Templates
from tests.parity.process import NodeProcess

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNTIME = PACKAGE / "static/device/templates_runtime.js"
ASSETS = Assets(PACKAGE / "static")
FAILED = None
"""What a rendering gives that raises an error: the errors themselves are worded differently."""


class Rendered(NamedTuple):
    """What each side gave: HTML, or `FAILED`; and what the device said when it failed."""

    server: str | None
    device: str | None
    error: str


class Device(NodeProcess):
    """One Node process, and a folder with the modules that it is told to use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        (folder / "package.json").write_text('{"type": "module"}')
        shutil.copy(RUNTIME, folder / RUNTIME.name)
        super().__init__("device.mjs")

    def install(self, templates: Templates, names: list[str]) -> str:
        """Compile templates and give the path of the module."""
        path = self._folder / f"templates{next(self._numbers)}.js"
        path.write_text(compile_templates(templates.environment, names), encoding="utf-8")
        return str(path)

    def render(self, module: str, name: str, context: Mapping[str, Any], fragment: str = "") -> tuple[str | None, str]:
        """Render; HTML or `FAILED`, and the error."""
        request = {"module": module, "name": name, "context": json.dumps(_crossing(context)), "fragment": fragment}
        answered = self.answer(json.dumps(request))
        answer = json.loads(answered)
        return answer.get("html", FAILED), answer.get("error", "")


class Both:
    """A set of templates on both sides."""

    def __init__(self, device: Device, sources: Mapping[str, str]) -> None:
        self._device = device
        self._templates = templates(sources)
        self._module = device.install(self._templates, self._templates.names())

    def render(self, name: str, context: Mapping[str, Any], fragment: str = "") -> Rendered:
        """Render on both sides."""
        device, error = self._device.render(self._module, name, context, fragment)
        return Rendered(on_server(self._templates, name, context, fragment), device, error)


def templates(sources: Mapping[str, str]) -> Templates:
    """The product's own environment, with `sources` as its only templates."""
    made = Templates(ASSETS.url)
    made.environment.loader = DictLoader(dict(sources))
    return made


def on_server(made: Templates, name: str, context: Mapping[str, Any], fragment: str = "") -> str | None:
    """Render with Jinja; `FAILED` for any error."""
    try:
        return made.render(name, dict(context), fragment)
    except Exception:  # noqa: BLE001  which one does not matter, that there is one does
        return FAILED


def _crossing(value: Any) -> Any:
    if isinstance(value, Markup):
        return {"$safe": str(value)}
    if isinstance(value, list):
        return [_crossing(each) for each in value]
    return {key: _crossing(each) for key, each in value.items()} if hasattr(value, "items") else value
