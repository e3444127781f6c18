"""What is on its way in, and the addresses by which others read from here and we from others."""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from aios.database.base import Base
from aios.records.tables import ID, NAME


class Upload(Base):
    """One import from the page. The file lies in the database, so that whichever process runs the job has it."""

    __tablename__ = "upload"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    account_id: Mapped[str] = mapped_column(ID, index=True)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    zone: Mapped[str] = mapped_column(String(64))
    """Of the browser, for times that say none."""
    state: Mapped[str] = mapped_column(NAME)
    """sent (not to its end), waiting, running, done, failed."""
    attempts: Mapped[int] = mapped_column(BigInteger, default=0)
    report: Mapped[str] = mapped_column(Text)
    """JSON: `bring.Report`."""
    created_at: Mapped[int] = mapped_column(BigInteger)


class UploadPart(Base):
    """A piece of the file; gone once it is read."""

    __tablename__ = "upload_part"
    upload_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[str] = mapped_column(ID, index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class PrivateAddress(Base):
    """An address that shows something of a person to whoever knows it, until it is revoked."""

    __tablename__ = "private_address"
    account_id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(NAME, primary_key=True)
    """What it shows, such as calendar."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in it, which is nowhere else."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[int | None] = mapped_column(BigInteger)


class Feed(Base):
    """An address outside that a person's records come from, again and again."""

    __tablename__ = "feed"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    account_id: Mapped[str] = mapped_column(ID, index=True)
    kind: Mapped[str] = mapped_column(NAME)
    url: Mapped[str] = mapped_column(String(2_000))
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64))
    """For times that say none, where the person chose no zone."""
    etag: Mapped[str] = mapped_column(String(200))
    modified: Mapped[str] = mapped_column(String(200))
    """ETag and Last-Modified of what was read last."""
    body_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(Text)
    """JSON: what the last look brought."""
    failures: Mapped[int] = mapped_column(BigInteger)
    """Looks in a row that brought nothing."""
    checked_at: Mapped[int | None] = mapped_column(BigInteger)
    next_at: Mapped[int] = mapped_column(BigInteger, index=True)
    created_at: Mapped[int] = mapped_column(BigInteger)


class FeedRecord(Base):
    """A record that a feed brought, and still has."""

    __tablename__ = "feed_record"
    feed_id: Mapped[str] = mapped_column(ID, primary_key=True)
    record_id: Mapped[str] = mapped_column(ID, primary_key=True)
    account_id: Mapped[str] = mapped_column(ID, index=True)
