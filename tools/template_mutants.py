"""Break the template compiler and its runtime, one way at a time, on a copy: each must turn the parity tests red.

Fails when a change does not apply, when the untouched copy is not green, or when a mutant goes unseen.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
RUNTIME = "aios/static/device/templates_runtime.js"
STATEMENTS = "aios/web/device_statements.py"
EXPRESSIONS = "aios/web/device_expressions.py"
TESTS = ("tests/parity/test_templates_compiler.py",)


class Mutant(NamedTuple):
    """A change of one place: `old` must be there exactly once."""

    name: str
    file: str
    old: str
    new: str


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


def main() -> int:
    """Try all mutants; the exit status is how many went unseen or did not apply."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("aios", "tests", "pyproject.toml"):
            source = ROOT / name
            shutil.copytree(source, copy / name) if source.is_dir() else shutil.copy(source, copy / name)
        if _is_red(copy):
            print("The untouched copy is red: mutants would show nothing.")
            return 1
        wrong = [mutant.name for mutant in MUTANTS if not _is_seen(copy, mutant)]
    print(f"{len(MUTANTS) - len(wrong)} of {len(MUTANTS)} mutants were seen.", *wrong, sep="\n")
    return len(wrong)


def _is_seen(copy: Path, mutant: Mutant) -> bool:
    path = copy / mutant.file
    source = path.read_text(encoding="utf-8")
    if source.count(mutant.old) != 1:
        print(f"does not apply: {mutant.name}")
        return False
    path.write_text(source.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        red = _is_red(copy)
    finally:
        path.write_text(source, encoding="utf-8")
    print(f"{'seen' if red else 'UNSEEN'}: {mutant.name}", flush=True)
    return red


def _is_red(copy: Path) -> bool:
    options = ("-n0", "-x", "-q", "-p", "no:cacheprovider", "--deselect", f"{TESTS[0]}::test_the_runtime_is_small")
    command = [sys.executable, "-m", "pytest", *options, *TESTS]
    done = subprocess.run(command, cwd=copy, env=None, capture_output=True, text=True, check=False)  # noqa: S603  our own
    if done.returncode > 1:
        raise SystemExit(done.stdout + done.stderr)
    return done.returncode == 1


if __name__ == "__main__":
    sys.exit(main())
