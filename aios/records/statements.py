"""The statements of the records core: about ten, written once for both databases.

JSON travels as bytes: SQLite stores them as TEXT by a CAST, PostgreSQL by convert_from, so neither side decodes
a document only to encode it again.
"""

from __future__ import annotations

from aios.database import Sql

HEAD = Sql(
    "SELECT epoch, rev, floor_rev FROM sync_head WHERE space_id = ?",
    "SELECT epoch, rev, floor_rev FROM sync_head WHERE space_id = ? FOR UPDATE",
)
"""Taken first in every writing transaction. SQLite holds the write lock already (BEGIN IMMEDIATE)."""

SET_HEAD = Sql("UPDATE sync_head SET rev = ? WHERE space_id = ?")

LOAD = Sql(
    "SELECT id, collection, rev, deleted_at, CAST(body AS BLOB), meta, conflict FROM record "
    "WHERE space_id = ? AND id IN (SELECT value FROM json_each(?))",
    "SELECT id, collection, rev, deleted_at, convert_to(body, 'UTF8'), meta, conflict FROM record "
    "WHERE space_id = ? AND id IN (SELECT json_array_elements_text(?::text::json))",
)

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

ADD_KEY = Sql(
    "INSERT INTO record_key (space_id, collection, name, key, record_id) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
DROP_KEY = Sql(
    "DELETE FROM record_key WHERE space_id = ? AND collection = ? AND name = ? AND key = ? AND record_id = ?"
)

ADD_VERSION = Sql(
    "INSERT INTO text_version (space_id, record_id, field, rev, kind, hash, body, client, at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)

SET_DUE = Sql(
    "INSERT INTO due (space_id, record_id, at) VALUES (?, ?, ?) "
    "ON CONFLICT (space_id, record_id) DO UPDATE SET at = excluded.at"
)
DROP_DUE = Sql("DELETE FROM due WHERE space_id = ? AND record_id = ?")

ONE = Sql(
    "SELECT CAST(body AS BLOB), rev FROM record "
    "WHERE space_id = ? AND id = ? AND collection = ? AND deleted_at IS NULL",
    "SELECT convert_to(body, 'UTF8'), rev FROM record "
    "WHERE space_id = ? AND id = ? AND collection = ? AND deleted_at IS NULL",
)

REVERSE = Sql(
    "SELECT key, record_id FROM record_key WHERE space_id = ? AND collection = ? AND name = ? "
    "AND key IN (SELECT value FROM json_each(?)) ORDER BY key, record_id",
    "SELECT key, record_id FROM record_key WHERE space_id = ? AND collection = ? AND name = ? "
    "AND key IN (SELECT json_array_elements_text(?::text::json)) ORDER BY key, record_id",
)
"""Ids of the records of one collection that point at given ones (`Collection.reverse`)."""
