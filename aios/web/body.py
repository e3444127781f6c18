"""Reading a request's body from the server: nearly always one message, which is handed on as it is.

Litestar's own reading goes through generators and a copy of all headers: a sixth of the loop's time in a profile
of small writes whose database work was left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.errors import InvalidError, TooLargeError

if TYPE_CHECKING:
    from litestar.types import Receive

MOST_BODY = 1_000_000
"""Bytes of a request body (docs/domain.md, "REST")."""
TOO_LARGE = "The body is larger than 1 MB. Send less at a time."


async def read_body(receive: Receive) -> bytes:
    """The whole body. Raises TooLargeError, and InvalidError when the client hangs up before its end."""
    body, more = b"", True
    while more:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            ended = "The connection ended before the body did."
            raise InvalidError(ended)
        part: bytes = message.get("body", b"")
        body = body + part if body else part
        if len(body) > MOST_BODY:
            raise TooLargeError(TOO_LARGE)
        more = message.get("more_body", False)
    return body
