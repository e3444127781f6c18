"""What the purge removes, and what it must leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from aios.database import Sql, Statement
from aios.jobs.purge import AT_ONCE, DAY_MS, purge
from aios.records.clock import now_ms

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from aios.database import Database

RECORDS = Sql("SELECT id, rev, deleted_at, body, search, bytes FROM record ORDER BY id")


def record(session: Session, name: str, rev: int, deleted_at: int | None) -> None:
    session.execute(
        text(
            "INSERT INTO record (space_id, id, collection, rev, deleted_at, conflict, body, meta, search, bytes, "
            "updated_ms) VALUES ('s', :id, 'notes', :rev, :deleted_at, false, :body, '{}', 'roof', 16, 5)"
        ),
        {"id": name, "rev": rev, "deleted_at": deleted_at, "body": '{"title":"Roof"}'},
    )
    session.execute(
        text(
            "INSERT INTO text_version (space_id, record_id, field, rev, kind, hash, body, client, at) "
            "VALUES ('s', :id, 'bodyMarkdown', :rev, 'current', 'h', 'old text', 'c', 5)"
        ),
        {"id": name, "rev": rev},
    )


async def test_only_what_was_deleted_thirty_days_ago_loses_its_contents(database: Database) -> None:
    now = now_ms()

    def fill(session: Session) -> None:
        record(session, "living", 1, None)
        record(session, "old", 2, now - 31 * DAY_MS)
        record(session, "recent", 3, now - 29 * DAY_MS)

    await database.write(fill)
    await purge(database, {})
    kept = ('{"title":"Roof"}', "roof", 16)
    assert [tuple(row) for row in await database.fetch(Statement(RECORDS))] == [
        ("living", 1, None, *kept),
        ("old", 2, now - 31 * DAY_MS, "{}", "", 0),
        ("recent", 3, now - 29 * DAY_MS, *kept),
    ]
    versions = await database.fetch(Statement(Sql("SELECT record_id FROM text_version ORDER BY record_id")))
    assert [row[0] for row in versions] == ["living", "recent"]


async def test_more_than_one_transaction_holds_is_purged_at_once(database: Database) -> None:
    count = AT_ONCE + 5
    long_ago = now_ms() - 60 * DAY_MS
    await database.write(
        lambda session: [record(session, f"r{number:04d}", number, long_ago) for number in range(count)]
    )
    await purge(database, {})
    rows = await database.fetch(Statement(RECORDS))
    assert len(rows) == count
    assert {row[3] for row in rows} == {"{}"}


async def test_old_devices_and_finished_jobs_go_and_the_others_stay(database: Database) -> None:
    now = now_ms()

    def fill(session: Session) -> None:
        session.execute(text("INSERT INTO account VALUES ('a', 'Mara', 'mara', 'hash', 1, 'member', NULL)"))
        for name, expires_at in (("gone", now - 91 * DAY_MS), ("known", now - 80 * DAY_MS), ("here", now + DAY_MS)):
            insert(session, "device", id=name, account_id="a", name="", kind="cookie", known=True, created_at=1,
                   last_seen_at=1, expires_at=expires_at)  # fmt: skip
        for name, done_at, error in (
            ("done", now - 8 * DAY_MS, None),
            ("just done", now - DAY_MS, None),
            ("failed", now - 8 * DAY_MS, "no"),
            ("failed long ago", now - 31 * DAY_MS, "no"),
            ("waiting", None, "no"),
        ):
            insert(session, "job", id=name, kind="k", payload="{}", run_at=1, attempts=1, created_at=1, done_at=done_at,
                   last_error=error)  # fmt: skip

    await database.write(fill)
    await purge(database, {})

    async def names(table: str) -> set[str]:
        return {row[0] for row in await database.fetch(Statement(Sql(f"SELECT id FROM {table}")))}  # noqa: S608  a fixed name

    assert await names("device") == {"known", "here"}
    assert await names("job") == {"just done", "failed", "waiting"}


def insert(session: Session, table: str, **values: Any) -> None:
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    session.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), values)  # noqa: S608  fixed names
