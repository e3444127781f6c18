"""The first tables: records, accounts, jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
NAME = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _records()
    _sync()
    _accounts()
    _jobs()


def downgrade() -> None:
    for table in ("job", "rate_count", "device", "account", "sync_reject", "sync_client", "sync_head"):
        op.drop_table(table)
    for table in ("blob", "due", "text_version", "record_key", "record"):
        op.drop_table(table)


def _records() -> None:
    living = sa.text("deleted_at IS NULL")
    op.create_table(
        "record",
        sa.Column("space_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("collection", NAME, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger()),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("space_id", "id", name="pk_record"),
    )
    op.create_index("ix_record_rev", "record", ["space_id", "rev"], unique=True)
    op.create_index(
        "ix_record_updated",
        "record",
        ["space_id", "collection", "updated_ms", "id"],
        postgresql_where=living,
        sqlite_where=living,
    )
    op.create_table(
        "record_key",
        sa.Column("space_id", ID, nullable=False),
        sa.Column("collection", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("space_id", "collection", "name", "key", "record_id", name="pk_record_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "text_version",
        sa.Column("space_id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("field", NAME, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("hash", NAME, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("space_id", "record_id", "field", "rev", "kind", name="pk_text_version"),
    )
    op.create_index("ix_text_version_hash", "text_version", ["space_id", "record_id", "field", "hash"])
    op.create_table(
        "due",
        sa.Column("space_id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("space_id", "record_id", name="pk_due"),
    )
    op.create_index("ix_due_at", "due", ["at"])
    op.create_table(
        "blob",
        sa.Column("space_id", ID, nullable=False),
        sa.Column("sha256", NAME, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("space_id", "sha256", name="pk_blob"),
    )


def _sync() -> None:
    op.create_table(
        "sync_head",
        sa.Column("space_id", ID, nullable=False),
        sa.Column("epoch", NAME, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("floor_rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("space_id", name="pk_sync_head"),
    )
    op.create_table(
        "sync_client",
        sa.Column("space_id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("account", ID, nullable=False),
        sa.Column("last_mid", sa.BigInteger(), nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(200), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("space_id", "client_id", name="pk_sync_client"),
    )
    op.create_table(
        "sync_reject",
        sa.Column("space_id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("mid", sa.BigInteger(), nullable=False),
        sa.Column("code", NAME, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("space_id", "client_id", "mid", name="pk_sync_reject"),
    )


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", ID, nullable=False),
        sa.Column("username", sa.String(50), nullable=False),
        sa.Column(
            "username_key", sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("username_key", name="uq_account_username_key"),
    )
    op.create_table(
        "device",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_device_account", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_device_account", "device", ["account_id"])
    op.create_table(
        "rate_count",
        sa.Column("key", NAME, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("resets_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rate_count"),
    )
    op.create_index("ix_rate_count_resets_at", "rate_count", ["resets_at"])


def _jobs() -> None:
    waiting = sa.text("done_at IS NULL")
    op.create_table(
        "job",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("account_id", ID),
        sa.Column("unique_key", sa.String(200)),
        sa.Column("run_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("locked_by", ID),
        sa.Column("locked_until", sa.BigInteger()),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("unique_key", name="uq_job_unique_key"),
    )
    op.create_index("ix_job_account_id", "job", ["account_id"])
    op.create_index("ix_job_waiting", "job", ["run_at"], postgresql_where=waiting, sqlite_where=waiting)
