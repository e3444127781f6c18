"""Reading DATABASE_URL as hosting platforms write it."""

from __future__ import annotations

import os
import ssl
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import msgspec

from aios.settings import SettingsError

Dialect = Literal["sqlite", "postgresql"]
_POSTGRESQL = {"postgres", "postgresql", "postgresql+asyncpg"}
_PRIVATE_NAMES = (".internal", ".local", ".localhost", ".flycast", ".svc", ".cluster.local")
"""Networks of a platform's own, where no certificate is to be had; a name without a dot is a neighbour, too."""


class Address(msgspec.Struct, frozen=True):
    """A parsed DATABASE_URL: `target` is a file path for SQLite and a libpq URL for PostgreSQL."""

    dialect: Dialect
    target: str
    pooler: bool = False
    """Whether a transaction pooler stands before PostgreSQL: nothing may outlast a transaction there."""

    @classmethod
    def parse(cls, url: str, *, pooler: bool = False) -> Address:
        """Read `sqlite:///relative`, `sqlite:////absolute` or `postgres[ql]://…`. Raises SettingsError.

        A server on another network is asked for its certificate (`sslmode=verify-full`) unless the address, or
        PGSSLMODE, says otherwise. `pgbouncer=true`, as some platforms write it, says that a pooler stands before it.
        """
        scheme, separator, rest = url.partition("://")
        if scheme in {"sqlite", "sqlite+aiosqlite"} and rest.startswith("/") and len(rest) > 1:
            return cls("sqlite", rest[1:].partition("?")[0])
        if scheme in _POSTGRESQL and separator and urlsplit(url).path.strip("/"):
            return _postgresql(rest, pooler=pooler)
        message = (
            f"DATABASE_URL starts with {scheme or 'nothing'!r} and cannot be used. "
            "Write sqlite:///data/aios.sqlite3 or postgres://user:password@host:5432/name."
        )
        raise SettingsError(message)

    @property
    def connecting(self) -> dict[str, Any]:
        """What asyncpg is to connect with, by keyword. Raises SettingsError where the root certificate is missing."""
        options: dict[str, Any] = {"dsn": self.target}
        query = dict(parse_qsl(urlsplit(self.target).query))
        if query.get("sslmode") == "verify-full":
            options["ssl"] = _verifying(query.get("sslrootcert") or os.environ.get("PGSSLROOTCERT", ""))
        if self.pooler:
            options["statement_cache_size"] = 0
        return options

    @property
    def engine_options(self) -> dict[str, Any]:
        """What SQLAlchemy's engine over asyncpg is to be made with, beside its address `postgresql+asyncpg://`."""
        options = self.connecting
        if self.pooler:  # prepared on one server, a statement would be looked for on another
            options |= {"prepared_statement_cache_size": 0, "prepared_statement_name_func": _unique}
        return {"connect_args": options}


def _postgresql(rest: str, *, pooler: bool) -> Address:
    parts = urlsplit(f"postgresql://{rest}")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    pooler = pooler or query.pop("pgbouncer", "") == "true"
    host = unquote(query.get("host") or parts.hostname or "")
    if "sslmode" not in query and "PGSSLMODE" not in os.environ and _elsewhere(host):
        query["sslmode"] = "verify-full"
        if "PGSSLROOTCERT" not in os.environ:
            query.setdefault("sslrootcert", "system")
    return Address("postgresql", parts._replace(query=urlencode(query)).geturl(), pooler)


def _elsewhere(host: str) -> bool:
    """Whether `host` is reached over networks of others."""
    if not host or host.startswith(("/", "@")):  # a socket
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host.rstrip(".") and not host.rstrip(".").lower().endswith(_PRIVATE_NAMES)


def _verifying(root: str) -> ssl.SSLContext:
    """Checks certificate and name; against the authorities of the system, or those of the file `root`."""
    try:
        return ssl.create_default_context(cafile=None if root in {"", "system"} else root)
    except OSError as error:
        message = f"The root certificate {root} of DATABASE_URL cannot be read: {error.strerror or error}."
        raise SettingsError(message) from error


def _unique() -> str:
    return f"__aios_{os.urandom(8).hex()}__"
