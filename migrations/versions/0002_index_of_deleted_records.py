"""Find the records whose time in the trash is over, without reading the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    deleted = sa.text("deleted_at IS NOT NULL")
    op.create_index("ix_record_deleted", "record", ["deleted_at"], postgresql_where=deleted, sqlite_where=deleted)


def downgrade() -> None:
    op.drop_index("ix_record_deleted", "record")
