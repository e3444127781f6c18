"""The one write path: REST, forms, devices, importers and jobs all end here.

`apply` is a generator of statements (see aios/database/base.py), so the same code runs on SQLite's writer
thread and on a PostgreSQL connection. It takes the head first, so revisions commit in order; it checks
everything before it writes anything, so a refused mutation leaves no trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from aios.database import Statement
from aios.errors import AiosError, ConflictError, FieldError, InvalidError, NotFoundError, PreconditionError, QuotaError
from aios.records import statements as sql
from aios.records.clock import to_wire
from aios.records.ids import is_id
from aios.records.merge import EMPTY, Edit, Joined, merge
from aios.records.mutation import Writer
from aios.records.paths import Seen
from aios.records.pending import Pending, write_pending
from aios.records.stored import Stored
from aios.records.text import text_hash
from aios.records.validate import REFUSED, check, check_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aios.database import Row, Steps
    from aios.modules import Registry
    from aios.records.collection import Collection, Document
    from aios.records.mutation import Mutation

Head: TypeAlias = "tuple[str, int, int]"
"""Epoch, revision and number of a space."""
Mark: TypeAlias = "tuple[int, int, dict[str, Stored | None], Pending]"
Effect = Literal["created", "updated", "deleted", "restored", "same"]
Decide: TypeAlias = "Callable[[Batch, Collection, Mutation, Stored | None], Change]"
_encode = msgspec.json.Encoder().encode


class Change:
    """One accepted mutation: what was stored (`previous`), what will be (`document`), and the effect.

    `joined` tells how an edit met what was stored; a new, deleted or restored record has none.
    """

    __slots__ = ("collection", "document", "effect", "joined", "mutation", "previous", "stored")

    def __init__(  # noqa: PLR0913, PLR0917  what a change consists of
        self,
        mutation: Mutation,
        collection: Collection,
        stored: Stored | None,
        document: Document,
        effect: Effect,
        joined: Joined | None = None,
    ) -> None:
        self.mutation = mutation
        self.collection = collection
        self.stored = stored
        self.previous = joined.stored if joined is not None else None if stored is None else stored.document()
        self.document = document
        self.effect: Effect = effect
        self.joined = joined


class Outcome(msgspec.Struct, frozen=True):
    """What one mutation did. `body` is the record as it is now, encoded."""

    id: str
    effect: Effect
    rev: int
    body: bytes


class Applied(msgspec.Struct, frozen=True):
    """The result of one call: the head after it, and an outcome for each mutation, in order."""

    epoch: str
    rev: int
    outcomes: list[Outcome]


class Call(msgspec.Struct, frozen=True):
    """Mutations that one writer wants applied together, or not at all."""

    writer: Writer
    mutations: Sequence[Mutation]
    decide: Decide | None = None
    """How a mutation meets the row with its id; None means as for those who have seen the head: REST and forms."""


class Batch:
    """The calls of one transaction, and the records they touch. Rules ask it for other records."""

    def __init__(self, registry: Registry, space_id: str, now_ms: int, head: Head, quota: int = 0) -> None:
        self.registry = registry
        self.space_id = space_id
        self.now_ms = now_ms
        self.epoch, self.rev, number = head
        """Of the last change that was accepted."""
        self.writer = Writer(client="")
        """Of the call that is being planned."""
        self.decide: Decide = decide
        """Likewise."""
        self.quota = quota
        """Bytes that the living records of a space may take up; 0 is no limit."""
        self.used = 0
        """What they take up, where there is a limit."""
        self.pending = Pending(space_id, number, now_ms)
        self._stored: dict[str, Stored | None] = {}
        self._texts: dict[tuple[str, str, str], str | None] = {}

    def load(self, ids: Sequence[str]) -> Steps[None]:
        """Read the rows of `ids` that are not read yet, in one statement."""
        missing = [(self.space_id, each) for each in dict.fromkeys(ids) if each not in self._stored]
        if missing:
            yield from load((self,), missing)

    def load_bases(self, collection: Collection, mutation: Mutation) -> Steps[None]:
        """Read the texts that an edit was made from, where they are not the stored ones any more."""
        stored = self._stored.get(mutation.id)
        names = [name for name in mutation.bases if name in mutation.fields and name in collection.texts]
        if stored is None or not names:
            return
        document = stored.document()
        for name in names:
            wanted = mutation.bases[name]
            place = (mutation.id, name, wanted)
            if place in self._texts or wanted in {EMPTY, text_hash(document.get(name, ""))}:
                continue
            text = self.pending.version(*place)
            if text is None:
                rows: list[Row] = yield Statement(sql.BASE, (self.space_id, *place))
                text = rows[0][0] if rows else None
            self._texts[place] = text

    def texts(self, mutation: Mutation) -> dict[str, str | None]:
        """What `load_bases` read for a mutation, by field."""
        return {name: self._texts.get((mutation.id, name, wanted)) for name, wanted in mutation.bases.items()}

    def keep(self, record_id: str, stored: Stored | None) -> None:
        """Remember the row that was read for an id, or that there is none."""
        self._stored[record_id] = stored

    def stored(self, record_id: str) -> Stored | None:
        """The row as it is after the mutations before this one."""
        return self._stored.get(record_id)

    def document(self, record_id: str) -> Steps[Document | None]:
        """The living document with this id as it will be after the mutations so far, or None."""
        yield from self.load([record_id])
        stored = self._stored[record_id]
        return None if stored is None or stored.deleted_at is not None else stored.document()

    def accept(self, change: Change) -> Outcome:
        """Give the change its revision, and let later mutations see it."""
        stored = change.stored
        if change.effect == "same" and stored is not None:
            return Outcome(stored.id, "same", stored.rev, stored.body)
        self.rev += 1
        row = self.pending.add(change, self.writer.client, self.rev)
        self.used += _weight(row) - _weight(stored)
        self._stored[row.id] = row
        return Outcome(row.id, change.effect, row.rev, row.body)

    def has_rules(self, mutation: Mutation) -> bool:
        """Whether its collection checks a change against other records."""
        collection = self.registry.collections.get(mutation.collection)
        return collection is not None and bool(collection.rules)

    def measure(self) -> Steps[None]:
        """Where there is a limit, ask what the space takes up."""
        if self.quota:
            rows: list[Row] = yield Statement(sql.USED, (self.space_id,))
            self.used = int(rows[0][0])

    def mark(self) -> Mark:
        """Remember the state, to return to it when a call is refused."""
        return self.rev, self.used, dict(self._stored), self.pending.copy()

    def rewind(self, mark: Mark) -> None:
        """Return to a remembered state: nothing of the refused call stays."""
        self.rev, self.used, stored, self.pending = mark
        self._stored = stored


def apply(
    registry: Registry, space_id: str, writer: Writer, mutations: Sequence[Mutation], now_ms: int
) -> Steps[Applied]:
    """Apply all of `mutations` to a space, or none: the first that cannot be applied raises an AiosError.

    `now_ms` is the server's clock. Raises InvalidError (unknown, read-only, malformed, over a limit, a cycle),
    NotFoundError, ConflictError (`exists`, `deleted`) and PreconditionError (`base_rev` is not current).
    """
    results = yield from apply_calls(registry, space_id, (Call(writer, mutations),), now_ms)
    if isinstance(results[0], AiosError):
        raise results[0]
    return results[0]


def apply_calls(
    registry: Registry, space_id: str, calls: Sequence[Call], now_ms: int, quota: int = 0
) -> Steps[list[Applied | AiosError]]:
    """Apply several calls to one space in one transaction, in order; each takes effect whole or gives an error.

    With a `quota` in bytes, a call that makes the space larger than that is refused with a QuotaError.
    """
    head = yield Statement(sql.HEAD, (space_id,))
    if not head:
        message = "This space does not exist."
        raise NotFoundError(message)
    batch = Batch(registry, space_id, now_ms, (head[0][0], head[0][1], head[0][2]), quota)
    yield from batch.measure()
    yield from batch.load([mutation.id for call in calls for mutation in call.mutations])
    results = yield from plan_calls(batch, calls)
    yield from write_pending([batch.pending])
    return results


def load(batches: Iterable[Batch], wanted: Sequence[tuple[str, str]]) -> Steps[None]:
    """Read the rows of (space, id) pairs for their batches, in one statement."""
    by_space = {batch.space_id: batch for batch in batches}
    rows: list[Row] = yield Statement(sql.LOAD, (_encode(wanted).decode(),))
    for space_id, record_id in wanted:
        by_space[space_id].keep(record_id, None)
    for row in rows:
        stored = Stored(row[1], row[2], row[3], row[4], bytes(row[5]), row[6], bool(row[7]))
        by_space[row[0]].keep(stored.id, stored)


def plan_calls(batch: Batch, calls: Sequence[Call]) -> Steps[list[Applied | AiosError]]:
    """Decide what the calls do, in order. `batch.pending` then holds what those that were not refused write."""
    results: list[Applied | AiosError] = []
    for call in calls:
        result = yield from _call(batch, call)
        results.append(result)
    return results


def _call(batch: Batch, call: Call) -> Steps[Applied | AiosError]:
    # A lone mutation without rules is checked before it is accepted, so there is never anything to take back.
    alone = len(call.mutations) == 1 and not batch.has_rules(call.mutations[0]) and not batch.quota
    mark = None if alone else batch.mark()
    used = batch.used
    batch.writer, batch.decide = call.writer, call.decide or decide
    outcomes: list[Outcome] = []
    try:
        for mutation in call.mutations:
            change = yield from plan(batch, mutation)
            outcomes.append(batch.accept(change))
            if change.effect in {"created", "updated", "restored"}:
                for rule in change.collection.rules:
                    yield from rule(batch, change)
        if batch.quota and batch.used > max(batch.quota, used):
            raise QuotaError(batch.quota)
    except AiosError as error:
        if mark is not None:
            batch.rewind(mark)
        return error
    return Applied(batch.epoch, batch.rev, outcomes)


def plan(batch: Batch, mutation: Mutation) -> Steps[Change]:
    """Decide what one mutation does, without writing. Raises what `apply` raises."""
    collection = batch.registry.collections.get(mutation.collection)
    if collection is None:
        message = f"There is no collection named {mutation.collection!r}."
        raise InvalidError(message)
    if not is_id(mutation.id):
        raise InvalidError(REFUSED, (FieldError("id", "An id must be a UUID in lower case."),))
    yield from batch.load([mutation.id, *_continued(collection, mutation).values()])
    if mutation.bases:
        yield from batch.load_bases(collection, mutation)
    return batch.decide(batch, collection, mutation, batch.stored(mutation.id))


def decide(batch: Batch, collection: Collection, mutation: Mutation, stored: Stored | None) -> Change:
    """What a mutation does to the row with its id, or why it cannot. Raises what `apply` raises."""
    if stored is not None and stored.collection != collection.name:
        if mutation.op != "create":
            raise NotFoundError(_missing(collection))
        message = "This id belongs to a record of another collection."
        raise ConflictError(message, code="exists")
    return PLANS[mutation.op](batch, collection, mutation, stored)


def create(batch: Batch, collection: Collection, mutation: Mutation, stored: Stored | None) -> Change:
    """Make a record, or recognise a retry. Raises InvalidError and ConflictError."""
    fields = check(collection, mutation.fields, batch.writer, creating=True)
    if stored is not None:
        return _repeat(collection, mutation, stored, fields)
    at = to_wire(mutation.ms if mutation.ms is not None else batch.now_ms)
    document = merge(collection, {"id": mutation.id}, fields | _texts_before(batch, collection, mutation))
    document["id"] = mutation.id
    document["createdAt"] = fields.get("createdAt", at)
    document["updatedAt"] = at
    if collection.derive is not None:
        collection.derive(document, None)
    return Change(mutation, collection, None, document, "created")


def _continued(collection: Collection, mutation: Mutation) -> dict[str, str]:
    """For each text that a new record takes over from another: the id of that one."""
    if mutation.op != "create":
        return {}
    named = {name: mutation.fields.get(by) for name, by in collection.continued.items() if name not in mutation.fields}
    return {name: each for name, each in named.items() if isinstance(each, str) and is_id(each)}


def _texts_before(batch: Batch, collection: Collection, mutation: Mutation) -> Document:
    texts: Document = {}
    if batch.writer.importer:  # an importer leaves out what is empty
        return texts
    for name, record_id in _continued(collection, mutation).items():
        before = batch.stored(record_id)
        if before is not None and before.collection == collection.name:
            texts[name] = before.document().get(name, "")
    return texts


def _repeat(collection: Collection, mutation: Mutation, stored: Stored, fields: Document) -> Change:
    """A create whose id is taken: the same content is a retry and not an error (docs/domain.md, REST)."""
    if stored.deleted_at is not None:
        message = f"This {collection.singular} was deleted. Use a new id; in the app it can be restored for 30 days."
        raise ConflictError(message, code="deleted")
    document = stored.document()
    wanted = merge(collection, document, fields)
    if collection.derive is not None:
        collection.derive(wanted, document)
    if any(wanted[name] != document.get(name) for name in fields):
        message = f"Another {collection.singular} has this id already. Use a new id."
        raise ConflictError(message, code="exists")
    return Change(mutation, collection, stored, document, "same")


def _update(batch: Batch, collection: Collection, mutation: Mutation, stored: Stored | None) -> Change:
    fields = check(collection, mutation.fields, batch.writer, creating=False)
    living = _living(collection, stored)
    _precondition(batch, mutation, living)
    return write(batch, collection, mutation, living, fields, mutation.base_rev)


def write(  # noqa: PLR0913, PLR0917  what an edit consists of
    batch: Batch,
    collection: Collection,
    mutation: Mutation,
    stored: Stored,
    fields: Document,
    base_rev: int | None,
) -> Change:
    """Join checked `fields` with what is stored. A deleted record comes back. Raises InvalidError over a limit."""
    previous = stored.document()
    ms = mutation.ms if mutation.ms is not None else batch.now_ms
    seen = Seen(base_rev, batch.writer.client, ms)
    joined = Joined(collection, previous, stored.stamps(), Edit(fields, mutation.bases, seen, batch.texts(mutation)))
    document = joined.document
    check_whole(collection, document, previous, fields)
    if collection.derive is not None:
        collection.derive(document, previous)
    deleted = stored.deleted_at is not None
    if joined.is_idle and not deleted:
        return Change(mutation, collection, stored, document, "same")
    document["updatedAt"] = later(previous, ms)
    return Change(mutation, collection, stored, document, "restored" if deleted else "updated", joined)


def _delete(batch: Batch, collection: Collection, mutation: Mutation, stored: Stored | None) -> Change:
    if stored is None:
        raise NotFoundError(_missing(collection))
    if stored.deleted_at is not None:
        if mutation.base_rev is None:
            raise NotFoundError(_missing(collection))
        return Change(mutation, collection, stored, stored.document(), "same")
    _precondition(batch, mutation, stored)
    return Change(mutation, collection, stored, stored.document(), "deleted")


def _restore(batch: Batch, collection: Collection, mutation: Mutation, stored: Stored | None) -> Change:
    if stored is None or len(stored.body) <= len(b"{}"):
        raise NotFoundError(_missing(collection))
    document = stored.document()
    if stored.deleted_at is None:
        return Change(mutation, collection, stored, document, "same")
    document["updatedAt"] = later(document, mutation.ms if mutation.ms is not None else batch.now_ms)
    return Change(mutation, collection, stored, document, "restored")


PLANS = {"create": create, "update": _update, "delete": _delete, "restore": _restore}


def _weight(row: Stored | None) -> int:
    """What a record counts: what is in the trash counts nothing, so deleting makes room at once."""
    return 0 if row is None or row.deleted_at is not None else len(row.body)


def _living(collection: Collection, stored: Stored | None) -> Stored:
    if stored is None or stored.deleted_at is not None:
        raise NotFoundError(_missing(collection))
    return stored


def _missing(collection: Collection) -> str:
    return f"There is no {collection.singular} with this id."


def _precondition(batch: Batch, mutation: Mutation, stored: Stored) -> None:
    """`If-Match`: the writer must have seen the stored revision."""
    if batch.writer.strict and mutation.base_rev is not None and stored.rev > mutation.base_rev:
        message = "This record was changed since you read it. Read it again, then repeat your change."
        raise PreconditionError(message)


def later(document: Document, ms: int) -> str:
    """The wire time of an edit: never before the one that is stored."""
    return max(to_wire(ms), str(document.get("updatedAt", "")))
