"""`python -m benchmarks`: measure AIOS beside Express, write results.json, print a table.

Exit code 0 when everything was measured, whether or not a target is met; 1 when something could not be.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from benchmarks import actual, lighthouse, load, report, servers, suite
from benchmarks.cases import Pace
from benchmarks.errors import MeasurementError
from benchmarks.say import say

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL, QUICK = Pace(5, 2), Pace(3, 1, brief=True)
LONGEST_S = {FULL: 1_200, QUICK: 300}
RESULTS = Path(__file__).with_name("results.json")


def main() -> int:
    """Run everything; see the head of this module."""
    options = _options()
    pace = QUICK if options.quick else FULL
    signal.signal(signal.SIGTERM, _ended)
    signal.signal(signal.SIGALRM, _too_long)
    rows: list[report.Result] = []
    failure = ""
    try:
        load.require_wrk()
        servers.require_express()
        if options.databases:
            actual.require()
        if "sqlite" in options.databases and not pace.brief:
            lighthouse.require()
        signal.alarm(LONGEST_S[pace])
        _say_whether_busy()
        for row in _run(options.databases, pace):
            rows.append(row)  # noqa: PERF402  what was measured before a failure is still shown
    except (MeasurementError, subprocess.SubprocessError, OSError) as error:
        failure = f"\nNot everything was measured, so nothing was written: {error}"
    finally:
        signal.alarm(0)
    if rows:
        say(f"\n{report.table(rows)}")
    if failure:
        say(failure)
        return 1
    report.write(options.output, rows)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks", description="Measure AIOS beside Express. See benchmarks/README.md.")
    parser.add_argument(
        "--quick", action="store_true", help="3 rounds of 1 s instead of 5 of 2 s: less exact, within two minutes"
    )
    parser.add_argument(
        "--databases",
        nargs="*",
        default=["sqlite", "postgresql"],
        choices=["sqlite", "postgresql"],
        help="where AIOS keeps its data; none measures Express alone",
    )
    parser.add_argument(
        "--output", type=Path, default=RESULTS, help="where the results go (default: benchmarks/results.json)"
    )
    return parser.parse_args()


def _run(databases: list[str], pace: Pace) -> Iterator[report.Result]:
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="aios-benchmarks-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        postgres = None
        if "postgresql" in databases:
            postgres = stack.enter_context(servers.postgresql(folder / "postgresql"))
        yield from suite.measure(suite.Databases("sqlite" in databases, postgres), pace, folder)


def _say_whether_busy() -> None:
    load_1min, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load_1min > cores / 2:
        say(f"This machine is busy (load {load_1min:.1f} on {cores} cores): expect inexact ratios, or too long a run.")


def _ended(_signal: int, _frame: object) -> NoReturn:
    sys.exit(1)


def _too_long(_signal: int, _frame: object) -> NoReturn:
    message = "the run took longer than it may, so it was ended. Is the machine busy with something else?"
    raise MeasurementError(message)


if __name__ == "__main__":
    sys.exit(main())
