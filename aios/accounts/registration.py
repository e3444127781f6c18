"""Who may make an account: everybody, nobody, or who was invited. The first account of a server is its owner's."""

from __future__ import annotations

import hashlib
import secrets
from typing import Literal

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from aios.accounts.models import Account, Invitation
from aios.errors import ForbiddenError

Registration = Literal["open", "closed", "invitation"]
INVITATION_MS = 7 * 86_400_000
OWNER, MEMBER = "owner", "member"
CLOSED = "New accounts are switched off on this server. Ask whoever runs it."
NOT_INVITED = "This server takes new people by invitation only. Ask whoever runs it for a link."
NOT_VALID = "This invitation is not valid any more. Ask for another one."
DISABLED = "This account is switched off. Ask whoever runs this server."
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(1095321427)")
"""Two people who come first at once must not both be the owner. SQLite has one writer anyway."""


def role_of_new(session: Session, registration: Registration, invitation: str, now_ms: int, *, use: bool) -> str:
    """What a new account would be: `owner` for the first one, whatever the setting says.

    With `use` the invitation is used up, in this transaction. Raises ForbiddenError where nobody may come in.
    """
    if use and session.get_bind().dialect.name == "postgresql":
        session.execute(_ONE_AT_A_TIME)
    if session.scalar(select(Account.id).limit(1)) is None:
        return OWNER
    if registration == "closed":
        raise ForbiddenError(CLOSED)
    if registration == "invitation":
        _check(session, invitation, now_ms, use=use)
    return MEMBER


def invite(session: Session, now_ms: int) -> str:
    """Make an invitation for one person and seven days; gives its token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(Invitation).where(Invitation.expires_at < now_ms))
    session.add(Invitation(token_hash=_hash(token), created_at=now_ms, expires_at=now_ms + INVITATION_MS))
    return token


def _check(session: Session, invitation: str, now_ms: int, *, use: bool) -> None:
    if not invitation:
        raise ForbiddenError(NOT_INVITED)
    stands = (Invitation.token_hash == _hash(invitation), Invitation.expires_at > now_ms)
    if not use:
        found = session.scalar(select(Invitation.token_hash).where(*stands)) is not None
    else:  # two who use one link at once: the row goes for one of them only
        found = session.scalar(delete(Invitation).where(*stands).returning(Invitation.token_hash)) is not None
    if not found:
        raise ForbiddenError(NOT_VALID)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
