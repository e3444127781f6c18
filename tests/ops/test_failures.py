"""What goes wrong on a server, made to go wrong: nothing that was acknowledged is lost, and it recovers by itself."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from aios.cli.serve import GRACEFUL_S
from aios.database import Address
from aios.database.migrate import current, head
from tests.cli.test_serve import PASSWORD, serving
from tests.conftest import PostgresqlServer

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[2]
NEXT, AFTER = f"{int(head()) + 1:04d}", f"{int(head()) + 2:04d}"
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = depends_on = None


def upgrade():
    {up}


def downgrade():
    pass
"""
EXPAND = (
    'op.add_column("account", sa.Column("nickname", sa.String(50), nullable=True))\n'
    '    op.create_table("badge", sa.Column("id", sa.String(36), primary_key=True))'
)
CONTRACT = 'op.drop_column("account", "nickname")'
BREAKS = f"{EXPAND}\n    op.execute('DROP TABLE nowhere')"


_open: list[httpx.Client] = []


@pytest.fixture(autouse=True)
def _close_clients() -> Iterator[None]:
    yield
    while _open:
        _open.pop().close()


class Household:
    """A person who writes through REST, and remembers what was acknowledged."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=20)
        _open.append(self.client)
        made = self.client.post("/api/auth/register", json={"username": "mara", "password": PASSWORD})
        self.id = made.json()["user"]["id"]
        self.client.headers["authorization"] = f"Bearer {made.json()['token']}"
        self.acknowledged: set[str] = set()

    def write(self, text: str = "kept") -> httpx.Response:
        answer = self.client.post("/api/notes", json={"title": "kept", "bodyMarkdown": text})
        if answer.status_code == 201:
            self.acknowledged.add(answer.json()["id"])
        return answer

    def stored(self, url: str = "") -> set[str]:
        found: set[str] = set()
        while page := self.client.get(f"{url}/api/notes", params={"limit": 100, "offset": len(found)}).json():
            before = len(found)
            found |= {note["id"] for note in page}
            if len(found) == before:
                break
        return found

    def lost(self, url: str = "") -> set[str]:
        return self.acknowledged - self.stored(url)


def version(tmp_path: Path, name: str, **revisions: str) -> dict[str, str]:
    """Another version of AIOS: this one with more migrations. Gives what runs it instead of this one."""
    tree = tmp_path / name
    shutil.copytree(TOP / "migrations", tree / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (tree / "aios").symlink_to(TOP / "aios")
    before = head()
    for number, up in revisions.items():
        revision = number.removeprefix("r")
        text = REVISION.format(revision=revision, before=before, up=up)
        (tree / f"migrations/versions/{revision}_made_up.py").write_text(text)
        before = revision
    return {"PYTHONPATH": str(tree)}


def aios(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aios", *arguments]
    # Not in a checkout: its folder would come before PYTHONPATH.
    return subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False, timeout=60)


def until(done: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def status(url: str, path: str = "/health/ready") -> int:
    try:
        return httpx.get(url + path, timeout=10).status_code
    except httpx.TransportError:
        return 0


def test_a_failed_migration_leaves_the_old_version_serving(
    environment: dict[str, str], database_url: str, tmp_path: Path
) -> None:
    with serving(environment) as (_, url):
        mara = Household(url)
        assert mara.write().status_code == 201
        newer = environment | version(tmp_path, "next", **{f"r{NEXT}": BREAKS})
        failed = aios(newer, "migrate")
        assert failed.returncode == 1
        assert "The migration failed" in failed.stderr
        assert "The database is as it was" in failed.stderr
        assert current(Address.parse(database_url)) == head()
        refused = aios(newer, "serve", "--port", "0")
        assert refused.returncode == 1
        assert "Run: aios migrate" in refused.stderr
        assert status(url) == 200
        assert mara.write().status_code == 201
        assert not mara.lost()


def test_the_old_version_serves_while_the_new_one_migrates_and_starts(
    environment: dict[str, str], database_url: str, tmp_path: Path
) -> None:
    expand = environment | version(tmp_path, "expand", **{f"r{NEXT}": EXPAND})
    contract = environment | version(tmp_path, "contract", **{f"r{NEXT}": EXPAND, f"r{AFTER}": CONTRACT})
    with serving(environment) as (old, url):
        assert status(url) == 200
        mara, answers, enough = Household(url), list[int](), threading.Event()

        def load() -> None:
            while not enough.is_set():
                answers.append(mara.write().status_code)

        writer = threading.Thread(target=load)
        writer.start()
        try:
            migrated = aios(expand, "migrate")
            assert migrated.returncode == 0, migrated.stderr
            assert current(Address.parse(database_url)) == NEXT
            ready = httpx.get(f"{url}/health/ready")
            assert ready.status_code == 200
            assert NEXT in ready.json()["degraded"]
            with contextlib.chdir("/"), serving(expand) as (_, new):  # as in `aios` above
                until(lambda: len(answers) > 20)
                assert status(new) == 200
                enough.set()
                writer.join()
                assert not mara.lost(new)
                old.send_signal(signal.SIGTERM)
                assert old.wait(20) == 0
        finally:
            enough.set()
            writer.join()
        assert set(answers) == {201}
    # Nobody needs what the old version did: now it may go.
    done = aios(contract, "migrate")
    assert done.returncode == 0, done.stderr
    assert current(Address.parse(database_url)) == AFTER


def test_told_to_stop_it_is_not_ready_first_then_finishes_and_ends_streams(environment: dict[str, str]) -> None:
    drain_s = 2
    with serving({**environment, "AIOS_DRAIN_S": str(drain_s)}) as (process, url):
        mara = Household(url)
        token = mara.client.headers["authorization"]
        body = b'{"title": "sent slowly"}'
        slow = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
        head_ = f"POST /api/notes HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-type: application/json\r\n"
        slow.sendall(f"{head_}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body[:5])
        with mara.client.stream("GET", "/api/sync/events", params={"account": mara.id}) as stream:
            assert stream.status_code == 200
            lines = stream.iter_lines()
            next(lines)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            until(lambda: status(url) == 503, drain_s)
            assert mara.write().status_code == 201  # not ready, and still of use to whoever comes
            time.sleep(max(0.0, drain_s - (time.monotonic() - began)))
            slow.sendall(body[5:])
            list(lines)  # ends by itself
        answer = b""
        while part := slow.recv(4096):
            answer += part
        slow.close()
        assert answer.startswith(b"HTTP/1.1 201")
        assert process.wait(GRACEFUL_S) == 0
        assert time.monotonic() - began < drain_s + GRACEFUL_S
    with serving(environment) as (_, again):
        assert not mara.lost(again)
        assert len(mara.stored(again)) == 2


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(folder)],  # noqa: S607  found on PATH
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("mounting a small disk is for root alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607  as above


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
    return filler


def full_disk(environment: dict[str, str], disk: Path) -> None:
    with serving(environment) as (_, url):
        mara = Household(url)
        for _ in range(5):
            assert mara.write().status_code == 201
        filler = fill(disk)
        answers = [mara.write("x" * 20_000) for _ in range(30)]
        refused = [answer for answer in answers if answer.status_code != 201]
        assert refused
        assert {answer.status_code for answer in refused} == {503}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
        assert not mara.lost()
        filler.unlink()
        until(lambda: mara.write("x" * 20_000).status_code == 201)
        assert status(url) == 200
        assert not mara.lost()
        assert mara.stored() == mara.acknowledged


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_full_disk_refuses_loses_nothing_and_recovers_on_sqlite(
    environment: dict[str, str], migrated_file: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 8) as disk:
        shutil.copy(migrated_file, disk / "aios.sqlite3")
        full_disk({**environment, "DATABASE_URL": f"sqlite:///{disk / 'aios.sqlite3'}"}, disk)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_full_disk_refuses_loses_nothing_and_recovers_on_postgresql(
    environment: dict[str, str], postgresql_server: PostgresqlServer
) -> None:
    place = Path(f"/tmp/aios-disk-{os.getpid()}")  # noqa: S108  the server's own user must reach it
    with small_disk(place, 24) as disk:
        space = disk / "space"
        space.mkdir()
        shutil.chown(space, Path(postgresql_server.url("x").rpartition("host=")[2].replace("%2F", "/")).owner())
        postgresql_server.sql(f"CREATE TABLESPACE small LOCATION '{space}'")
        postgresql_server.sql("CREATE DATABASE on_small TEMPLATE template_migrated TABLESPACE small")
        try:
            full_disk({**environment, "DATABASE_URL": postgresql_server.url("on_small")}, disk)
        finally:
            postgresql_server.drop("on_small")
            postgresql_server.sql("DROP TABLESPACE small")
    place.rmdir()


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_the_database_server_goes_and_comes_back(environment: dict[str, str]) -> None:
    own = PostgresqlServer()
    control = own.programs / "pg_ctl"
    data = own._server.pgdata
    as_its_user = ["setpriv", f"--reuid={Path(data).owner()}", "--clear-groups"]

    options = shlex.join(shlex.split(Path(data, "postmaster.opts").read_text())[1:])

    def tell(*what: str) -> None:
        subprocess.run(
            [*as_its_user, control, "-w", "-D", data, *what], check=True, timeout=60, stdout=subprocess.DEVNULL
        )

    try:
        with serving({**environment, "DATABASE_URL": own.url("template_migrated")}) as (_, url):
            mara = Household(url)
            assert mara.write().status_code == 201
            tell("-m", "immediate", "stop")  # as if the machine had lost power
            gone = mara.write()
            assert gone.status_code == 503
            assert int(gone.headers["retry-after"]) > 0
            assert status(url) == 503
            assert status(url, "/health/live") == 200
            tell("-l", f"{data}/again.log", "-o", options, "start")
            until(lambda: mara.write().status_code == 201, 30)
            assert status(url) == 200
            assert not mara.lost()
    finally:
        own.stop()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_file_is_held_by_another_and_comes_back(environment: dict[str, str], database_url: str) -> None:
    """What `aios restore` and others do to a file: hold it longer than anybody waits."""
    with serving(environment) as (_, url):
        mara = Household(url)
        assert mara.write().status_code == 201
        other = sqlite3.connect(Address.parse(database_url).target, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        gone = mara.write()
        assert gone.status_code == 503
        assert int(gone.headers["retry-after"]) > 0
        other.execute("ROLLBACK")
        other.close()
        until(lambda: mara.write().status_code == 201)
        assert status(url) == 200
        assert not mara.lost()


DAY_S = 86_400
SHIFTED = """
import sys, time
from pathlib import Path
offset, real, real_ns = Path(sys.argv.pop(1)), time.time, time.time_ns
time.time = lambda: real() + float(offset.read_text() or 0)
time.time_ns = lambda: real_ns() + int(float(offset.read_text() or 0) * 1e9)
from aios.cli import main
sys.exit(main())
"""


def test_the_clock_jumps_back_and_ahead_and_is_set_right_again(environment: dict[str, str], tmp_path: Path) -> None:
    offset = tmp_path / "offset"
    offset.write_text("0")
    process = subprocess.Popen(
        [sys.executable, "-c", SHIFTED, str(offset), "serve", "--host", "127.0.0.1", "--port", "0"],
        env={**environment, "AIOS_ACCESS_LOG": "0"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = next(line for line in process.stdout if line.startswith("AIOS is ready at ")).split()[-1]
        mara = Household(url)
        revisions: list[int] = []
        for seconds in (0, -DAY_S, DAY_S, 0):
            offset.write_text(str(seconds))
            for _ in range(2):
                answer = mara.write()
                assert answer.status_code == 201
                tag = mara.client.get("/api/notes").headers["etag"]
                revisions.append(int(tag.strip('"').rpartition(".")[2]))
            assert status(url) == 200
        assert revisions == sorted(set(revisions))  # the order is the server's, not the clock's
        assert not mara.lost()
    finally:
        process.kill()
        process.communicate()
