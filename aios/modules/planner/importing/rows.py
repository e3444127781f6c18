"""Tables as programs export them: separated by commas, semicolons or tabs, sometimes under lines of their own."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from aios.port.limits import MOST_TEXT, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEPARATORS = ",;\t"
MOST_ROWS = 100_000
_BEGINNING = 32
"""Lines among which the names of the columns stand."""
csv.field_size_limit(MOST_TEXT)


def rows(text: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows under the names of the columns, at least `columns`, and their lines. Raises UnreadableError."""
    separator, skipped = _header(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    names: list[str] = []
    number = 0
    try:
        for cells in reader:
            if not names:
                skipped -= 1
                names = [cell.strip().lower() for cell in cells] if skipped < 0 else []
            elif any(cell.strip() for cell in cells):
                number += 1
                if number > MOST_ROWS:
                    message = f"It has more than {MOST_ROWS:,} rows; bring it in part by part."
                    raise UnreadableError(message)
                yield reader.line_num, dict(zip(names, cells, strict=False))
    except csv.Error as error:
        message = f"It cannot be read from line {reader.line_num} on: {error}."
        raise UnreadableError(message) from error


def has(text: str, columns: tuple[str, ...]) -> bool:
    """Whether a beginning of a text names these columns."""
    try:
        _header(text, columns)
    except UnreadableError:
        return False
    return True


def _header(text: str, columns: tuple[str, ...]) -> tuple[str, int]:
    """The separator, and how many rows stand above the names."""
    for separator in _SEPARATORS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            for number, cells in enumerate(reader):
                if set(columns) <= {cell.strip().lower() for cell in cells}:
                    return separator, number
                if number == _BEGINNING:
                    break
        except csv.Error:
            continue
    message = f"It has no columns named {', '.join(columns)}."
    raise UnreadableError(message)
