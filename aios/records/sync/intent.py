"""What an entry of an outbox means for the record as it is by now: a device has not seen the head (docs/sync.md).

Two devices may make the same implied record, write to what the other has deleted, or delete it twice; none of this
is an error. For now a field that was sent replaces the stored one; `records/merge.py` is where that will depend on
what the device had seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aios.errors import InvalidError, NotFoundError
from aios.records.apply import PLANS, Change, later
from aios.records.ids import implied_id
from aios.records.merge import merge
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
    seen = msgspec.structs.replace(mutation, base_rev=None)
    if mutation.op == "delete":
        if stored is not None and stored.deleted_at is not None:
            return Change(seen, collection, stored, stored.document(), "same")
        return PLANS["delete"](batch, collection, seen, stored)
    if stored is None or len(stored.body) <= BLANK:
        return _anew(batch, collection, seen)
    if mutation.op == "restore":
        return PLANS["restore"](batch, collection, seen, stored)
    return _write(batch, collection, seen, stored)


def _anew(batch: Batch, collection: Collection, mutation: Mutation) -> Change:
    """Make the record. A single one may be written without knowing whether it was ever saved."""
    if mutation.op == "create" or (mutation.op == "update" and collection.single):
        return PLANS["create"](batch, collection, mutation, None)
    message = f"This {collection.singular} is not there any more. What you wrote can be kept as a new one."
    raise GoneError(message)


def _write(batch: Batch, collection: Collection, mutation: Mutation, stored: Stored) -> Change:
    """Set the fields that were sent. A deleted record comes back: an edit that did not see the delete outlives it."""
    fields = check(collection, mutation.fields, batch.writer, creating=False)
    previous = stored.document()
    document = merge(collection, previous, fields)
    if collection.derive is not None:
        collection.derive(document, previous)
    deleted = stored.deleted_at is not None
    if document == previous and not deleted:
        return Change(mutation, collection, stored, document, "same")
    document["updatedAt"] = later(previous, mutation.ms if mutation.ms is not None else batch.now_ms)
    return Change(mutation, collection, stored, document, "restored" if deleted else "updated")
