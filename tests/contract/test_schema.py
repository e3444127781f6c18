"""Schemathesis against a real server: no 5xx, nothing but what the API document says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.e2e.server import Server
from tests.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST_REQUESTS = 2_000
CONFIGURATION = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 410, 429, "5xx"]

[[operations]]
include-path-regex = "^/api/(tasks|events)"
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", 400, 401, 403, 404, 409, 410, 429, "5xx"]
"""
"""Any number is a valid cursor, and most lead nowhere: 410 (docs/sync.md). No schema tells which texts are rules of
RFC 5545 that give days: 400.
"""
EXAMPLES = 30
"""For each operation and phase; the coverage phase adds its own."""


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """A server process on a fresh database."""
    running = Server(environment, tmp_path / "server.log")
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_server_does_what_its_document_says(server: Server, tmp_path: Path) -> None:
    """SQLite is enough here: what the records core answers is held equal on both databases elsewhere."""
    signed_up = httpx.post(f"{server.url}/api/auth/register", json={"username": "mara", "password": PASSWORD})
    token = signed_up.json()["token"]
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, "utf-8")
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{server.url}/schema/openapi.json"]
    command += ["--header", f"Authorization: Bearer {token}", "--exclude-path", "/api/auth/logout"]
    # A stream has no end; tests/sync/test_events.py reads it.
    command += ["--exclude-path", "/api/sync/events"]
    command += ["--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES), "--seed", "20261123"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=400, check=False)
    generated = re.search(r"(\d+) generated", done.stdout)
    assert done.returncode == 0, done.stdout[-6000:]
    assert generated is not None
    assert int(generated[1]) >= LEAST_REQUESTS, done.stdout[-2000:]
