"""What a kind of job is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aios.database import Database


class JobKind(msgspec.Struct, frozen=True, kw_only=True):
    """A named piece of background work. `run` may be called again after a crash, so it must be idempotent."""

    name: str
    run: Callable[[Database, dict[str, Any]], Awaitable[None]]
    every_s: int = 0
    """Repeat this many seconds after it ended; 0 runs it once."""
    once: str = ""
    """Run one time for each value of this, ever, without anybody asking: what a release must do to the data."""
    attempts: int = 8
