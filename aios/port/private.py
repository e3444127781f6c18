"""Private addresses: a long random token instead of a session, for programs that can only follow an address.

The token is shown once; the database keeps its SHA-256, which suffices, since nobody guesses 256 random bits.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, NamedTuple

from aios.database import Sql, Statement
from aios.records.clock import now_ms

if TYPE_CHECKING:
    from aios.database import Database, Row, Steps

_BYTES = 32
_HOUR_MS = 3_600_000
_DROP = Sql("DELETE FROM private_address WHERE account_id = ? AND kind = ?")
_KEEP = Sql("INSERT INTO private_address (account_id, kind, token_hash, created_at) VALUES (?, ?, ?, ?)")
_SHOW = Sql("SELECT created_at, used_at FROM private_address WHERE account_id = ? AND kind = ?")
_FIND = Sql("SELECT account_id, used_at FROM private_address WHERE token_hash = ? AND kind = ?")
_USED = Sql("UPDATE private_address SET used_at = ? WHERE token_hash = ?")


class Known(NamedTuple):
    """An address that stands. Milliseconds; `used_at` is None where nobody came yet."""

    created_at: int
    used_at: int | None


async def make(database: Database, account_id: str, kind: str) -> str:
    """A new token, in place of the one before, which ends with it."""
    token = secrets.token_urlsafe(_BYTES)

    def steps() -> Steps[None]:
        yield Statement(_DROP, (account_id, kind))
        yield Statement(_KEEP, (account_id, kind, _hash(token), now_ms()))

    await database.run(steps())
    return token


async def revoke(database: Database, account_id: str, kind: str) -> None:
    """End the address, if there is one."""
    await database.run(_one(Statement(_DROP, (account_id, kind))))


async def known(database: Database, account_id: str, kind: str) -> Known | None:
    """The address of a person; None where there is none."""
    rows = await database.fetch(Statement(_SHOW, (account_id, kind)))
    return Known(*rows[0]) if rows else None


async def whose(database: Database, token: str, kind: str) -> str:
    """The account that a token belongs to; "" for none. That somebody came is noted once an hour."""
    rows = await database.fetch(Statement(_FIND, (_hash(token), kind)))
    if not rows:
        return ""
    account_id, used_at = rows[0]
    now = now_ms()
    if used_at is None or now - used_at > _HOUR_MS:
        await database.run(_one(Statement(_USED, (now, _hash(token)))))
    return str(account_id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _one(statement: Statement) -> Steps[list[Row]]:
    return (yield statement)
