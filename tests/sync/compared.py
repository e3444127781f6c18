"""What the server has against what the model says it must have (tests/sync/model.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tests.sync.lists import TEXT
from tests.sync.model import LIFE, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.sync.model import Truth, Truths


def differences(truths: Truths, rows: Sequence[tuple[Any, ...]], *, repeats: bool) -> str:
    """The first record that is not as it must be, and how; "" where all are. `rows` are id, deleted_at and body.

    `repeats`: changes may have come again to a server that had lost or forgotten them, so a line may be there twice.
    The model is told the texts, as it does not join them.
    """
    records = {row[0]: (row[1], msgspec.json.decode(row[2])) for row in rows}
    for record_id, truth in truths.items():
        deleted_at, body = records.pop(record_id, (None, {}))
        for wrong in _emptied(body) if truth.blank else _differences(truth, deleted_at, body, repeats=repeats):
            return f"{record_id}: {wrong}"
    return f"{next(iter(records))}: nobody made it" if records else ""


def _emptied(body: dict[str, Any]) -> Iterator[str]:
    if body:
        yield "was to be emptied"


def _differences(truth: Truth, deleted_at: int | None, body: dict[str, Any], *, repeats: bool) -> Iterator[str]:
    if not body:
        yield "is not there"
        return
    if truth.perhaps_deleted and deleted_at is None:
        truth.deleted_at = None
        truth.marks.pop(LIFE)
    truth.perhaps_deleted = False
    if deleted_at != truth.deleted_at:
        yield f"deleted at {deleted_at} instead of {truth.deleted_at}"
    yield from _unequal({name: body[name] for name in truth.values}, truth.values)
    yield from _unequal(sorted(body["tags"]), sorted(truth.members))
    yield from _unequal(_items(body.get("items", []), truth), truth.items)
    truth.lines.text, truth.lines.perhaps = body[TEXT[truth.collection]], None
    written = lines_of(truth.lines.text)
    lost = truth.lines.there - set(written)
    if lost:
        yield f"lost {lost}"
    if len(set(written)) < len(written) and not repeats:
        yield f"twice in {written}"


def _items(items: Iterable[dict[str, Any]], truth: Truth) -> dict[str, Any]:
    """The items by id, with the members that the model knows of each."""
    return {each["id"]: {name: each.get(name) for name in truth.items.get(each["id"], each)} for each in items}


def _unequal(found: Any, wanted: Any) -> Iterator[str]:
    if found != wanted:
        yield f"{found} instead of {wanted}"
