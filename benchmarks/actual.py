"""Actual's sync server: local-first with a CRDT, and widely used. Started with its data in a folder of its own."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from benchmarks import servers
from benchmarks.errors import MeasurementError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

FOLDER = Path(__file__).with_name("actual")
_PROGRAM = FOLDER / "node_modules" / "@actual-app" / "sync-server" / "build" / "bin" / "actual-server.js"
_PASSWORD = "correct horse battery staple"  # noqa: S105  a server that lives as long as the run
_FILE_ID = "019ab2c4-7d10-7c3e-9b54-6f1d2a8e4c0"
"""And a digit."""
_BUILD_TIMEOUT_S = 600
_OK = 200


class Budget(NamedTuple):
    """A file of Actual, which is to it what a space is to AIOS, and the folder of what is sent for it."""

    port: int
    token: str
    file_id: str
    group_id: str
    folder: Path

    def send(self, name: str) -> bytes:
        """Send a prepared request. Raises MeasurementError."""
        body = (self.folder / name).read_bytes()
        return _post(self.port, "/sync/sync", body, "application/actual-sync", {"x-actual-token": self.token})

    def prepare(self, records: Sequence[dict[str, str]], *, pushes: int, each: int) -> None:
        """Write `pull`, and `push.0` and so on, with Actual's own library. Raises MeasurementError."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / "records.json").write_bytes(msgspec.json.encode(records))
        command = ["node", str(FOLDER / "requests.mjs"), str(self.folder), self.file_id, self.group_id]
        command += ["0", str(pushes), str(each)]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if run.returncode:
            message = f"Actual's requests could not be written: {run.stderr.strip()[-500:]}"
            raise MeasurementError(message)


def require() -> None:
    """Install Actual's sync server when it is missing, and build its SQLite, which npm has no binary of."""
    servers.install_packages(FOLDER, "express")
    if any((FOLDER / "node_modules" / "better-sqlite3").glob("build/Release/better_sqlite3.node")):
        return
    node = Path(shutil.which("node") or "node").resolve()
    # The headers come with Node; without this, they would be fetched from elsewhere.
    environment = {"npm_config_nodedir": str(node.parent.parent), "npm_config_build_from_source": "true"}
    run = subprocess.run(
        ["npm", "rebuild", "better-sqlite3"],
        cwd=FOLDER,
        env=servers.clean_environment(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=_BUILD_TIMEOUT_S,
    )
    if run.returncode:
        message = f"better-sqlite3 could not be built (it needs g++, make and Node's headers): {run.stderr[-500:]}"
        raise MeasurementError(message)


@contextmanager
def serving(folder: Path, budgets: int) -> Generator[list[Budget]]:
    """Run the server in production mode; gives so many empty files on it. Raises MeasurementError."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {"NODE_ENV": "production", "ACTUAL_DATA_DIR": str(folder), "ACTUAL_HOSTNAME": "127.0.0.1"}
    with servers.running(["node", str(_PROGRAM)], environment, folder / "log", "/health") as server:
        answer = servers.call(server.port, "POST", "/account/bootstrap", body={"password": _PASSWORD})
        if answer.status != _OK:
            message = f"Actual's sync server refused its first password: {answer.content}"
            raise MeasurementError(message)
        token = answer.content["data"]["token"]
        yield [_upload(server.port, token, f"{_FILE_ID}{n}", folder / f"requests{n}") for n in range(budgets)]


def _upload(port: int, token: str, file_id: str, folder: Path) -> Budget:
    headers = {"x-actual-token": token, "x-actual-file-id": file_id, "x-actual-name": file_id, "x-actual-format": "2"}
    answer = _post(port, "/sync/upload-user-file", b"empty", "application/encrypted-file", headers)
    return Budget(port, token, file_id, msgspec.json.decode(answer)["groupId"], folder)


def _post(port: int, path: str, body: bytes, kind: str, headers: dict[str, str]) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, body, {"Content-Type": kind, **headers})
        response = connection.getresponse()
        raw = response.read()
    finally:
        connection.close()
    if response.status != _OK:
        message = f"Actual's sync server answered {response.status}: {raw[:300]!r}"
        raise MeasurementError(message)
    return raw
