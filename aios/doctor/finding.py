"""What a look at one thing came to."""

from __future__ import annotations

import msgspec

REPAIR = "Run: aios doctor --repair"


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at: whether it is well, and a sentence that says what to do where it is not."""

    subject: str
    well: bool
    sentence: str


def counted(subject: str, count: int, fault: str, well: str) -> Finding:
    """A finding about things of which there should be none: `fault` comes after their number."""
    return Finding(subject, not count, f"{count} {fault}" if count else well)
