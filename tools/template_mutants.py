"""Break the template compiler and its runtime, one way at a time, on a copy: each must turn the parity tests red.

Fails when a change does not apply, when the untouched copy is not green, or when a mutant goes unseen.
"""

from __future__ import annotations

import sys

from mutation import Mutant, run

RUNTIME = "aios/static/device/templates_runtime.js"
STATEMENTS = "aios/web/device_statements.py"
EXPRESSIONS = "aios/web/device_expressions.py"
TESTS = ("tests/parity/test_templates_compiler.py",)


MUTANTS = (
    Mutant("an escape is another", RUNTIME, '"&#39;"', '"&apos;"'),
    Mutant("one character is not escaped", RUNTIME, "/[&<>\"']/g", '/[&<>"]/g'),
    Mutant("safe HTML is escaped in ~", RUNTIME, "each instanceof Safe ? each : str(each)", "str(each)"),
    Mutant("an empty list is true", RUNTIME, "isList(value) ? value.length :", "isList(value) ? true :"),
    Mutant("an unknown name is false", RUNTIME, 'if (value instanceof Undefined) fail("decide", value);', ""),
    Mutant("loop.index starts at 0", RUNTIME, "++this.index0 + 1", "++this.index0"),
    Mutant("loop.last comes early", RUNTIME, "this.last = this.index === this.length", "this.last = this.index >= 1"),
    Mutant("inherited properties are items", RUNTIME, "fits && Object.hasOwn(value, name)", "fits && name in value"),
    Mutant(
        "inherited keys are in", RUNTIME, "isText(value) && Object.hasOwn(whole, plain(value))", "plain(value) in whole"
    ),
    Mutant("thousands are not parted", RUNTIME, r"\B(?=(\d{3})+$)", r"\B(?=(\d{4})+$)"),
    Mutant(
        "true is a number",
        RUNTIME,
        "const digits = (value) => (Number.isSafeInteger(value)",
        "const digits = (value) => (Number.isSafeInteger(number(value))",
    ),
    Mutant("a bracket stays in a path", RUNTIME, "/[!'()*]/g", "/[!'*]/g"),
    Mutant("lengths are in code units", RUNTIME, '[...plain(value)] : fail("go', 'plain(value).split("") : fail("go'),
    Mutant(
        "text is ordered by code unit",
        RUNTIME,
        '[[...left, ""], [...right, ""]]',
        '[[...left.split(""), ""], [...right.split(""), ""]]',
    ),
    Mutant("// cuts towards zero", RUNTIME, "(a - modulo(a, b)) / b", "Math.trunc(a / b)"),
    Mutant("a tuple is a list", RUNTIME, "a instanceof Tuple === b instanceof Tuple", "true"),
    Mutant("super is the block itself", RUNTIME, ".indexOf(current) + 1", ".indexOf(current)"),
    Mutant("the parent's block wins", RUNTIME, "[...this.stack(name), block]", "[block, ...this.stack(name)]"),
    Mutant(
        "defaults are not seen", STATEMENTS, "default = absent if index < without else", "default = absent if True else"
    ),
    Mutant(
        "a set stays on the top level",
        STATEMENTS,
        "if frame.toplevel:\n            value",
        "if False:\n            value",
    ),
    Mutant(
        "a child's own output is shown", STATEMENTS, "if frame.require_output_check and self._extends:", "if False:"
    ),
    Mutant("scoped blocks see no loop", STATEMENTS, "if node.scoped:", "if False:"),
    Mutant("a loop's else always runs", STATEMENTS, "if (!{items}.length) {{", "if (true) {{"),
    Mutant("chains compute twice", EXPRESSIONS, "left = middle\n", "pass\n"),
    Mutant(
        "or gives a truth value",
        EXPRESSIONS,
        "? {left} : {self.write(node.right, frame)})",
        "? true : {self.write(node.right, frame)})",
    ),
)


if __name__ == "__main__":
    deselected = ("--deselect", f"{TESTS[0]}::test_the_runtime_is_small")
    sys.exit(run(MUTANTS, (*TESTS, *deselected)))
