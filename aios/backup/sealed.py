"""A backup in one encrypted file: a tar of its folder in the age format, which the program `age` opens as well."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aios.backup.errors import BackupError
from aios.backup.folder import fresh_file
from aios.backup.make import backup
from aios.backup.manifest import flush
from aios.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Generator

    from aios.backup.manifest import Manifest, Progress
    from aios.database import Address

MAGIC = b"age-encryption.org/v1"
MISSING = "Encrypted backups need the package pyrage. Run: pip install 'aios[age]'"


def new_key(path: Path) -> str:
    """Write a new secret key to `path`, for its owner alone; gives the recipient that backups are encrypted for."""
    identity = _age().x25519.Identity.generate()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        message = f"No key could be written to {path}: {error.strerror}."
        raise BackupError(message) from error
    recipient = str(identity.to_public())
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"# recipient: {recipient}\n{identity}\n")
    return recipient


def seal(  # noqa: PLR0913  what `backup` takes, and for whom
    address: Address, data_dir: Path, path: Path, progress: Progress, recipient: str, *, force: bool = False
) -> Manifest:
    """Back up to the file `path`, encrypted for `recipient`. The copy is made and checked in the data folder first.

    Raises BackupError, UnavailableError, and SettingsError for what is no recipient.
    """
    age = _age()
    try:
        to = age.x25519.Recipient.from_str(recipient)
    except age.RecipientError as error:
        message = f"{recipient!r} is no recipient of age; it begins with age1. Make a key: aios backup --new-key FILE"
        raise SettingsError(message) from error
    with fresh_file(path, force=force) as part, _workplace(data_dir) as place:
        manifest = backup(address, data_dir, place / "backup", progress)
        progress("Encrypting", 0, 0)
        with part.open("wb") as out, _tar(place / "backup") as plain:
            age.encrypt_io(plain, out, [to])
        flush(part)
        return manifest


def is_sealed(path: Path) -> bool:
    """Whether the file at `path` is encrypted."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


@contextmanager
def opened(path: Path, identity: Path | None, data_dir: Path) -> Generator[Path]:
    """Give what lies at `path`; an encrypted backup is opened for the block, with the key in the file `identity`.

    Raises BackupError where the key is missing, does not fit, or the file was changed.
    """
    if not is_sealed(path):
        yield path
        return
    if identity is None:
        message = f"{path} is encrypted. Say where its key is: --identity FILE"
        raise BackupError(message)
    age, keys = _age(), _keys(identity)
    with _workplace(data_dir) as place:
        tar = place / "backup.tar"
        try:
            with path.open("rb") as sealed, tar.open("wb") as out:
                age.decrypt_io(sealed, out, keys)
            with tarfile.open(tar) as file:
                file.extractall(place / "backup", filter="data")
        except (age.DecryptError, tarfile.TarError, OSError, ValueError) as error:
            message = f"{path} cannot be opened with the key in {identity}, or it is damaged: {error}."
            raise BackupError(message) from error
        tar.unlink()
        yield place / "backup"


def _keys(path: Path) -> list[Any]:
    age = _age()
    try:
        lines = [line.strip() for line in path.read_text("ascii").splitlines()]
        keys = [age.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, age.IdentityError) as error:
        message = f"{path} holds no key of age."
        raise BackupError(message) from error
    if not keys:
        message = f"{path} holds no key of age."
        raise BackupError(message)
    return keys


def _age() -> Any:  # noqa: ANN401  an extra, imported late
    try:
        import pyrage  # noqa: PLC0415  as above
    except ImportError as error:
        raise SettingsError(MISSING) from error
    return pyrage


@contextmanager
def _workplace(data_dir: Path) -> Generator[Path]:
    """A folder for its owner alone, beside the database: what is not encrypted yet goes to no other disk."""
    data_dir.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=".sealing-", dir=data_dir))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _tar(folder: Path) -> Generator[Any]:
    """The tar of a folder, to be read while a thread writes it."""
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with os.fdopen(writing, "wb") as out, tarfile.open(fileobj=out, mode="w|") as tar:
                tar.add(folder, arcname=".")
        except (OSError, tarfile.TarError) as error:
            failed.append(error)

    thread = threading.Thread(target=write, name="aios-tar")
    thread.start()
    try:
        with os.fdopen(reading, "rb") as plain:
            yield plain
    finally:
        thread.join()
    if failed:
        message = f"No backup could be made: {failed[0]}."
        raise BackupError(message) from failed[0]
