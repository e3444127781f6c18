"""Which lines of the modules' Python files were executed: the gate that no view escapes comparison."""

from __future__ import annotations

import runpy
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

import aios.modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DECLARATIONS = {"__init__.py", "schema.py", "exporting.py"}
"""Files that only declare, and those that no page runs: what goes out as files is tested in tests/port."""
MODULES = Path(aios.modules.__file__).parent


class Lines:
    """Traces functions of `aios/modules/*/`; importing them is not traced."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, int]] = set()
        self._prefix = f"{MODULES}/"

    def start(self) -> None:
        """Trace this thread, and those that are started from now on."""
        threading.settrace(self._begin)
        sys.settrace(self._begin)
        for path in _files():
            runpy.run_path(str(path))  # what declarations call was called before, when the modules were imported

    def stop(self) -> None:
        """Trace nothing any more."""
        threading.settrace(None)  # type: ignore[arg-type]
        sys.settrace(None)

    def missing(self) -> list[str]:
        """The lines of functions that were never executed, as `file:line text`."""
        found: list[str] = []
        for path in _files():
            source = path.read_text("utf-8")
            lines = source.split("\n")
            for line in sorted(
                {line for code in _functions(compile(source, str(path), "exec")) for line in _own(code)}
            ):
                if (str(path), line) not in self.seen:
                    found += [f"{path.relative_to(MODULES)}:{line} {lines[line - 1].strip()}"]
        return found

    def _begin(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if event != "call" or not frame.f_code.co_filename.startswith(self._prefix):
            return None
        self.seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line

    def _line(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
        if event == "line":
            self.seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line


def _files() -> list[Path]:
    """The files of modules that hold what pages do."""
    return sorted(path for path in MODULES.glob("*/*.py") if path.name not in DECLARATIONS)


async def untraced() -> None:
    """Let the thread of the running loop go on without being traced."""
    sys.settrace(None)


def _functions(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _functions(constant)


def _own(code: CodeType) -> set[int]:
    """The lines of a function's body, without its head."""
    return {line for _, _, line in code.co_lines() if line is not None and line != code.co_firstlineno}
