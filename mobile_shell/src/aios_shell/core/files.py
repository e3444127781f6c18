"""A choice of files that the page asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class FileChoice:
    """Answers the page exactly once. Without an answer no later tap on any file field does anything."""

    def __init__(self, answer: Callable[[Sequence[str] | None], None]) -> None:
        self._answer: Callable[[Sequence[str] | None], None] | None = answer

    def settle(self, files: Sequence[str] | None) -> bool:
        """Give the chosen files, None for none. False when it was answered before."""
        answer, self._answer = self._answer, None
        if answer is None:
            return False
        answer(files or None)
        return True


class FileChoices:
    """The one choice that is open; a new one answers the one before with nothing."""

    def __init__(self) -> None:
        self._open: FileChoice | None = None

    def begin(self, answer: Callable[[Sequence[str] | None], None]) -> FileChoice:
        """Open a choice."""
        if self._open is not None:
            self._open.settle(None)
        self._open = FileChoice(answer)
        return self._open
