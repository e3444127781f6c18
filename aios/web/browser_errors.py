"""Errors that nobody expected in browsers, sent by our own small reporter (static/page/report.js) to `/api/errors`.

A report is the type of the error and where it arose. Its message stays in the browser: it may quote what somebody
wrote.
"""

from __future__ import annotations

import time
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from msgspec import Meta

from aios.accounts.forwarded import client_address, limit_address
from aios.errors import InvalidError, TooManyError

MOST_FRAMES = 12
MOST_AN_HOUR = 20
MOST_ADDRESSES = 2_000
_HOUR_S = 3600

Kind = Annotated[str, Meta(pattern=r"^[A-Z][A-Za-z]{0,39}$")]
File = Annotated[str, Meta(pattern=r"^(/sw\.js|/assets/[A-Za-z0-9_./-]{1,120}\.js)$")]
Number = Annotated[int, Meta(ge=0, le=10_000_000)]
Build = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$")]


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a browser may say: `kind` such as TypeError, and for each frame a file of ours, line and column."""

    kind: Kind
    frames: Annotated[list[tuple[File, Number, Number]], Meta(max_length=MOST_FRAMES)] = []
    build: Build = ""


class Counter:
    """How many reports an address sent in this hour; in memory, since it protects the log of this process alone."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._hour = 0

    def admit(self, address: str) -> None:
        """Count one. Raises TooManyError."""
        hour = int(time.monotonic()) // _HOUR_S
        if hour != self._hour or len(self._counts) > MOST_ADDRESSES:
            self._counts, self._hour = {}, hour
        self._counts[address] = count = self._counts.get(address, 0) + 1
        if count > MOST_AN_HOUR:
            message = "Enough errors were reported from here for now."
            raise TooManyError(message, headers={"Retry-After": str(_HOUR_S)})


_decode = msgspec.json.Decoder(Report).decode
_counter = Counter()


@post("/api/errors", status_code=204, include_in_schema=False)
async def report(request: Request[Any, Any, Any]) -> None:
    """Note an error. Raises InvalidError for anything but a report, TooManyError after the twentieth in an hour."""
    _counter.admit(limit_address(client_address(request.scope, request.app.state.settings)))
    try:
        said = _decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = "This is not a report."
        raise InvalidError(message) from error
    scope: Any = request.scope
    request.app.state.log.browser(scope.get("aios.id", ""), said.kind, said.frames, said.build)
