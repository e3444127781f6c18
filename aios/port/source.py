"""What is brought in, whatever it lies in: a file, a folder, a zip or a tar, as entries with safe names.

Nothing is unpacked to disk. Names only ever name things to people and to each other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, Self

from aios.port import Remark
from aios.port.limits import MOST_BYTES, MOST_ENTRIES, MOST_FOLDERS, MOST_NAME, MOST_TEXT, RefusedError, UnreadableError

HIDDEN = frozenset({"__MACOSX"})
TOO_MANY = f"There are more than {MOST_ENTRIES:,} files in it. Bring it in part by part."
TOO_LARGE = f"It is larger than {MOST_BYTES // 1_000_000} MB. Leave out attachments, or bring it in part by part."
LINK = "A link to another file is not followed."
OUTSIDE = "Its name leads out of the archive."
LONG = f"Its name is longer than {MOST_NAME:,} letters, or stands in more than {MOST_FOLDERS} folders."


class Entry(NamedTuple):
    """One file. `modified_ms` counts as local time where `local` is true: a zip knows no zone."""

    path: str
    """Its name from the top, parts separated by `/`."""
    size: int
    modified_ms: int | None
    local: bool
    opened: Callable[[], IO[bytes]]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return PurePosixPath(self.path).stem

    @property
    def suffix(self) -> str:
        """The ending in lower case, with its point."""
        return PurePosixPath(self.path).suffix.lower()

    @property
    def folder(self) -> str:
        """The path of its folder; "" at the top."""
        return self.path.rpartition("/")[0]


class Source:
    """Entries to read. `remarks` name what is there and may not be read."""

    def __init__(self, name: str, entries: list[Entry], remarks: list[Remark], *, budget: int) -> None:
        self.name = name
        """Of the vault, as its folder or file is called, without an ending."""
        self.entries = entries
        self.remarks = remarks
        self._budget = budget
        self._read: set[str] = set()

    def find(self, path: str) -> Entry | None:
        """The entry with this path."""
        return next((entry for entry in self.entries if entry.path == path), None)

    def having(self, *suffixes: str) -> list[Entry]:
        """The entries with one of these endings."""
        return [entry for entry in self.entries if entry.suffix in suffixes]

    def read(self, entry: Entry, most: int = MOST_TEXT) -> bytes:
        """The bytes of an entry. Raises UnreadableError for this one, RefusedError when all of it becomes too much."""
        if entry.size > most:
            message = f"It is larger than {most // 1_000_000} MB."
            raise UnreadableError(message)
        with self.open(entry) as file:
            body = file.read(most + 1)
        if len(body) > most:
            message = f"It is larger than {most // 1_000_000} MB."
            raise UnreadableError(message)
        return body

    def begin(self, entry: Entry, length: int) -> bytes:
        """The first bytes of an entry; nothing where it cannot be read."""
        try:
            with self.open(entry) as file:
                return file.read(length)
        except UnreadableError:
            return b""

    def open(self, entry: Entry) -> Counted:
        """Read an entry piece by piece. Raises as `read`."""
        with _unreadable():
            return Counted(self, entry.path, entry.opened())

    def count(self, path: str, position: int, length: int) -> None:
        """Take note of what was read. Raises RefusedError: what grows without end is stopped while it grows."""
        mark = f"{path}\0{position}"
        if mark in self._read:  # read once before
            return
        self._read.add(mark)
        self._budget -= length
        if self._budget < 0:
            message = "It grows far beyond its size when it is unpacked, so it was not read to its end."
            raise RefusedError(message)


class Counted:
    """A file whose bytes are counted against the limits of its source."""

    def __init__(self, source: Source, path: str, file: IO[bytes]) -> None:
        self._source = source
        self._path = path
        self._file = file
        self._position = 0

    def read(self, length: int) -> bytes:
        """Up to `length` bytes; fewer at the end."""
        parts: list[bytes] = []
        while length > 0:
            with _unreadable():
                part = self._file.read(min(length, PIECE))
            if not part:
                break
            self._source.count(self._path, self._position, len(part))
            self._position += len(part)
            length -= len(part)
            parts.append(part)
        return b"".join(parts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


PIECE = 65_536


class _unreadable:  # noqa: N801  reads as a statement
    """Turns what zlib, zipfile and the disk raise into the error that names the file."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if isinstance(error, (RefusedError, UnreadableError)) or error is None:
            return
        if isinstance(error, Exception):
            message = "It is damaged, or packed in a way that is not known here."
            raise UnreadableError(message) from error


