"""What a device gets to be the same app: templates, the registry and every module's code, as one tree of ES modules.

The service worker is that app (docs/offline.md). `/sw.js` is a line that imports it from the tree of this build:
a changed file changes the tree's hash, so the browser finds another worker and installs it beside the old one.
"""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import rjsmin

from aios import __version__
from aios.records.sync.release import RELEASE
from aios.web.assets import PREFIX, Assets, load
from aios.web.device_bundle import bundle
from aios.web.device_templates import compile_templates
from aios.web.templates import PACKAGE, Templates
from aios.web.when import zone_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aios.modules import Action, Module, Page, Registry
    from aios.records.collection import Collection
    from aios.records.query import Read

STATIC = PACKAGE / "static"
SERVED = "/served/"
"""The folder of a module's templates that only its routes show."""
SERVED_ALONE = ("dev/", "accounts/", "port/", "shell/api.html", "history.html", "install.html")
"""Templates of pages that only the server has."""
PRECACHED = (
    "css/look.css",
    "fonts/geist-latin.woff2",
    "fonts/geist-latin-ext.woff2",
    "icons/apple-touch-icon.png",
    "icons/favicon.svg",
    "icons/icon-192.png",
    "icons/icons.svg",
    "page/app.js",
    "page/device.js",
    "page/drag.js",
    "page/editor.js",
    "page/editor_completion.js",
    "page/editor_marks.js",
    "page/editor_save.js",
    "page/keys.js",
    "page/leader.js",
    "page/move.js",
    "page/report.js",
    "page/sheets.js",
    "page/span.js",
    "vendor/htmx/htmx.min.js",
)
"""What pages load. The worker's own modules are kept by the browser together with it."""
BUNDLE = "device/app.js"
"""The worker's whole script (web/device_bundle.py)."""
_NEAR, _SERVED = b"../../static/", b"../../"
"""A module's device.js lies two folders from `static/` in the source, and two from the tree's root when served."""
_encode = msgspec.json.Encoder().encode
_compiled: dict[tuple[str, str], bytes] = {}
"""Compiled templates by tree and sources: half a second of work, which every app of a process shares."""


class DeviceApp:
    """The generated files of the tree, and `/sw.js`. `headers` are those of every page (web/security.py)."""

    def __init__(self, registry: Registry, headers: list[tuple[bytes, bytes]]) -> None:
        self._registry = registry
        self._plain = _encode(plain_registry(registry))
        self._build: dict[str, Any] = {
            "version": __version__,
            "release": RELEASE,
            "headers": [[name.decode(), value.decode()] for name, value in headers],
        }
        more = {
            f"modules/{path.relative_to(PACKAGE / 'modules').as_posix()}": load(path).replace(_NEAR, _SERVED)
            for path in sorted(PACKAGE.glob("modules/*/*.js"))
        }
        sources = {path.as_posix(): path.read_bytes() for path in _template_files()}
        sources |= {"registry": self._plain, "build": _encode(self._build), "zones": _zone_version()}
        self.assets = Assets(STATIC, more, sources)
        self._scripts = [f"modules/{name}/device.js" for name in registry.modules]
        missing = [name for name in self._scripts if name not in more]
        if missing:
            message = f"every module needs its half for devices; missing: {', '.join(missing)}"
            raise RuntimeError(message)

    def offer(self, templates: Templates) -> Callable[[], bytes]:
        """Let the tree answer its generated files. Gives the function that compiles `templates`.

        It raises DeviceTemplateError for a construct that a device cannot carry, naming file and line.
        """
        sources = _digest(_template_files())

        def compiled() -> bytes:
            return _compile(templates, self.assets.root, sources)

        self.assets.generate("device/templates.js", compiled)
        self.assets.generate("device/registry.js", self._registry_js)
        self.assets.generate("device/build.js", self._build_js)
        self.assets.generate("device/start.js", self._start_js)
        self.assets.generate(BUNDLE, self._bundle_js)
        return compiled

    def worker(self) -> bytes:
        """The text of `/sw.js`."""
        return f'import "{self.assets.root}{BUNDLE}";\n'.encode()

    def write(self, folder: Path) -> None:
        """Write the scripts of the tree below `folder`, as they are served: what tests in Node import."""
        for name in self.assets.names():
            if name.endswith(".js"):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.assets.read(name))

    def _start_js(self) -> bytes:
        """Begin, with the half of each module: what all scripts of the worker are reached from."""
        modules = list(self._registry.modules)
        imports = [f'import * as m{number} from "../{name}";' for number, name in enumerate(self._scripts)]
        entries = ", ".join(f'"{name}": m{number}' for number, name in enumerate(modules))
        lines = ['import { start } from "./worker.js";', *imports, f"start({{ {entries} }});", ""]
        return "\n".join(lines).encode()

    def _bundle_js(self) -> bytes:
        script = bundle(lambda name: self.assets.read(name).decode(), "device/start.js")
        shorten: Any = vars(rjsmin)["jsmin"]  # it has no types
        shortened: str = shorten(script, keep_bang_comments=True)
        return shortened.encode()

    def _registry_js(self) -> bytes:
        return (
            b"const zones = " + _encode(_zones_by_area()) + b";\n"
            b'const named = zones.flatMap(([area, names]) => names.split(" ").map((name) => area + name));\n'
            b"export const registry = " + self._plain[:-1] + b',"zones":named};\n'
        )

    def _build_js(self) -> bytes:
        build = {
            **self._build,
            "root": self.assets.root,
            "prefix": PREFIX,
            "precache": [self.assets.url(name) for name in PRECACHED],
        }
        return b"export const build = " + _encode(build) + b";\n"


