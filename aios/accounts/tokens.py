"""Session tokens: JWT (RFC 7519), HS256, signed with JWT_SECRET.

A token names a device; `session.py` asks the database on each request whether that device may still
come in, so signing out is real. What is cached here is only the signature check.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any, Final

import jwt
import msgspec

from aios.accounts.identity import Identity, Kind
from aios.errors import UnauthenticatedError

DAY_S: Final = 86_400
LIFE_S: Final[dict[Kind, int]] = {"cookie": 90 * DAY_S, "bearer": 7 * DAY_S}
RENEW_AFTER_S: Final = DAY_S
KNOWN_LIFE_S: Final = 400 * DAY_S
"""The longest that browsers keep a cookie."""
MOST_CACHED: Final = 10_000
_ALGORITHM: Final = "HS256"
_KNOWN: Final = "known"


class Tokens:
    """Issues and reads tokens. Checking a signature costs some 30 µs, so the last ones read are remembered."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._cache: OrderedDict[str, Identity] = OrderedDict()

    def issue(self, account_id: str, username: str, device_id: str, kind: Kind, *, now_s: int | None = None) -> str:
        """A token for a session that starts or goes on now: 90 days in a cookie, 7 days for a program."""
        now = int(time.time()) if now_s is None else now_s
        claims = {
            "sub": account_id,
            "dev": device_id,
            "name": username,
            "kind": kind,
            "iat": now,
            "exp": now + LIFE_S[kind],
        }
        return self._sign(claims)

    def read(self, token: str, kind: Kind | None = None) -> Identity:
        """What `token` says, if we signed it, it has not expired, and it is of `kind`.

        Raises UnauthenticatedError with the reason `expired`, or `missing` for everything else.
        """
        identity = self._cache.get(token)
        if identity is None:
            identity = self._check(token)
            self._remember(token, identity)
        else:
            self._cache.move_to_end(token)
        if identity.expires_at <= time.time():
            self._cache.pop(token, None)
            raise _expired()
        if kind is not None and identity.kind != kind:
            raise UnauthenticatedError
        return identity

    def issue_known(self, account_id: str, device_id: str) -> str:
        """The value of a device cookie: it opens nothing, it only says that this browser once signed in."""
        claims = {"sub": account_id, "dev": device_id, "kind": _KNOWN, "exp": int(time.time()) + KNOWN_LIFE_S}
        return self._sign(claims)

    def read_known(self, token: str) -> Known | None:
        """Which account and device a device cookie names; None when it is not ours."""
        try:
            claims = self._claims(token)
            return Known(claims["sub"], claims["dev"]) if claims.get("kind") == _KNOWN else None
        except (jwt.InvalidTokenError, KeyError):
            return None

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._secret, _ALGORITHM)

    def _claims(self, token: str) -> dict[str, Any]:
        # `iat` of another server whose clock is ahead is no reason to turn somebody away.
        options: Any = {"require": ["sub", "dev", "kind", "exp"], "verify_iat": False}
        claims: dict[str, Any] = jwt.decode(token, self._secret, algorithms=[_ALGORITHM], options=options)
        return claims

    def _check(self, token: str) -> Identity:
        try:
            claims = msgspec.convert(self._claims(token), _Claims)
        except jwt.ExpiredSignatureError as error:
            raise _expired() from error
        except (jwt.InvalidTokenError, msgspec.ValidationError) as error:
            raise UnauthenticatedError from error
        return Identity(claims.sub, claims.name, claims.dev, claims.kind, claims.iat, claims.exp)

    def _remember(self, token: str, identity: Identity) -> None:
        self._cache[token] = identity
        if len(self._cache) > MOST_CACHED:
            self._cache.popitem(last=False)


class Known(msgspec.Struct, frozen=True):
    """A device that once signed in to an account."""

    account_id: str
    device_id: str


class _Claims(msgspec.Struct):
    sub: str
    dev: str
    name: str
    kind: Kind
    iat: int
    exp: int


def _expired() -> UnauthenticatedError:
    return UnauthenticatedError("Your session has ended. Sign in again.", reason="expired")
