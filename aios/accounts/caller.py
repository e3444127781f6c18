"""Reading from a request what an attempt to sign in is judged by."""

from __future__ import annotations

from typing import Any

from litestar import Request

from aios.accounts.cookies import DEVICE_COOKIE
from aios.accounts.forwarded import client_address
from aios.accounts.identity import present
from aios.accounts.service import Caller
from aios.accounts.tokens import Known


def caller_of(request: Request[Any, Any, Any]) -> Caller:
    """The device behind `request`. A browser that is signed in is known even without its device cookie."""
    state = request.app.state
    session = present(request)
    mark = request.cookies.get(DEVICE_COOKIE, "")
    known = state.tokens.read_known(mark) if mark else None
    if known is None and session is not None and session.kind == "cookie":
        known = Known(session.account_id, session.device_id)
    return Caller(
        address=client_address(request.scope, state.settings),
        user_agent=request.headers.get("user-agent", ""),
        known=known,
        session=session,
    )
