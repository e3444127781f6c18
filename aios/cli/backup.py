"""Making, checking and restoring backups from the command line."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from aios.backup.make import backup
from aios.backup.restore import restore, verify
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
    """Back up to `path`. Gives a sentence. Raises BackupError and UnavailableError."""
    progress = Progress()
    try:
        manifest = backup(
            Address.parse(settings.database_url, pooler=settings.database_pooler),
            settings.data_dir,
            path,
            progress,
            force=force,
        )
    finally:
        progress.end()
    return f"Backed up {_told(manifest)} to {path}. It was read back and is whole."


def look(path: Path) -> str:
    """Check the backup at `path`. Gives a sentence. Raises BackupError."""
    progress = Progress()
    try:
        manifest = verify(path, progress)
    finally:
        progress.end()
    return f"{path} is whole: {_told(manifest)}, as of {manifest.made_at}, revision {manifest.revision}."


def bring(settings: Settings, path: Path) -> list[str]:
    """Restore the backup at `path`. Gives what was done, in sentences. Raises BackupError and MigrationError."""
    progress = Progress()
    try:
        done = restore(
            Address.parse(settings.database_url, pooler=settings.database_pooler), settings.data_dir, path, progress
        )
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


def _told(manifest: Manifest) -> str:
    size = f"{manifest.bytes / _MB:,.1f} MB"
    return f"{manifest.rows:,} rows of {len(manifest.tables)} tables ({size})"
