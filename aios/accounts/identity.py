"""Who a request comes from, once its token was read and its device found alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from aios.errors import UnauthenticatedError

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection

Kind: TypeAlias = Literal["cookie", "bearer"]
SCOPE_KEY = "aios.identity"


class Identity(msgspec.Struct, frozen=True):
    """What a session token says. Instants in seconds since the epoch, as JWT has them."""

    account_id: str
    username: str
    device_id: str
    kind: Kind
    issued_at: int
    expires_at: int

    @property
    def space_id(self) -> str:
        """The person's own space."""
        return self.account_id


def own(connection: ASGIConnection[Any, Any, Any, Any]) -> dict[str, Any]:
    """The connection's scope as a plain dict: web/front.py keeps what it found out there, as `aios.…`."""
    scope: Any = connection.scope
    plain: dict[str, Any] = scope
    return plain


def present(connection: ASGIConnection[Any, Any, Any, Any]) -> Identity | None:
    """Who is signed in, or None."""
    found: Identity | None = own(connection).get(SCOPE_KEY)
    return found


def require(connection: ASGIConnection[Any, Any, Any, Any]) -> Identity:
    """Who is signed in. Raises UnauthenticatedError."""
    found = present(connection)
    if found is None:
        raise UnauthenticatedError
    return found
