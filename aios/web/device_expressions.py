"""Writes the expressions of a template as JavaScript, each as one string."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import nodes
from jinja2.idtracking import VAR_LOAD_PARAMETER

from aios.web.device_refusals import asset_path
from aios.web.device_script import js, js_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment
    from jinja2.compiler import Frame

    from aios.web.device_script import Script

_ORDERS = {"lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_SIGNS: dict[type[nodes.BinExpr], str] = {
    nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.FloorDiv: "//", nodes.Mod: "%",
}  # fmt: skip


class Expressions:
    """Writes to `script` the variables that an expression needs, and collects in `assets` the addresses it uses."""

    def __init__(self, environment: Environment, script: Script, assets: dict[str, str]) -> None:
        self._environment = environment
        self._script = script
        self._assets = assets
        self.unset_parameters = False
        """Whether parameters may be absent still: while the defaults of a macro are written."""
        self._writers: dict[type[nodes.Node], Callable[[Any, Frame], str]] = {
            nodes.Name: self._name,
            nodes.Const: lambda node, _: js(node.value),
            nodes.TemplateData: lambda node, _: f"safe({js_text(node.data)})",
            nodes.List: lambda node, frame: f"[{self._listed(node.items, frame)}]",
            nodes.Tuple: lambda node, frame: f"Tuple.of({self._listed(node.items, frame)})",
            nodes.Dict: self._dict,
            nodes.And: self._and,
            nodes.Or: self._or,
            nodes.Not: lambda node, frame: f"!{self.truth(node.node, frame)}",
            nodes.Neg: lambda node, frame: f'calculate("-", 0, {self.write(node.node, frame)})',
            nodes.Pos: lambda node, frame: f'calculate("-", {self.write(node.node, frame)}, 0)',
            nodes.Compare: self._compare,
            nodes.Concat: lambda node, frame: f"concat({self._listed(node.nodes, frame)})",
            nodes.Getattr: lambda node, frame: f"attribute({self.write(node.node, frame)}, {js_text(node.attr)})",
            nodes.Getitem: self._getitem,
            nodes.Filter: self._filter,
            nodes.CondExpr: self._choice,
            nodes.Call: self.call,
            **dict.fromkeys(_SIGNS, self._calculation),
        }

    def write(self, node: nodes.Node, frame: Frame) -> str:
        """Write the value of an expression."""
        return self._writers[type(node)](node, frame)

    def truth(self, node: nodes.Node, frame: Frame) -> str:
        """Write whether an expression is true."""
        if isinstance(node, nodes.And | nodes.Or):
            sign = "&&" if isinstance(node, nodes.And) else "||"
            return f"({self.truth(node.left, frame)} {sign} {self.truth(node.right, frame)})"
        value = self.write(node, frame)
        return value if isinstance(node, nodes.Not | nodes.Compare) else f"truth({value})"

    def call(self, node: nodes.Call, frame: Frame, caller: str = "") -> str:
        """Write a call; `caller` is the variable that has the body of a call block."""
        path = asset_path(node)
        if isinstance(node.node, nodes.Name) and node.node.name == "asset" and path is not None:
            asset: Any = self._environment.globals["asset"]
            self._assets[path] = asset(path)
        named = [f"[{js_text(each.key)}]: {self.write(each.value, frame)}" for each in node.kwargs]
        named += [f"caller: {caller}"] if caller else []
        last = f", {{ {', '.join(named)} }}" if named else ""
        return f"call({self.write(node.node, frame)}, [{self._listed(node.args, frame)}]{last})"

    def filtered(self, node: nodes.Filter, frame: Frame) -> str:
        """Write what filters make of the output in the frame's buffer: for blocks that have a filter."""
        inner = f"safe({frame.buffer})" if node.node is None else ""
        if isinstance(node.node, nodes.Filter):
            inner = self.filtered(node.node, frame)
        return self._apply(node, inner, frame)

    def _listed(self, items: list[nodes.Expr], frame: Frame) -> str:
        return ", ".join(self.write(item, frame) for item in items)

    def _name(self, node: nodes.Name, frame: Frame) -> str:
        ref = frame.symbols.ref(node.name)
        load = frame.symbols.find_load(ref)
        if load is not None and load[0] == VAR_LOAD_PARAMETER and not self.unset_parameters:
            return ref
        return f"use({ref}, {js_text(node.name)})"

    def _dict(self, node: nodes.Dict, frame: Frame) -> str:
        # Computed keys: a literal __proto__ would set the prototype.
        pairs = (f"[{self.write(pair.key, frame)}]: {self.write(pair.value, frame)}" for pair in node.items)
        return f"{{ {', '.join(pairs)} }}"

    def _and(self, node: nodes.And, frame: Frame) -> str:
        left = self._script.temporary()
        return f"(truth({left} = {self.write(node.left, frame)}) ? {self.write(node.right, frame)} : {left})"

    def _or(self, node: nodes.Or, frame: Frame) -> str:
        left = self._script.temporary()
        return f"(truth({left} = {self.write(node.left, frame)}) ? {left} : {self.write(node.right, frame)})"

    def _calculation(self, node: nodes.BinExpr, frame: Frame) -> str:
        sign = _SIGNS[type(node)]
        return f'calculate("{sign}", {self.write(node.left, frame)}, {self.write(node.right, frame)})'

    def _compare(self, node: nodes.Compare, frame: Frame) -> str:
        """A chain computes each operand once, and none after the first comparison that fails."""
        left, parts = self.write(node.expr, frame), list[str]()
        for index, operand in enumerate(node.ops):
            right = self.write(operand.expr, frame)
            if index < len(node.ops) - 1:
                middle = self._script.temporary()
                parts.append(_comparison(operand.op, left, f"({middle} = {right})"))
                left = middle
            else:
                parts.append(_comparison(operand.op, left, right))
        return parts[0] if len(parts) == 1 else f"({' && '.join(parts)})"

    def _getitem(self, node: nodes.Getitem, frame: Frame) -> str:
        value = self.write(node.node, frame)
        if not isinstance(node.arg, nodes.Slice):
            return f"item({value}, {self.write(node.arg, frame)})"
        bounds = (node.arg.start, node.arg.stop, node.arg.step)
        return f"slice({value}, {', '.join('null' if each is None else self.write(each, frame) for each in bounds)})"

    def _filter(self, node: nodes.Filter, frame: Frame) -> str:
        return self._apply(node, self.write(node.node, frame) if node.node else "", frame)

    def _apply(self, node: nodes.Filter, value: str, frame: Frame) -> str:
        return f"filters.{node.name}({', '.join([value, *(self.write(each, frame) for each in node.args)])})"

    def _choice(self, node: nodes.CondExpr, frame: Frame) -> str:
        other = self.write(node.expr2, frame) if node.expr2 else "null"
        return f"({self.truth(node.test, frame)} ? {self.write(node.expr1, frame)} : {other})"


def _comparison(operator: str, left: str, right: str) -> str:
    if operator in _ORDERS:
        return f"order({left}, {right}) {_ORDERS[operator]} 0"
    called = "equal" if operator in {"eq", "ne"} else "within"
    return f"{'!' if operator in {'ne', 'notin'} else ''}{called}({left}, {right})"
