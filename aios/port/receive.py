"""Taking a file from a form while it is sent: never more of it in memory than a piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,  # pyright: ignore[reportUnknownVariableType]
)

from aios.errors import FieldError, InvalidError, QuotaError
from aios.port.limits import MOST_BYTES
from aios.port.source import TOO_LARGE, shown
from aios.port.uploads import Incoming
from aios.records.ids import new_id
from aios.web.when import is_zone

if TYPE_CHECKING:
    from litestar import Request

PATH = "/settings/import"
MOST_SENT = MOST_BYTES + 2_000_000
"""Of the whole form; a little more than the file, so that one that is too large is told so by the page."""
FIELD = "file"
NOTHING = "Choose a file first."
EMPTY = "This file is empty. Choose another one."
UNREADABLE = "The form could not be read. Try again, or use another browser."
MOST_FIELDS = 8


async def receive(request: Request[Any, Any, Any], account_id: str) -> str:
    """Keep the file of a multipart form and let a job read it. Gives its id. Raises InvalidError, with nothing kept."""
    parse = cast("Any", parse_options_header)
    kind, options = parse(request.headers.get("content-type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise InvalidError(UNREADABLE)
    state = request.app.state
    incoming = Incoming(state.database, account_id, new_id(), state.settings.account_limit)
    try:
        await _read(request, options["boundary"], incoming)
        await incoming.end()
    except MultipartError as error:
        await incoming.drop()
        raise InvalidError(UNREADABLE) from error
    except QuotaError as error:
        await incoming.drop()
        raise _refused(error.detail) from error
    except BaseException:
        await incoming.drop()
        raise
    return incoming.id


async def _read(request: Request[Any, Any, Any], boundary: str, incoming: Incoming) -> None:
    begun = wanted = False
    with PushMultipartParser(boundary, max_segment_count=MOST_FIELDS) as parser:
        async for chunk in request.stream():
            for event in parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    wanted = event.name == FIELD and bool(event.filename) and not begun
                    if wanted:
                        begun = True
                        zone = unquote(request.cookies.get("zone", ""))
                        await incoming.begin(shown(event.filename or ""), zone if is_zone(zone) else "")
                elif event and wanted:
                    if incoming.size + len(event) > MOST_BYTES:
                        raise _refused(TOO_LARGE)
                    await incoming.write(bytes(event))
    if not incoming.size:
        raise _refused(EMPTY if begun else NOTHING)


def _refused(sentence: str) -> InvalidError:
    return InvalidError(sentence, (FieldError(FIELD, sentence),))
