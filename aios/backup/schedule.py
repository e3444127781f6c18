"""Backups again and again into one folder, older ones thinned out: by the server, or by `aios backup --schedule`."""

from __future__ import annotations

import asyncio
import calendar
import re
import shutil
import time
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from aios.backup.errors import BackupError
from aios.backup.make import backup
from aios.backup.retention import Retention
from aios.jobs.kind import JobKind
from aios.records.clock import now_ms

if TYPE_CHECKING:
    from pathlib import Path

    from aios.backup.manifest import Progress
    from aios.database import Address, Database
    from aios.settings import Settings

NAME = "backup.make"
LOOK_EVERY_S = 300
_NAME = re.compile(r"aios-(\d{8}T\d{6}Z)(\.tar\.age)?")
_FORM = "%Y%m%dT%H%M%SZ"


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """Where backups go, how far they are apart, which stay, and for whom they are encrypted ("" for nobody)."""

    folder: Path
    every_s: int
    keep: Retention
    recipient: str = ""

    @classmethod
    def of(cls, settings: Settings, folder: Path) -> Schedule:
        """As the settings say. Raises SettingsError."""
        return cls(
            folder=folder,
            every_s=settings.backup_every.window_s,
            keep=Retention.parse(settings.backup_keep),
            recipient=settings.backup_recipient,
        )

    def due_in_s(self) -> float:
        """Seconds until the next one; negative for one that is late. A restart neither skips nor doubles one."""
        newest = max(made(self.folder), default=None)
        if newest is None:
            return 0.0
        since = now_ms() - newest
        # One from the future was made before a clock was set right: it does not count.
        return 0.0 if since < 0 else self.every_s - since / 1000

    def run(self, address: Address, data_dir: Path, progress: Progress) -> Path:
        """Make one, then remove those that need not stay. Gives its path. Raises BackupError, UnavailableError."""
        name = f"aios-{time.strftime(_FORM, time.gmtime(now_ms() / 1000))}"
        if self.recipient:
            from aios.backup.sealed import seal  # noqa: PLC0415  an extra, for those who encrypt

            path = self.folder / f"{name}.tar.age"
            seal(address, data_dir, path, progress, self.recipient)
        else:
            path = self.folder / name
            backup(address, data_dir, path, progress)
        self.thin()
        return path

    def thin(self) -> None:
        """Remove the backups that need not stay; what has another name is nobody's business here."""
        there = made(self.folder)
        for moment in there.keys() - self.keep.kept(there):
            for path in there[moment]:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def made(folder: Path) -> dict[int, list[Path]]:
    """The backups of a schedule in `folder`, by the time (ms) they were made at."""
    found: dict[int, list[Path]] = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match is not None:
            moment = calendar.timegm(time.strptime(match.group(1), _FORM)) * 1000
            found.setdefault(moment, []).append(path)
    return found


def backup_job(settings: Settings, address: Address, folder: Path) -> JobKind | None:
    """The server's own backups; None where they are made elsewhere. Raises SettingsError."""
    if not settings.backup_every.count:
        return None
    schedule = Schedule.of(settings, folder)

    async def run(_: Database, __: dict[str, Any]) -> None:
        if schedule.due_in_s() <= 0:
            await asyncio.to_thread(schedule.run, address, settings.data_dir, _quietly)

    return JobKind(name=NAME, run=run, every_s=min(LOOK_EVERY_S, schedule.every_s))


def forever(schedule: Schedule, address: Address, data_dir: Path, progress: Progress) -> NoReturn:
    """Make one whenever it is due, until interrupted. One that fails is told, and tried again after a minute."""
    while True:
        time.sleep(max(0.0, min(schedule.due_in_s(), 3600.0)))
        if schedule.due_in_s() > 0:
            continue
        try:
            path = schedule.run(address, data_dir, progress)
        except BackupError as error:
            print(f"aios: {error.detail}", flush=True)  # noqa: T201  a command's own output
            time.sleep(60)
        else:
            print(f"Backed up to {path}. It was read back and is whole.", flush=True)  # noqa: T201  as above


def _quietly(_: str, __: int, ___: int) -> None:
    pass
