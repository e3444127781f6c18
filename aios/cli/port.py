"""Bringing in and giving out from the command line."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from aios.accounts import store
from aios.accounts.credentials import normalise_username, username_key
from aios.cli.schema import require_head
from aios.database import open_database
from aios.errors import InvalidError, NotFoundError
from aios.modules import discover
from aios.port.bring import Bringing, Report, choose, known
from aios.port.give import export, file_name
from aios.port.person import into
from aios.port.source import of_path
from aios.records.channels import open_channel
from aios.records.events import Events
from aios.records.ids import new_id
from aios.records.writes import Writes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from aios.accounts.models import Account
    from aios.database import Database
    from aios.settings import Settings

EVERYTHING = "everything"
_EFFECTS = (
    ("created", "new"),
    ("updated", "brought up to date"),
    ("restored", "back from the trash"),
    ("same", "here already"),
)
_HEADINGS = (
    ("skipped", "Not brought in"),
    ("kept", "Left as it is here"),
    ("changed", "Not quite as it was"),
    ("noted", "To know"),
)


def bring(settings: Settings, kind: str, path: Path, name: str, format_name: str) -> tuple[list[str], bool]:
    """Import `path` for a person. Gives what to say, and whether it came to its end. Raises AiosError."""
    registry = discover()
    kind = "" if kind == EVERYTHING else kind
    known(registry, kind)
    source = of_path(path)
    chosen = choose(registry, source, kind, format_name)

    async def run() -> Report:
        async with _Opened(settings) as database:
            account = await _find(database, name)
            events = Events(open_channel(settings, require_head(settings), database))
            events.open()
            try:
                writes = Writes(registry, database, events)
                whose = await into(database, account.id)
                return await Bringing(writes, source=source, chosen=chosen, into=whose, name=new_id(), most=None).run()
            finally:
                await events.close()

    report = asyncio.run(run())
    return [*told(report)], not report.stopped


def told(report: Report) -> Iterator[str]:
    """A report, line by line."""
    yield f"{report.format}:"
    for collection, counted in report.counts.items():
        numbers = ", ".join(f"{counted[effect]:,} {word}" for effect, word in _EFFECTS if counted.get(effect))
        yield f"  {collection}: {numbers}"
    if not report.counts:
        yield "  nothing to bring in"
    for tone, heading in _HEADINGS:
        remarks = report.having(tone)
        if remarks:
            yield f"{heading} ({len(remarks):,}):"
        for remark in remarks:
            yield f"  {remark.where}: {remark.reason}"
    if report.stopped:
        yield f"Stopped: {report.stopped}"


def give(settings: Settings, name: str, output: Path | None) -> str:
    """Export a person's records. Gives a sentence. Raises NotFoundError."""

    async def run() -> Path:
        async with _Opened(settings) as database:
            account = await _find(database, name)
            target = output or Path(file_name(account.username))
            if target.is_dir():
                target = target / file_name(account.username)
            await _save(target, export(database, discover(), account.id, account.username))
            return target

    target = asyncio.run(run())
    return f"Exported to {target} ({target.stat().st_size / 1_000_000:,.1f} MB)."


async def _save(target: Path, pieces: AsyncIterator[bytes]) -> None:
    """Write beside the target first, so that a half-written file never has its name."""
    beside = target.with_name(f".{target.name}.part")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            async for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        message = f"{target} cannot be written: {error.strerror or error}."
        raise InvalidError(message) from error


class _Opened:
    """The database, while it is needed."""

    def __init__(self, settings: Settings) -> None:
        self._database = open_database(require_head(settings), pool=2)

    async def __aenter__(self) -> Database:
        await self._database.open()
        return self._database

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()


async def _find(database: Database, name: str) -> Account:
    account = await database.read(lambda session: store.find_account(session, username_key(normalise_username(name))))
    if account is None:
        message = f"There is nobody named {name}. See: aios user list"
        raise NotFoundError(message)
    return account
