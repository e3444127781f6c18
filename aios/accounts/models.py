"""Tables of people, their devices, and counted attempts. Instants are milliseconds since the epoch."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from aios.database import Base
from aios.records.tables import ID, NAME

USERNAME_KEY = String(200).with_variant(String(200, collation="C"), "postgresql")
"""Folding may lengthen a name of 50 characters: one composed character becomes up to four."""


class Account(Base):
    """A person on this server. Their own space has the same id."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    username: Mapped[str] = mapped_column(String(50))
    """As the person wrote it."""
    username_key: Mapped[str] = mapped_column(USERNAME_KEY, unique=True)
    """Folded, so that `Mara` and `mara` are one name."""
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(NAME, default="member", server_default="member")
    """`owner` may invite; the first account is one. Everybody else is a `member`."""
    disabled_at: Mapped[int | None] = mapped_column(BigInteger)
    """Since when the person may not sign in; None for who may."""


class Invitation(Base):
    """Lets one person make an account where registration is by invitation. Used up, the row goes."""

    __tablename__ = "invitation"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of 256 random bits, which nobody guesses."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)


class Device(Base):
    """One sign-in: a browser with a cookie, or a program with a token. Without its living row a token opens nothing."""

    __tablename__ = "device"
    __table_args__ = (Index("ix_device_account", "account_id"), {"sqlite_with_rowid": False})
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    account_id: Mapped[str] = mapped_column(ID, ForeignKey("account.id", ondelete="CASCADE", name="fk_device_account"))
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(NAME)
    known: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False, server_default=false())
    """Whether its device cookie still exempts it from the account's lock; outlives signing out, not being revoked."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    last_seen_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)


class RateCount(Base):
    """How often something was tried in a window of time, shared by all processes."""

    __tablename__ = "rate_count"
    key: Mapped[str] = mapped_column(NAME, primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    resets_at: Mapped[int] = mapped_column(BigInteger, index=True)
