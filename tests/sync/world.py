"""The real app on a loop of its own, with a clock that the test moves, and the ways in which it can fail."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import httpx
from sync_client import Refused

from aios.app import create_app
from aios.database import Sql, Statement
from aios.errors import UnavailableError
from aios.jobs import core_jobs
from aios.records import clock
from aios.records.epoch import new_epoch
from aios.records.statements import SPACE
from tests.conftest import lifespan
from tests.people import PASSWORD, Person
from tests.sync.lists import with_lists

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import pytest

    from aios.database import Database, Steps
    from aios.settings import Settings

TABLES = ("record", "sync_client", "text_version", "sync_reject", "due")
"""Those of a space that a backup holds; and `record_key`, which knows the space by its number."""
DATED = ("aios.records.", "aios.jobs.")
"""Whose clock the test moves. Sessions keep the real one, so that nobody is signed out."""
Snapshot = dict[str, list[tuple[Any, ...]]]


class World:
    """One app for all examples; each example has accounts of its own."""

    def __init__(self, settings: Settings, patch: pytest.MonkeyPatch) -> None:
        self.now = clock.now_ms()
        """The server's clock, in ms."""
        self.cut_after: int | None = None
        """How many statements of the next transaction are run before it is aborted."""
        self._runner = asyncio.Runner()
        self._registry = with_lists()
        app = create_app(settings, self._registry)
        for name, module in list(sys.modules.items()):
            if name.startswith(DATED) and getattr(module, "now_ms", None) is clock.now_ms and module is not clock:
                patch.setattr(module, "now_ms", lambda: self.now)
        self._lifespan = lifespan(app)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://aios.test")
        self.database: Database = app.app.state.database  # type: ignore[attr-defined]
        self._run = self.database.run
        patch.setattr(self.database, "run", self._cut)
        self.do(self._lifespan.__aenter__())
        self._number = 0

    def do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.get_loop().run_until_complete(coroutine)

    def person(self) -> Person:
        self._number += 1
        body = {"username": f"person{self._number}", "password": PASSWORD}
        answer = self.do(self.client.post("/api/auth/register", json=body)).json()
        # Their sessions outlast the years that the test's clock is moved by.
        self.do(self._run(one("UPDATE device SET expires_at = ?", self.now + 1_000 * 365 * 86_400_000)))
        return Person(self.client, answer["token"], answer["user"])

    def ask(self, person: Person, method: str, path: str, given: dict[str, Any]) -> dict[str, Any]:
        """One call of sync, as `sync_client.Send` wants it."""
        given = {name: value for name, value in given.items() if value is not None or method == "POST"}
        more = {"json": given} if method == "POST" else {"params": given}
        answer = self.do(person.request(method, path, **more))
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.json())
        found: dict[str, Any] = answer.json()
        return found

    def rows(self, text: str, *params: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.do(self.database.fetch(Statement(Sql(text), params)))]

    def purge(self) -> None:
        """What the job of every night does."""
        for kind in core_jobs(self._registry).values():
            if kind.every_s and kind.name.startswith("records."):
                self.do(kind.run(self.database, {}))

    def backup(self, space_id: str) -> Snapshot:
        """What a backup has of a space."""
        snapshot = {name: self.rows(f"SELECT * FROM {name} WHERE space_id = ?", space_id) for name in TABLES}  # noqa: S608
        snapshot["record_key"] = self.rows(f"SELECT * FROM record_key WHERE space = {SPACE}", space_id)  # noqa: S608
        snapshot["rev"] = self.rows("SELECT rev, floor_rev FROM sync_head WHERE space_id = ?", space_id)
        return snapshot

    def restore(self, space_id: str, snapshot: Snapshot) -> None:
        """Put it back, as another epoch of the same space."""

        def steps() -> Steps[None]:
            for name in (*TABLES, "record_key"):
                where = "space_id = ?" if name in TABLES else f"space = {SPACE}"
                yield Statement(Sql(f"DELETE FROM {name} WHERE {where}"), (space_id,))  # noqa: S608
                for row in snapshot[name]:
                    yield Statement(Sql(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})"), row)  # noqa: S608
            head = "UPDATE sync_head SET epoch = ?, rev = ?, floor_rev = ? WHERE space_id = ?"
            ((rev, floor_rev),) = snapshot["rev"]
            yield Statement(Sql(head), (new_epoch(rev), rev, floor_rev, space_id))

        self.do(self._run(steps()))

    def close(self) -> None:
        self.do(self.client.aclose())
        self.do(self._lifespan.__aexit__(None, None, None))
        self._runner.close()

    async def _cut(self, steps: Steps[Any]) -> Any:
        after, self.cut_after = self.cut_after, None
        return await self._run(steps if after is None else aborted(steps, after))


def one(text: str, *params: Any) -> Steps[None]:
    """A transaction of one statement."""
    yield Statement(Sql(text), params)


def aborted(steps: Steps[Any], after: int) -> Steps[Any]:
    """The same transaction, which the database aborts in its middle."""
    rows: Any = None
    for _ in range(after):
        try:
            statement = steps.send(rows)
        except StopIteration as stop:
            return stop.value
        rows = yield statement
    message = "The power went off in the middle."
    raise UnavailableError(message)
