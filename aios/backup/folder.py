"""A folder that appears whole or not at all."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aios.backup.errors import BackupError
from aios.backup.manifest import NAME, flush

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def fresh_folder(path: Path, *, force: bool = False) -> Generator[Path]:
    """Give a new folder beside `path`, which takes that name once the block has ended well.

    What an interrupted run has left is removed first. With `force` an older backup at `path` is replaced. Raises
    BackupError when there is something else.
    """
    _refuse(path, force=force)
    part, old = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.old")
    if old.exists() and not path.exists():
        old.rename(path)  # a run was ended between the two renames below
    for leftover in (part, old):
        shutil.rmtree(leftover, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        yield part
        flush(part)
        if path.exists():
            path.rename(old)
        part.rename(path)
        flush(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _refuse(path: Path, *, force: bool) -> None:
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    if not path.is_dir() or not (path / NAME).is_file():
        message = f"{path} is there already and is not a backup. Choose another name."
        raise BackupError(message)
    if not force:
        message = f"{path} is a backup already. Choose another name, or replace it with --force."
        raise BackupError(message)


@contextmanager
def fresh_file(path: Path, *, force: bool = False) -> Generator[Path]:
    """Give the name of a new file beside `path`, which takes that name once the block has ended well.

    Raises BackupError when there is something at `path`, but for a file with `force`.
    """
    if path.exists() and not (force and path.is_file()):
        message = f"{path} is there already. Choose another name, or replace an older backup with --force."
        raise BackupError(message)
    part = path.with_name(f"{path.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    part.touch(0o600)
    try:
        yield part
        part.rename(path)
        flush(path.parent)
    finally:
        part.unlink(missing_ok=True)
