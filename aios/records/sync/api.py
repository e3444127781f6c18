"""The calls of sync over HTTP (docs/sync.md): push, pull, the bodies of stubs, and the stream of events."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.types import ASGIApp

from aios.accounts.identity import require
from aios.database import Database
from aios.errors import AiosError
from aios.records.clock import now_ms
from aios.records.sync.events import Streams
from aios.records.sync.pull import Puller, whole
from aios.records.sync.push import push
from aios.records.sync.release import FLOOR, MOST_READ, PUSH
from aios.records.sync.wire import read_account, read_ids, read_pull, read_push
from aios.web.answer import Answer

AnyRequest = Request[Any, Any, Any]
NOT_KEPT = {"Cache-Control": "no-store"}
"""What a person wrote belongs in the device's own database, which signing out removes, and in no HTTP cache."""


@post(PUSH, status_code=200, request_max_body_size=MOST_READ)
async def push_changes(request: AnyRequest) -> ASGIApp:
    """Take what a device's outbox holds."""
    with _floor():
        identity = require(request)
        sent = read_push(await request.body(), identity.account_id)
        state = request.app.state
        pushed, changed = await state.database.run(
            push(state.registry, identity, sent, now_ms(), state.settings.account_limit)
        )
        if changed:
            state.events.publish(identity.space_id, pushed.rev)
        return Answer(msgspec.json.encode({**msgspec.to_builtins(pushed), "floor": FLOOR}), NOT_KEPT)


@get("/api/sync/pull")
async def pull_changes(request: AnyRequest) -> ASGIApp:
    """Answer what changed since the cursor, or a page of everything."""
    with _floor():
        identity = require(request)
        wanted = read_pull(request.query_params.multi_items(), identity.account_id)
        state = request.app.state
        return Answer(await Puller(state.database, state.registry, identity, wanted, now_ms()).answer(), NOT_KEPT)


@get("/api/sync/records")
async def read_whole(request: AnyRequest) -> ASGIApp:
    """Answer records with their whole bodies, for those that a device keeps as stubs."""
    with _floor():
        identity = require(request)
        ids = read_ids(request.query_params.multi_items(), identity.account_id)
        database: Database = request.app.state.database
        return Answer(await whole(database, identity, ids, now_ms()), NOT_KEPT)


@get("/api/sync/events")
async def stream_events(request: AnyRequest) -> ASGIApp:
    """Begin a stream that says when the space has a new revision."""
    with _floor():
        identity = require(request)
        read_account(request.query_params.multi_items(), identity.account_id)
        streams: Streams = request.app.state.streams
        return streams.begin(identity)


@contextmanager
def _floor() -> Generator[None]:
    """Refusals, too, tell the least release that may sync."""
    try:
        yield
    except AiosError as error:
        error.members.setdefault("floor", FLOOR)
        raise


sync_handlers = [push_changes, pull_changes, read_whole, stream_events]
