"""The Jinja environment that every page is rendered with.

It is narrower than stock Jinja (docs/parity.md), so that the device can run the same templates: only strings are
printed, undefined names are errors, `a.b` is a key of a dict and never a Python attribute, and there are no other
filters, tests or globals than those named here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.runtime import LoopContext

import aios

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aios.records.query import Context

PACKAGE = Path(aios.__file__).parent
SPRITE = "icons/icons.svg"
_LOOP = frozenset({"index", "index0", "first", "last", "length"})


class Templates:
    """All templates: `aios/templates/`, and each module's under its name (`notebook/list.html`).

    `asset` gives the address of a static file; with `reload`, changed files are read again.
    """

    def __init__(self, asset: Callable[[str], str], *, reload: bool = False) -> None:
        self.environment = _environment(asset, reload=reload)

    def names(self) -> list[str]:
        """Name all templates, in order: what a device gets (device_templates.py)."""
        return self.environment.list_templates(extensions=["html"])

    def render(self, template_name: str, context: Context, fragment: str = "") -> str:
        """Write `template_name` with `context`; with `fragment`, only the block of that name.

        Raises jinja2.UndefinedError for a name that the context lacks, TypeError when something that is not
        a string would be printed, KeyError for an unknown fragment.
        """
        template = self.environment.get_template(template_name)
        if not fragment:
            return template.render(context)
        scope = template.new_context(context)
        # The first step runs what stands before any output: imports, which the block needs, and extends.
        next(template.root_render_func(scope), None)
        return "".join(scope.blocks[fragment][0](scope))


class _Environment(Environment):
    """Item first, own property only: `list.items` is the key `items`, never the method of a dict."""

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401  signature of Jinja
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401  signature of Jinja
        value: Any = obj
        if isinstance(obj, dict) and isinstance(argument, str) and argument in value:
            return value[argument]
        if isinstance(obj, list) and type(argument) is int and 0 <= argument < len(value):
            return value[argument]
        return self.undefined(obj=value, name=str(argument))


def number(value: int) -> str:
    """Write a whole number with thousands apart: `1,204`."""
    return f"{_whole(value):,}"


def text(value: int) -> str:
    """Write a whole number with digits only: `1204`."""
    return str(_whole(value))


def urlpath(value: str) -> str:
    """Percent-encode `value` for one segment of a path, or for one value of a query."""
    return quote(value, safe="")


def at(values: Mapping[str, str], key: str) -> str:
    """Give the string that `values` has for `key`, or "": for errors, which name only what was refused."""
    return values.get(key, "")


def length(value: Sequence[object]) -> int:
    """Count members, or code points of a text."""
    return len(value)


def _environment(asset: Callable[[str], str], *, reload: bool) -> Environment:
    modules = {folder.parent.name: FileSystemLoader(folder) for folder in sorted(PACKAGE.glob("modules/*/templates"))}
    environment = _Environment(
        loader=ChoiceLoader([FileSystemLoader(PACKAGE / "templates"), PrefixLoader(modules)]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
        finalize=_printable,
    )
    # Nothing of stock Jinja stays: what is not named here, the device does not have either.
    own: Any = environment
    own.globals = {"sprite": asset(SPRITE), "asset": asset}
    own.filters = {"number": number, "text": text, "urlpath": urlpath, "at": at, "length": length}
    own.tests = {}
    return environment


def _printable(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, StrictUndefined):
        return str(value)  # raises, naming what is missing
    message = f"only strings can be printed, not {type(value).__name__}; use a filter such as text or number"
    raise TypeError(message)


def _whole(value: int) -> int:
    if type(value) is not int:
        message = f"a whole number is needed, not {type(value).__name__}"
        raise TypeError(message)
    return value
