"""Everything of a person as one zip: Markdown for other programs, and JSON that is read back to the same records.

First every collection is written to a file of its own on disk, then the zip is made from those and sent while it is
made, so that memory holds a batch of records and the titles, however much there is.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
import time
import zipfile
from typing import IO, TYPE_CHECKING, Any

import msgspec

from aios import __version__
from aios.database import Sql, Statement
from aios.port.filenames import FileNames, safe_name
from aios.port.own import FORMAT, VERSION
from aios.port.zips import MANIFEST, RECORDS
from aios.records.clock import now_ms, to_wire
from aios.records.computed import complete

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from aios.database import Database
    from aios.modules import Registry
    from aios.port import Exporter
    from aios.records.collection import Collection

AT_ONCE = 200
IN_MEMORY = 1_000_000
"""Bytes of a collection that are not worth a file."""
_PIECE = 262_144
_PAGE = Sql(
    "SELECT id, CAST(body AS BLOB) FROM record "
    "WHERE space_id = ? AND collection = ? AND id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?",
    "SELECT id, convert_to(body, 'UTF8') FROM record "
    "WHERE space_id = ? AND collection = ? AND id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?",
)
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.encode


async def export(database: Database, registry: Registry, space_id: str, username: str) -> AsyncIterator[bytes]:
    """The zip, piece by piece. Raises UnavailableError when the database does not answer."""
    kept: dict[str, tuple[IO[bytes], int]] = {}
    try:
        for name, collection in registry.collections.items():
            kept[name] = await _keep(database, collection, space_id)
        pieces = _zip(registry, kept, username)
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece
    finally:
        for file, _ in kept.values():
            file.close()


def file_name(username: str) -> str:
    """What to call the zip of a person today."""
    return f"aios-{safe_name(username).replace(' ', '-').lower()}-{to_wire(now_ms())[:10]}.zip"


async def _keep(database: Database, collection: Collection, space_id: str) -> tuple[IO[bytes], int]:
    """The records of a collection, a line each, and how many."""
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by whoever asked
    number, after = 0, ""
    while rows := await database.search(Statement(_PAGE, (space_id, collection.name, after, AT_ONCE))):
        bodies = await complete(database, collection, space_id, [bytes(row[1]) for row in rows])
        file.write(b"".join(body + b"\n" for body in bodies))
        number, after = number + len(rows), rows[-1][0]
    return file, number


class _Outlet(io.RawIOBase):
    """Where a zip is written to: what is there is taken away as it comes."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401  a buffer
        part = bytes(data)
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def take(self, least: int) -> bytes:
        """What was written since, if it is that much."""
        if self._size < least:
            return b""
        taken, self._parts, self._size = b"".join(self._parts), [], 0
        return taken


def _zip(registry: Registry, kept: dict[str, tuple[IO[bytes], int]], username: str) -> Iterator[bytes]:
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for _ in _write(archive, registry, kept, username):
            if piece := outlet.take(_PIECE):
                yield piece
    if piece := outlet.take(1):
        yield piece


def _write(
    archive: zipfile.ZipFile, registry: Registry, kept: dict[str, tuple[IO[bytes], int]], username: str
) -> Iterator[None]:
    """Write the entries; yields whenever there may be something to send."""
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "app": __version__,
        "account": username,
        "exportedAt": to_wire(now_ms()),
        "counts": {name: number for name, (_, number) in kept.items()},
    }
    archive.writestr(_info(MANIFEST), msgspec.json.format(_encode(manifest), indent=2) + b"\n")
    for name, (file, _) in kept.items():
        with archive.open(_info(f"{RECORDS}{name}.json"), "w") as entry:
            entry.write(b"[\n")
            between = b""
            for line in _lines(file):
                entry.write(between + line.rstrip(b"\n"))
                between = b",\n"
                yield
            entry.write(b"\n]\n")
    for module in registry.modules.values():
        for exporter in module.exporters:
            if exporter.markdown is not None:
                yield from _texts(archive, safe_name(module.title), exporter, kept[exporter.collection][0])
            if exporter.whole is not None and kept[exporter.collection][1]:
                documents = map(_decode, _lines(kept[exporter.collection][0]))
                with archive.open(_info(f"{safe_name(module.title)}/{exporter.whole.name}"), "w") as entry:
                    for piece in exporter.whole.pieces(documents):
                        entry.write(piece)
                        yield


def _texts(archive: zipfile.ZipFile, folder: str, exporter: Exporter, file: IO[bytes]) -> Iterator[None]:
    title, markdown = exporter.title, exporter.markdown
    if title is None or markdown is None:
        return
    names = FileNames()
    given = [names.give(title(_decode(line))) for line in _lines(file)]
    for name, line in zip(given, _lines(file), strict=True):
        archive.writestr(_info(f"{folder}/{name}.md"), markdown(_decode(line), names))
        yield


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    return iter(file)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, time.gmtime(now_ms() // 1000)[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info
