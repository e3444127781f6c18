"""Real servers: two that are killed in the middle of pushes while a third is read, and the example client on one."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sync_client import Refused, Syncer, connect
from sync_copy import Copy

from tests.e2e.server import ROOT, Server
from tests.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS = 4
EACH = 40
"""Notes that each device makes, one push each."""
LONGEST_S = 60
"""Against a test that would wait for ever; it takes a few seconds."""


@pytest.fixture
def servers(environment: dict[str, str], tmp_path: Path) -> Iterator[list[Server]]:
    """Three servers on one database."""
    with ExitStack() as stack:
        started = [Server({**environment, "AIOS_DATABASE_POOL": "3"}, tmp_path / f"{n}.log") for n in range(3)]
        for each in started:
            each.start()
            stack.callback(each.stop)
        yield started


@pytest.fixture
def account(servers: list[Server]) -> dict[str, Any]:
    """Somebody's token and id."""
    body = {"username": "mara", "password": PASSWORD}
    answer: dict[str, Any] = httpx.post(f"{servers[2].url}/api/auth/register", json=body).json()
    return answer


class Writer(threading.Thread):
    """A device that makes notes one by one and syncs after each, whatever happens to its server."""

    def __init__(self, path: Path, url: str, account: dict[str, Any]) -> None:
        super().__init__()
        self.made: list[str] = []
        self.error: BaseException | None = None
        self._path = path
        self._url = url
        self._account = account

    def run(self) -> None:
        try:
            self._write()
        except BaseException as error:  # noqa: BLE001  the test's own thread raises it
            self.error = error

    def _write(self) -> None:
        copy = Copy(str(self._path))
        copy.begin(self._account["user"]["id"])
        syncer = Syncer(copy, connect(self._url, self._account["token"]))
        deadline = time.monotonic() + LONGEST_S
        for number in range(EACH):
            self.made.append(copy.create("notes", {"title": f"{number}"}))
            if number:
                copy.update(self.made[0], {f"tags/{self.made[-1]}": True})
            while copy.outbox():
                assert time.monotonic() < deadline
                try:
                    syncer.sync()
                except (OSError, Refused):
                    time.sleep(0.02)


def test_nothing_is_missed_and_nothing_doubled_while_servers_are_killed(
    servers: list[Server], account: dict[str, Any], tmp_path: Path
) -> None:
    writers = [Writer(tmp_path / f"writer{n}.db", servers[n].url, account) for n in range(2)]
    reader = Syncer(Copy(str(tmp_path / "reader.db")), connect(servers[2].url, account["token"]))
    reader.copy.begin(account["user"]["id"])
    for each in writers:
        each.start()
    for kill in range(KILLS):
        reached = (kill + 1) * EACH // (KILLS + 2)
        while len(writers[kill % 2].made) < reached and writers[kill % 2].is_alive():
            reader.sync()
        servers[kill % 2].kill()
        servers[kill % 2].start()
    while any(each.is_alive() for each in writers):
        reader.sync()
    reader.sync()
    for each in writers:
        each.join()
        if each.error is not None:
            raise each.error
    wanted = {record_id for each in writers for record_id in each.made}
    shown = reader.copy.records()
    assert shown.keys() == wanted, "the reader, which never began anew, missed nothing"
    headers = {"authorization": f"Bearer {account['token']}"}
    kept = httpx.get(f"{servers[2].url}/api/notes?limit=500", headers=headers).json()
    assert {each["id"] for each in kept} == wanted
    assert {each["id"]: each for each in kept} == {key: each["body"] for key, each in shown.items()}
    revisions = [each["rev"] for each in shown.values()]
    assert len(set(revisions)) == len(revisions)
    for each in writers:
        assert set(shown[each.made[0]]["body"]["tags"]) == set(each.made[1:])
    # Each note took one revision, and each tag one: what was sent again after a kill took none.
    assert reader.copy.meta("cursor") == 2 * EACH + 2 * (EACH - 1)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_ten_thousand_edits_arrive_over_a_connection_that_is_cut_ten_times(
    environment: dict[str, str], tmp_path: Path
) -> None:
    server = Server(environment, tmp_path / "server.log")
    server.start()
    try:
        body = {"username": "mara", "password": PASSWORD}
        account = httpx.post(f"{server.url}/api/auth/register", json=body).json()
        copy = Copy(str(tmp_path / "phone.db"))
        copy.begin(account["user"]["id"])
        with copy.changes():
            rows = [(n + 1, *entry(n)) for n in range(10_000)]
            copy._db.executemany("INSERT INTO outbox VALUES (?, ?, ?)", rows)
            copy.set(mid=10_000)
        send = Cut(server.url, account["token"])
        syncer = Syncer(copy, send)
        tries = 0
        while copy.outbox():
            tries += 1
            try:
                syncer.sync()
            except OSError:
                assert copy.outbox(), "nothing leaves before it was seen to be there"
        assert tries == 11
        assert send.pushed < 10_000 * 1.6, "what had arrived was not sent again"
        headers = {"authorization": f"Bearer {account['token']}"}
        counted = httpx.get(f"{server.url}/api/notes?limit=1", headers=headers)
        assert counted.headers["x-total-count"] == "5000"
        assert len(copy.records()) == 5_000
        assert all(each["body"]["isPinned"] for each in copy.records().values())
    finally:
        server.stop()


