"""Alembic's entry. `aios/database/migrate.py` opens the connection, holds the lock and owns the transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import context

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData


def models() -> MetaData:
    """Everything that the models declare, for comparing; an upgrade needs none of it."""
    import aios.accounts.models
    import aios.jobs.models
    import aios.port.models
    import aios.records.tables  # noqa: F401  they register themselves
    from aios.database import Base

    return Base.metadata


def run(connection: Connection) -> None:
    comparing = context.config.attributes.get("comparing", False)
    context.configure(
        connection=connection,
        target_metadata=models() if comparing else None,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by copying it
        transactional_ddl=True,  # also on SQLite: migrate.py begins and commits by hand
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
