"""The feeds of a person in the database (`port/models.py`), and what is known of the records they brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from aios.accounts.limits import admit
from aios.database import Sql, Statement
from aios.errors import FieldError, InvalidError
from aios.jobs.queue import enqueue_steps
from aios.port.outside import OutsideError
from aios.port.outside.fetch import check
from aios.records.clock import now_ms
from aios.records.ids import implied_id
from aios.settings import Rate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aios.database import Database, Row, Steps

KIND = "calendar"
READ_ONE = "calendar.feed"
"""The job that reads one feed."""
RATE = Rate(60, 3_600)
"""How often a person may have feeds read at once."""
STUCK_MS = 3_600_000
"""After so long nobody will read what waits."""
MOST = 20
"""Feeds of a person."""
TOO_MANY = f"You follow {MOST} calendars already. Remove one first."
_COLUMNS = "id, account_id, url, name, zone, etag, modified, body_hash, state, failures, checked_at, next_at"
_LIST = Sql(f"SELECT {_COLUMNS} FROM feed WHERE account_id = ? AND kind = 'calendar' ORDER BY created_at, id")  # noqa: S608
_ONE = Sql(f"SELECT {_COLUMNS} FROM feed WHERE id = ? AND kind = 'calendar'")  # noqa: S608  columns only
_DUE = Sql(
    "SELECT id, account_id, next_at FROM feed WHERE kind = 'calendar' AND next_at <= ? AND NOT EXISTS "
    "(SELECT 1 FROM job WHERE unique_key = 'feed:' || feed.id || ':' || feed.next_at) ORDER BY next_at LIMIT ?"
)
"""Those for which a job was asked already do not stand in the way of the others."""
_ADD = Sql(
    "INSERT INTO feed (id, account_id, kind, url, name, zone, etag, modified, body_hash, state, failures, checked_at, "
    "next_at, created_at) VALUES (?, ?, 'calendar', ?, ?, ?, '', '', '', '{}', 0, NULL, ?, ?) "
    "ON CONFLICT (id) DO NOTHING"
)
_NOTE = Sql(
    "UPDATE feed SET name = ?, etag = ?, modified = ?, body_hash = ?, state = ?, failures = ?, checked_at = ?, "
    "next_at = ? WHERE id = ?"
)
_LATER = Sql("UPDATE feed SET next_at = ? WHERE id = ?")
_HOLD = Sql("UPDATE feed SET kind = kind WHERE id = ? RETURNING id")
"""So that nobody removes it until the transaction ends."""
_DROP = Sql("DELETE FROM feed WHERE id = ?")
_RECORDS = Sql("SELECT record_id FROM feed_record WHERE feed_id = ?")
_KEEP_RECORD = Sql(
    "INSERT INTO feed_record (feed_id, record_id, account_id) VALUES (?, ?, ?) "
    "ON CONFLICT (feed_id, record_id) DO NOTHING"
)
_DROP_RECORD = Sql("DELETE FROM feed_record WHERE feed_id = ? AND record_id = ?")
_DROP_RECORDS = Sql("DELETE FROM feed_record WHERE feed_id = ? RETURNING record_id")
_encode = msgspec.json.encode


class State(msgspec.Struct, kw_only=True):
    """What the last look brought."""

    problem: str = ""
    """Why it brought nothing."""
    events: int = 0
    skipped: list[str] = []
    """What of it was not taken, the first of it."""
    left: int = 0
    """How much was not taken."""


class Feed(NamedTuple):
    """A calendar that a person follows."""

    id: str
    account_id: str
    url: str
    name: str
    zone: str
    etag: str
    modified: str
    body_hash: str
    state: State
    failures: int
    checked_at: int | None
    next_at: int


def normal(url: str) -> str:
    """An address as it is kept. Raises InvalidError, at the field `url`."""
    try:
        return check(url).geturl()
    except OutsideError as error:
        raise InvalidError(error.detail, (FieldError("url", error.detail),)) from error


async def follow(database: Database, account_id: str, url: str, name: str, zone: str) -> str:
    """Follow a calendar, which is read at once. Gives its id, the same for the same address.

    Raises InvalidError and TooManyError.
    """
    if len(await feeds(database, account_id)) >= MOST:
        raise InvalidError(TOO_MANY, (FieldError("url", TOO_MANY),))
    feed_id, now = implied_id(account_id, "feed", url), now_ms()

    def steps() -> Steps[None]:
        yield from admit(RATE, [_limit(account_id)], now)
        yield Statement(_ADD, (feed_id, account_id, url, name[:200], zone[:64], now, now))
        yield from ask(feed_id, account_id, now)

    await database.run(steps())
    return feed_id


async def feeds(database: Database, account_id: str) -> list[Feed]:
    """What a person follows, in the order of its coming."""
    return [_feed(row) for row in await database.fetch(Statement(_LIST, (account_id,)))]


async def find(database: Database, feed_id: str) -> Feed | None:
    """A feed by its id."""
    rows = await database.fetch(Statement(_ONE, (feed_id,)))
    return _feed(rows[0]) if rows else None


async def read_again(database: Database, feed: Feed) -> None:
    """Read a feed now; one that waits already, does so. Raises TooManyError."""
    now = now_ms()
    if feed.next_at <= now < feed.next_at + STUCK_MS:
        return

    def steps() -> Steps[None]:
        yield from admit(RATE, [_limit(feed.account_id)], now)
        yield Statement(_LATER, (now, feed.id))
        yield from ask(feed.id, feed.account_id, now)

    await database.run(steps())


async def ask_for_due(database: Database, most: int) -> None:
    """Ask for a job for each feed whose time has come."""
    for feed_id, account_id, at in await database.search(Statement(_DUE, (now_ms(), most))):
        await database.run(ask(feed_id, account_id, at))


def ask(feed_id: str, account_id: str, at: int) -> Steps[None]:
    """Ask for a job that reads a feed whose time was `at`; once for each such time."""
    return enqueue_steps(READ_ONE, {"feed": feed_id}, account_id=account_id, unique_key=f"feed:{feed_id}:{at}")


async def note(database: Database, feed: Feed) -> None:
    """Keep what a look brought."""
    values = (
        feed.name[:200], feed.etag, feed.modified, feed.body_hash, _encode(feed.state).decode(), feed.failures,
        feed.checked_at, feed.next_at, feed.id,
    )  # fmt: skip
    await database.run(_one(Statement(_NOTE, values)))


async def records(database: Database, feed_id: str) -> set[str]:
    """The records that a feed brought and still has."""
    return {row[0] for row in await database.search(Statement(_RECORDS, (feed_id,)))}


async def keep_records(database: Database, feed: Feed, ids: Iterable[str]) -> bool:
    """Note that a feed brought these. Gives False, with nothing noted, where nobody follows it any more."""
    rows = [(feed.id, each, feed.account_id) for each in ids]

    def steps() -> Steps[bool]:
        held = yield Statement(_HOLD, (feed.id,))
        if held:
            yield Statement(_KEEP_RECORD, rows, many=True)
        return bool(held)

    return await database.run(steps())


async def drop_records(database: Database, feed: Feed, ids: Iterable[str]) -> None:
    """Note that a feed has these no more."""
    await database.run(_one(Statement(_DROP_RECORD, [(feed.id, each) for each in ids], many=True)))


async def drop(database: Database, feed_id: str) -> set[str]:
    """Follow it no longer. Gives the records that it had until then."""

    def steps() -> Steps[set[str]]:
        yield Statement(_DROP, (feed_id,))
        return {row[0] for row in (yield Statement(_DROP_RECORDS, (feed_id,)))}

    return await database.run(steps())


def _limit(account_id: str) -> str:
    return f"feeds:{account_id}"


def _feed(row: Row) -> Feed:
    values = list(row)
    values[8] = msgspec.json.decode(values[8], type=State)
    return Feed(*values)


def _one(statement: Statement) -> Steps[list[Row]]:
    return (yield statement)
