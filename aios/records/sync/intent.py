"""What an entry of an outbox means for the record as it is by now: a device has not seen the head (docs/sync.md).

Two devices may make the same implied record, write to what the other has deleted, or delete it twice; none of this
is an error. What a device had seen decides what its edit replaces (`records/merge.py`) and whether its delete counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.errors import InvalidError, NotFoundError
from aios.records.apply import PLANS, Change, write
from aios.records.ids import implied_id
from aios.records.paths import Seen
from aios.records.validate import check

if TYPE_CHECKING:
    from aios.records.apply import Batch
    from aios.records.collection import Collection
    from aios.records.mutation import Mutation
    from aios.records.stored import Stored

BLANK = len(b"{}")


class GoneError(NotFoundError):
    """Nothing is left to write to: the trash was emptied, or the record was never there."""

    code = "gone"


def decide(batch: Batch, collection: Collection, mutation: Mutation, stored: Stored | None) -> Change:
    """What a device's mutation does to the row with its id.

    Raises InvalidError, GoneError, and NotFoundError for deleting what was never here.
    """
    if stored is not None and stored.collection != collection.name:
        message = "This id belongs to a record of another collection."
        raise InvalidError(message)
    if collection.single and mutation.id != implied_id(batch.space_id, collection.name, collection.name):
        message = f"There is one {collection.singular} record, and its id follows from the account."
        raise InvalidError(message)
    if mutation.op == "delete":
        return _delete(batch, collection, mutation, stored)
    if stored is None or len(stored.body) <= BLANK:
        return _anew(batch, collection, mutation)
    if mutation.op == "restore":
        return PLANS["restore"](batch, collection, mutation, stored)
    fields = check(collection, mutation.fields, batch.writer, creating=False)
    return write(batch, collection, mutation, stored, fields, mutation.base_rev or 0)


def _delete(batch: Batch, collection: Collection, mutation: Mutation, stored: Stored | None) -> Change:
    """A delete takes only what its writer had seen: an edit that it had not seen keeps the record."""
    if stored is not None:
        seen = Seen(mutation.base_rev or 0, batch.writer.client, 0)
        if stored.deleted_at is not None or not seen.saw_all(stored.stamps()):
            return Change(mutation, collection, stored, stored.document(), "same")
    return PLANS["delete"](batch, collection, mutation, stored)


def _anew(batch: Batch, collection: Collection, mutation: Mutation) -> Change:
    """Make the record. A single one may be written without knowing whether it was ever saved."""
    if mutation.op == "create" or (mutation.op == "update" and collection.single):
        return PLANS["create"](batch, collection, mutation, None)
    message = f"This {collection.singular} is not there any more. What you wrote can be kept as a new one."
    raise GoneError(message)
