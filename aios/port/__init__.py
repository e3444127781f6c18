"""Everything in and out: what other programs wrote becomes records, and records become files that others read.

Modules declare what they take (`Importer`) and how their records look outside (`Exporter`); docs/import-export.md.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import msgspec

from aios.records.ids import implied_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aios.port.source import Source
    from aios.records.collection import Document

Tone = Literal["skipped", "kept", "changed", "noted"]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A record as a source describes it. `id` follows from its name there, so that it is the same each time."""

    collection: str
    id: str
    fields: dict[str, object]
    """Wire names. `createdAt` counts only where the record is made."""
    where: str
    """Where it comes from, as the person knows it: a path, a title, a line."""
    updated_ms: int | None = None
    """When it was last changed there."""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has to know of one part of a source."""

    where: str
    reason: str
    tone: Tone = "skipped"
    """`skipped`: not brought in. `kept`: the record here stays as it is. `changed`: it is not quite what it was there.
    `noted`: nothing is missing."""


Found: TypeAlias = "Draft | Remark"


class Into(msgspec.Struct, frozen=True, kw_only=True):
    """Whose records they become."""

    space_id: str
    zone: str
    """Of times that come without one."""

    def id(self, collection: str, key: str) -> str:
        """The id of what a source names `key`: format, then what names it there."""
        return implied_id(self.space_id, collection, f"import/{key}")


class Format(Protocol):
    """How one program writes; a module of functions, or an object like it."""

    @property
    def name(self) -> str:
        """What `--format` calls it."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    def recognises(self, source: Source) -> bool:
        """Whether the source is of this kind, as far as its names and beginnings tell."""
        ...

    def read(self, source: Source, into: Into) -> Iterator[Found]:
        """Everything in it, in the order to bring it in; what cannot be read is a Remark. Raises RefusedError."""
        ...


class Importer(msgspec.Struct, frozen=True, kw_only=True):
    """What a module takes from elsewhere."""

    name: str
    """`aios import NAME`: notes, tasks."""
    collections: tuple[str, ...]
    formats: tuple[str, ...]
    """Where each `Format` is (`package.module:NAME`), in the order in which they are asked whether a source is theirs.
    Their code is loaded when somebody brings something: a start does without it."""
    takes: str
    """Which programs and files, in one sentence."""
    more: str = ""
    """A page of the server for what comes in by itself."""

    def load(self) -> list[Format]:
        """The formats."""
        return [resolve_name(each) for each in self.formats]


class Names(Protocol):
    """The files of an export: which one a title leads to."""

    def leading(self, title: str) -> str:
        """The name of the file, without its ending, that a link to `title` has to name; "" when there is none."""
        ...


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """One file of all records of a collection."""

    name: str
    """With its ending."""
    pieces: Callable[[Iterable[Document]], Iterator[bytes]]


class Exporter(msgspec.Struct, frozen=True, kw_only=True):
    """How the records of a collection leave."""

    collection: str
    title: Callable[[Document], str] | None = None
    """What its Markdown file is called; None where records have no file of their own."""
    markdown: Callable[[Document, Names], str] | None = None
    fields: Callable[[Document], Document] | None = None
    """The fields that make the record again, where they are not simply those that can be written."""
    whole: Whole | None = None
    """In the module's folder of the export."""
