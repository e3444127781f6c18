"""Making a record over REST: what is done with `POST /api/{collection}`, apart from how the request came here.

The front calls it directly for those who are signed in, because routing, handler and request object of the framework
cost about as much as the rest of such a request; every other request takes the framework's way and ends here, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

from aios.errors import FieldError, InvalidError
from aios.records.computed import complete
from aios.records.ids import is_id, new_id
from aios.records.mutation import Mutation, Writer
from aios.records.validate import REFUSED
from aios.web.answer import Answer
from aios.web.body import read_body

if TYPE_CHECKING:
    from litestar.types import Receive

    from aios.accounts.identity import Identity
    from aios.database import Database
    from aios.modules import Registry
    from aios.records.collection import Collection, Document
    from aios.records.writes import Writes

_decode = msgspec.json.Decoder().decode


class Creator:
    """Makes records of any collection that takes new ones."""

    def __init__(self, registry: Registry, database: Database, writes: Writes) -> None:
        self._database = database
        self._writes = writes
        self._by_path = {f"/api/{name}": found for name, found in registry.collections.items() if not found.single}

    def find(self, path: str) -> Collection | None:
        """The collection at exactly this path, if records can be made in it."""
        return self._by_path.get(path)

    async def create(self, found: Collection, identity: Identity, session: tuple[str, int], receive: Receive) -> Answer:
        """Make the record in the body. The id may come from the client, which makes a repeated call harmless."""
        sent = await read_object(receive)
        record_id = given_id(sent.pop("id")) if "id" in sent else new_id()
        mutation = Mutation(op="create", collection=found.name, id=record_id, fields=sent)
        outcome = (await self._writes.apply(identity.space_id, writer_of(identity), (mutation,))).outcomes[0]
        bodies = await complete(self._database, found, identity.space_id, [outcome.body])
        headers = {"ETag": record_etag(found, identity, session, outcome.rev)}
        if outcome.effect != "created":
            return Answer(bodies[0], headers)
        return Answer(bodies[0], {**headers, "Location": f"/api/{found.name}/{record_id}"}, status=201)


async def read_object(receive: Receive) -> Document:
    """The JSON object of the body. Raises InvalidError."""
    body = await read_body(receive)
    try:
        sent = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"The body is not valid JSON: {error}."
        raise InvalidError(message) from error
    if not isinstance(sent, dict):
        message = "The body must be a JSON object."
        raise InvalidError(message)
    return cast("Document", sent)


def given_id(given: object) -> str:
    """An id from outside. Raises InvalidError."""
    if not isinstance(given, str) or not is_id(given):
        raise InvalidError(REFUSED, (FieldError("id", "An id must be a UUID in lower case."),))
    return given


def writer_of(identity: Identity) -> Writer:
    """Who writes, when a program does."""
    return Writer(client=f"rest:{identity.device_id}", lenient=True, strict=True)


def record_etag(found: Collection, identity: Identity, session: tuple[str, int], rev: int) -> str:
    """The tag of one record; a computed one changes with others, so its tag is the head's."""
    epoch, head = session
    return f'"{identity.account_id}.{epoch}.{max(rev, head) if found.reverse else rev}"'
