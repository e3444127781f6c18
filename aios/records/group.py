"""The calls of many spaces in one transaction: as many statements as one space needs, and one wait for the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aios.database import Statement
from aios.errors import AiosError
from aios.records import statements as sql
from aios.records.apply import Applied, Batch, load, plan_calls
from aios.records.pending import write_pending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aios.database import Steps
    from aios.modules import Registry
    from aios.records.apply import Call

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[tuple[str, str, int, int]]).decode

Results = dict[str, "list[Applied | AiosError]"]


def apply_spaces(
    registry: Registry, calls: Mapping[str, Sequence[Call]], now_ms: int, quota: int = 0
) -> Steps[Results]:
    """Apply the calls of each space (by its id), in order; each call takes effect whole or gives an error.

    The heads are taken first, but only those that are free: a space that another process is writing to, or that
    does not exist, is missing from the result, and its calls have to be applied alone. So nobody waits for
    somebody else's space, and two transactions never wait for each other.
    """
    taken = yield Statement(sql.HEADS, (_encode(list(calls)).decode(),))
    batches = {
        space_id: Batch(registry, space_id, now_ms, (epoch, rev, number), quota)
        for space_id, epoch, rev, number in _decode(taken[0][0] or "[]")
    }
    yield from load(
        batches.values(),
        [(space_id, mutation.id) for space_id in batches for call in calls[space_id] for mutation in call.mutations],
    )
    results: Results = {}
    for space_id, batch in batches.items():
        yield from batch.measure()
        results[space_id] = yield from plan_calls(batch, calls[space_id])
    yield from write_pending([batch.pending for batch in batches.values()])
    return results
