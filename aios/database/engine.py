"""Choosing the database that an address names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aios.database.address import Address
    from aios.database.base import Database


def open_database(address: Address, *, pool: int = 10) -> Database:
    """Make the database of `address`, not yet connected. `pool` is the number of PostgreSQL connections."""
    if address.dialect == "sqlite":
        from aios.database.sqlite import SqliteDatabase  # noqa: PLC0415  only the driver in use is imported

        return SqliteDatabase(address.target)
    from aios.database.postgresql import PostgresqlDatabase  # noqa: PLC0415  as above

    return PostgresqlDatabase(address, pool=pool)
