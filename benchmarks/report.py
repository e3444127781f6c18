"""Rows of results: what is compared with what, their targets, the file, and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.cases import Figures

SQLITE, POSTGRESQL = "aios", "aios.postgresql"
EXPRESS, EXPRESS_CACHED = "express", "express-cached"
ACTUAL = "actual"
TARGET = "target"
ONE_OTHER_ACCOUNT = "one other account"
SUFFIX = {SQLITE: "", POSTGRESQL: ".postgresql"}

RATIOS = {
    ("api.me", EXPRESS): 3.0,
    ("api.list50", EXPRESS): 3.0,
    ("api.list50.again", EXPRESS): 8.0,
    ("api.create", EXPRESS): 2.5,
    ("api.login", EXPRESS): 3.0,
    ("api.list50", EXPRESS_CACHED): 1.0,
    ("api.list50.again", EXPRESS_CACHED): 2.5,
    ("api.list50.postgresql", EXPRESS): 1.5,
    ("api.create.postgresql", EXPRESS): 1.2,
    ("sync.push1000", ACTUAL): 1.0,
    ("sync.pull1000", ACTUAL): 1.0,
    ("growth.list50", ONE_OTHER_ACCOUNT): 0.8,
    ("growth.list50.postgresql", ONE_OTHER_ACCOUNT): 0.8,
}
"""Least ratio of a row, by name and what it is compared with."""
LIMITS = {
    "api.login.others_p95_ms": 20.0,
    "server.ready_s": 1.5,
    "server.rss_mb": 120.0,
    "device.navigate": 50.0,
    "device.dom_ready": 100.0,
    "device.search": 50.0,
    "device.save": 10.0,
    "device.cold": 150.0,
    "device.calendar_month": 50.0,
    "sync.roundtrip": 20.0,
    "sync.bytes_per_record": 150.0,
    "sync.bootstrap10k": 3.0,
    "sync.first_screen": 500.0,
    "sync.upload10k": 10.0,
    "sync.device_to_device": 300.0,
    "weight.page": 60.0,
    "weight.worker": 150.0,
}
"""Most that a row with `against` "target" may be, in its own unit."""
LEAST = {
    "lighthouse.performance": 0.95,
    "lighthouse.accessibility": 1.0,
    "lighthouse.best_practices": 1.0,
    "lighthouse.seo": 1.0,
}
"""Least that a row with `against` "target" must be, in its own unit."""


class Result(msgspec.Struct, frozen=True):
    """One row of results.json. `ratio` is above 1 where AIOS is better.

    Where `against` is "target", `target` is the most that `value` may be, and `ratio` is target / value; for the
    names in `LEAST` it is the least that `value` must be, and `ratio` is value / target.
    Elsewhere `target` is the least that `ratio` must be. Without a target, `target` and `met` are null.
    """

    name: str
    value: float
    unit: str
    against: str
    ratio: float | None
    target: float | None
    met: bool | None


def compare(case: str, figures: Mapping[str, Figures]) -> list[Result]:
    """Rows of one call: each AIOS against each Express that was measured beside it."""
    rows: list[Result] = []
    for ours in (name for name in (SQLITE, POSTGRESQL) if name in figures):
        value = figures[ours].per_second
        rows += [
            relative(case + SUFFIX[ours], value, "requests/s", theirs, value / figures[theirs].per_second)
            for theirs in (EXPRESS, EXPRESS_CACHED)
            if theirs in figures
        ]
        others = figures[ours].others_p95_ms
        if others is not None:
            rows.append(absolute(f"{case}.others_p95_ms{SUFFIX[ours]}", others, "ms"))
    return rows


def relative(name: str, value: float, unit: str, against: str, ratio: float) -> Result:
    """Make the row of a comparison."""
    target = RATIOS.get((name, against))
    met = None if target is None else ratio >= target
    return Result(name, round(value, 3), unit, against, round(ratio, 3), target, met)


def absolute(name: str, value: float, unit: str) -> Result:
    """Make the row of a figure that has a limit of its own, or none."""
    least = LEAST.get(name)
    if least is not None:
        return Result(name, round(value, 3), unit, TARGET, round(value / least, 3), least, value >= least)
    limit = LIMITS.get(name)
    if limit is None:
        return Result(name, round(value, 3), unit, TARGET, None, None, None)
    return Result(name, round(value, 3), unit, TARGET, round(limit / value, 3), limit, value <= limit)


def write(path: Path, rows: Sequence[Result]) -> None:
    """Write the rows, one a line, so that a change of one shows as one line."""
    lines = ",\n".join(f"  {msgspec.json.encode(row).decode()}" for row in rows)
    path.write_text(f"[\n{lines}\n]\n", "utf-8")


def table(rows: Sequence[Result]) -> str:
    """Show the rows as a table for people."""
    cells = [("name", "value", "unit", "against", "ratio", "target", "met")]
    cells += [
        (row.name, f"{row.value:,.2f}", row.unit, row.against, _number(row.ratio), _number(row.target), _met(row.met))
        for row in rows
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    numbers = {1, 4, 5}
    lines = [
        "  ".join(
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _met(met: bool | None) -> str:  # noqa: FBT001  a field of a row, not a switch
    return {None: "", True: "yes", False: "NO"}[met]
