"""Reading DATABASE_URL as hosting platforms write it."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

import msgspec

from aios.settings import SettingsError

Dialect = Literal["sqlite", "postgresql"]
_POSTGRESQL = {"postgres", "postgresql", "postgresql+asyncpg"}


class Address(msgspec.Struct, frozen=True):
    """A parsed DATABASE_URL: `target` is a file path for SQLite and a libpq URL for PostgreSQL."""

    dialect: Dialect
    target: str

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read `sqlite:///relative`, `sqlite:////absolute` or `postgres[ql]://…`. Raises SettingsError."""
        scheme, separator, rest = url.partition("://")
        if scheme in {"sqlite", "sqlite+aiosqlite"} and rest.startswith("/") and len(rest) > 1:
            return cls("sqlite", rest[1:].partition("?")[0])
        if scheme in _POSTGRESQL and separator and urlsplit(url).path.strip("/"):
            return cls("postgresql", f"postgresql://{rest}")
        message = (
            f"DATABASE_URL starts with {scheme or 'nothing'!r} and cannot be used. "
            "Write sqlite:///data/aios.sqlite3 or postgres://user:password@host:5432/name."
        )
        raise SettingsError(message)

    @property
    def sqlalchemy(self) -> str:
        """The same address for a synchronous SQLAlchemy engine on SQLite and an asynchronous one on PostgreSQL."""
        if self.dialect == "sqlite":
            return f"sqlite:///{self.target}"
        return self.target.replace("postgresql://", "postgresql+asyncpg://", 1)
