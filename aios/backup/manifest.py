"""What a backup says of itself: `manifest.json`, written last, so that a folder without one is no backup."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Literal

import msgspec

from aios.backup.errors import BackupError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Progress = Callable[[str, int, int], None]
    """Told what is being done, and how far: so many bytes or pages of so many; 0 where that is not known."""

FORMAT = 1
NAME = "manifest.json"
BLOBS = "blobs"
CHUNK = 1 << 20


class Table(msgspec.Struct, frozen=True):
    """One table: how many rows, and the order of the columns where they lie in a file of their own."""

    rows: int
    columns: list[str] = []


class File(msgspec.Struct, frozen=True):
    """One file of the backup."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is the database it was made on; it restores on the same kind. `made_at` is an instant in wire form."""

    format: int = FORMAT
    kind: Literal["sqlite", "postgresql"]
    revision: str
    """Of the schema."""
    version: str
    """Of AIOS."""
    made_at: str
    tables: dict[str, Table]
    counters: dict[str, int] = {}
    """PostgreSQL: the last number that was given out, by `table.column`."""
    files: dict[str, File] = {}
    """By path inside the backup."""

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables.values())

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files.values())


def read_manifest(folder: Path) -> Manifest:
    """Read what the backup in `folder` says of itself. Raises BackupError."""
    path = folder / NAME
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        message = f"{folder} is not a backup: it holds no {NAME}."
        raise BackupError(message) from error
    except (OSError, msgspec.DecodeError) as error:
        message = f"{path} cannot be read: {error}. Use another backup."
        raise BackupError(message) from error
    if manifest.format > FORMAT:
        message = f"A newer AIOS ({manifest.version}) made this backup. Restore it with that version."
        raise BackupError(message)
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it, and wait until it is on disk."""
    path = folder / NAME
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    flush(path)


def check_files(folder: Path, manifest: Manifest, progress: Progress) -> None:
    """Read every file and compare it with what was written. Raises BackupError for the first that differs."""
    done = 0
    for name, written in manifest.files.items():
        progress("Checking", done, manifest.bytes)
        try:
            found = file_of(folder / name)
        except OSError as error:
            message = f"{folder / name} cannot be read: {error.strerror}. Use another backup."
            raise BackupError(message) from error
        if found != written:
            message = f"{folder / name} is not what was written: it is damaged. Use another backup."
            raise BackupError(message)
        done += written.bytes


def file_of(path: Path) -> File:
    """Size and hash of a file as it is on disk: what the system still remembers of it is dropped first."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return File(size, digest.hexdigest())


def flush(path: Path) -> None:
    """Wait until a file or the names in a folder are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
