"""Writes a template as JavaScript: a generator for the template itself, and a function for each block.

The steps are those of jinja2.compiler.CodeGenerator, with the same frames and symbols, so scoping is Jinja's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import nodes
from jinja2.compiler import Frame, find_undeclared
from jinja2.idtracking import VAR_LOAD_ALIAS, VAR_LOAD_PARAMETER, VAR_LOAD_RESOLVE
from markupsafe import escape

from aios.web.device_expressions import Expressions
from aios.web.device_script import Script, js_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jinja2 import Environment

RUNTIME_NAMES = (
    "Loop", "Macro", "Tuple", "assets", "attribute", "calculate", "call", "concat", "equal", "filters", "imported",
    "include", "item", "iterate", "join", "module", "moduleWith", "order", "print", "raw", "renderer", "safe", "slice",
    "str", "truth", "unpack", "use", "within",
)  # fmt: skip
_SPECIAL = ("caller", "kwargs", "varargs")
"""Names that a macro's body may use without naming them as parameters, in the order in which they are passed."""


class TemplateWriter:
    """Writes the template `name`; `number` keeps its functions apart from others, `assets` collects addresses."""

    def __init__(self, environment: Environment, name: str, number: int, assets: dict[str, str]) -> None:
        self._environment = environment
        self._name = name
        self._number = number
        self._script = Script()
        self._expressions = Expressions(environment, self._script, assets)
        self._extends = ""
        self._writers: dict[type[nodes.Node], Callable[[Any, Frame], None]] = {
            nodes.Output: self._output,
            nodes.Extends: self._extend,
            nodes.Block: self._block,
            nodes.Include: self._include,
            nodes.Import: self._import,
            nodes.FromImport: self._from_import,
            nodes.Macro: self._macro,
            nodes.CallBlock: self._call_block,
            nodes.FilterBlock: self._filter_block,
            nodes.For: self._for,
            nodes.If: self._if,
            nodes.Assign: self._assign,
            nodes.AssignBlock: self._assign_block,
            nodes.With: self._with,
        }

    def write(self, tree: nodes.Template) -> str:
        """Write all functions of the template, and its place among the templates."""
        blocks = {block.name: block for block in tree.find_all(nodes.Block)}
        self._root(tree)
        for block in blocks.values():
            self._block_function(block)
        listed = ", ".join(f"{name}: {self._function_name(name)}" for name in blocks)
        self._script.line(f"{_template(self._name)} = {{ root: root_{self._number}, blocks: {{ {listed} }} }};")
        return str(self._script)

    def _function_name(self, block: str) -> str:
        return f"block_{self._number}_{block}"

    def _root(self, tree: nodes.Template) -> None:
        frame = self._frame()
        frame.symbols.analyze_node(tree)
        frame.toplevel = frame.rootlevel = True
        frame.require_output_check = tree.find(nodes.Extends) is not None
        with self._script.function(f"function* root_{self._number}(context)"):
            self._enter(frame)
            self._body(tree.body, frame)
            if self._extends:
                self._script.line(f"yield* {_template(self._extends)}.root(context);")

    def _block_function(self, block: nodes.Block) -> None:
        frame = self._frame()
        function = self._function_name(block.name)
        uses_super = "super" in find_undeclared(block.body, ("super",))
        above = frame.symbols.declare_parameter("super") if uses_super else ""
        frame.symbols.analyze_node(block)
        with self._script.function(f"function {function}(context)"):
            frame.buffer = self._buffer()
            if above:
                self._set(above, f"context.above({js_text(block.name)}, {function})")
            self._enter(frame)
            self._body(block.body, frame)
            self._script.line(f"return {frame.buffer};")

    def _frame(self) -> Frame:
        return Frame(nodes.EvalContext(self._environment, self._name))

    def _enter(self, frame: Frame) -> None:
        """Give every name of the frame its first value. Jinja's order is that of a set, so it is not kept."""
        for target, (action, name) in sorted(frame.symbols.loads.items()):
            if action == VAR_LOAD_RESOLVE:
                self._set(target, f"context.get({js_text(name)})")
            elif action != VAR_LOAD_PARAMETER:
                self._set(target, name if action == VAR_LOAD_ALIAS else "undefined")

    def _body(self, body: Iterable[nodes.Node], frame: Frame) -> None:
        for node in body:
            self._writers[type(node)](node, frame)

    def _set(self, variable: str, value: str) -> None:
        self._script.line(f"{self._script.variable(variable)} = {value};")

    def _buffer(self) -> str:
        buffer = self._script.temporary()
        self._set(buffer, '""')
        return buffer

    def _put(self, value: str, frame: Frame) -> None:
        self._script.line(f"{frame.buffer} += {value};" if frame.buffer else f"yield {value};")

    def _output(self, node: nodes.Output, frame: Frame) -> None:
        if frame.require_output_check and self._extends:
            return  # only blocks of a template that extends another are shown
        parts: list[tuple[bool, str]] = []
        for child in node.nodes:
            fixed = self._fixed(child, frame)
            if fixed is None:
                parts.append((False, f"print({self._expressions.write(child, frame)})"))
            elif parts and parts[-1][0]:
                parts[-1] = (True, parts[-1][1] + fixed)
            else:
                parts.append((True, fixed))
        written = [js_text(text) if is_fixed else text for is_fixed, text in parts]
        # Jinja yields each part by itself, and a page that is rendered for a fragment stops at the first.
        for each in [" + ".join(written)] if frame.buffer else written:
            self._put(each, frame)

    def _fixed(self, node: nodes.Expr, frame: Frame) -> str | None:
        """Output that is known already, exactly as Jinja computes it; None when it is not."""
        finalize: Any = self._environment.finalize
        try:
            constant = escape(node.as_const(frame.eval_ctx))
            return str(constant) if isinstance(node, nodes.TemplateData) else str(finalize(constant))
        except Exception:  # noqa: BLE001  whatever it is, it is left for when the template runs, as in Jinja
            return None

    def _extend(self, node: nodes.Extends, _: Frame) -> None:
        self._extends = _named(node)
        self._script.line(f"context.extend({_template(self._extends)});")

    def _block(self, node: nodes.Block, frame: Frame) -> None:
        if frame.toplevel and self._extends:
            return
        context = "context"
        if node.scoped:
            context = self._script.temporary()
            self._set(context, f"context.derive({_locals(frame)})")
        block = f"{context}.block({js_text(node.name)}{', 2' if node.required else ''})"
        # A page that is rendered for one fragment stops before its first output, so that is not computed yet.
        self._put(block if frame.buffer else f"() => {block}", frame)

    def _include(self, node: nodes.Include, frame: Frame) -> None:
        included = f"include({_template(_named(node))}, context, {_locals(frame)})"
        if frame.buffer:
            self._put(f"join({included})", frame)
        else:
            self._script.line(f"yield* {included};")

    def _import(self, node: nodes.Import, frame: Frame) -> None:
        target = frame.symbols.ref(node.target)
        self._set(target, _module(node, frame))
        self._export(node.target, frame, exported=False)

    def _from_import(self, node: nodes.FromImport, frame: Frame) -> None:
        module = self._script.temporary()
        self._set(module, _module(node, frame))
        for each in node.names:
            name, alias = (each, each) if isinstance(each, str) else each
            self._set(frame.symbols.ref(alias), f"imported({module}, {js_text(name)})")
            self._export(alias, frame, exported=False)

    def _export(self, name: str, frame: Frame, *, exported: bool) -> None:
        """Show a variable of the top level to blocks, and with `exported` to templates that import this one."""
        if frame.toplevel:
            value = frame.symbols.ref(name)
            self._script.line(f"context.set({js_text(name)}, {value}, {'true' if exported else 'false'});")

    def _macro(self, node: nodes.Macro, frame: Frame) -> None:
        self._macro_function(node, frame, frame.symbols.ref(node.name))
        self._export(node.name, frame, exported=True)

    def _call_block(self, node: nodes.CallBlock, frame: Frame) -> None:
        caller = self._script.temporary()
        self._macro_function(node, frame, caller)
        self._put(f"raw({self._expressions.call(node.call, frame, caller)})", frame)

    def _macro_function(self, node: nodes.Macro | nodes.CallBlock, frame: Frame, target: str) -> None:
        frame = frame.inner()
        frame.symbols.analyze_node(node)
        names = [argument.name for argument in node.args]
        used = find_undeclared(node.body, _SPECIAL)
        special = [name for name in _SPECIAL if name in used and name not in names]
        given = [frame.symbols.ref(name) for name in names] + [frame.symbols.declare_parameter(n) for n in special]
        frame.require_output_check = False
        frame.symbols.analyze_node(node)
        head = (
            f"{self._script.variable(target)} = new Macro({_texts(names)}, {_texts(special)}, ({', '.join(given)}) =>"
        )
        with self._script.function(head, "});", frozenset(given)):
            frame.buffer = self._buffer()
            self._enter(frame)
            self._defaults(node, frame)
            self._body(node.body, frame)
            self._script.line(f"return {frame.buffer};")

    def _defaults(self, node: nodes.Macro | nodes.CallBlock, frame: Frame) -> None:
        self._expressions.unset_parameters = True
        without = len(node.args) - len(node.defaults)
        for index, argument in enumerate(node.args):
            ref = frame.symbols.ref(argument.name)
            absent = f"use(undefined, {js_text(argument.name)})"
            default = absent if index < without else self._expressions.write(node.defaults[index - without], frame)
            self._script.line(f"if ({ref} === undefined) {ref} = {default};")
        self._expressions.unset_parameters = False

    def _filter_block(self, node: nodes.FilterBlock, frame: Frame) -> None:
        inner = frame.inner()
        inner.symbols.analyze_node(node)
        self._enter(inner)
        inner.buffer = self._buffer()
        self._body(node.body, inner)
        self._put(f"raw({self._expressions.filtered(node.filter, inner)})", frame)

    def _for(self, node: nodes.For, frame: Frame) -> None:
        inner, items, each = frame.inner(), self._script.temporary(), self._script.temporary()
        scoped = any(block.scoped for block in node.find_all(nodes.Block))
        uses_loop = "loop" in find_undeclared(node.iter_child_nodes(only=("body",)), ("loop",))
        loop = inner.symbols.declare_parameter("loop") if scoped or uses_loop else ""
        inner.symbols.analyze_node(node, for_branch="body")
        self._items(node, frame, inner, items)
        if loop:
            self._set(loop, f"new Loop({items})")
        self._script.line(f"for ({each} of {items}) {{")
        if loop:
            self._script.line(f"{loop}.next();")
        self._store(node.target, each, inner)
        self._enter(inner)
        self._body(node.body, inner)
        self._script.line("}")
        if node.else_:
            self._for_else(node, frame, items)

    def _items(self, node: nodes.For, frame: Frame, inner: Frame, items: str) -> None:
        """Write into `items` what the loop goes through, the filter applied."""
        value = f"iterate({self._expressions.write(node.iter, frame)})"
        if not node.test:
            self._set(items, value)
            return
        test_frame = frame.inner()
        test_frame.symbols.analyze_node(node, for_branch="test")
        with self._script.function(f"{items} = {value}.filter((entry) =>", "});"):
            self._enter(test_frame)
            self._store(node.target, "entry", inner)
            self._script.line(f"return {self._expressions.truth(node.test, test_frame)};")

    def _for_else(self, node: nodes.For, frame: Frame, items: str) -> None:
        inner = frame.inner()
        inner.symbols.analyze_node(node, for_branch="else")
        self._script.line(f"if (!{items}.length) {{")
        self._enter(inner)
        self._body(node.else_, inner)
        self._script.line("}")

    def _if(self, node: nodes.If, frame: Frame) -> None:
        inner = frame.soft()
        self._script.line(f"if ({self._expressions.truth(node.test, inner)}) {{")
        self._body(node.body, inner)
        for branch in node.elif_:
            self._script.line(f"}} else if ({self._expressions.truth(branch.test, inner)}) {{")
            self._body(branch.body, inner)
        if node.else_:
            self._script.line("} else {")
            self._body(node.else_, inner)
        self._script.line("}")

    def _assign(self, node: nodes.Assign, frame: Frame) -> None:
        self._store(node.target, self._expressions.write(node.node, frame), frame)
        self._export_targets(node.target, frame)

    def _assign_block(self, node: nodes.AssignBlock, frame: Frame) -> None:
        inner = frame.inner()
        inner.require_output_check = False
        inner.symbols.analyze_node(node)
        self._enter(inner)
        inner.buffer = self._buffer()
        self._body(node.body, inner)
        value = f"str({self._expressions.filtered(node.filter, inner)})" if node.filter else inner.buffer
        self._store(node.target, f"safe({value})", frame)
        self._export_targets(node.target, frame)

    def _export_targets(self, target: nodes.Expr, frame: Frame) -> None:
        names = [target] if isinstance(target, nodes.Name) else target.find_all(nodes.Name)
        for name in names:
            self._export(name.name, frame, exported=True)

    def _store(self, target: nodes.Node, value: str, frame: Frame) -> None:
        """Assign to a name, or to the names of a tuple."""
        if isinstance(target, nodes.Name):
            self._set(frame.symbols.ref(target.name), value)
        elif isinstance(target, nodes.Tuple):
            parts = self._script.temporary()
            self._set(parts, f"unpack({value}, {len(target.items)})")
            for index, each in enumerate(target.items):
                self._store(each, f"{parts}[{index}]", frame)

    def _with(self, node: nodes.With, frame: Frame) -> None:
        inner = frame.inner()
        inner.symbols.analyze_node(node)
        self._enter(inner)
        for target, value in zip(node.targets, node.values, strict=True):
            self._store(target, self._expressions.write(value, frame), inner)
        self._body(node.body, inner)


def _template(name: str) -> str:
    return f"templates[{js_text(name)}]"


def _named(node: nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport) -> str:
    name: Any = node.template
    return str(name.value)


def _module(node: nodes.Import | nodes.FromImport, frame: Frame) -> str:
    template = _template(_named(node))
    return f"moduleWith({template}, context, {_locals(frame)})" if node.with_context else f"module({template}, globals)"


def _locals(frame: Frame) -> str:
    return f"[{', '.join(f'[{js_text(name)}, {ref}]' for name, ref in sorted(frame.symbols.dump_stores().items()))}]"


def _texts(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(js_text, texts))}]"
