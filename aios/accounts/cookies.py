"""The two cookies: the session, and the mark of a browser that once signed in."""

from __future__ import annotations

from typing import Final

from litestar.datastructures import Cookie

from aios.accounts.tokens import KNOWN_LIFE_S, LIFE_S

SESSION_COOKIE: Final = "aios_session"
DEVICE_COOKIE: Final = "aios_device"


def session_cookie(token: str, *, secure: bool) -> Cookie:
    """Carry `token` for 90 days; no script sees it, and other sites' forms do not send it (SameSite=Lax)."""
    return _cookie(SESSION_COOKIE, token, LIFE_S["cookie"], secure=secure)


def device_cookie(token: str, *, secure: bool) -> Cookie:
    """Carry the device mark; it stays when the person signs out."""
    return _cookie(DEVICE_COOKIE, token, KNOWN_LIFE_S, secure=secure)


def no_session_cookie(*, secure: bool) -> Cookie:
    """Make the browser forget its session."""
    return _cookie(SESSION_COOKIE, "", 0, secure=secure)


def _cookie(name: str, value: str, max_age: int, *, secure: bool) -> Cookie:
    return Cookie(name, path="/", value=value, max_age=max_age, secure=secure, httponly=True, samesite="lax")
