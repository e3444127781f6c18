"""Compiles all templates into one JavaScript module, so that a device renders the pages that the server renders.

Jinja's own syntax tree, scoping analysis and constant output are used; only the writing of Python is replaced by the
writing of JavaScript. The module runs on `static/device/templates_runtime.js`. See docs/templates.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import DictLoader, TemplateError, TemplateNotFound, TemplateSyntaxError

from aios.web.device_refusals import Refusal, refusals
from aios.web.device_script import js, js_text
from aios.web.device_statements import RUNTIME_NAMES, TemplateWriter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment, nodes

RUNTIME = "./templates_runtime.js"
"""Where the module finds its runtime: beside itself."""


class DeviceTemplateError(Exception):
    """Templates hold what a device cannot run. `refusals` has every place, its text one line for each."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__("\n".join(map(str, refusals)))
        self.refusals = refusals


def compile_templates(environment: Environment, names: Iterable[str]) -> str:
    """Write the module: `render(name, context, fragment = "")` and `safe(html)`.

    `names` must hold whatever the templates extend, include and import. Equal templates give equal text.
    Raises DeviceTemplateError for the whole set, naming the template and line of each construct that it cannot carry.
    """
    listed = sorted(set(names))
    trees: dict[str, nodes.Template] = {}
    refused = _global_refusals(environment)
    for name in listed:
        try:
            trees[name] = _parse(environment, name)
        except _NoTemplateError as error:
            refused.append(error.refusal)
    for name, tree in trees.items():
        refused += _refusals(environment, name, tree, frozenset(listed))
    if refused:
        raise DeviceTemplateError(sorted(refused))
    return _module(environment, trees)


class _NoTemplateError(Exception):
    def __init__(self, template: str, line: int, reason: str) -> None:
        super().__init__(reason)
        self.refusal = Refusal(template, line, reason)


def _parse(environment: Environment, name: str) -> nodes.Template:
    try:
        loader = environment.loader or DictLoader({})
        source, filename, _ = loader.get_source(environment, name)
        return environment.parse(source, name, filename)
    except TemplateNotFound as error:
        raise _NoTemplateError(name, 1, "there is no such template") from error
    except TemplateSyntaxError as error:
        raise _NoTemplateError(name, error.lineno, error.message or "it is not a template") from error


def _refusals(environment: Environment, name: str, tree: nodes.Template, known: frozenset[str]) -> list[Refusal]:
    """What a device cannot run, and what Jinja refuses only when it compiles, unless that is the same place."""
    found = refusals(environment, name, tree, known)
    try:
        environment.get_template(name)
    except TemplateSyntaxError as error:
        refusal = Refusal(name, error.lineno, str(error.message))
    except (SyntaxError, TemplateError) as error:  # an argument that is named twice; a constant that is undefined
        refusal = Refusal(name, 1, error.args[0])
    else:
        return found
    return found if any(each.line == refusal.line for each in found) else [*found, refusal]


def _global_refusals(environment: Environment) -> list[Refusal]:
    carried = all(isinstance(value, str) or name == "asset" for name, value in environment.globals.items())
    reason = "only strings and asset() can be globals"
    return [] if carried else [Refusal("the environment", 1, reason)]


def _module(environment: Environment, trees: dict[str, nodes.Template]) -> str:
    assets: dict[str, str] = {}
    written = [
        TemplateWriter(environment, name, number, assets).write(tree)
        for number, (name, tree) in enumerate(trees.items())
    ]
    names: dict[str, Any] = dict(environment.globals)
    addresses = f"assets(new Map({js(sorted(assets.items()))}))"
    values = [(name, addresses if name == "asset" else js(value)) for name, value in sorted(names.items())]
    globals_js = "".join(f"  [{js_text(name)}, {value}],\n" for name, value in values)
    return (
        "// The server's templates, written by aios/web/device_templates.py.\n"
        f'import {{ {", ".join(RUNTIME_NAMES)} }} from "{RUNTIME}";\n\n'
        'export { safe } from "' + RUNTIME + '";\n\n'
        f"const globals = new Map([\n{globals_js}]);\n\n"
        "/** @type {any} */\nconst templates = {};\n\n"
        + "\n".join(written)
        + "\nexport const render = renderer(templates, globals);\n"
    )
