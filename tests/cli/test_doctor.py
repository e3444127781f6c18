"""`aios doctor`: nothing wrong where nothing is, each fault by its name, and what it can put right."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aios.cli.doctor import examine
from aios.database import Address
from aios.database.migrate import migrate
from aios.database.sqlite import connect
from aios.jobs.purge import purge
from aios.records.clock import now_ms
from aios.records.ids import new_id
from tests.sync.calls import Calls
from tests.sync.test_push import run

if TYPE_CHECKING:
    from aios.database import Database
    from aios.settings import Settings
    from tests.cli.commands import Command
    from tests.people import People

sqlite_only = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
DAY_MS = 86_400_000


async def doctor(settings: Settings, *, repair: bool = False, **changes: Any) -> tuple[set[str], str]:
    """The subjects that are wrong, and all sentences."""
    findings = await asyncio.to_thread(examine, msgspec.structs.replace(settings, **changes), repair=repair)
    return {each.subject for each in findings if not each.well}, "\n".join(each.sentence for each in findings)


async def fill(people: People, database_url: str) -> Calls:
    """A space in which everything has happened."""
    device = Calls(await people())
    note, gone, old = new_id(), new_id(), new_id()
    await device.done(
        device.mutation("create", note, title="Élan", tags=["work"], bodyMarkdown="beam"),
        device.mutation("update", note, bodyMarkdown="beam and roof"),
        device.mutation("create", new_id(), "tasks", title="Call", dueDate="2026-12-01T09:00:00.000Z"),
        device.mutation("create", gone, title="Gone"),
        device.mutation("create", old, title="Old"),
        device.mutation("delete", gone),
        device.mutation("delete", old),
    )
    await device.push(device.mutation("create", new_id(), colour="red"))
    await device.bootstrap()
    done = "SELECT 1 FROM job WHERE kind = 'records.reindex' AND done_at IS NOT NULL"
    while not await run(database_url, done):  # noqa: ASYNC110  else the server rebuilds what a test has broken
        await asyncio.sleep(0.1)
    return device


async def test_nothing_is_wrong_where_nothing_is(
    settings: Settings, people: People, database: Database, database_url: str
) -> None:
    assert (await doctor(settings))[0] == set()
    device = await fill(people, database_url)
    found, told = await doctor(settings)
    assert found == set(), told
    # The last revision is that of a deletion: purged, it leaves the head above every record.
    for days in (31, 181):
        await run(database_url, ("UPDATE record SET deleted_at = ? WHERE deleted_at > 0", now_ms() - days * DAY_MS))
        await purge(database, {})
        found, told = await doctor(settings)
        assert found == set(), told
    assert (await device.pull(cursor=6)).status_code == 410


FAULTS = {
    "keys": "DELETE FROM record_key WHERE name = 'tag'",
    "search": "UPDATE record SET search = 'other' WHERE collection = 'notes' AND deleted_at IS NULL",
    "sizes": "UPDATE record SET bytes = bytes + 1",
    "times": "UPDATE due SET at = at + 1",
    "sort keys": "INSERT INTO record_key VALUES (99, 'notes', 'title', 'roof', 'nobody')",
    "due times": "INSERT INTO due VALUES ('s', 'nobody', 5)",
    "text versions": "INSERT INTO text_version VALUES ('s', 'nobody', 'body', 1, 'current', 'h', 't', 'c', 1)",
    "rejects": "INSERT INTO sync_reject VALUES ('s', 'nobody', 1, 'gone', 'no')",
    "clients": "INSERT INTO sync_client VALUES ('s', 'forgotten', 's', 1, 1, 'd', 5, NULL, 0)",
}


async def test_what_follows_from_records_is_found_and_rebuilt(
    settings: Settings, people: People, database_url: str
) -> None:
    device = await fill(people, database_url)
    before = (await device.person.get("/api/notes?tag=work")).json()
    for subject, statement in FAULTS.items():
        await run(database_url, statement)
        found, told = await doctor(settings)
        assert found == {subject}, told
        assert "aios doctor --repair" in told
        found, told = await doctor(settings, repair=True)
        assert found == set(), told
    await run(database_url, *FAULTS.values())
    assert (await doctor(settings))[0] == set(FAULTS)
    assert (await doctor(settings, repair=True))[0] == set()
    assert (await device.person.get("/api/notes?tag=work")).json() == before
    assert len(before) == 1


async def test_keys_of_no_value_and_times_of_change_are_found(
    settings: Settings, people: People, database_url: str
) -> None:
    await fill(people, database_url)
    for subject, statement in (
        ("keys", "UPDATE record_key SET key = 'zzz' WHERE name = 'title' AND collection = 'notes'"),
        ("times", "UPDATE record SET updated_ms = updated_ms - 1 WHERE deleted_at IS NULL"),
        ("times", "DELETE FROM due"),
        ("sizes", "UPDATE record SET bytes = 0 WHERE deleted_at IS NOT NULL"),
    ):
        await run(database_url, statement)
        found, told = await doctor(settings)
        assert found == {subject}, told
        assert (await doctor(settings, repair=True))[0] == set()


async def test_what_only_a_backup_helps_against_is_found(settings: Settings, people: People, database_url: str) -> None:
    await fill(people, database_url)
    for subject, fault, undo in (
        ("heads", "UPDATE sync_head SET rev = rev + 1", "UPDATE sync_head SET rev = rev - 1"),
        ("documents", "UPDATE record SET body = '{' || body", "UPDATE record SET body = substr(body, 2)"),
        ("documents", "UPDATE record SET meta = '{' || meta", "UPDATE record SET meta = substr(meta, 2)"),
    ):
        await run(database_url, fault)
        found, told = await doctor(settings, repair=True)
        assert found == {subject}, told
        assert "aios restore" in told
        await run(database_url, undo)
    await run(database_url, "UPDATE sync_head SET floor_rev = rev + 5")
    assert (await doctor(settings))[0] == {"heads", "floors"}


@sqlite_only
async def test_rows_without_an_owner_and_the_clock(settings: Settings, database_url: str) -> None:
    connection = connect(Address.parse(database_url).target)
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("INSERT INTO device VALUES ('d', 'nobody', 'Firefox', 'cookie', 0, 1, 1, 9, NULL)")
    connection.execute("INSERT INTO account VALUES ('a', 'Mara', 'mara', 'hash', 1, 'member', NULL)")
    connection.execute("INSERT INTO record VALUES ('s', 'r', 'notes', 9, NULL, 0, '{}', '{}', '', 2, 99999999999999)")
    connection.execute("INSERT INTO job VALUES ('j', 'k', '{}', NULL, NULL, 1, 8, NULL, NULL, 'it broke', 1, 2)")
    connection.close()
    found, told = await doctor(settings)
    assert found == {"foreign keys", "devices", "accounts", "records", "clock", "jobs"}, told


@sqlite_only
async def test_a_missing_and_a_broken_file(settings: Settings, tmp_path: Path) -> None:
    found, told = await doctor(settings, database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert found == {"database"}
    assert "aios migrate" in told
    assert not (tmp_path / "none.sqlite3").exists()
    (tmp_path / "broken.sqlite3").write_bytes(b"SQLite format 3\0" + b"nonsense" * 4000)
    found, _ = await doctor(settings, database_url=f"sqlite:///{tmp_path / 'broken.sqlite3'}")
    assert "database" in found


@sqlite_only
def test_what_others_can_read_or_guess(settings: Settings, database_url: str) -> None:
    path = Path(Address.parse(database_url).target)
    assert path.stat().st_mode & 0o077 == 0, "a new database is for its user alone"
    path.chmod(0o644)
    found, told = asyncio.run(doctor(settings, jwt_secret="a" * 40))
    assert found == {"permissions", "secret"}
    assert f"chmod 600 {path}" in told


@sqlite_only
async def test_an_older_schema_is_said_and_not_looked_into(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    await asyncio.to_thread(migrate, Address.parse(database_url), "0001", copies=tmp_path)
    found, told = await doctor(settings, repair=True)
    assert found == {"schema"}
    assert "aios migrate" in told


async def test_a_server_that_writes_meanwhile_is_no_fault(
    settings: Settings, people: People, database_url: str
) -> None:
    device = await fill(people, database_url)
    for _ in range(3):
        looking = asyncio.create_task(doctor(settings))
        while not looking.done():
            note = new_id()
            await device.done(
                device.mutation("create", note, title=f"Note {note}", tags=[note[:8]]),
                device.mutation("update", note, title="Another", bodyMarkdown="x" * 9_000),
                device.mutation("delete", note),
            )
        found, told = looking.result()
        assert found == set(), told


@sqlite_only
def test_the_command_says_all_and_gives_a_status(aios: Command, database_url: str) -> None:
    well = aios("doctor")
    assert (well.returncode, well.stderr) == (0, "")
    assert re.search(r"^ok    schema: ", well.stdout, re.MULTILINE)
    connection = connect(Address.parse(database_url).target)
    connection.execute(FAULTS["due times"])
    connection.close()
    fault = aios("doctor")
    assert fault.returncode == 1
    assert re.search(r"^WRONG due times: 1 belong to nothing. Run: aios doctor --repair$", fault.stdout, re.MULTILINE)
    assert aios("doctor", "--repair").returncode == 0
