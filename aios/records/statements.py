"""The statements of the records core: about ten, written once for both databases.

What concerns many rows takes them as one JSON array or as many tuples, so that a transaction of many people's
writes runs as many statements as one of a single write.

JSON travels as bytes: SQLite stores them as TEXT by a CAST, PostgreSQL by convert_from, so neither side decodes
a document only to encode it again.
"""

from __future__ import annotations

from aios.database import Sql

SPACE = "(SELECT number FROM sync_head WHERE space_id = ?)"
"""The number that stands for a space in `record_key`, where an id in every row would make the rows twice as long."""

HEAD = Sql(
    "SELECT epoch, rev, number FROM sync_head WHERE space_id = ?",
    "SELECT epoch, rev, number FROM sync_head WHERE space_id = ? FOR UPDATE",
)
"""Taken first in every writing transaction. SQLite holds the write lock already (BEGIN IMMEDIATE)."""

HEADS = Sql(
    "SELECT json_group_array(json_array(space_id, epoch, rev, number)) FROM sync_head "
    "WHERE space_id IN (SELECT value FROM json_each(?))",
    "SELECT json_agg(json_build_array(space_id, epoch, rev, number)) FROM ("
    "SELECT space_id, epoch, rev, number FROM sync_head "
    "WHERE space_id IN (SELECT json_array_elements_text(?::text::json)) FOR UPDATE SKIP LOCKED) free",
)
"""[space, …] → one row with [[space, epoch, rev, number], …] of those that are free: taking many waits for none."""

SET_HEADS = Sql(
    "UPDATE sync_head SET rev = json_extract(w.value, '$[1]') FROM json_each(?) w "
    "WHERE space_id = json_extract(w.value, '$[0]')",
    "UPDATE sync_head SET rev = (w->>1)::bigint FROM json_array_elements(?::text::json) w WHERE space_id = w->>0",
)
"""[[space, rev], …]"""

LOAD = Sql(
    "SELECT r.space_id, r.id, r.collection, r.rev, r.deleted_at, CAST(r.body AS BLOB), r.meta, r.conflict "
    "FROM json_each(?) w CROSS JOIN record r "
    "ON r.space_id = json_extract(w.value, '$[0]') AND r.id = json_extract(w.value, '$[1]')",
    "SELECT r.space_id, r.id, r.collection, r.rev, r.deleted_at, convert_to(r.body, 'UTF8'), r.meta, r.conflict "
    "FROM json_array_elements(?::text::json) w JOIN record r ON r.space_id = w->>0 AND r.id = w->>1",
)
"""[[space, id], …]"""

USED = Sql("SELECT COALESCE(SUM(bytes), 0) FROM record WHERE space_id = ? AND deleted_at IS NULL")
"""What the living records of a space take up."""

_SAVED = (
    "collection = excluded.collection, rev = excluded.rev, deleted_at = excluded.deleted_at, "
    "conflict = excluded.conflict, body = excluded.body, meta = excluded.meta, search = excluded.search, "
    "bytes = excluded.bytes, updated_ms = excluded.updated_ms"
)
_COLUMNS = "space_id, id, collection, rev, deleted_at, conflict, body, meta, search, bytes, updated_ms"

SAVE = Sql(
    f"INSERT INTO record ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?, ?, ?) "  # noqa: S608  constants
    f"ON CONFLICT (space_id, id) DO UPDATE SET {_SAVED}",
    f"INSERT INTO record ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, convert_from(?::bytea, 'UTF8'), ?, ?, ?, ?) "  # noqa: S608
    f"ON CONFLICT (space_id, id) DO UPDATE SET {_SAVED}",
)

ADD_KEYS = Sql(
    "INSERT INTO record_key (space, collection, name, key, record_id) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    "INSERT INTO record_key (space, collection, name, key, record_id) "
    "SELECT (w->>0)::bigint, w->>1, w->>2, w->>3, w->>4 FROM json_array_elements(?::text::json) w "
    "ON CONFLICT DO NOTHING",
    array=True,
)
DROP_KEYS = Sql(
    "DELETE FROM record_key WHERE (space, collection, name, key, record_id) IN "
    "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), "
    "json_extract(value, '$[3]'), json_extract(value, '$[4]') FROM json_each(?))",
    "DELETE FROM record_key k USING json_array_elements(?::text::json) w WHERE k.space = (w->>0)::bigint "
    "AND k.collection = w->>1 AND k.name = w->>2 AND k.key = w->>3 AND k.record_id = w->>4",
)
"""[[number of the space, collection, name, key, record], …]"""

