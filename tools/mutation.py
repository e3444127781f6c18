"""Breaking the code on a copy, one way at a time: each change must turn the tests red."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parent.parent
COPIED = ("aios", "examples", "migrations", "tests", "pyproject.toml", "node_modules")


class Mutant(NamedTuple):
    """A change of one place: `old` must be there exactly once."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = ()
    """Those that have to see it; none means those that all mutants are tried with."""


def run(mutants: Sequence[Mutant], arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Try all mutants with `pytest *arguments`. Gives how many went unseen; 1 when none could be tried."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if name == "node_modules":
                (copy / name).symlink_to(source)
            elif source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        named = [*arguments, *dict.fromkeys(name for mutant in mutants for name in mutant.tests)]
        if _is_red(copy, named, environment):
            print("The untouched copy is red: mutants would show nothing.")
            return 1
        wrong = [mutant.name for mutant in mutants if not _is_seen(copy, mutant, arguments, environment)]
    print(f"{len(mutants) - len(wrong)} of {len(mutants)} mutants were seen.", *wrong, sep="\n")
    return len(wrong)


def _is_seen(copy: Path, mutant: Mutant, arguments: Sequence[str], environment: Mapping[str, str] | None) -> bool:
    path = copy / mutant.file
    source = path.read_text(encoding="utf-8")
    if source.count(mutant.old) != 1:
        print(f"does not apply: {mutant.name}")
        return False
    path.write_text(source.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        red = _is_red(copy, mutant.tests or arguments, environment)
    finally:
        path.write_text(source, encoding="utf-8")
    print(f"{'seen' if red else 'UNSEEN'}: {mutant.name}", flush=True)
    return red


def _is_red(copy: Path, arguments: Sequence[str], environment: Mapping[str, str] | None) -> bool:
    command = [sys.executable, "-m", "pytest", "-n0", "-x", "-q", "-p", "no:cacheprovider", *arguments]
    # The package is installed from the tree that is copied, so the copy has to come first.
    given = {**os.environ, "PYTHONPATH": str(copy), **(environment or {})}
    done = subprocess.run(command, cwd=copy, env=given, capture_output=True, text=True, check=False)  # noqa: S603  our own
    if done.returncode > 1:
        raise SystemExit(done.stdout + done.stderr)
    return done.returncode == 1
