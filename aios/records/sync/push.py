"""A push: what a device's outbox holds takes effect once, in order, in one transaction (docs/sync.md, push)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aios.database import Statement
from aios.errors import AiosError, ConflictError, InvalidError, NotFoundError, ResyncError
from aios.records import statements as sql
from aios.records.apply import Applied, Call, apply_calls
from aios.records.mutation import Writer
from aios.records.sync.intent import GoneError, decide
from aios.records.text import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aios.accounts.identity import Identity
    from aios.database import Row, Steps
    from aios.modules import Registry
    from aios.records.mutation import Mutation
    from aios.records.sync.wire import Entry, Push

MOST_SKEW_MS = 60_000
"""A clock that is off by more is corrected; one that is off by less may just be the way here."""
MOST_DETAIL = 1_000
RESYNC = "This server's records have another history than this device's copy. It has to be read again."


class Reject(msgspec.Struct, frozen=True):
    """A mutation that used up its number and took no effect."""

    mid: int
    code: str
    detail: str


class Pushed(msgspec.Struct, frozen=True, rename="camel"):
    """What a push came to. `rev` is the head after it.

    `fresh` counts the mutations that had not been taken before: a device that sends some for the first time learns by
    it that another one, on a copied browser profile, uses its numbers.
    """

    last_mid: int
    fresh: int
    rev: int
    epoch: str
    rejects: list[Reject]


def push(registry: Registry, identity: Identity, sent: Push, now_ms: int, quota: int = 0) -> Steps[tuple[Pushed, bool]]:
    """Apply what is new of a push by the signed-in `identity`. Also tells whether anything changed.

    Raises ResyncError (another epoch) and ConflictError (`gap`), with nothing kept.
    """
    space_id = identity.space_id
    epoch, before = yield from _head(space_id)
    if sent.epoch is not None and sent.epoch != epoch:
        raise ResyncError(RESYNC)
    known: list[Row] = yield Statement(sql.CLIENT, (space_id, sent.client))
    last = known[0][0] if known else 0
    fresh = _in_order(sent.entries, last)
    rejects, rev = yield from _apply(registry, space_id, sent, fresh, now_ms, quota)
    last = fresh[-1].mid if fresh else last
    if rejects:
        rows = [(space_id, sent.client, each.mid, each.code, each.detail) for each in rejects]
        yield Statement(sql.ADD_REJECT, rows, many=True)
    client = (space_id, sent.client, identity.account_id, last, sent.schema, identity.device_id, now_ms, sent.waiting)
    yield Statement(sql.SAVE_CLIENT, client)
    if sent.entries:
        mids = [each.mid for each in sent.entries]
        answered: list[Row] = yield Statement(sql.REJECTS, (space_id, sent.client, min(mids), max(mids)))
        rejects = [Reject(*row) for row in answered]
    rev = max(rev, before)
    return Pushed(last, len(fresh), rev, epoch, rejects), rev > before


def _head(space_id: str) -> Steps[tuple[str, int]]:
    """Take the head first: from here on, nobody else writes to this space."""
    head: list[Row] = yield Statement(sql.HEAD, (space_id,))
    if not head:
        message = "This space does not exist."
        raise NotFoundError(message)
    return head[0][0], head[0][1]


def _in_order(entries: Sequence[Entry], last: int) -> list[Entry]:
    """Those that did not take effect yet. Raises ConflictError when one before them is missing."""
    fresh: list[Entry] = []
    for entry in entries:
        if entry.mid <= last:
            continue
        if entry.mid != last + 1:
            message = f"Number {last + 1} has not arrived yet. Send the changes in order, from there."
            raise ConflictError(message, code="gap", members={"lastMid": last - len(fresh)})
        last = entry.mid
        fresh.append(entry)
    return fresh


def _apply(  # noqa: PLR0913, PLR0917  what a push is made of
    registry: Registry, space_id: str, sent: Push, fresh: Sequence[Entry], now_ms: int, quota: int
) -> Steps[tuple[list[Reject], int]]:
    """Each mutation is a call of its own: one that is refused takes nothing else with it."""
    writer = Writer(client=sent.client)
    timed = [(each.mid, _timed(each.mutation, sent.now, now_ms)) for each in fresh if each.mutation is not None]
    results: list[Applied | AiosError] = []
    if timed:
        calls = [Call(writer, (mutation,), decide) for _, mutation in timed]
        results = yield from apply_calls(registry, space_id, calls, now_ms, quota)
    rejects = [Reject(each.mid, "invalid", _detail(each.fault)) for each in fresh if each.mutation is None]
    for (mid, mutation), result in zip(timed, results, strict=True):
        if isinstance(result, AiosError) and not _wanted_gone(mutation, result):
            rejects.append(Reject(mid, getattr(result, "reason", result.code), _detail(_said(result))))
    rev = max((each.rev for each in results if isinstance(each, Applied)), default=0)
    return sorted(rejects, key=lambda each: each.mid), rev


def _timed(mutation: Mutation, device_now: int, now_ms: int) -> Mutation:
    """`ms` by the server's clock: corrected where the device's is wrong, and never in the future."""
    if mutation.ms is None:
        return mutation
    skew = device_now - now_ms
    ms = mutation.ms - skew if abs(skew) > MOST_SKEW_MS else mutation.ms
    return msgspec.structs.replace(mutation, ms=min(max(ms, 0), now_ms))


def _wanted_gone(mutation: Mutation, error: AiosError) -> bool:
    """Deleting what is not there is no error: that is what was wanted."""
    return mutation.op == "delete" and isinstance(error, NotFoundError) and not isinstance(error, GoneError)


def _said(error: AiosError) -> str:
    if isinstance(error, InvalidError) and error.errors:
        return " ".join(f"{each.field}: {each.message}" for each in error.errors)
    return error.detail


def _detail(said: str) -> str:
    """A sentence that both databases can keep, whatever names the device has sent."""
    return normalise(said)[:MOST_DETAIL]
