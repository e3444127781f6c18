"""How far each device has read and how much waits on it; and texts by age, for thinning them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sync_client", sa.Column("cursor", sa.BigInteger()))
    op.add_column("sync_client", sa.Column("waiting", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index("ix_text_version_at", "text_version", ["space_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_text_version_at", "text_version")
    op.drop_column("sync_client", "waiting")
    op.drop_column("sync_client", "cursor")