def of_file(name: str, file: IO[bytes], size: int, modified_ms: int | None = None) -> Source:
    """The source that a file holds: what is in it if it is an archive, else the file. Raises RefusedError."""
    from aios.port.tars import is_tar, of_tar  # noqa: PLC0415  they build on this
    from aios.port.zips import is_own, is_zip, of_zip  # noqa: PLC0415  as above

    name = safe_path(name.replace("\\", "/").rpartition("/")[2]) or "file"
    if size > MOST_BYTES and not is_own(file):
        raise RefusedError(TOO_LARGE)
    if is_zip(file):
        return of_zip(vault_name(name), file, size)
    if is_tar(file):
        return of_tar(vault_name(name), file, size)

    def opened() -> IO[bytes]:
        file.seek(0)
        return _Kept(file)  # type: ignore[return-value]

    return Source(
        vault_name(name), [Entry(name, size, modified_ms, local=False, opened=opened)], [], budget=size + PIECE
    )


class _Kept:
    """A file that is read again later, so closing it does not."""

    def __init__(self, file: IO[bytes]) -> None:
        self.read = file.read

    def close(self) -> None:
        """Leave it open."""


def of_folder(folder: Path) -> Source:
    """Everything under a folder, hidden folders and links left out. Raises RefusedError."""
    entries: list[Entry] = []
    remarks: list[Remark] = []
    total = 0
    for path in _walk(folder, folder, remarks):
        status = path.stat()
        name = safe_path(path.relative_to(folder).as_posix())
        if not name:
            continue
        if len(entries) == MOST_ENTRIES:
            raise RefusedError(TOO_MANY)
        modified = int(status.st_mtime * 1000)
        entries.append(Entry(name, status.st_size, modified, local=False, opened=_opener(path)))
        total += status.st_size
    entries.sort(key=lambda entry: entry.path)
    return Source(vault_name(folder.resolve().name), entries, remarks, budget=MOST_BYTES)


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _walk(folder: Path, top: Path, remarks: list[Remark]) -> list[Path]:
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        where = shown(path.relative_to(top).as_posix())
        if path.is_symlink():
            remarks.append(Remark(where=where, reason=LINK))
        elif hidden(path.name):
            remarks.append(Remark(where=where, reason=OTHERS))
        elif path.is_dir():
            found += _walk(path, top, remarks)
        elif path.is_file():
            found.append(path)
        if len(found) > MOST_ENTRIES:
            raise RefusedError(TOO_MANY)
    return found


OTHERS = "It belongs to another program, and holds no text of yours."


def of_path(path: Path) -> Source:
    """A file, an archive or a folder on disk. Raises RefusedError."""
    if path.is_dir():
        return of_folder(path)
    try:
        status = path.stat()
        file = path.open("rb")
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}."
        raise RefusedError(message) from error
    return of_file(path.name, file, status.st_size, int(status.st_mtime * 1000))


def hidden(part: str) -> bool:
    """Whether a part of a path names what programs keep for themselves."""
    return part.startswith(".") or part in HIDDEN


def safe_path(name: str) -> str:
    """The name of an entry in one form, or "" when it is absolute, leads upwards, or is too long."""
    if is_long(name):
        return ""
    path = shown(unicodedata.normalize("NFC", name.replace("\\", "/")))
    if path.startswith("/") or (len(path) > 1 and path[1] == ":"):
        return ""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    return "" if ".." in parts else "/".join(parts)


def is_long(name: str) -> bool:
    """Whether a name is longer than file systems have them: to give it one form might take for ever."""
    return len(name) > MOST_NAME or name.count("/") + name.count("\\") > MOST_FOLDERS


def shown(name: str) -> str:
    """A name that may hold anything, as text on one line."""
    return "".join("\ufffd" if unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} else each for each in name)


def vault_name(name: str) -> str:
    """What a vault is called: without the ending of an archive, and without the ` (1)` of a second download."""
    stem = name
    for ending in (".zip", ".jex", ".tar", ".md", ".txt", ".csv", ".json", ".html"):
        if stem.lower().endswith(ending):
            stem = stem[: -len(ending)]
    head, opening, tail = stem.rpartition("(")
    if opening and tail.endswith(")") and tail[:-1].isdecimal():
        stem = head.rstrip()
    return stem or name


def utc_ms(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | None:  # noqa: PLR0913, PLR0917  a date
    """Milliseconds of a date as if it were UTC; None where there is no such date."""
    try:
        return int(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
