"""The one tree of errors that AIOS raises on purpose.

Each carries what a person needs to go on. `web/errors.py` maps the tree once to
problem+json (RFC 9457), a fragment or a page; nothing else builds an error answer.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One refused field: its wire name and a sentence that says what to do."""

    field: str
    message: str


class AiosError(Exception):
    """Root of the tree. `detail` is a sentence for a person; `headers` and `members` go out with the answer."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"

    def __init__(
        self, detail: str, *, headers: dict[str, str] | None = None, members: dict[str, object] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}
        self.members = members or {}
        """More members of the problem (RFC 9457, 3.2), for programs."""


class InvalidError(AiosError):
    """What was sent cannot be kept. `errors` names every refused field, not only the first."""

    status = 400
    code = "invalid"

    def __init__(self, detail: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.errors = errors


class UnauthenticatedError(AiosError):
    """No session, an expired one (`expired`) or a revoked one (`revoked`)."""

    status = 401
    code = "unauthenticated"

    def __init__(self, detail: str = "Sign in first.", *, reason: str = "missing") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})
        self.reason = reason


class ForbiddenError(AiosError):
    """The request came from another site, or the account may not do this."""

    status = 403
    code = "forbidden"


class NotFoundError(AiosError):
    """Unknown, or somebody else's: the two are never told apart."""

    status = 404
    code = "not_found"


class MethodNotAllowedError(AiosError):
    """The address exists and does not take this method; `allow` names those it takes."""

    status = 405
    code = "method_not_allowed"

    def __init__(self, detail: str, *, allow: str) -> None:
        super().__init__(detail, headers={"Allow": allow})


class ConflictError(AiosError):
    """The request contradicts what is stored: a taken name, a used id, a deleted record."""

    status = 409
    code = "conflict"

    def __init__(self, detail: str, *, code: str = "conflict", members: dict[str, object] | None = None) -> None:
        super().__init__(detail, members=members)
        self.reason = code


class ResyncError(AiosError):
    """What a device knows of the space no longer leads to the present: it has to read everything again."""

    status = 410
    code = "resync"


class PreconditionError(AiosError):
    """`If-Match` named a revision that is no longer current (RFC 9110, 13.1.1)."""

    status = 412
    code = "precondition_failed"


class TooLargeError(AiosError):
    """The body is over the limit."""

    status = 413
    code = "too_large"


class UpgradeError(AiosError):
    """The program that asks is older than what this server talks to; `least` is the oldest `what` that it takes."""

    status = 426
    code = "upgrade"

    def __init__(self, detail: str, *, what: str, least: int) -> None:
        super().__init__(detail, members={"min": least})
        self.reason = what


class TooManyError(AiosError):
    """A rate limit was reached; `Retry-After` says for how many seconds."""

    status = 429
    code = "too_many"


class QuotaError(AiosError):
    """The account has used the room that the server gives it; nothing was kept."""

    status = 507
    code = "quota"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Your account has used the {limit // 1_000_000} MB that this server gives it, so this was not kept. "
            "Delete what you no longer need, then save again."
        )


class UnavailableError(AiosError):
    """The database cannot be reached or refused the commit; nothing was kept, try again."""

    status = 503
    code = "unavailable"

    def __init__(self, detail: str, *, retry_after_s: int = 2) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)})
