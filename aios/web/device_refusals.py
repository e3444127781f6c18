"""What the template compiler refuses, with the reason and the place: all of it, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import nodes

from aios.web.device_script import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jinja2 import Environment

FILTERS = {"number": 0, "text": 0, "urlpath": 0, "length": 0, "at": 1}
"""The filters that the device has, and how many arguments each takes."""

_CARRIED = frozenset(
    {
        nodes.Add, nodes.And, nodes.Assign, nodes.AssignBlock, nodes.Block, nodes.Call, nodes.CallBlock, nodes.Compare,
        nodes.Concat, nodes.CondExpr, nodes.Const, nodes.Dict, nodes.Extends, nodes.Filter, nodes.FilterBlock,
        nodes.FloorDiv, nodes.For, nodes.FromImport, nodes.Getattr, nodes.Getitem, nodes.If, nodes.Import,
        nodes.Include, nodes.Keyword, nodes.List, nodes.Macro, nodes.Mod, nodes.Mul, nodes.Name, nodes.Neg, nodes.Not,
        nodes.Operand, nodes.Or, nodes.Output, nodes.Pair, nodes.Pos, nodes.Scope, nodes.Slice, nodes.Sub,
        nodes.TemplateData, nodes.Tuple, nodes.With,
    }
)  # fmt: skip
"""What may stand in a template. A Scope stands around autoescape only, which is refused itself."""


class Refusal(NamedTuple):
    """A place in a template, and why a device cannot run it."""

    template: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.template}, line {self.line}: {self.reason}"


def refusals(environment: Environment, name: str, tree: nodes.Template, known: frozenset[str]) -> list[Refusal]:
    """All that a device could not run of one template. `known` are the names of all templates that it will have."""
    asset: Any = environment.globals.get("asset")
    check = _Check(known, asset)
    found = [Refusal(name, line, reason) for node, line in _places(tree, 1) for reason in check.of(node)]
    later = [node for node in tree.find_all(nodes.Extends) if node not in tree.body]
    later += [node for node in tree.body if isinstance(node, nodes.Extends)][1:]
    return found + [Refusal(name, node.lineno, "extends must stand once, outside of everything") for node in later]


def _places(node: nodes.Node, line: int) -> Iterator[tuple[nodes.Node, int]]:
    """All nodes under one, each with its line; Jinja leaves some without."""
    for child in node.iter_child_nodes():
        here: int | None = child.lineno
        yield child, here or line
        yield from _places(child, here or line)


class _Check:
    def __init__(self, known: frozenset[str], asset: Callable[[str], str] | None) -> None:
        self._known = known
        self._asset = asset
        self._checks: dict[type[nodes.Node], Callable[[Any], Iterator[str]]] = {
            nodes.Block: lambda node: _name(node.name),
            nodes.Call: self._call,
            nodes.CondExpr: _choice,
            nodes.Const: _constant,
            nodes.Dict: _dict,
            nodes.Extends: self._template,
            nodes.Filter: _filter,
            nodes.For: _loop,
            nodes.FromImport: self._from_import,
            nodes.Import: self._import,
            nodes.Include: self._include,
            nodes.Keyword: lambda node: _name(node.key),
            nodes.Macro: lambda node: _name(node.name),
            nodes.Name: _variable,
        }

    def of(self, node: nodes.Node) -> Iterator[str]:
        """Why this node cannot be carried; nothing when it can."""
        if type(node) in _CARRIED:
            yield from self._checks.get(type(node), _nothing)(node)
        else:
            yield _OTHERS.get(type(node), f"{type(node).__name__} cannot be carried")

    def _call(self, node: nodes.Call) -> Iterator[str]:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            yield "arguments are written out, without * and **"
        if isinstance(node.node, nodes.Name) and node.node.name == "asset" and self._asset is not None:
            yield from self._address(node)

    def _address(self, node: nodes.Call) -> Iterator[str]:
        path = asset_path(node)
        if path is None:
            yield "asset takes one string that is written out: its address is compiled in"
            return
        try:
            self._asset(path) if self._asset else None
        except (KeyError, ValueError):
            yield f"there is no static file {path}"

    def _template(self, node: nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport) -> Iterator[str]:
        if not isinstance(node.template, nodes.Const) or not isinstance(node.template.value, str):
            yield "the name of another template is one string that is written out"
        elif node.template.value not in self._known:
            yield f"there is no template {node.template.value}"

    def _include(self, node: nodes.Include) -> Iterator[str]:
        yield from self._template(node)
        if node.ignore_missing:
            yield "ignore missing is not needed: templates are known when they are compiled"
        if not node.with_context:
            yield "an include without context cannot be carried; a macro says what it needs"

    def _import(self, node: nodes.Import) -> Iterator[str]:
        yield from self._template(node)
        yield from _name(node.target)

    def _from_import(self, node: nodes.FromImport) -> Iterator[str]:
        yield from self._template(node)
        for name in node.names:
            yield from _name(name if isinstance(name, str) else name[1])


_OTHERS: dict[type[nodes.Node], str] = {
    nodes.Div: "/ gives a fraction, which is never printed; use //",
    nodes.Pow: "** can give a fraction or a number that a device cannot hold",
    nodes.Test: "there are no tests; use truth and comparisons",
    nodes.NSRef: "attributes cannot be set",
    nodes.ScopedEvalContextModifier: "autoescape is always on",
    nodes.EvalContextModifier: "autoescape is always on",
}


def asset_path(node: nodes.Call) -> str | None:
    """The path of `asset("path")`; None when it is anything but one constant string."""
    first = node.args[0] if len(node.args) == 1 and not node.kwargs else None
    return first.value if isinstance(first, nodes.Const) and isinstance(first.value, str) else None


def _nothing(_: nodes.Node) -> Iterator[str]:
    yield from ()


def _choice(node: nodes.CondExpr) -> Iterator[str]:
    if node.expr2 is None:
        yield "an inline if needs an else: without it the value is nothing, which cannot be printed"


def _constant(node: nodes.Const) -> Iterator[str]:
    if isinstance(node.value, float):
        yield "fractions cannot be carried"
    elif isinstance(node.value, int) and abs(node.value) > LARGEST:
        yield "numbers stay below 2 to the power of 53"


def _dict(node: nodes.Dict) -> Iterator[str]:
    if not all(isinstance(pair.key, nodes.Const) and isinstance(pair.key.value, str) for pair in node.items):
        yield "keys of a dict are strings that are written out"


def _filter(node: nodes.Filter) -> Iterator[str]:
    if node.name not in FILTERS:
        yield f"there is no filter {node.name}"
    elif (
        node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None or len(node.args) != FILTERS[node.name]
    ):
        yield f"the filter {node.name} takes {FILTERS[node.name] or 'no'} arguments, without names"


def _loop(node: nodes.For) -> Iterator[str]:
    if node.recursive:
        yield "recursive loops cannot be carried; a macro can call itself"


def _variable(node: nodes.Name) -> Iterator[str]:
    if node.name == "self":
        yield "self has no attributes here, so it is of no use"
    yield from _name(node.name)


def _name(name: str) -> Iterator[str]:
    if not name.isascii():
        yield f"names are written in ASCII: {name}"
