"""Progress, a line at a time."""

from __future__ import annotations


def say(text: str) -> None:
    """Print at once, so that a piped run can be followed."""
    print(text, flush=True)
