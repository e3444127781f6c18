"""Making, checking and restoring backups from the command line."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from typing import TYPE_CHECKING, NoReturn

import msgspec

from aios.backup.make import backup
from aios.backup.rehearse import rehearsal
from aios.backup.restore import restore, verify
from aios.backup.schedule import Schedule, forever
from aios.backup.sealed import new_key, opened, seal
from aios.cli.doctor import examine_database
from aios.database import Address

if TYPE_CHECKING:
    from pathlib import Path

    from aios.backup.manifest import Manifest
    from aios.settings import Settings

QUIET_S = 2.0
"""Work that takes no longer needs no word about how far it is."""
EVERY_S = 5.0
"""Between two lines in a log; a terminal is told at once."""
_MB = 1_000_000
__all__ = ["bring", "go_on", "look", "make", "new_key", "rehearse"]


class Progress:
    """Says on standard error how far it is: on one line of a terminal, or now and then a line in a log."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + QUIET_S
        self._said = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """Take a step."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + (0.1 if self._terminal else EVERY_S)
        far = f"{100 * done // total} %" if total else f"{done:,}"
        self._said = True
        print(f"\r\033[K{what}: {far}" if self._terminal else f"{what}: {far}", end="", file=sys.stderr, flush=True)
        if not self._terminal:
            print(file=sys.stderr, flush=True)

    def end(self) -> None:
        """Clear the line."""
        if self._said and self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def make(settings: Settings, path: Path, *, force: bool) -> str:
    """Back up to `path`, encrypted where a recipient is set. Gives a sentence. Raises BackupError, UnavailableError."""
    progress = Progress()
    recipient = settings.backup_recipient
    try:
        if recipient:
            manifest = seal(_address(settings), settings.data_dir, path, progress, recipient, force=force)
        else:
            manifest = backup(_address(settings), settings.data_dir, path, progress, force=force)
    finally:
        progress.end()
    how = "It was read back before it was encrypted," if recipient else "It was read back"
    return f"Backed up {_told(manifest)} to {path}. {how} and is whole."


def go_on(settings: Settings, folder: Path) -> NoReturn:
    """Make backups in `folder` until interrupted, or told to end. Raises SettingsError."""
    schedule = Schedule.of(settings, folder)
    signal.signal(signal.SIGTERM, lambda _, __: sys.exit(0))
    print(f"Backups go to {folder}, the next one in {max(0.0, schedule.due_in_s()):.0f} s.", flush=True)
    forever(schedule, _address(settings), settings.data_dir, Progress())


def look(settings: Settings, path: Path, identity: Path | None) -> str:
    """Check the backup at `path`. Gives a sentence. Raises BackupError."""
    progress = Progress()
    try:
        with opened(path, identity, settings.data_dir) as plain:
            manifest = verify(plain, progress)
    finally:
        progress.end()
    return f"{path} is whole: {_told(manifest)}, as of {manifest.made_at}, revision {manifest.revision}."


def rehearse(settings: Settings, path: Path, identity: Path | None) -> tuple[list[str], bool]:
    """Restore the backup at `path` beside the database, and look at it. Gives what was found, and if all is well."""
    progress = Progress()
    try:
        with (
            opened(path, identity, settings.data_dir) as plain,
            rehearsal(_address(settings), plain, progress) as (scratch, folder, manifest),
        ):
            there = msgspec.structs.replace(settings, data_dir=folder)
            findings = asyncio.run(examine_database(there, scratch, repair=False))
    finally:
        progress.end()
    wrong = [f"WRONG {each.subject}: {each.sentence}" for each in findings if not each.well]
    told = f"Rehearsed: {_told(manifest)}, as of {manifest.made_at}, came back beside the database"
    if wrong:
        return [f"{told}, but not well.", *wrong], False
    return [f"{told}; {len(findings)} checks found nothing wrong. It was removed again."], True


def bring(settings: Settings, path: Path, identity: Path | None) -> list[str]:
    """Restore the backup at `path`. Gives what was done, in sentences. Raises BackupError and MigrationError."""
    progress = Progress()
    try:
        with opened(path, identity, settings.data_dir) as plain:
            done = restore(_address(settings), settings.data_dir, plain, progress)
    finally:
        progress.end()
    told = [f"Restored {_told(done.manifest)}, as of {done.manifest.made_at}."]
    if done.kept is not None:
        told.append(
            f"What was there before is kept in {done.kept}; aios restore brings it back. Remove it when you can."
        )
    if done.people is not None:
        told.append("Passwords and sign-ins are as they were last, so devices bring back what they hold.")
    elif done.kept is not None:
        told.append("Sign-ins since the backup are lost, because what was there before cannot be read.")
    return told


def _address(settings: Settings) -> Address:
    return Address.parse(settings.database_url, pooler=settings.database_pooler)


def _told(manifest: Manifest) -> str:
    size = f"{manifest.bytes / _MB:,.1f} MB"
    return f"{manifest.rows:,} rows of {len(manifest.tables)} tables ({size})"
