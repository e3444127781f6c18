"""Bringing a backup back: check it, keep what is there, replace it in one step, and begin another epoch."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from aios.backup.errors import BackupError
from aios.backup.make import backup, check
from aios.backup.manifest import BLOBS, File, Manifest, flush, read_manifest
from aios.backup.sqlite import FILE, held, inspect, is_empty, prepare, replace
from aios.database.migrate import BASE, MigrationError, current, finish, revisions
from aios.records.clock import to_wire

if TYPE_CHECKING:
    from aios.backup.manifest import Progress
    from aios.backup.people import People
    from aios.database import Address


class Restored(msgspec.Struct, frozen=True):
    """What was restored, where the replaced data is kept, and who was taken over from it (None: it is unreadable)."""

    manifest: Manifest
    kept: Path | None
    people: People | None


def verify(path: Path, progress: Progress) -> Manifest:
    """Check the backup at `path`, a folder or one SQLite file as migrations leave it. Raises BackupError."""
    manifest = _of_file(path) if path.is_file() else read_manifest(path)
    check(path, manifest, progress) if path.is_dir() else _known(path, manifest)
    return manifest


def restore(address: Address, data_dir: Path, path: Path, progress: Progress) -> Restored:
    """Put the backup at `path` in the place of the database. Nobody may use it meanwhile.

    Raises BackupError and MigrationError, with the database as it was.
    """
    manifest = verify(path, progress)
    if manifest.kind != address.dialect:
        message = (
            f"This backup was made on {manifest.kind}; DATABASE_URL names {address.dialect}. It fits only its kind."
        )
        raise BackupError(message)
    try:
        if address.dialect == "sqlite":
            kept, people = _sqlite(Path(address.target), path, progress)
        else:
            kept, people = _postgresql(address, data_dir, path, manifest, progress)
        if path.is_dir():
            _blobs(path, data_dir, manifest)
    except (OSError, sqlite3.Error) as error:
        message = f"The backup could not be restored: {error}. The database is as it was."
        raise BackupError(message) from error
    return Restored(manifest, kept, people)


def _of_file(path: Path) -> Manifest:
    revision, tables = inspect(path)
    stat = path.stat()
    return Manifest(
        kind="sqlite",
        revision=revision,
        version="of its time",
        made_at=to_wire(int(stat.st_mtime * 1000)),
        tables=tables,
        files={path.name: File(stat.st_size, "")},
    )


def _known(path: Path, manifest: Manifest) -> None:
    if manifest.revision not in revisions():
        message = f"{path} is at revision {manifest.revision}, which this version does not know."
        raise BackupError(message)


def _sqlite(target: Path, path: Path, progress: Progress) -> tuple[Path | None, People | None]:
    fresh = target.with_name(f"{target.name}.restoring")
    target.parent.mkdir(parents=True, exist_ok=True)
    with held(target) as old:
        people = prepare(path / FILE if path.is_dir() else path, fresh, old, progress)
        kept = target.with_name(f"{target.stem}-{_replaced()}{target.suffix}")
        nothing = not target.exists() or is_empty(old)
        replace(target, fresh, kept)
    if nothing:
        kept.unlink(missing_ok=True)
    return None if nothing else kept, people


def _postgresql(
    address: Address, data_dir: Path, path: Path, manifest: Manifest, progress: Progress
) -> tuple[Path | None, People | None]:
    from aios.backup import postgresql  # noqa: PLC0415  only the kind in use

    before = current(address)
    if before not in {BASE, *revisions()}:
        message = f"The database is at revision {before}: a newer AIOS made it. Restore with that version."
        raise MigrationError(message)
    finish(postgresql.refuse_in_use(address))
    kept = None
    if before != BASE:
        kept = data_dir / "backups" / _replaced()
        backup(address, data_dir, kept, progress)
    return kept, finish(postgresql.load(address, path, manifest, progress))


def _blobs(path: Path, data_dir: Path, manifest: Manifest) -> None:
    """Bring files that are missing; their names follow from what is in them, so those that are there are the same."""
    for name in manifest.files:
        to = data_dir / name
        if not name.startswith(f"{BLOBS}/") or to.exists():
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        part = to.with_name(f"{to.name}.part")
        shutil.copyfile(path / name, part)
        flush(part)
        part.replace(to)


def _replaced() -> str:
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    return f"replaced-{moment}-{time.time_ns() % 10**9:09d}"
