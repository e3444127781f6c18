"""Looking for what is wrong; with `repair`, what follows from the records is written anew."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from aios.database import Address, Statement, open_database
from aios.database.migrate import current, head
from aios.doctor import stored
from aios.doctor.deployment import deployment
from aios.doctor.finding import Finding
from aios.doctor.ledgers import ledgers
from aios.doctor.machine import clock, machine
from aios.errors import AiosError
from aios.modules import discover

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aios.database import Database
    from aios.settings import Settings


def examine(settings: Settings, *, repair: bool = False) -> list[Finding]:
    """Look at everything that can be looked at; each finding says what to do where something is wrong."""
    address = Address.parse(settings.database_url, pooler=settings.database_pooler)
    findings = [*machine(settings, address), *deployment(settings)]
    if address.dialect == "sqlite" and not Path(address.target).exists():
        sentence = f"There is no file {address.target}. Run: aios migrate"
        return [*findings, Finding("database", well=False, sentence=sentence)]
    try:
        return [*findings, *asyncio.run(examine_database(settings, address, repair=repair))]
    except AiosError as error:
        return [*findings, Finding("database", well=False, sentence=error.detail)]


async def examine_database(settings: Settings, address: Address, *, repair: bool) -> list[Finding]:
    """Look at the database at `address` alone. Raises AiosError where it cannot be reached."""
    revision = current(address)
    schema = Finding(
        "schema",
        revision == head(),
        f"It is at revision {revision}."
        if revision == head()
        else f"It is at revision {revision}, and this version needs {head()}. Run: aios migrate",
    )
    database = open_database(address, pool=1)
    await database.open()
    try:
        findings = [Finding("database", well=True, sentence=f"It answers ({address.dialect})."), schema]
        findings += [each async for each in stored.whole(database)]
        if schema.well:
            findings += [each async for each in _contents(database, settings, repair=repair)]
        return findings
    finally:
        await database.close()


async def _contents(database: Database, settings: Settings, *, repair: bool) -> AsyncIterator[Finding]:
    if repair:
        await stored.remove_leftovers(database)
    async for finding in ledgers(database, discover(), repair=repair):
        yield finding
    async for finding in stored.consistent(database):
        yield finding
    newest = (await database.search(Statement(stored.NEWEST)))[0][0] or 0
    server = await database.search(Statement(stored.NOW)) if database.dialect == "postgresql" else []
    yield clock(settings.data_dir, newest, server[0][0] if server else None)
