"""Reading a zip without trusting it (APPNOTE 6.3.10): nothing in it is larger, deeper or more than the limits say."""

from __future__ import annotations

import stat
import struct
import zipfile
from functools import partial
from typing import IO, NamedTuple

from aios.port import Remark
from aios.port.limits import MOST_ENTRIES, MOST_EXPANSION, MOST_OWN_ENTRIES, MOST_UNPACKED, RefusedError
from aios.port.source import (
    LINK,
    LONG,
    OTHERS,
    OUTSIDE,
    TOO_MANY,
    Entry,
    Source,
    hidden,
    is_long,
    safe_path,
    shown,
    utc_ms,
)

MANIFEST = "manifest.json"
RECORDS = "records/"
"""Where our own export keeps every collection, a file each."""
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCATOR, _LOCATOR_SIZE, _END_64_SIZE = b"PK\x06\x07", 20, 56
_END_SIZE, _CENTRAL_SIZE, _LOCAL_SIZE, _MOST_COMMENT = 22, 46, 30, 65_535
_UTF_8 = 0x800
_BOUNDED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""What `zipfile` unpacks piece by piece; of the others a piece may become any number of bytes at once."""
_METHODS = {9: "Deflate64", zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "LZMA", 93: "Zstandard", 95: "XZ"}
DAMAGED = "This zip cannot be read. It may be damaged, or not be downloaded to its end."


class _End(NamedTuple):
    """Where the list of entries stands."""

    offset: int
    size: int


def is_zip(file: IO[bytes]) -> bool:
    """Whether the file begins as a zip does; an empty one begins with its end."""
    file.seek(0)
    return file.read(4) in {_LOCAL, _END}


def is_own(file: IO[bytes]) -> bool:
    """Whether it begins as our own export does: its manifest comes first."""
    file.seek(0)
    head = file.read(_LOCAL_SIZE + len(MANIFEST))
    return head.startswith(_LOCAL) and head[_LOCAL_SIZE:] == MANIFEST.encode()


def of_zip(name: str, file: IO[bytes], size: int) -> Source:
    """The entries of a zip. Raises RefusedError when it is damaged, has too many, or some lie over each other."""
    own = is_own(file)
    end = _end(file, size)
    _count(file, end, MOST_OWN_ENTRIES if own else MOST_ENTRIES)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error, UnicodeError) as error:
        raise RefusedError(DAMAGED) from error
    infos = archive.infolist()
    _refuse_overlap(infos, end.offset)
    entries, remarks = _entries(archive, infos)
    if own:
        return Source(name, entries, remarks, budget=MOST_UNPACKED)
    name, entries = _without_top(name, entries)
    budget = min(size * MOST_EXPANSION, MOST_UNPACKED)
    return Source(name, sorted(entries, key=lambda entry: entry.path), remarks, budget=budget)


def _end(file: IO[bytes], size: int) -> _End:
    start = max(0, size - _END_SIZE - _MOST_COMMENT)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + _END_SIZE:
        raise RefusedError(DAMAGED)
    length, offset = struct.unpack("<II", tail[place + 12 : place + 20])
    if tail[: place - _LOCATOR_SIZE + 4].endswith(_LOCATOR):  # of more than 65,535 entries
        place -= _LOCATOR_SIZE + _END_64_SIZE
        length, offset = struct.unpack("<QQ", tail[place + 40 : place + 56].ljust(16, b"\xff"))
    found = start + place - length  # what stands before the archive is no part of it
    if found < 0 or offset > size:
        raise RefusedError(DAMAGED)
    return _End(found, length)


def _count(file: IO[bytes], end: _End, most: int) -> None:
    """Count the entries before anything keeps them in memory. Their stated number is not asked: it may be wrong."""
    file.seek(end.offset)
    left, number = end.size, 0
    while left > 0:
        head = file.read(_CENTRAL_SIZE)
        if len(head) < _CENTRAL_SIZE or not head.startswith(_CENTRAL):
            raise RefusedError(DAMAGED)
        more = sum(struct.unpack("<HHH", head[28:34]))
        file.seek(more, 1)
        left -= _CENTRAL_SIZE + more
        number += 1
        if number > most:
            raise RefusedError(TOO_MANY)


def _refuse_overlap(infos: list[zipfile.ZipInfo], end: int) -> None:
    """Entries that share their bytes are how a small archive becomes endless."""
    placed = sorted(infos, key=lambda info: info.header_offset)
    for info, following in zip(placed, [*(each.header_offset for each in placed[1:]), end], strict=True):
        if info.header_offset + _LOCAL_SIZE + info.compress_size > following:
            message = "Some of the files in this zip lie over each other, so it is not taken."
            raise RefusedError(message)


def _entries(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> tuple[list[Entry], list[Remark]]:
    entries: dict[str, Entry] = {}
    remarks: list[Remark] = []
    others: dict[str, int] = {}
    for info in infos:
        name = _name(info)
        path = safe_path(name)
        reason = _refusal(info, name, path)
        if info.is_dir() and not reason:
            continue
        parts = path.split("/")
        private = next((place for place, part in enumerate(parts) if hidden(part)), -1)
        if reason:
            remarks.append(Remark(where=shown(name[:200]), reason=reason))
        elif private >= 0:
            folder = "/".join(parts[: private + 1])
            others[folder] = others.get(folder, 0) + 1
        elif path in entries:
            remarks.append(Remark(where=path, reason="The name is there twice; the first is taken."))
        else:
            modified = utc_ms(*info.date_time)
            entries[path] = Entry(path, info.file_size, modified, local=True, opened=partial(archive.open, info))
    remarks += [
        Remark(where=folder, reason=OTHERS if many == 1 else f"{many:,} files. {OTHERS}")
        for folder, many in others.items()
    ]
    return list(entries.values()), remarks


def _refusal(info: zipfile.ZipInfo, name: str, path: str) -> str:
    if not path:
        return LONG if is_long(name) else OUTSIDE
    if stat.S_ISLNK(info.external_attr >> 16):
        return LINK
    if info.flag_bits & 1:
        return "It is locked with a password."
    if info.compress_type not in _BOUNDED:
        method = _METHODS.get(info.compress_type, f"method {info.compress_type}")
        return f"It is packed with {method}, which is not unpacked here. Pack it again as an ordinary zip."
    return ""


def _name(info: zipfile.ZipInfo) -> str:
    """The name of an entry. Many programs write UTF-8 without saying so (APPNOTE 6.3.10, appendix D)."""
    if info.flag_bits & _UTF_8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _without_top(name: str, entries: list[Entry]) -> tuple[str, list[Entry]]:
    """A zip of one folder is that folder."""
    tops = {entry.path.partition("/")[0] if "/" in entry.path else "" for entry in entries}
    if len(tops) != 1 or "" in tops:
        return name, entries
    top = tops.pop()
    return top, [entry._replace(path=entry.path[len(top) + 1 :]) for entry in entries]
