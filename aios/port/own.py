"""Our own export, read back: every collection as REST serves it, a record a line (`give.py` writes it)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.port import Draft, Remark
from aios.port.limits import MOST_JSON, RefusedError, UnreadableError
from aios.port.plain import json
from aios.port.zips import MANIFEST, RECORDS
from aios.records.clock import from_wire
from aios.records.ids import implied_id, is_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.modules import Registry
    from aios.port import Exporter, Found, Into
    from aios.port.source import Counted, Entry, Source
    from aios.records.collection import Collection

OWN = "aios"
FORMAT = "aios-export"
VERSION = 1
MOST_MANIFEST = 100_000
_PIECE = 262_144


class OwnExport:
    """The format of this program; only `collections` are taken of it."""

    name = OWN
    title = "AIOS export"

    def __init__(self, registry: Registry, collections: tuple[str, ...]) -> None:
        self._registry = registry
        self._collections = collections
        self._exporters = {each.collection: each for module in registry.modules.values() for each in module.exporters}

    def recognises(self, source: Source) -> bool:
        """By what its manifest says."""
        found = source.find(MANIFEST)
        return found is not None and f'"{FORMAT}"'.encode() in source.begin(found, 1_000)

    def read(self, source: Source, into: Into) -> Iterator[Found]:
        """Every record of the collections that are asked for. The Markdown beside them says the same once more."""
        _check_manifest(source)
        for entry in source.entries:
            if not entry.path.startswith(RECORDS):
                continue
            name = entry.stem
            collection = self._registry.collections.get(name)
            if collection is None:
                yield Remark(where=entry.path, reason="This version does not know records of this kind.")
            elif name not in self._collections:
                reason = "Only some kinds of records were asked for. To bring in all: aios import everything"
                yield Remark(where=entry.path, reason=reason, tone="noted")
            else:
                yield from _records(source, entry, collection, self._exporters.get(name), into)


def _check_manifest(source: Source) -> None:
    found = source.find(MANIFEST)
    try:
        manifest = json(source.read(found, MOST_MANIFEST)) if found is not None else {}
    except UnreadableError as error:
        raise RefusedError(error.detail) from error
    if manifest.get("format") != FORMAT:
        message = "Its manifest does not say that it is an export of AIOS."
        raise RefusedError(message)
    version = manifest.get("version")
    if not isinstance(version, int) or version > VERSION:
        message = "It was written by a newer version of AIOS. Bring this server up to date first."
        raise RefusedError(message)


def _records(
    source: Source, entry: Entry, collection: Collection, exporter: Exporter | None, into: Into
) -> Iterator[Found]:
    number = 0
    try:
        with source.open(entry) as file:
            for number, line in enumerate(_lines(file), 1):
                yield from _record(line, f"{entry.path}, record {number}", collection, exporter, into)
    except UnreadableError as error:
        yield Remark(where=f"{entry.path}, after record {number}", reason=error.detail)


def _lines(file: Counted) -> Iterator[bytes]:
    """The records of an array that stands a record a line, without what is between them. Raises UnreadableError."""
    kept = b""
    while piece := file.read(_PIECE):
        *whole, kept = (kept + piece).split(b"\n")
        for line in whole:
            record = line.strip().rstrip(b",").strip()
            if record not in {b"", b"[", b"]"}:
                yield record
        if len(kept) > MOST_JSON:
            message = "The records do not stand a record a line, as AIOS writes them."
            raise UnreadableError(message)
    if (record := kept.strip().rstrip(b",").strip()) and record != b"]":
        yield record


def _record(line: bytes, where: str, collection: Collection, exporter: Exporter | None, into: Into) -> Iterator[Found]:
    try:
        given = json(line)
    except UnreadableError as error:
        yield Remark(where=where, reason=error.detail)
        return
    if not isinstance(given.get("id"), str) or not is_id(given["id"]):
        yield Remark(where=where, reason="It is no record.")
        return
    try:
        updated_ms = from_wire(given["updatedAt"])
        from_wire(given["createdAt"])
    except (KeyError, TypeError, ValueError):
        yield Remark(where=where, reason="Its times cannot be read.")
        return
    stated = given.get("title") or given.get("name")
    name = stated if isinstance(stated, str) and stated else where
    unknown = [key for key in given if key not in collection.fields]
    if unknown:
        reason = f"This version has no field for: {', '.join(unknown)}."
        yield Remark(where=name, reason=reason, tone="changed")
    fields = exporter.fields(given) if exporter is not None and exporter.fields is not None else given
    single = implied_id(into.space_id, collection.name, collection.name)
    yield Draft(
        collection=collection.name,
        id=single if collection.single else given["id"],
        fields={
            key: value
            for key, value in fields.items()
            if key == "createdAt" or (key in collection.fields and collection.fields[key].writable)
        },
        where=name,
        updated_ms=updated_ms,
    )
