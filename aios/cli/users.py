"""The people of a server, managed by whoever runs it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import aios.jobs.models  # noqa: F401  a person's jobs go with them  # pyright: ignore[reportUnusedImport]
from aios.accounts import store
from aios.accounts.credentials import check_password, for_new_account, normalise_username, username_key
from aios.accounts.models import Account
from aios.accounts.passwords import Passwords
from aios.accounts.registration import OWNER, invite, role_of_new
from aios.cli.schema import require_head
from aios.database import Row, Statement, Steps, open_database, run_steps
from aios.errors import InvalidError, NotFoundError
from aios.records.clock import now_ms, to_wire
from aios.records.ids import new_id
from aios.records.statements import USED

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from aios.settings import Settings

T = TypeVar("T")


def create(settings: Settings, name: str, password: str) -> str:
    """Add a person. Gives the name as stored. Raises InvalidError, ConflictError."""
    credentials = for_new_account({"username": name, "password": password})
    account = Account(
        id=new_id(),
        username=credentials.username,
        username_key=credentials.username_key,
        password_hash=_hash(password),
        created_at=now_ms(),
    )

    def add(session: Session) -> None:
        account.role = role_of_new(session, "open", "", account.created_at, use=True)
        store.add_account(session, account)

    _write(settings, add)
    return credentials.username


def reset_password(settings: Settings, name: str, password: str) -> str:
    """Set a new password and end every session. Gives the name. Raises InvalidError, NotFoundError."""
    if errors := check_password(password):
        raise InvalidError(errors[0].message, tuple(errors))
    hashed = _hash(password)

    def change(session: Session) -> str:
        account = _find(session, name)
        account.password_hash = hashed
        store.revoke_devices(session, account.id, now_ms())
        return account.username

    return _write(settings, change)


def disable(settings: Settings, name: str) -> str:
    """Sign a person out everywhere and let them in no more; what they stored stays. Raises NotFoundError."""

    def change(session: Session) -> str:
        account = _find(session, name)
        account.disabled_at = account.disabled_at or now_ms()
        store.revoke_devices(session, account.id, now_ms())
        return account.username

    return _write(settings, change)


def enable(settings: Settings, name: str) -> str:
    """Let a person in again. Raises NotFoundError."""
    return _set(settings, name, "disabled_at", None)


def promote(settings: Settings, name: str) -> str:
    """Make a person an owner, who may invite others. Raises NotFoundError."""
    return _set(settings, name, "role", OWNER)


def invitation(settings: Settings) -> str:
    """Make an invitation for one person. Gives its link."""
    token = _write(settings, lambda session: invite(session, now_ms()))
    return f"{settings.public_url or f'http://localhost:{settings.port}'}/sign-up?invitation={token}"


def delete(settings: Settings, name: str) -> str:
    """Remove a person and all their rows. Gives the name. Raises NotFoundError."""

    def remove(session: Session) -> str:
        account = _find(session, name)
        username = account.username
        store.remove_account(session, account.id)
        return username

    return _write(settings, remove)


def everybody(settings: Settings) -> list[str]:
    """A line for each person: name, id, when they came, the bytes that their records take up, and what they are."""

    def read(session: Session) -> list[str]:
        lines: list[str] = []
        for each in store.list_accounts(session):
            rows: list[Row] = run_steps(session, _used(each.id))
            lines.append(f"{each.username}\t{each.id}\t{to_wire(each.created_at)}\t{rows[0][0]}\t{_standing(each)}")
        return lines

    return _write(settings, read)


def _standing(account: Account) -> str:
    return f"{account.role}, disabled" if account.disabled_at is not None else account.role


def _set(settings: Settings, name: str, field: str, value: object) -> str:
    def change(session: Session) -> str:
        account = _find(session, name)
        setattr(account, field, value)
        return account.username

    return _write(settings, change)


def _used(space_id: str) -> Steps[list[Row]]:
    rows: list[Row] = yield Statement(USED, (space_id,))
    return rows


def _find(session: Session, name: str) -> Account:
    account = store.find_account(session, username_key(normalise_username(name)))
    if account is None:
        message = f"There is nobody named {name}. See: aios user list"
        raise NotFoundError(message)
    return account


def _hash(password: str) -> str:
    async def run() -> str:
        passwords = Passwords()
        try:
            return await passwords.hash_password(password)
        finally:
            passwords.close()

    return asyncio.run(run())


def _write(settings: Settings, work: Callable[[Session], T]) -> T:
    address = require_head(settings)

    async def run() -> T:
        database = open_database(address, pool=1)
        await database.open()
        try:
            return await database.write(work)
        finally:
            await database.close()

    return asyncio.run(run())
