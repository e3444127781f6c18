"""Former texts are kept as long as an edit may be based on one, and then one a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.database import Sql, Statement
from aios.jobs import purge as blanking
from aios.jobs import tombstones
from aios.jobs import versions as subject
from aios.jobs.purge import DAY_MS, TOMBSTONE_MS, purge
from aios.records.clock import now_ms

if TYPE_CHECKING:
    from aios.database import Database

KEPT = Sql("SELECT rev, kind FROM text_version ORDER BY rev, kind")
TODAY = now_ms() // DAY_MS * DAY_MS
MORNING, EVENING = 8 * 3_600_000, 20 * 3_600_000
HEAD = Sql("INSERT INTO sync_head (space_id, epoch, rev, floor_rev) VALUES ('s', 'e', 99, 0)")
VERSION = Sql("INSERT INTO text_version VALUES ('s', ?, 'bodyMarkdown', ?, ?, 'h', 'text', 'c', ?)")
CLIENT = Sql(
    'INSERT INTO sync_client (space_id, client_id, account, last_mid, "schema", device, seen_at, cursor, waiting) '
    "VALUES ('s', ?, 's', 1, 1, 'd', ?, ?, ?)"
)
THREE_DAYS = [
    (1, TODAY - 3 * DAY_MS + MORNING),
    (2, TODAY - 3 * DAY_MS + EVENING),
    (3, TODAY - 2 * DAY_MS + MORNING),
    (5, TODAY - 2 * DAY_MS + MORNING + 1),
    (7, TODAY - 2 * DAY_MS + EVENING),
]
"""Revisions 1 and 2 of one day, 3, 5 and 7 of the next: all before yesterday."""


async def keep(
    database: Database, *clients: tuple[int | None, int, int], versions: Any = THREE_DAYS, kind: str = "current"
) -> list[int]:
    """The revisions of the texts that a purge keeps; clients are (cursor, waiting, days since they were seen)."""

    def steps():
        yield Statement(Sql("DELETE FROM sync_head"))
        yield Statement(Sql("DELETE FROM text_version"))
        yield Statement(HEAD)
        for rev, at in versions:
            yield Statement(VERSION, ("r", rev, kind, at))
        for number, (cursor, waiting, days) in enumerate(clients):
            yield Statement(CLIENT, (f"c{number}", now_ms() - days * DAY_MS, cursor, waiting))

    await database.run(steps())
    await purge(database, {})
    kept = await database.fetch(Statement(KEPT))
    await database.run(_clear())
    return [row[0] for row in kept]


def _clear():
    yield Statement(Sql("DELETE FROM sync_client"))


async def test_one_a_day_stays_where_nobody_needs_more(database: Database) -> None:
    assert await keep(database) == [2, 7]
    assert await keep(database, (99, 0, 0)) == [2, 7]


async def test_what_a_client_may_base_an_edit_on_stays(database: Database) -> None:
    everything = [rev for rev, _ in THREE_DAYS]
    assert await keep(database, (None, 0, 1)) == everything, "it is not known how far it has read"
    assert await keep(database, (99, 2, 1)) == everything, "it may hold edits of any text"
    assert await keep(database, (1, 0, 179)) == everything
    # It has read revision 5, so the texts of 1 and 3 have ended for it; that of 5 it may have on its screen.
    assert await keep(database, (5, 0, 1), (99, 0, 1)) == [2, 5, 7]
    assert await keep(database, (4, 0, 1)) == [2, 3, 5, 7]


async def test_who_has_not_come_for_half_a_year_needs_nothing(database: Database) -> None:
    assert await keep(database, (None, 0, 181), (99, 0, 1)) == [2, 7]


async def test_the_last_day_is_kept_whole(database: Database) -> None:
    yesterday = TODAY - DAY_MS
    versions = [(1, yesterday), (2, yesterday + MORNING), (3, TODAY), (4, TODAY + 1)]
    assert await keep(database, versions=versions) == [1, 2, 3, 4]


async def test_records_and_fields_are_thinned_each_for_itself(database: Database) -> None:
    at = TODAY - 5 * DAY_MS + MORNING

    def steps():
        for record_id, rev in (("a", 1), ("b", 2), ("a", 3), ("b", 4)):
            yield Statement(VERSION, (record_id, rev, "current", at + rev))

    await database.run(steps())
    assert await keep(database, versions=()) == []
    await database.run(steps())
    await purge(database, {})
    assert [row[0] for row in await database.fetch(Statement(KEPT))] == [3, 4]


async def test_submitted_texts_stay_only_while_somebody_may_need_them(database: Database) -> None:
    async def submitted(*clients: tuple[int | None, int, int]) -> list[int]:
        return await keep(database, *clients, kind="submitted")

    assert await submitted((99, 0, 0)) == []
    assert await submitted((3, 0, 0)) == [5, 7]
    assert await submitted((None, 0, 0)) == [1, 2, 3, 5, 7]


async def test_clients_that_do_not_come_are_forgotten_with_their_rejects(database: Database) -> None:
    def steps():
        yield Statement(HEAD)
        for name, days in (("gone", 181), ("here", 179)):
            yield Statement(CLIENT, (name, now_ms() - days * DAY_MS, 1, 0))
            yield Statement(Sql("INSERT INTO sync_reject VALUES ('s', ?, 4, 'invalid', 'no')"), (name,))

    await database.run(steps())
    await purge(database, {})
    for table in ("sync_client", "sync_reject"):
        rows = await database.fetch(Statement(Sql(f"SELECT client_id FROM {table}")))  # noqa: S608  fixed names
        assert [row[0] for row in rows] == ["here"]
    assert TOMBSTONE_MS == 180 * DAY_MS


def fill(dialect: str):
    """Texts of some years in some spaces, so that PostgreSQL knows what its choices cost."""
    version = Sql("INSERT INTO text_version VALUES (?, ?, 'bodyMarkdown', ?, 'current', 'h', 'text', 'c', ?)")
    rows = [(f"s{n % 10}", f"r{n % 100}", n, n * DAY_MS // 2) for n in range(2_000)]
    yield Statement(version, rows, many=True)
    if dialect == "postgresql":
        yield Statement(Sql("ANALYZE text_version"))


async def test_the_statements_find_their_rows_by_index(database: Database) -> None:
    explained: list[tuple[Sql, tuple[Any, ...], str]] = [
        (blanking._NEXT, (0, 5, 10), "ix_record_deleted"),
        (tombstones._OLD, (5, 10), "ix_record_deleted"),
        (subject._REPLACED, (DAY_MS, "s3", 900 * DAY_MS, 990 * DAY_MS, 3, 10), "ix_text_version_at"),
        (subject._SUBMITTED, ("s3", 900 * DAY_MS, 990 * DAY_MS, 2**53, 10), "_text_version"),
        (subject._REACHED, ("s", 1), "sync_client"),
    ]

    def explain(sql: Sql, params: tuple[Any, ...]):
        if database.dialect == "postgresql":
            yield Statement(Sql("SET LOCAL enable_seqscan = off"))  # most tables are empty here
        how = "EXPLAIN QUERY PLAN " if database.dialect == "sqlite" else "EXPLAIN "
        rows = yield Statement(Sql(how + sql.sqlite), params)
        return "\n".join(str(tuple(row)) for row in rows)

    await database.run(fill(database.dialect))
    for sql, params, index in explained:
        plan = await database.run(explain(sql, params))
        assert index in plan, plan
        for scan in ("SCAN record", "SCAN text_version", "SCAN sync_client", "Seq Scan"):
            assert scan not in plan, plan
