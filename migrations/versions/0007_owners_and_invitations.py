"""Who runs the server, who may not sign in, and invitations. Adds only: the version before goes on meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
NAME = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("account", sa.Column("role", NAME, nullable=False, server_default="member"))
    op.add_column("account", sa.Column("disabled_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE account SET role = 'owner' WHERE id = (SELECT id FROM account ORDER BY created_at, id LIMIT 1)")
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invitation"),
    )


def downgrade() -> None:
    op.drop_table("invitation")
    op.drop_column("account", "disabled_at")
    op.drop_column("account", "role")
