"""How an importer's record meets the row that has its id: bringing the same in twice changes nothing.

What is equal stays. What differs is brought up to date as long as only importers wrote it; once its person has edited
or deleted it, theirs stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.errors import ConflictError
from aios.records.apply import Change, create, write
from aios.records.clock import to_wire
from aios.records.merge import merge
from aios.records.paths import LIFE
from aios.records.validate import check

if TYPE_CHECKING:
    from aios.records.apply import Batch, Decide
    from aios.records.collection import Collection, Document
    from aios.records.mutation import Mutation
    from aios.records.stored import Stored

IMPORT = "import:"
"""How the clients of importers are called (`Writer.client`)."""
BLANK = len(b"{}")


def deciding(*, restore: bool) -> Decide:
    """How an importer's creates are applied. With `restore`, what was deleted comes back."""

    def decide(batch: Batch, collection: Collection, mutation: Mutation, stored: Stored | None) -> Change:
        if stored is None:
            return create(batch, collection, mutation, None)
        if stored.collection != collection.name:
            message = "Another record has this id already."
            raise ConflictError(message, code="exists")
        fields = check(collection, mutation.fields, batch.writer, creating=True)
        wanted = _made(batch, collection, mutation, fields)
        if stored.deleted_at is not None and not restore:
            message = f"This {collection.singular} was deleted."
            raise ConflictError(message, code="deleted")
        if len(stored.body) <= BLANK:
            return Change(mutation, collection, stored, wanted, "restored")
        document = stored.document()
        changed = {
            name: value for name, value in fields.items() if name != "createdAt" and wanted[name] != document.get(name)
        }
        if not changed and stored.deleted_at is None:
            return Change(mutation, collection, stored, document, "same")
        if stored.deleted_at is None and not _untouched(stored):
            message = f"This {collection.singular} was changed since it came in."
            raise ConflictError(message, code="edited")
        return write(batch, collection, mutation, stored, changed, None)

    return decide


def _made(batch: Batch, collection: Collection, mutation: Mutation, fields: Document) -> Document:
    """The document as it would be if it were new."""
    at = to_wire(mutation.ms if mutation.ms is not None else batch.now_ms)
    document = merge(collection, {"id": mutation.id}, fields)
    document |= {"id": mutation.id, "createdAt": fields.get("createdAt", at), "updatedAt": at}
    if collection.derive is not None:
        collection.derive(document, None)
    return document


def _untouched(stored: Stored) -> bool:
    """Whether importers alone wrote what it holds."""
    return all(stamp[1].startswith(IMPORT) for path, stamp in stored.stamps().items() if path != LIFE)
