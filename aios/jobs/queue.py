"""Asking for work: a job is a row, written in the transaction that wants it, so the two happen or fail together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import msgspec

from aios.database import Sql, Statement, Steps, run_steps
from aios.records.clock import now_ms
from aios.records.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

_INSERT = Sql(
    "INSERT INTO job (id, kind, payload, account_id, unique_key, run_at, attempts, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (unique_key) DO NOTHING"
)

sleepers: WeakSet[Sleeper] = WeakSet()
"""The runners of this process that wait for work."""


class Sleeper:
    """What `wake` calls; a runner keeps it alive as long as it runs."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        sleepers.add(self)


def wake() -> None:
    """Let the runners of this process look for work now. Safe from any thread, also before the commit."""
    for sleeper in list(sleepers):
        sleeper.wake()


def enqueue(  # noqa: PLR0913  keyword-only, each optional
    session: Session,
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    run_at: int | None = None,
    account_id: str | None = None,
    unique_key: str | None = None,
) -> None:
    """Ask for a job of `kind` at `run_at` (milliseconds; now when None), in the transaction of `session`."""
    run_steps(session, enqueue_steps(kind, payload, run_at=run_at, account_id=account_id, unique_key=unique_key))


def enqueue_steps(
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    run_at: int | None = None,
    account_id: str | None = None,
    unique_key: str | None = None,
) -> Steps[None]:
    """Ask for a job among the statements of a record write, which delegates here with `yield from`.

    With a `unique_key`, nothing happens while a job of that key is in the table.
    """
    now = now_ms()
    text = msgspec.json.encode(payload or {}).decode()
    at = now if run_at is None else run_at
    yield Statement(_INSERT, (new_id(), kind, text, account_id, unique_key, at, now))
    wake()
