"""The machine: room, permissions, secrets and clocks."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from aios.doctor.finding import Finding
from aios.records.clock import now_ms, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.database import Address
    from aios.settings import Settings

LEAST_FREE_BYTES = 200 * 1024 * 1024
FIRST_POSSIBLE_MS = 1_767_225_600_000
"""2026-01-01: a clock before this one was never set."""
MOST_AHEAD_MS = 300_000
MOST_APART_MS = 60_000
LEAST_DIFFERENT = 10
"""Characters of a secret: fewer, and somebody has leant on a key."""
_OTHERS = stat.S_IROTH | stat.S_IWOTH
_MB = 1_048_576


def machine(settings: Settings, address: Address) -> Iterator[Finding]:
    """Look at what is around the database."""
    yield Finding("settings", well=True, sentence=f"AIOS_ENV is {settings.env}; data is kept in {settings.data_dir}.")
    file = Path(address.target) if address.dialect == "sqlite" else None
    yield _disk(settings.data_dir, file)
    yield _secret(settings)
    yield _permissions(settings.data_dir, file)


def clock(data_dir: Path, newest: int, database_ms: int | None) -> Finding:
    """Compare this machine's clock with the newest record (ms), the file system's and the database server's."""
    now = now_ms()
    said = f"It says {to_wire(now)}"
    if now < FIRST_POSSIBLE_MS:
        return Finding("clock", well=False, sentence=f"{said}, which cannot be. Set it.")
    if newest > now + MOST_AHEAD_MS:
        return Finding("clock", well=False, sentence=f"{said}, but a record was changed at {to_wire(newest)}. Set it.")
    others = (("database server", database_ms), ("file system of the data folder", _file_system_ms(data_dir)))
    for whose, other in others:
        if other is not None and abs(other - now) > MOST_APART_MS:
            sentence = f"{said}, and that of the {whose} {to_wire(other)}. Set both from the network (NTP)."
            return Finding("clock", well=False, sentence=sentence)
    return Finding("clock", well=True, sentence=f"{said}.")


def _disk(data_dir: Path, file: Path | None) -> Finding:
    """There must be room for a copy of the database, which every migration makes."""
    folder = next(each for each in (data_dir, *data_dir.absolute().parents) if each.exists())
    free = shutil.disk_usage(folder).free
    size = file.stat().st_size if file is not None and file.exists() else 0
    wanted = LEAST_FREE_BYTES + size
    enough = free >= wanted
    sentence = f"{free // _MB} MB are free."
    if not enough:
        sentence += f" Make room: {wanted // _MB} MB are needed for new data and a copy before a migration."
    return Finding("disk", enough, sentence)


def _secret(settings: Settings) -> Finding:
    kept = settings.data_dir / "development-secret"
    if len(set(settings.jwt_secret)) < LEAST_DIFFERENT:
        sentence = (
            "JWT_SECRET can be guessed, and whoever does is everybody. Make another one, which signs everybody out: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
        return Finding("secret", well=False, sentence=sentence)
    if kept.exists() and kept.stat().st_mode & 0o077:
        return Finding("secret", well=False, sentence=f"Others can read {kept}. Run: chmod 600 {kept}")
    return Finding("secret", well=True, sentence="JWT_SECRET cannot be guessed.")


def _permissions(data_dir: Path, file: Path | None) -> Finding:
    for path in (data_dir, *([file] if file is not None else [])):
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            sentence = f"{path} cannot be read and written by this user. Run as the server's user, or change its owner."
            return Finding("permissions", well=False, sentence=sentence)
    if file is not None and file.exists() and file.stat().st_mode & _OTHERS:
        sentence = f"Every user of this machine can read {file}. Run: chmod 600 {file}"
        return Finding("permissions", well=False, sentence=sentence)
    return Finding("permissions", well=True, sentence="The data is for the server's user alone.")


def _file_system_ms(data_dir: Path) -> int | None:
    """The time that a file gets which is written now: another machine's, where the folder is on a network."""
    try:
        with tempfile.NamedTemporaryFile(dir=data_dir, prefix=".doctor-") as file:
            file.write(b".")
            file.flush()
            return os.fstat(file.fileno()).st_mtime_ns // 1_000_000
    except OSError:
        return None
