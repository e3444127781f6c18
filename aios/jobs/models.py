"""The table of jobs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from aios.database.base import Base
from aios.records.tables import ID, NAME


class Job(Base):
    """One row a job: waiting (`done_at` null), held by a runner (`locked_until` ahead), or done.

    A job that is done with a `last_error` was given up. Instants are milliseconds since the epoch.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_waiting", "run_at", postgresql_where=text("done_at IS NULL"), sqlite_where=text("done_at IS NULL")
        ),
    )
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(NAME)
    payload: Mapped[str] = mapped_column(Text)
    """JSON object."""
    account_id: Mapped[str | None] = mapped_column(ID, index=True)
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """A second job with the same key is not kept; recurring kinds are one row each."""
    run_at: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(BigInteger, default=0)
    locked_by: Mapped[str | None] = mapped_column(ID)
    locked_until: Mapped[int | None] = mapped_column(BigInteger)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(BigInteger)
    done_at: Mapped[int | None] = mapped_column(BigInteger)
