r"""The record tables (docs/sync.md), for Alembic. The hot path reads and writes them with its own SQL.

All ids are text in canonical form: the same statements then serve both databases. `body` is TEXT, not
JSONB, which rejects `\u0000` and reorders. On PostgreSQL text that is compared carries the collation "C".
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from aios.database.base import Base

ID = String(36).with_variant(String(36, collation="C"), "postgresql")
NAME = String(64).with_variant(String(64, collation="C"), "postgresql")
NUMBER = BigInteger().with_variant(Integer(), "sqlite")
KEY = Text().with_variant(Text(collation="C"), "postgresql")


class SyncHead(Base):
    """One row a space: its epoch, its last revision, and the floor under which tombstones are gone.

    `number` stands for the space where an id would be most of a row.
    """

    __tablename__ = "sync_head"
    __table_args__ = (UniqueConstraint("space_id", name="uq_sync_head_space_id"), {"sqlite_autoincrement": True})
    number: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=True)
    space_id: Mapped[str] = mapped_column(ID)
    epoch: Mapped[str] = mapped_column(NAME)
    rev: Mapped[int] = mapped_column(BigInteger, default=0)
    floor_rev: Mapped[int] = mapped_column(BigInteger, default=0)


class Record(Base):
    """One row a record, deleted ones included.

    With a rowid on SQLite, unlike the narrow tables: bodies would bloat a clustered key (a list was 3.5 times slower).
    """

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_record_rev", "space_id", "rev", unique=True),
        Index(
            "ix_record_updated",
            "space_id",
            "collection",
            "updated_ms",
            "id",
            postgresql_where=text("deleted_at IS NULL"),
            sqlite_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_record_deleted",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
            sqlite_where=text("deleted_at IS NOT NULL"),
        ),
    )
    space_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    collection: Mapped[str] = mapped_column(NAME)
    rev: Mapped[int] = mapped_column(BigInteger)
    deleted_at: Mapped[int | None] = mapped_column(BigInteger)
    conflict: Mapped[bool] = mapped_column(Boolean(name="conflict_is_boolean", create_constraint=False), default=False)
    body: Mapped[str] = mapped_column(Text)
    meta: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)
    bytes: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)


class RecordKey(Base):
    """The stored sort and filter keys of living records (`Collection.indexes`).

    Only `apply` writes them, always beside their record, so a foreign key would cost each save and guard nothing;
    `aios doctor` looks for keys without a record.
    """

    __tablename__ = "record_key"
    __table_args__ = ({"sqlite_with_rowid": False},)
    space: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=False)
    """`SyncHead.number`."""
    collection: Mapped[str] = mapped_column(NAME, primary_key=True)
    name: Mapped[str] = mapped_column(NAME, primary_key=True)
    key: Mapped[str] = mapped_column(KEY, primary_key=True)
    record_id: Mapped[str] = mapped_column(ID, primary_key=True)


class SyncClient(Base):
    """One row a copy on a device: the last mutation of it that took effect, and how far it is known to have read."""

    __tablename__ = "sync_client"
    space_id: Mapped[str] = mapped_column(ID, primary_key=True)
    client_id: Mapped[str] = mapped_column(ID, primary_key=True)
    account: Mapped[str] = mapped_column(ID)
    last_mid: Mapped[int] = mapped_column(BigInteger, default=0)
    schema: Mapped[int] = mapped_column(BigInteger, default=1)
    device: Mapped[str] = mapped_column(String(200), default="")
    seen_at: Mapped[int] = mapped_column(BigInteger)
    cursor: Mapped[int | None] = mapped_column(BigInteger)
    """It has everything up to this revision, maybe more; None while its first sync goes on."""
    waiting: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    """How many changes it still held when it last pushed."""


class TextVersion(Base):
    """Former texts of `text` fields: history for people, bases for merging."""

    __tablename__ = "text_version"
    __table_args__ = (
        Index("ix_text_version_hash", "space_id", "record_id", "field", "hash"),
        Index("ix_text_version_at", "space_id", "at"),
    )
    space_id: Mapped[str] = mapped_column(ID, primary_key=True)
    record_id: Mapped[str] = mapped_column(ID, primary_key=True)
    field: Mapped[str] = mapped_column(NAME, primary_key=True)
    rev: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(NAME, primary_key=True)
    hash: Mapped[str] = mapped_column(NAME)
    body: Mapped[str] = mapped_column(Text)
    client: Mapped[str] = mapped_column(String(100))
    at: Mapped[int] = mapped_column(BigInteger)


class SyncReject(Base):
    """A device's mutation that could not take effect, and why."""

    __tablename__ = "sync_reject"
    space_id: Mapped[str] = mapped_column(ID, primary_key=True)
    client_id: Mapped[str] = mapped_column(ID, primary_key=True)
    mid: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(NAME)
    detail: Mapped[str] = mapped_column(Text)


class Due(Base):
    """When a record wants attention, so that "what is due now" needs no scan over people."""

    __tablename__ = "due"
    space_id: Mapped[str] = mapped_column(ID, primary_key=True)
    record_id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger, index=True)


class Blob(Base):
    """A stored file; its bytes live in the object store."""

    __tablename__ = "blob"
    space_id: Mapped[str] = mapped_column(ID, primary_key=True)
    sha256: Mapped[str] = mapped_column(NAME, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str] = mapped_column(String(100))
