"""One frozen Struct of settings, read from the environment once, at start."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

MINIMUM_SECRET_LENGTH = 32
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_RATE = re.compile(r"^(\d+)/(\d*)(second|minute|hour|day)s?$")


class SettingsError(Exception):
    """A variable is missing or malformed; the message names it and says what to write."""


class Rate(msgspec.Struct, frozen=True):
    """At most `count` events in `window_s` seconds. Written `5/15minutes` or `3/hour`; `0` switches it off."""

    count: int
    window_s: int

    @classmethod
    def parse(cls, name: str, text: str) -> Rate:
        """Read `text`, the value of the variable `name`. Raises SettingsError."""
        if text.strip() == "0":
            return cls(0, 1)
        match = _RATE.match(text.replace(" ", ""))
        if match is None:
            message = f"{name}={text!r} is not a rate. Write it like 5/15minutes, 3/hour, or 0 for no limit."
            raise SettingsError(message)
        count, many, unit = match.groups()
        return cls(int(count), int(many or 1) * _SECONDS[unit])


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set. Each field says which variable sets it; `.env.example` lists them all."""

    env: str = "development"
    """AIOS_ENV: development, production or test."""
    host: str = "0.0.0.0"  # noqa: S104  a phone on the same network must reach `make run`
    """HOST: the address to listen on."""
    port: int = 5000
    """PORT."""
    data_dir: Path = Path("data")
    """AIOS_DATA_DIR: the SQLite file, blobs, backups and the development secret."""
    database_url: str = ""
    """DATABASE_URL: sqlite:///path or postgres://…; empty means aios.sqlite3 in the data folder."""
    jwt_secret: str = ""
    """JWT_SECRET: signs every session; at least 32 characters, required in production."""
    public_url: str = ""
    """AIOS_PUBLIC_URL: the address people use, such as https://aios.example; decides `Secure` on cookies."""
    trusted_proxies: tuple[str, ...] = ()
    """AIOS_TRUSTED_PROXIES: addresses or networks whose X-Forwarded-For is believed, separated by commas."""
    login_limit: Rate = Rate(5, 900)
    """AIOS_LOGIN_LIMIT: failed sign-ins per address and per account."""
    register_limit: Rate = Rate(3, 3600)
    """AIOS_REGISTER_LIMIT: new accounts per address."""
    account_limit: int = 0
    """AIOS_ACCOUNT_LIMIT_MB, in bytes: what the records of an account may take up; 0 is no limit."""
    redis_url: str = ""
    """REDIS_URL: optional; several processes tell each other of changes through it (records/channels)."""
    sentry_dsn: str = ""
    """SENTRY_DSN: optional error reporting (used from the operations release on)."""
    log_level: str = "info"
    """AIOS_LOG_LEVEL: debug, info, warning or error."""
    access_log: bool = True
    """AIOS_ACCESS_LOG: one JSON line a request; 0 switches it off."""
    database_pool: int = 10
    """AIOS_DATABASE_POOL: PostgreSQL connections of one process."""

    @property
    def production(self) -> bool:
        """Whether strict production rules hold."""
        return self.env == "production"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies carry `Secure`: in production, or when the public address is https."""
        return self.production or self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read all variables. Raises SettingsError, naming the variable, when one cannot be used.

        A production start without a JWT_SECRET of at least 32 characters is refused. Elsewhere a
        secret is made once and kept in the data folder, so that sessions survive a restart.
        """
        values = os.environ if environ is None else environ
        env = values.get("AIOS_ENV", "development") or "development"
        if env not in {"development", "production", "test"}:
            message = f"AIOS_ENV={env!r} must be development, production or test."
            raise SettingsError(message)
        data_dir = Path(values.get("AIOS_DATA_DIR") or "data")
        return cls(
            env=env,
            host=values.get("HOST") or "0.0.0.0",  # noqa: S104  as above
            port=_number("PORT", values.get("PORT"), 5000),
            data_dir=data_dir,
            database_url=values.get("DATABASE_URL") or f"sqlite:///{data_dir / 'aios.sqlite3'}",
            jwt_secret=_secret(values.get("JWT_SECRET", ""), env, data_dir),
            public_url=(values.get("AIOS_PUBLIC_URL") or "").rstrip("/"),
            trusted_proxies=tuple(
                part.strip() for part in (values.get("AIOS_TRUSTED_PROXIES") or "").split(",") if part.strip()
            ),
            login_limit=Rate.parse("AIOS_LOGIN_LIMIT", values.get("AIOS_LOGIN_LIMIT") or "5/15minutes"),
            register_limit=Rate.parse("AIOS_REGISTER_LIMIT", values.get("AIOS_REGISTER_LIMIT") or "3/hour"),
            account_limit=_number("AIOS_ACCOUNT_LIMIT_MB", values.get("AIOS_ACCOUNT_LIMIT_MB"), 0) * 1_000_000,
            redis_url=values.get("REDIS_URL") or "",
            sentry_dsn=values.get("SENTRY_DSN") or "",
            log_level=(values.get("AIOS_LOG_LEVEL") or "info").lower(),
            access_log=(values.get("AIOS_ACCESS_LOG") or "1") not in {"0", "false", "no"},
            database_pool=_number("AIOS_DATABASE_POOL", values.get("AIOS_DATABASE_POOL"), 10),
        )


def _number(name: str, text: str | None, default: int) -> int:
    if not text:
        return default
    if not text.isdecimal():
        message = f"{name}={text!r} must be a whole number."
        raise SettingsError(message)
    return int(text)


def _secret(given: str, env: str, data_dir: Path) -> str:
    if given and (len(given) >= MINIMUM_SECRET_LENGTH or env != "production"):
        return given
    if env == "production":
        message = (
            "JWT_SECRET is not set, or shorter than 32 characters. It signs every session, so production does "
            'not start without it. Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
        raise SettingsError(message)
    kept = data_dir / "development-secret"
    if kept.exists():
        return kept.read_text("ascii").strip()
    data_dir.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe(48)
    descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
