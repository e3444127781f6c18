"""A number stands for each space, and for its id in the rows of `record_key`, which become half as long."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
NAME = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _keep("sync_head", "SELECT space_id, epoch, rev, floor_rev FROM sync_head")
    op.create_table(
        "sync_head",
        sa.Column("number", NUMBER, nullable=False, autoincrement=True),
        sa.Column("space_id", ID, nullable=False),
        *_rest_of_head(),
        sa.PrimaryKeyConstraint("number", name="pk_sync_head"),
        sa.UniqueConstraint("space_id", name="uq_sync_head_space_id"),
        sqlite_autoincrement=True,
    )
    _bring("sync_head", "space_id, epoch, rev, floor_rev", order="space_id")
    _keep(
        "record_key",
        "SELECT h.number AS space, k.collection, k.name, k.key, k.record_id "
        "FROM record_key k JOIN sync_head h ON h.space_id = k.space_id",
    )
    _create_keys("space", NUMBER)
    _bring("record_key", "space, collection, name, key, record_id")


def downgrade() -> None:
    _keep(
        "record_key",
        "SELECT h.space_id, k.collection, k.name, k.key, k.record_id "
        "FROM record_key k JOIN sync_head h ON h.number = k.space",
    )
    _create_keys("space_id", ID)
    _bring("record_key", "space_id, collection, name, key, record_id")
    _keep("sync_head", "SELECT space_id, epoch, rev, floor_rev FROM sync_head")
    op.create_table(
        "sync_head",
        sa.Column("space_id", ID, nullable=False),
        *_rest_of_head(),
        sa.PrimaryKeyConstraint("space_id", name="pk_sync_head"),
    )
    _bring("sync_head", "space_id, epoch, rev, floor_rev")


def _rest_of_head() -> list[sa.Column]:
    return [
        sa.Column("epoch", NAME, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("floor_rev", sa.BigInteger(), nullable=False),
    ]


def _create_keys(space: str, kind: sa.types.TypeEngine) -> None:
    op.create_table(
        "record_key",
        sa.Column(space, kind, nullable=False, autoincrement=False),
        sa.Column("collection", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.PrimaryKeyConstraint(space, "collection", "name", "key", "record_id", name="pk_record_key"),
        sqlite_with_rowid=False,
    )


def _keep(table: str, selected: str) -> None:
    """Put what a table holds aside, and drop it: names of constraints are free again for its successor."""
    op.execute(f"CREATE TABLE kept AS {selected}")
    op.drop_table(table)


def _bring(table: str, columns: str, *, order: str = "") -> None:
    """Put it back. In the order of the key, pages are filled one after the other."""
    op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept ORDER BY {order or columns}")  # noqa: S608  constants
    op.drop_table("kept")
