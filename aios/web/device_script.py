"""Writing JavaScript: literals, and functions whose variables live, as Python's do, for the whole function."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

_SURROGATE = re.compile("[\ud800-\udfff]")
LARGEST = 2**53 - 1
"""Number.MAX_SAFE_INTEGER: up to here a JavaScript number is the whole number that it shows."""


def js_text(text: str) -> str:
    """Write a string literal."""
    literal = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", literal)


Literal: TypeAlias = "str | int | Sequence[Literal] | None"


def js(value: Literal) -> str:
    """Write None, truth values, whole numbers and strings, and lists of them."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(js, value))}]"
    return js_text(value) if isinstance(value, str) else json.dumps(value)


class Script:
    """Lines of JavaScript, and the variables of the functions that are open."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._variables: list[set[str]] = []
        self._temporaries = 0

    def line(self, text: str) -> None:
        """Write a line."""
        self._lines.append(text)

    def variable(self, name: str) -> str:
        """Declare `name` in the open function, and give it back."""
        self._variables[-1].add(name)
        return name

    def temporary(self) -> str:
        """Declare a variable that no template names. Functions that stand side by side use the same ones."""
        self._temporaries += 1
        return self.variable(f"t_{self._temporaries}")

    @contextmanager
    def function(self, head: str, end: str = "}", parameters: frozenset[str] = frozenset()) -> Generator[None]:
        """Write what follows as the body of a function; all that is declared in it stands at its top."""
        self.line(f"{head} {{")
        place = len(self._lines)
        self._variables.append(set())
        before = self._temporaries
        yield
        self._temporaries = before
        declared = sorted(self._variables.pop() - parameters)
        if declared:
            self._lines.insert(place, f"let {', '.join(declared)};")
        self.line(end)

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"
