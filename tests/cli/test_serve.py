"""The server as a process: it says when it is ready, ends when told, and keeps what it acknowledged."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from aios.tls import PORT_OFFSET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "a long quiet sentence"


def free_port() -> int:
    """A port that nobody has, whose https neighbour is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + PORT_OFFSET))
            except (OSError, OverflowError):
                continue
            return port


@contextmanager
def serving(environment: dict[str, str], *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `aios serve`; gives the process and its address once it says that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "aios", "serve", "--host", "127.0.0.1", "--port", str(free_port()), *options],
        env={**environment, "AIOS_ACCESS_LOG": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("AIOS is ready at "):
                yield process, line.removeprefix("AIOS is ready at ").strip()
                break
        else:
            pytest.fail("the server ended before it was ready")
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_it_ends_cleanly_when_told(environment: dict[str, str], number: signal.Signals) -> None:
    with serving(environment) as (process, url):
        answer = httpx.get(f"{url}/health/ready")
        assert answer.status_code == 200
        assert "server" not in answer.headers
        process.send_signal(number)
        assert process.wait(20) == 0


def test_notes_survive_kill_minus_nine(environment: dict[str, str]) -> None:
    with serving(environment) as (process, url), httpx.Client(base_url=url) as client:
        token = client.post("/api/auth/register", json={"username": "mara", "password": PASSWORD}).json()["token"]
        headers = {"authorization": f"Bearer {token}"}
        made = [client.post("/api/notes", json={"title": f"Note {n}"}, headers=headers).json() for n in range(20)]
        process.kill()
        process.wait()
    with serving(environment) as (_, url):
        kept: list[dict[str, Any]] = httpx.get(f"{url}/api/notes", headers=headers).json()
    assert {note["id"] for note in kept} == {note["id"] for note in made}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_with_tls_both_listeners_are_one_app(environment: dict[str, str], tmp_path: Path) -> None:
    with serving(environment, "--tls") as (process, url):
        port = int(url.rpartition(":")[2])
        der = httpx.get(f"{url}/dev/authority.crt")
        assert der.headers["content-type"] == "application/x-x509-ca-cert"
        assert der.content == (tmp_path / "tls" / "authority.crt").read_bytes()
        trust = ssl.create_default_context(cadata=der.content)
        secure = f"https://localhost:{port + PORT_OFFSET}"
        with httpx.Client(verify=trust) as client:
            body = {"username": "mara", "password": PASSWORD}
            token = client.post(f"{secure}/api/auth/register", json=body).json()["token"]
        me = httpx.get(f"{url}/api/auth/me", headers={"authorization": f"Bearer {token}"})
        assert me.json()["username"] == "mara"
        page = httpx.get(f"{url}/dev/install")
        assert page.status_code == 200
        assert f":{port + PORT_OFFSET}/" in page.text
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_with_migrate_it_starts_on_an_empty_database(environment: dict[str, str], empty_database_url: str) -> None:
    with serving({**environment, "DATABASE_URL": empty_database_url}, "--migrate") as (_, url):
        assert httpx.get(f"{url}/health/ready").status_code == 200


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_port_in_use_is_named(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "aios", "serve", "--host", "127.0.0.1", "--port", str(port)],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_worker_runs_jobs_without_a_server(environment: dict[str, str], database_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "aios", "worker"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "The worker is ready.\n"
    _wait_for_purge(database_url)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.communicate()


def _wait_for_purge(database_url: str) -> None:
    import time  # noqa: PLC0415  here only

    from aios.database import Address  # noqa: PLC0415  as above
    from aios.database.sqlite import connect  # noqa: PLC0415  as above

    connection = connect(Address.parse(database_url).target, read_only=True)
    deadline = time.monotonic() + 20
    asked = "SELECT count(*) FROM job WHERE kind = 'records.purge' AND run_at > created_at"
    while connection.execute(asked).fetchone() != (1,):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    connection.close()
