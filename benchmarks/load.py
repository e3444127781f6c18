"""Load from wrk: one thread, a fixed number of connections, requests replayed from a file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from benchmarks.errors import MeasurementError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCRIPT = Path(__file__).with_name("replay.lua")
_END_OF_REQUEST = b"\x1e"
_PATIENCE_S = 30


class Load(msgspec.Struct, frozen=True):
    """What one run of wrk saw. `refused` counts answers of 400 and above, `broken` lost connections and time-outs."""

    requests: int
    microseconds: int
    p50_us: int
    refused: int
    broken: int

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.requests * 1_000_000 / self.microseconds


def require_wrk() -> None:
    """Raise MeasurementError, saying what to do, when wrk is not installed."""
    if shutil.which("wrk") is None:
        message = "wrk is not installed. Install it with: apt-get install wrk"
        raise MeasurementError(message)


def request(port: int, method: str, path: str, *, token: str = "", body: object = None) -> bytes:
    """Write one whole HTTP request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    if body is None:
        return f"{head}\r\n".encode()
    content = msgspec.json.encode(body)
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


def write_requests(path: Path, requests: Sequence[bytes]) -> None:
    """Write the file that `replay` sends."""
    path.write_bytes(_END_OF_REQUEST.join(requests) + _END_OF_REQUEST)


def replay(port: int, requests: Path, *, first: int, seconds: int, connections: int) -> Load:
    """Send the requests of a file, beginning at number `first`, for `seconds`. Raises MeasurementError."""
    run = subprocess.run(
        [
            "wrk",
            "--threads=1",
            f"--connections={connections}",
            f"--duration={seconds}s",
            f"--script={_SCRIPT}",
            f"http://127.0.0.1:{port}",
            "--",
            str(requests),
            str(first),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + _PATIENCE_S,
    )
    lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
    if run.returncode or not lines:
        message = f"wrk failed: {(run.stderr or run.stdout).strip()[-500:]}"
        raise MeasurementError(message)
    load = msgspec.json.decode(lines[-1], type=Load)
    if load.refused or load.broken or not load.requests:
        message = (
            f"{requests.stem}: of {load.requests} answers {load.refused} had a status of 400 or above, "
            f"and {load.broken} connections or requests failed."
        )
        raise MeasurementError(message)
    return load
