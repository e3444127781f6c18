"""Backups again and again: due once an interval, thinned out, encrypted, and rehearsed."""

from __future__ import annotations

import calendar
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios.backup.retention import Retention
from aios.backup.schedule import Schedule, made
from aios.settings import SettingsError
from tests.cli.commands import Command

if TYPE_CHECKING:
    from aios.settings import Settings

DAY_MS = 86_400_000
NOON = calendar.timegm((2026, 11, 25, 12, 0, 0)) * 1000


@pytest.fixture
def aios(environment: dict[str, str]) -> Command:
    return Command(environment)


def test_days_weeks_and_months_keep_one_each() -> None:
    every_day = [NOON - day * DAY_MS for day in range(400)]
    kept = Retention.parse("7d,4w,6m").kept(every_day)
    dates = sorted((time.strftime("%m-%d", time.gmtime(each / 1000)) for each in kept), reverse=True)
    assert dates == [
        "11-25", "11-24", "11-23", "11-22", "11-21", "11-20", "11-19",  # days, and the newest of three weeks
        "11-15", "11-08", "10-31", "09-30", "08-31", "07-31", "06-30",
    ][: len(dates)]  # fmt: skip
    assert len(dates) >= 12


@given(made=st.lists(st.integers(0, 2_000_000_000_000), max_size=60), count=st.tuples(*[st.integers(0, 9)] * 3))
def test_the_newest_stays_and_never_more_than_was_asked_for(made: list[int], count: tuple[int, int, int]) -> None:
    kept = Retention(*count).kept(made)
    assert kept <= set(made)
    assert len(kept) <= sum(count) + 1
    assert not made or max(made) in kept
    assert Retention(*count).kept(kept) == kept  # thinning again takes nothing more


@pytest.mark.parametrize("text", ["", "7", "7x", "0d", "7d,7d", "7d;4w"])
def test_what_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        Retention.parse(text)


def test_a_schedule_makes_one_when_it_is_due_and_removes_old_ones(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    (folder / "aios-20200101T000000Z").mkdir(parents=True)
    (folder / "aios-20200102T000000Z.tar.age").write_bytes(b"old")
    (folder / "mine").mkdir()
    schedule = Schedule(folder=folder, every_s=3600, keep=Retention.parse("1d"))
    assert schedule.due_in_s() < 0
    path = schedule.run(_address(settings), tmp_path, lambda *_: None)
    assert {each.name for each in folder.iterdir()} == {"mine", path.name}
    assert 3500 < schedule.due_in_s() <= 3600


def _address(settings: Settings):
    from aios.database import Address  # noqa: PLC0415  here only

    return Address.parse(settings.database_url)


def test_the_command_goes_on_until_it_is_told_to_end(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    command = [sys.executable, "-m", "aios", "backup", str(folder), "--schedule", "2seconds", "--keep", "1d"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.communicate()
    assert lines[0].startswith("Backups go to")
    assert lines[1].startswith(f"Backed up to {folder}/aios-")
    assert lines[2].startswith("Backed up to")
    assert len(made(folder)) == 1


def test_an_encrypted_backup_opens_with_its_key_alone_and_comes_back(aios: Command, tmp_path: Path) -> None:
    aios("user", "create", "mara", "--password-stdin", typed="a long quiet sentence")
    key, other, path = tmp_path / "key", tmp_path / "other", tmp_path / "monday.tar.age"
    recipient = aios("backup", "--new-key", str(key)).stdout.strip()
    assert key.stat().st_mode & 0o077 == 0
    other.write_text(str(pyrage.x25519.Identity.generate()))
    done = aios("backup", str(path), "--recipient", recipient)
    assert done.returncode == 0, done.stderr
    assert b"mara" not in path.read_bytes()
    assert not list(tmp_path.glob(".sealing-*"))
    assert "cannot be opened" in aios("restore", "--check", str(path), "--identity", str(other)).stderr
    rehearsed = aios("restore", "--verify", str(path), "--identity", str(key))
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    assert "checks found nothing wrong" in rehearsed.stdout
    aios("user", "delete", "mara", "--yes")
    assert aios("restore", str(path), "--identity", str(key)).returncode == 0
    assert aios("user", "list").stdout.startswith("mara\t")
    damaged = bytearray(path.read_bytes())
    damaged[-20] ^= 1
    path.write_bytes(damaged)
    assert aios("restore", "--check", str(path), "--identity", str(key)).returncode == 1


def test_a_rehearsal_leaves_everything_as_it_was(aios: Command, tmp_path: Path) -> None:
    aios("backup", str(tmp_path / "monday"))
    aios("user", "create", "rui", "--password-stdin", typed="a long quiet sentence")
    done = aios("restore", "--verify", str(tmp_path / "monday"))
    assert done.returncode == 0, done.stderr
    assert aios("user", "list").stdout.startswith("rui\t")
    assert not list(Path("/tmp").glob("aios-rehearsal-*"))  # noqa: S108  where they would be