def plain_registry(registry: Registry) -> dict[str, Any]:
    """The registry as plain data: all that needs no code of a module."""
    return {
        "collections": {name: _collection(each) for name, each in registry.collections.items()},
        "modules": [_module(each) for each in registry.modules.values()],
    }


def _collection(collection: Collection) -> dict[str, Any]:
    return {
        "name": collection.name,
        "singular": collection.singular,
        "single": collection.single,
        "fields": {
            name: {
                "merge": field.trait.merge,
                "searchable": field.trait.searchable,
                "readOnly": field.trait.read_only,
                "computed": field.trait.computed,
                "required": field.required,
                "default": None if field.required else field.default(),
                "schema": _schema(field.type),
            }
            for name, field in collection.fields.items()
        },
        "indexes": {name: msgspec.to_builtins(index) for name, index in collection.indexes.items()},
        "texts": list(collection.texts),
        "searchable": list(collection.searchable),
        "stored": list(collection.stored),
    }


def _schema(kind: Any) -> dict[str, Any]:  # noqa: ANN401  a type
    """The JSON Schema of a field, without references. Raises RuntimeError where one is left."""
    (schema,), components = msgspec.json.schema_components((kind,), ref_template="#/{name}")
    resolved = cast("dict[str, Any]", _resolved(schema, components))
    if b'"$ref"' in _encode(resolved):
        message = f"a field's type must not contain itself: {kind}"
        raise RuntimeError(message)
    return resolved


def _resolved(schema: Any, components: Mapping[str, Any]) -> Any:  # noqa: ANN401  JSON
    if isinstance(schema, list):
        return [_resolved(each, components) for each in cast("Iterable[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    plain = cast("dict[str, Any]", schema)
    reference = plain.get("$ref")
    if isinstance(reference, str):
        return _resolved(components[reference.removeprefix("#/")], components)
    return {name: _resolved(value, components) for name, value in plain.items()}


def _module(module: Module) -> dict[str, Any]:
    return {
        "name": module.name,
        "title": module.title,
        "icon": module.icon,
        "order": module.order,
        "summary": module.summary,
        "listed": module.listed,
        "make": module.make,
        "makeLabel": module.make_label,
        "collections": [each.name for each in module.collections],
        "pages": [_page(page) for page in module.pages],
        "actions": [_action(action) for action in module.actions],
        "retention": [{"name": each.name, "label": each.label, "hint": each.hint} for each in module.retention],
        "archives": [msgspec.to_builtins(each) for each in module.archives],
        "tile": None if module.tile is None else {"reads": _reads(module.tile.reads)},
        "capture": msgspec.to_builtins(module.capture),
        "jump": module.jump,
        "keys": msgspec.to_builtins(module.keys),
        "badge": msgspec.to_builtins(module.badge),
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "path": page.path,
        "template": page.template,
        "reads": _reads(page.reads),
        "params": list(page.params),
        "lists": list(page.lists),
        "fragment": page.fragment,
        "needs": page.needs,
        "wants": list(page.wants),
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "path": action.path,
        "method": action.method,
        "params": list(action.params),
        "reads": _reads(action.reads),
        "retry": action.retry,
        "needs": action.needs,
        "wants": list(action.wants),
    }


def _reads(reads: dict[str, Read]) -> dict[str, Any]:
    """In order: a later one may use what an earlier one found."""
    return {name: msgspec.to_builtins(each) for name, each in reads.items()}


def _template_files() -> list[Path]:
    return [*sorted(PACKAGE.glob("templates/**/*.html")), *sorted(PACKAGE.glob("modules/*/templates/**/*.html"))]


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _compile(templates: Templates, root: str, sources: str) -> bytes:
    found = _compiled.get((root, sources))
    if found is None:
        names = [name for name in templates.names() if not name.startswith(SERVED_ALONE) and SERVED not in name]
        found = compile_templates(templates.environment, names).encode()
        _compiled.clear()
        _compiled[root, sources] = found
    return found


def _zones_by_area() -> list[tuple[str, str]]:
    """The names of zones, each area written once: a sixth of them is what areas repeat."""
    areas: dict[str, list[str]] = {}
    for name in zone_names():
        area, slash, rest = name.partition("/")
        areas.setdefault(area + slash if slash else "", []).append(rest if slash else area)
    return [(area, " ".join(names)) for area, names in areas.items()]


def _zone_version() -> bytes:
    """Which rules name the zones: a list of 600 names is not needed to tell one from another."""
    return metadata.version("tzdata").encode()
