"""Addresses by which others read from here, and from which records come in again and again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
NAME = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "private_address",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "kind", name="pk_private_address"),
        sa.UniqueConstraint("token_hash", name="uq_private_address_token_hash"),
    )
    op.create_table(
        "feed",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("url", sa.String(2_000), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("etag", sa.String(200), nullable=False),
        sa.Column("modified", sa.String(200), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
    )
    op.create_index("ix_feed_account_id", "feed", ["account_id"])
    op.create_index("ix_feed_next_at", "feed", ["next_at"])
    op.create_table(
        "feed_record",
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("feed_id", "record_id", name="pk_feed_record"),
    )
    op.create_index("ix_feed_record_account_id", "feed_record", ["account_id"])


def downgrade() -> None:
    op.drop_table("feed_record")
    op.drop_table("feed")
    op.drop_table("private_address")
