"""How long a start takes: from spawning `aios serve` to the first 200 of its ready check."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from benchmarks import servers

if TYPE_CHECKING:
    from pathlib import Path


def ready_seconds(database_url: str, folder: Path, times: int) -> float:
    """Median of several starts on a migrated database, in seconds. Raises MeasurementError."""
    measured: list[float] = []
    for _ in range(times):
        before = time.perf_counter()
        with servers.aios(database_url, folder):
            measured.append(time.perf_counter() - before)
    return statistics.median(measured)