ADD_VERSION = Sql(
    "INSERT INTO text_version (space_id, record_id, field, rev, kind, hash, body, client, at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)

BASE = Sql("SELECT body FROM text_version WHERE space_id = ? AND record_id = ? AND field = ? AND hash = ? LIMIT 1")
"""The text that an edit was made from."""

SET_DUE = Sql(
    "INSERT INTO due (space_id, record_id, at) VALUES (?, ?, ?) "
    "ON CONFLICT (space_id, record_id) DO UPDATE SET at = excluded.at"
)
DROP_DUE = Sql("DELETE FROM due WHERE space_id = ? AND record_id = ?")

ONE = Sql(
    "SELECT CAST(body AS BLOB), rev, CASE WHEN conflict THEN meta END FROM record "
    "WHERE space_id = ? AND id = ? AND collection = ? AND deleted_at IS NULL",
    "SELECT convert_to(body, 'UTF8'), rev, CASE WHEN conflict THEN meta END FROM record "
    "WHERE space_id = ? AND id = ? AND collection = ? AND deleted_at IS NULL",
)

REVERSE = Sql(
    f"SELECT key, record_id FROM record_key WHERE space = {SPACE} AND collection = ? AND name = ? "  # noqa: S608
    "AND key IN (SELECT value FROM json_each(?)) ORDER BY key, record_id",
    f"SELECT key, record_id FROM record_key WHERE space = {SPACE} AND collection = ? AND name = ? "  # noqa: S608
    "AND key = ANY(ARRAY(SELECT json_array_elements_text(?::text::json))) ORDER BY key, record_id",
)
"""Ids of the records of one collection that point at given ones (`Collection.reverse`)."""

# Sync (docs/sync.md). A device's row is written under the lock of the head, so its `last_mid` and its records agree.

CLIENT = Sql("SELECT last_mid FROM sync_client WHERE space_id = ? AND client_id = ?")
SAVE_CLIENT = Sql(
    'INSERT INTO sync_client (space_id, client_id, account, last_mid, "schema", device, seen_at, waiting) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (space_id, client_id) DO UPDATE SET last_mid = excluded.last_mid, "
    '"schema" = excluded."schema", device = excluded.device, seen_at = excluded.seen_at, waiting = excluded.waiting'
)
MEET_CLIENT = Sql(
    'INSERT INTO sync_client (space_id, client_id, account, last_mid, "schema", device, seen_at, cursor) '
    "VALUES (?, ?, ?, 0, ?, ?, ?, ?) "
    "ON CONFLICT (space_id, client_id) DO UPDATE SET device = excluded.device, seen_at = excluded.seen_at, "
    "cursor = CASE WHEN excluded.cursor < sync_client.cursor THEN sync_client.cursor ELSE excluded.cursor END"
)
"""A device that reads: never moves `last_mid`. Its cursor only grows, or is forgotten when it reads everything anew."""
OTHER_CLIENT = Sql("SELECT 1 FROM sync_client WHERE space_id = ? AND device = ? AND client_id <> ? LIMIT 1")

ADD_REJECT = Sql(
    "INSERT INTO sync_reject (space_id, client_id, mid, code, detail) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
REJECTS = Sql(
    "SELECT mid, code, detail FROM sync_reject "
    "WHERE space_id = ? AND client_id = ? AND mid >= ? AND mid <= ? ORDER BY mid"
)
DROP_REJECTS = Sql("DELETE FROM sync_reject WHERE space_id = ? AND client_id = ? AND mid <= ?")

STATE = Sql(
    "SELECT h.epoch, h.rev, h.floor_rev, c.last_mid, c.device, c.seen_at, c.cursor FROM sync_head h "
    "LEFT JOIN sync_client c ON c.space_id = h.space_id AND c.client_id = ? WHERE h.space_id = ?"
)
"""Head and client in one look, so that a `last_mid` is never ahead of what the page after it shows."""

_PULLED = (
    "SELECT id, collection, rev, deleted_at, CASE WHEN conflict THEN meta END, CAST(body AS BLOB) "
    "FROM record WHERE space_id = ?"
)
_PULLED_POSTGRESQL = _PULLED.replace("CAST(body AS BLOB)", "convert_to(body, 'UTF8')")
_SINCE = " AND rev > ? ORDER BY rev LIMIT ?"
SINCE = Sql(_PULLED + _SINCE, _PULLED_POSTGRESQL + _SINCE)
_BOOT = " AND (deleted_at IS NULL OR deleted_at >= ?)"
_BEFORE = f"{_BOOT} AND rev < ? ORDER BY rev DESC LIMIT ?"
BEFORE = Sql(_PULLED + _BEFORE, _PULLED_POSTGRESQL + _BEFORE)
COUNT = Sql(f"SELECT count(*) FROM record WHERE space_id = ?{_BOOT} AND rev < ?")  # noqa: S608  constants
WHOLE = Sql(
    f"{_PULLED} AND id IN (SELECT value FROM json_each(?))",  # noqa: S608  constants
    f"{_PULLED_POSTGRESQL} AND id = ANY(ARRAY(SELECT json_array_elements_text(?::text::json)))",
)

_SELECTS: dict[str, Sql] = {}
_MOST_SELECTS = 512


def worded(head: str, source: str, where: list[str], tail: str) -> Sql:
    """The two wordings of a select of records, kept so that prepared statements are found again.

    `BODY` stands for the bytes of a body, `HOLDS(text, part)` for the place of a part in a text, from 1.
    """
    text = f"SELECT {head} FROM {source} WHERE {' AND '.join(where)} {tail}"  # noqa: S608  parts are constants, values are bound
    found = _SELECTS.get(text)
    if found is None:
        if len(_SELECTS) >= _MOST_SELECTS:
            _SELECTS.clear()
        found = _SELECTS[text] = Sql(
            text.replace("BODY", "CAST(r.body AS BLOB)").replace("HOLDS(", "instr("),
            text.replace("BODY", "convert_to(r.body, 'UTF8')").replace("HOLDS(", "strpos("),
        )
    return found
