"""The people of a server, managed by whoever runs it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from aios.accounts.credentials import for_new_account
from aios.accounts.passwords import Passwords
from aios.accounts.service import Accounts
from aios.accounts.tokens import Tokens
from aios.cli.schema import require_head
from aios.database import open_database
from aios.records.clock import to_wire

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aios.settings import Settings

T = TypeVar("T")


def create(settings: Settings, name: str, password: str) -> str:
    """Add a person. Gives the name as stored. Raises InvalidError, ConflictError."""
    credentials = for_new_account({"username": name, "password": password})
    return _with_accounts(settings, lambda accounts: accounts.create(credentials)).username


def reset_password(settings: Settings, name: str, password: str) -> None:
    """Set a new password and end every session. Raises InvalidError, NotFoundError."""
    _with_accounts(settings, lambda accounts: accounts.reset_password(name, password))


def delete(settings: Settings, name: str) -> None:
    """Remove a person and all their rows. Raises NotFoundError."""
    _with_accounts(settings, lambda accounts: accounts.remove(name))


def everybody(settings: Settings) -> list[str]:
    """A line for each person: name, id, and when they came."""
    people = _with_accounts(settings, Accounts.list_all)
    return [f"{each.username}\t{each.id}\t{to_wire(each.created_at)}" for each in people]


def _with_accounts(settings: Settings, work: Callable[[Accounts], Awaitable[T]]) -> T:
    address = require_head(settings)

    async def run() -> T:
        database = open_database(address, pool=1)
        passwords = Passwords()
        await database.open()
        try:
            return await work(Accounts(database, settings, Tokens(settings.jwt_secret), passwords))
        finally:
            await database.close()
            passwords.close()

    return asyncio.run(run())