class Cut:
    """A connection that fails at every second call, before or after it has arrived, ten times."""

    def __init__(self, url: str, token: str) -> None:
        self._send = connect(url, token)
        self._calls = 0
        self.pushed = 0

    def __call__(self, method: str, path: str, given: dict[str, Any]) -> dict[str, Any]:
        self._calls += 1
        cut = self._calls % 2 == 0 and self._calls <= 20
        if cut and self._calls % 4 == 0:
            raise ConnectionResetError
        self.pushed += len(given.get("mutations", ()))
        answer = self._send(method, path, given)
        if cut:
            raise ConnectionResetError
        return answer


def entry(number: int) -> tuple[str, str]:
    """Every second one pins the note that the one before it makes."""
    record_id = f"019ab2c4-7d10-7c3e-9b54-{number // 2:012x}"
    made = number % 2 == 0
    mutation = {
        "op": "create" if made else "update", "collection": "notes", "id": record_id,
        "fields": {"title": f"Note {number}"} if made else {"isPinned": True}, "bases": {}, "baseRev": None,
        "ms": 1_795_507_326_512 + number,
    }  # fmt: skip
    return record_id, json.dumps(mutation)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_example_client_from_its_command_line(environment: dict[str, str], tmp_path: Path) -> None:
    server = Server(environment, tmp_path / "server.log")
    server.start()
    try:
        body = {"username": "mara", "password": PASSWORD}
        assert httpx.post(f"{server.url}/api/auth/register", json=body).status_code == 201
        one, two = str(tmp_path / "one.db"), str(tmp_path / "two.db")
        for file in (one, two):
            client(file, "sign-in", server.url, "mara", PASSWORD)
        record_id = client(one, "add", "notes", "title=Roof", "bodyMarkdown=north beam").strip()
        client(one, "sync")
        client(two, "sync")
        client(one, "set", record_id, "bodyMarkdown=north beam\nfrom one", "tags/one=true")
        client(two, "set", record_id, "bodyMarkdown=first\nnorth beam", "tags/two=true")
        for file in (one, two, one):
            client(file, "sync")
        shown = [json.loads(client(file, "list", "notes")) for file in (one, two)]
        assert shown[0] == shown[1]
        assert shown[0]["bodyMarkdown"] == "first\nnorth beam\nfrom one"
        assert set(shown[0]["tags"]) == {"one", "two"}
        client(two, "delete", record_id)
        client(two, "sync")
        client(one, "sync")
        assert client(one, "list", "notes").strip() == ""
        client(one, "restore", record_id)
        client(one, "add", "notes", "title=")
        client(one, "sync")
        assert json.loads(client(one, "refused"))["code"] == "invalid"
        assert json.loads(client(one, "list", "notes"))["id"] == record_id
    finally:
        server.stop()


def client(*arguments: str) -> str:
    """Run it as a person does."""
    command = [sys.executable, "examples/sync_client.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
