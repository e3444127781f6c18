"""Making a backup: copy, read back, and only then take its name."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import msgspec

from aios import __version__
from aios.backup.errors import BackupError
from aios.backup.folder import fresh_folder
from aios.backup.manifest import BLOBS, Manifest, check_files, file_of, flush, read_manifest, write_manifest
from aios.database.migrate import BASE, finish, revisions
from aios.records.clock import now_ms, to_wire

if TYPE_CHECKING:
    from pathlib import Path

    from aios.backup.manifest import Progress
    from aios.database import Address


def backup(address: Address, data_dir: Path, path: Path, progress: Progress, *, force: bool = False) -> Manifest:
    """Copy the database and the blobs to the folder `path`, and check the copy.

    A server goes on writing meanwhile; the copy is of one moment. `force` replaces an older backup. Raises
    BackupError and UnavailableError, with nothing at `path` that was not there before.
    """
    try:
        with fresh_folder(path, force=force) as folder:
            manifest = _database(address, folder, progress)
            if manifest.revision == BASE:
                message = "The database has no tables yet, so there is nothing to back up."
                raise BackupError(message)
            names = [*manifest.files, *_blobs(data_dir / BLOBS, folder, progress)]
            manifest = msgspec.structs.replace(manifest, files={name: file_of(folder / name) for name in names})
            write_manifest(folder, manifest)
            check(folder, read_manifest(folder), progress)
            return manifest
    except (OSError, sqlite3.Error) as error:
        message = f"No backup could be made: {error}."
        raise BackupError(message) from error


def check(folder: Path, manifest: Manifest, progress: Progress) -> None:
    """Read a backup: each file's hash, the database's own check, and the number of rows. Raises BackupError.

    Also when this version does not know its schema.
    """
    if manifest.revision not in revisions():
        message = (
            f"The backup is at revision {manifest.revision}, which this version does not know: AIOS "
            f"{manifest.version} made it. Restore it with that version, or a newer one."
        )
        raise BackupError(message)
    check_files(folder, manifest, progress)
    if manifest.kind == "sqlite":
        from aios.backup.sqlite import FILE, inspect  # noqa: PLC0415  only the kind in use

        if inspect(folder / FILE) != (manifest.revision, manifest.tables):
            message = f"{folder / FILE} does not hold what was backed up. Use another backup."
            raise BackupError(message)
    else:
        from aios.backup.postgresql import check_rows  # noqa: PLC0415  as above

        check_rows(folder, manifest)


def _database(address: Address, folder: Path, progress: Progress) -> Manifest:
    made_at = to_wire(now_ms())
    if address.dialect == "sqlite":
        from aios.backup import sqlite  # noqa: PLC0415  only the kind in use

        revision, tables = sqlite.dump(address.target, folder, progress)
        counters: dict[str, int] = {}
        names = [sqlite.FILE]
    else:
        from aios.backup import postgresql  # noqa: PLC0415  as above

        revision, tables, counters, names = finish(postgresql.dump(address, folder, progress))
    return Manifest(
        kind=address.dialect,
        revision=revision,
        version=__version__,
        made_at=made_at,
        tables=tables,
        counters=counters,
        files={name: file_of(folder / name) for name in names},
    )


def _blobs(source: Path, folder: Path, progress: Progress) -> list[str]:
    """Copy the bytes of stored files, after the rows that name them: they are never changed. Gives their names."""
    names: list[str] = []
    for file in sorted(each for each in source.rglob("*") if each.is_file()) if source.is_dir() else []:
        name = f"{BLOBS}/{file.relative_to(source).as_posix()}"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / name)
        flush(folder / name)
        names.append(name)
        progress("Copying files", len(names), 0)
    return names
