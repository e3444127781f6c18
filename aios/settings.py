"""One frozen Struct of settings, read from the environment once, at start."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

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
    registration: Literal["open", "closed", "invitation"] = "open"
    """AIOS_REGISTRATION: who may make an account; the first one always may, and owns the server."""
    account_limit: int = 0
    """AIOS_ACCOUNT_LIMIT_MB, in bytes: what the records of an account may take up; 0 is no limit."""
    redis_url: str = ""
    """REDIS_URL: optional; several processes tell each other of changes through it (records/channels)."""
    sentry_dsn: str = ""
    """SENTRY_DSN: where failures are reported, of the server and of browsers; needs the extra `sentry`."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """AIOS_LOG_LEVEL: the least that is written."""
    log_dir: Path | None = None
    """AIOS_LOG_DIR: a folder for combined.log and error.log, beside standard output."""
    access_log: bool = True
    """AIOS_ACCESS_LOG: one JSON line a request; 0 switches it off."""
    database_pool: int = 10
    """AIOS_DATABASE_POOL: PostgreSQL connections of one process."""
    database_pooler: bool = False
    """AIOS_DATABASE_POOLER=transaction: a transaction pooler (PgBouncer) stands before PostgreSQL."""
    drain_s: int = 0
    """AIOS_DRAIN_S: seconds between saying "not ready" and taking no more requests, when told to stop."""
    backup_dir: Path | None = None
    """AIOS_BACKUP_DIR: the server makes backups by itself, into this folder."""
    backup_every: Rate = Rate(1, 86_400)
    """AIOS_BACKUP_EVERY: how far backups are apart; `elsewhere` where other means make them (count 0)."""
    backup_keep: str = "7d,4w,6m"
    """AIOS_BACKUP_KEEP: what stays of them (aios/backup/retention.py)."""
    backup_recipient: str = ""
    """AIOS_BACKUP_RECIPIENT: an age recipient; backups are encrypted for it."""

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
            registration=_choice(values, "AIOS_REGISTRATION", "open", ("open", "closed", "invitation")),
            redis_url=values.get("REDIS_URL") or "",
            sentry_dsn=values.get("SENTRY_DSN") or "",
            log_level=_choice(values, "AIOS_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
            log_dir=_folder(values.get("AIOS_LOG_DIR")),
            access_log=(values.get("AIOS_ACCESS_LOG") or "1") not in {"0", "false", "no"},
            database_pool=_number("AIOS_DATABASE_POOL", values.get("AIOS_DATABASE_POOL"), 10),
            database_pooler=_choice(values, "AIOS_DATABASE_POOLER", "none", ("none", "transaction")) == "transaction",
            drain_s=_number("AIOS_DRAIN_S", values.get("AIOS_DRAIN_S"), 0),
            backup_dir=_folder(values.get("AIOS_BACKUP_DIR")),
            backup_every=every("AIOS_BACKUP_EVERY", values.get("AIOS_BACKUP_EVERY") or "1day"),
            backup_keep=values.get("AIOS_BACKUP_KEEP") or "7d,4w,6m",
            backup_recipient=values.get("AIOS_BACKUP_RECIPIENT") or "",
        )


def _number(name: str, text: str | None, default: int) -> int:
    if not text:
        return default
    if not text.isdecimal():
        message = f"{name}={text!r} must be a whole number."
        raise SettingsError(message)
    return int(text)


def _choice(values: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> Any:  # noqa: ANN401  one of
    """The value of a variable that takes one of a few words. Raises SettingsError."""
    text = (values.get(name) or default).lower()
    if text not in choices:
        message = f"{name}={text!r} must be {', '.join(choices[:-1])} or {choices[-1]}."
        raise SettingsError(message)
    return text


def _folder(text: str | None) -> Path | None:
    return Path(text) if text else None


def every(name: str, text: str) -> Rate:
    """Read `6hours` or `1day`, the value of `name`; `elsewhere` is a rate of none. Raises SettingsError."""
    if text == "elsewhere":
        return Rate(0, 1)
    match = _RATE.match(f"1/{text.replace(' ', '')}")
    if match is None:
        message = f"{name}={text!r} is no time. Write it like 6hours or 1day."
        raise SettingsError(message)
    return Rate.parse(name, match.group(0))


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
