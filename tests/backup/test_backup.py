"""Backups: of one moment while a server writes, read back before they take their name, restored as they were."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aios.backup import make, restore
from aios.backup.errors import BackupError
from aios.backup.manifest import BLOBS, NAME, read_manifest
from aios.database import Address, Sql, Statement, open_database
from aios.database.migrate import current, head, migrate, revisions
from aios.errors import AiosError
from tests.e2e.server import Server
from tests.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.backup.restore import Restored
from aios.records.epoch import began_at
from aios.settings import Settings

FILES = {"sqlite": "database.sqlite3", "postgresql": "record.copy"}


def quiet(what: str, done: int, total: int) -> None:
    assert what
    assert done <= total or not total


def rows(url: str, text: str, *params: Any) -> list[Any]:
    """Run one statement; gives its rows."""

    async def run() -> list[Any]:
        database = open_database(Address.parse(url))
        await database.open()

        def steps():
            return (yield Statement(Sql(text), params))

        try:
            return [tuple(row) for row in await database.run(steps())]
        finally:
            await database.close()

    return asyncio.run(run())


def back_up(settings: Settings, path: Path, **more: Any) -> Any:
    return make.backup(Address.parse(settings.database_url), settings.data_dir, path, quiet, **more)


def bring(settings: Settings, path: Path) -> Restored:
    return restore.restore(Address.parse(settings.database_url), settings.data_dir, path, quiet)


def add_space(url: str, name: str, rev: int = 1) -> None:
    rows(url, "INSERT INTO sync_head (space_id, epoch, rev, floor_rev) VALUES (?, 'old', ?, 0)", name, rev)
    rows(
        url,
        "INSERT INTO record "
        "(space_id, id, collection, rev, deleted_at, conflict, body, meta, search, bytes, updated_ms) "
        "VALUES (?, ?, 'notes', ?, NULL, false, ?, '{}', '', 2, 5)",
        name, f"{name}-{rev}", rev, '{"title":"a\\nb \\\\ tab\t ü 🜁\nline"}',
    )  # fmt: skip


def add_person(url: str, name: str, device: str) -> None:
    rows(url, "INSERT INTO account VALUES (?, ?, ?, 'hash', 1, 'member', NULL)", name, name, name)
    rows(url, "INSERT INTO device VALUES (?, ?, 'Firefox', 'cookie', true, 1, 1, 99, NULL)", device, name)


def records(url: str) -> list[Any]:
    return rows(url, "SELECT space_id, id, rev, body FROM record ORDER BY space_id, id")


def test_what_was_backed_up_comes_back_under_another_epoch(settings: Settings, tmp_path: Path) -> None:
    url = settings.database_url
    add_space(url, "a")
    add_space(url, "b")
    before, numbers = records(url), rows(url, "SELECT space_id, number FROM sync_head ORDER BY number")
    rows(url, "INSERT INTO sync_client VALUES ('a', 'c', 'a', 4, 1, 'd', 5, 6, 7)")
    (tmp_path / BLOBS / "ab").mkdir(parents=True)
    (tmp_path / BLOBS / "ab" / "abc").write_bytes(b"picture")
    manifest = back_up(settings, tmp_path / "monday")
    assert read_manifest(tmp_path / "monday") == manifest
    assert (manifest.revision, manifest.tables["record"].rows) == (head(), 2)
    assert not list(tmp_path.glob("*.part"))
    assert (tmp_path / "monday").stat().st_mode & 0o077 == 0, "nobody else may read it"

    rows(url, "DELETE FROM record WHERE space_id = 'a'")
    add_space(url, "c", 3)
    shutil.rmtree(tmp_path / BLOBS)
    done = bring(settings, tmp_path / "monday")
    assert records(url) == before
    assert rows(url, "SELECT space_id, number FROM sync_head ORDER BY number") == numbers
    epochs = [row[0] for row in rows(url, "SELECT epoch FROM sync_head")]
    assert "old" not in epochs
    assert len(set(epochs)) == 2
    began = [(began_at(epoch), rev) for epoch, rev in rows(url, "SELECT epoch, rev FROM sync_head")]
    assert all(rev == head for rev, head in began), "up to there nothing was lost"
    assert rows(url, "SELECT last_mid, cursor, waiting FROM sync_client") == [(4, None, 0)]
    assert (tmp_path / BLOBS / "ab" / "abc").read_bytes() == b"picture"
    assert current(Address.parse(url)) == head()
    add_space(url, "d")
    last = max(number for _, number in numbers)
    assert rows(url, "SELECT number FROM sync_head WHERE space_id = 'd'")[0][0] > last, "numbers are never given twice"

    # What was there before is kept, and comes back by the same command.
    assert done.kept is not None
    bring(settings, done.kept)
    assert [row[1] for row in records(url)] == ["b-1", "c-3"]


def test_people_and_sign_ins_are_as_they_were_last(settings: Settings, tmp_path: Path) -> None:
    url = settings.database_url
    add_person(url, "mara", "phone")
    add_person(url, "removed", "hers")
    for name in ("mara", "removed"):
        add_space(url, name)
    back_up(settings, tmp_path / "monday")
    rows(url, "UPDATE account SET password_hash = 'newer'")
    rows(url, "UPDATE device SET revoked_at = 7, known = false WHERE id = 'phone'")
    rows(url, "INSERT INTO device VALUES ('laptop', 'mara', 'Firefox', 'cookie', true, 1, 1, 99, NULL)")
    for table in ("device WHERE account_id = 'removed'", "account WHERE id = 'removed'"):
        rows(url, f"DELETE FROM {table}")  # noqa: S608  fixed texts
    add_person(url, "newcomer", "tablet")
    add_space(url, "newcomer", 9)
    done = bring(settings, tmp_path / "monday")
    assert done.people is not None
    assert rows(url, "SELECT id, password_hash FROM account ORDER BY id") == [
        ("mara", "newer"), ("newcomer", "hash"), ("removed", "hash"),
    ]  # fmt: skip
    assert rows(url, "SELECT id, revoked_at FROM device ORDER BY id") == [
        ("hers", None), ("laptop", None), ("phone", 7), ("tablet", None),
    ]  # fmt: skip
    heads = rows(url, "SELECT space_id, rev, length(epoch) FROM sync_head ORDER BY space_id")
    assert heads == [("mara", 1, 10), ("newcomer", 0, 8), ("removed", 1, 10)], "an empty space, for devices to fill"


def test_an_older_schema_is_migrated_and_a_newer_one_refused(settings: Settings, tmp_path: Path) -> None:
    url, address = settings.database_url, Address.parse(settings.database_url)
    add_space(url, "a")
    before = records(url)
    migrate(address, revisions()[0], copies=tmp_path / "copies")
    back_up(settings, tmp_path / "old")
    migrate(address, copies=tmp_path / "copies")
    bring(settings, tmp_path / "old")
    assert (current(address), records(url)) == (head(), before)

    path = tmp_path / "old" / NAME
    path.write_text(path.read_text().replace(f'"{revisions()[0]}"', '"7777"'))
    with pytest.raises(BackupError, match="7777, which this version does not know"):
        bring(settings, tmp_path / "old")
    assert records(url) == before


def test_a_damaged_backup_is_refused_before_anything_is_touched(settings: Settings, tmp_path: Path) -> None:
    add_space(settings.database_url, "a")
    back_up(settings, tmp_path / "monday")
    before = records(settings.database_url)
    kind = Address.parse(settings.database_url).dialect
    file = tmp_path / "monday" / FILES[kind]
    whole = file.read_bytes()
    for broken in (whole[:-1], whole[:-9] + b"X" + whole[-8:], b""):
        file.write_bytes(broken)
        with pytest.raises(BackupError, match="damaged"):
            bring(settings, tmp_path / "monday")
    file.unlink()
    with pytest.raises(BackupError, match="cannot be read"):
        restore.verify(tmp_path / "monday", quiet)
    file.write_bytes(whole)
    manifest = tmp_path / "monday" / NAME
    manifest.write_bytes(manifest.read_bytes()[:-20])
    with pytest.raises(BackupError, match=NAME):
        bring(settings, tmp_path / "monday")
    manifest.unlink()
    with pytest.raises(BackupError, match="is not a backup"):
        bring(settings, tmp_path / "monday")
    assert records(settings.database_url) == before


def test_only_a_backup_is_replaced_and_only_by_force(settings: Settings, tmp_path: Path) -> None:
    add_space(settings.database_url, "a")
    path = tmp_path / "monday"
    back_up(settings, path)
    with pytest.raises(BackupError, match="--force"):
        back_up(settings, path)
    add_space(settings.database_url, "b")
    assert back_up(settings, path, force=True).tables["record"].rows == 2
    assert sorted(each.name for each in tmp_path.glob("monday*")) == ["monday"]
    photos = tmp_path / "photos"
    photos.mkdir()
    back_up(settings, photos)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    for force in (False, True):
        with pytest.raises(BackupError, match="not a backup"):
            back_up(settings, tmp_path / "letters", force=force)
    assert (tmp_path / "letters" / "a.txt").read_text() == "dear"


def test_the_other_kind_of_database_is_refused(settings: Settings, tmp_path: Path) -> None:
    add_space(settings.database_url, "a")
    back_up(settings, tmp_path / "monday")
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[Address.parse(settings.database_url).dialect]
    path = tmp_path / "monday" / NAME
    manifest = msgspec.structs.replace(read_manifest(tmp_path / "monday"), kind=other)
    if other == "postgresql":
        with pytest.raises(BackupError, match="fits only its kind"):
            restore.restore(Address.parse("postgres://u@h/n"), tmp_path, tmp_path / "monday", quiet)
        return
    with pytest.raises(BackupError, match="fits only its kind"):
        restore.restore(Address.parse(f"sqlite:///{tmp_path}/x.sqlite3"), tmp_path, tmp_path / "monday", quiet)
    path.write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(BackupError):
        bring(settings, tmp_path / "monday")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_damaged_database_is_replaced_and_kept(settings: Settings, tmp_path: Path) -> None:
    add_space(settings.database_url, "a")
    back_up(settings, tmp_path / "monday")
    target = Path(Address.parse(settings.database_url).target)
    target.write_bytes(b"SQLite format 3\0" + b"nonsense" * 4000)
    with pytest.raises(AiosError):
        back_up(settings, tmp_path / "tuesday")
    assert not (tmp_path / "tuesday").exists()
    done = bring(settings, tmp_path / "monday")
    assert done.people is None
    assert done.kept is not None
    assert done.kept.read_bytes().startswith(b"SQLite format 3\0nonsense")
    assert len(records(settings.database_url)) == 1


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_copy_of_a_migration_and_a_missing_database_will_do(settings: Settings, tmp_path: Path) -> None:
    address = Address.parse(settings.database_url)
    add_space(settings.database_url, "a")
    before = records(settings.database_url)
    copy = migrate(address, revisions()[1], copies=tmp_path / "copies").copy
    assert copy is not None
    Path(address.target).unlink()
    assert bring(settings, copy).kept is None
    assert records(settings.database_url) == before


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    running = Server(environment, tmp_path / "server.log")
    running.start()
    yield running
    running.stop()


def test_a_copy_is_of_one_moment_while_the_server_writes_and_in_use_nothing_is_restored(
    server: Server, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aios.database.copies.PAGES_AT_ONCE", 5)  # many steps, with writes between them
    import httpx  # noqa: PLC0415  here only

    with httpx.Client(base_url=server.url, timeout=30) as client:
        signed_up = client.post("/api/auth/register", json={"username": "mara", "password": PASSWORD}).json()
        client.headers["authorization"] = f"Bearer {signed_up['token']}"
        for _ in range(30):
            client.post("/api/notes", json={"title": "Before", "bodyMarkdown": "x" * 20_000})
        code = (
            "import sys, httpx\n"
            "client = httpx.Client(base_url=sys.argv[1], headers={'authorization': sys.argv[2]}, timeout=30)\n"
            "while True:\n"
            "    assert client.post('/api/notes', json={'title': 'Meanwhile'}).status_code == 201\n"
            "    print('.', end='', flush=True)\n"
        )
        writing = subprocess.Popen(
            [sys.executable, "-c", code, server.url, client.headers["authorization"]], stdout=subprocess.PIPE
        )
        assert writing.stdout is not None
        for number in range(3):
            writing.stdout.read(5)
            manifest = back_up(settings, tmp_path / f"copy{number}")
            assert manifest.tables["record"].rows >= 30
        writing.stdout.read(5)
        with pytest.raises(BackupError, match="Stop"):
            bring(settings, tmp_path / "copy0")
        writing.kill()
        writing.communicate()
        assert client.post("/api/notes", json={"title": "The server goes on"}).status_code == 201
        count = len(client.get("/api/notes").json())
    server.stop()
    bring(settings, tmp_path / "copy1")
    (found,) = rows(settings.database_url, "SELECT count(*), max(rev), count(DISTINCT rev) FROM record")
    (rev,) = rows(settings.database_url, "SELECT rev FROM sync_head")
    assert 35 <= found[0] < count
    assert found == (rev[0],) * 3, "records and head are of one moment"
    server.start()


@pytest.mark.parametrize("what", ["backup", "restore"])
def test_whatever_moment_it_is_killed_at_the_old_state_is_usable(
    settings: Settings, environment: dict[str, str], tmp_path: Path, what: str
) -> None:
    url = settings.database_url
    for number in range(40):
        rows(url, "INSERT INTO sync_head (space_id, epoch, rev, floor_rev) VALUES (?, 'old', 1, 0)", f"s{number}")
    add_space(url, "a")
    path = tmp_path / "monday"
    back_up(settings, path)
    backed = records(url)
    add_space(url, "b")
    newer = records(url)
    command = [sys.executable, "-m", "aios", what, str(path), *(["--force"] if what == "backup" else [])]
    begun = time.monotonic()
    states = set()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    took = time.monotonic() - begun
    if what == "restore":
        assert records(url) == backed
        add_space(url, "b")
    else:
        assert read_manifest(path).tables["record"].rows == 2
    for number in range(5):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(took * (0.3 + number * 0.15))
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = records(url)
        assert found in (backed, newer)
        states.add(len(found))
        restore.verify(path if path.exists() else path.with_name("monday.old"), quiet)
        if found == backed:
            add_space(url, "b")
    assert bring(settings, path).manifest.rows > 0
    assert not list(tmp_path.glob("*.restoring"))


def test_the_manifest_is_plain_json(settings: Settings, tmp_path: Path) -> None:
    add_space(settings.database_url, "a")
    back_up(settings, tmp_path / "monday")
    told = json.loads((tmp_path / "monday" / NAME).read_text())
    assert set(told) == {
        "format", "kind", "revision", "version", "made_at", "tables", "counters", "files",
    }  # fmt: skip
    if told["kind"] == "sqlite":
        connection = sqlite3.connect(tmp_path / "monday" / "database.sqlite3")
        assert connection.execute("SELECT count(*) FROM record").fetchone() == (1,)
        connection.close()
