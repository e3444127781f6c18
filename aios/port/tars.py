"""Reading a tar that is not compressed, such as a Joplin export: the same rules as for a zip."""

from __future__ import annotations

import tarfile
from typing import IO, Self

from aios.port import Remark
from aios.port.dates import bounded
from aios.port.limits import MOST_ENTRIES, RefusedError
from aios.port.source import LINK, LONG, OTHERS, OUTSIDE, TOO_MANY, Entry, Source, hidden, is_long, safe_path, shown

_MAGIC_AT, _MAGIC = 257, b"ustar"
_MORE = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
)
"""What says more about the file that follows: a long name, times, owners."""
MOST_MORE = 8_192
"""Bytes of it."""
TOO_MUCH = "This tar says more about a file than is read here, so it is not taken."
DAMAGED = "This tar cannot be read. It may be damaged, or not be downloaded to its end."


def is_tar(file: IO[bytes]) -> bool:
    """Whether the file has a tar's mark."""
    file.seek(_MAGIC_AT)
    return file.read(len(_MAGIC)) == _MAGIC


def of_tar(name: str, file: IO[bytes], size: int) -> Source:
    """The entries of a tar. Raises RefusedError."""
    file.seek(0)
    entries: dict[str, Entry] = {}
    remarks: list[Remark] = []
    number = 0
    try:
        archive = tarfile.open(fileobj=file, mode="r:", tarinfo=_Member)  # noqa: SIM115  its entries are read later
        while (member := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # it would keep each for ever
            number += 1
            if number > MOST_ENTRIES:
                raise RefusedError(TOO_MANY)
            _take(archive, member, entries, remarks)
    except (tarfile.TarError, OSError, ValueError, RecursionError, OverflowError, EOFError) as error:
        if isinstance(error, RefusedError):
            raise
        raise RefusedError(DAMAGED) from error
    # Entries that lie over each other cannot be: a tar is read from its beginning to its end, once.
    return Source(name, list(entries.values()), remarks, budget=size + size)


class _Member(tarfile.TarInfo):
    """An entry whose further headers are short: tarfile searches them in a time that grows with their square."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """As tarfile has it. Raises RefusedError."""
        member = super().frombuf(buf, encoding, errors)
        if member.type in _MORE and member.size > MOST_MORE:
            raise RefusedError(TOO_MUCH)
        return member


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, entries: dict[str, Entry], remarks: list[Remark]) -> None:
    name = _name(member)
    path = safe_path(name)
    if member.isdir():
        return
    reason = ""
    if not path:
        reason = LONG if is_long(name) else OUTSIDE
    elif member.issym() or member.islnk():
        reason = LINK
    elif not member.isreg() or member.issparse():
        reason = "It is no ordinary file."
    elif any(hidden(part) for part in path.split("/")):
        reason = OTHERS
    elif path in entries:
        reason = "The name is there twice; the first is taken."
    if reason:
        remarks.append(Remark(where=path or shown(name[:200]), reason=reason))
        return

    def opened() -> IO[bytes]:
        file = archive.extractfile(member)
        if file is None:
            raise OSError
        return file

    entries[path] = Entry(path, member.size, bounded(int(member.mtime * 1000)), local=False, opened=opened)


def _name(member: tarfile.TarInfo) -> str:
    """The name of an entry; bytes that are not UTF-8 are read as Latin-1."""
    try:
        member.name.encode()
    except UnicodeEncodeError:
        return member.name.encode("utf-8", "surrogateescape").decode("latin-1")
    return member.name
