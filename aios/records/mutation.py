"""The unit of writing: what a REST call, a form, a device, an importer and a job all hand to `apply`."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Mutation(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One intended change to one record (docs/sync.md, push)."""

    op: Literal["create", "update", "delete", "restore"]
    collection: str
    id: str
    fields: dict[str, Any] = {}
    """Wire names or paths (`records/paths.py`) and values; only what changes."""
    bases: dict[str, str] = {}
    """For each text field sent: SHA-256 of the text that the person was shown."""
    base_rev: int | None = None
    """The revision that the writer had seen; None means the head, and from a device: nothing."""
    ms: int | None = None
    """When the person did it, in corrected milliseconds; None means now."""
    mid: int | None = None
    """Number of a device's mutation; server-side writers have none."""


class Writer(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes: `rest:<session>`, `form:<session>`, `job:<name>`, `import:<id>` or a device's client id."""

    client: str
    lenient: bool = False
    """REST: read-only fields that are sent back are ignored instead of refused."""
    strict: bool = False
    """REST: `base_rev` is a precondition (`If-Match`). For all others it tells what an edit is merged with."""
    importer: bool = False
    """May set `createdAt`."""
