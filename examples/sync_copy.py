"""The copy of one account's records that examples/sync_client.py keeps, in one SQLite file.

What it shows is always the server's records with the outbox played over them, so nothing that is received writes over
what waits. Fields that follow from others (a note's tags that are written in its text) come with the next sync.
"""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sync_replay import SETS, TEXTS, Json, digest, healing, replayed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (id TEXT PRIMARY KEY, generation INTEGER, state TEXT);
CREATE TABLE IF NOT EXISTS outbox (mid INTEGER PRIMARY KEY, id TEXT, mutation TEXT);
CREATE INDEX IF NOT EXISTS outbox_id ON outbox (id);
CREATE TABLE IF NOT EXISTS attention (number INTEGER PRIMARY KEY, entry TEXT);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT);
"""
MOST_MUTATIONS, MOST_BYTES = 500, 900_000
"""Of one push; the server takes 1 MB."""


class Copy:
    """One account's copy in the file `path`. `clock` gives milliseconds; it may be wrong."""

    def __init__(self, path: str, clock: Callable[[], int] | None = None) -> None:
        self.clock = clock or (lambda: time.time_ns() // 1_000_000)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(SCHEMA)

    def begin(self, account: str) -> None:
        """Become a device of this account. Another one needs another file, or it would get what waits here."""
        if self.meta("account", account) != account:
            message = "This file belongs to another account."
            raise ValueError(message)
        with self.changes():
            self.set(account=account, client=self.meta("client") or str(uuid.uuid4()))

    # What a person does. Each is in the file when it returns.

    def create(self, collection: str, fields: Json, record_id: str | None = None) -> str:
        """Make a record and give its id."""
        record_id = record_id or str(uuid.uuid4())
        self._write("create", collection, record_id, fields)
        return record_id

    def update(self, record_id: str, fields: Json) -> None:
        """Set fields, or parts of one: `{"tags/work": True, "tags/draft": None, "items/7/isDone": True}`."""
        record = self.shown(record_id)
        sent: Json = {}
        for name, value in fields.items():
            if name in record.get("stub", {}):
                message = f"Only the beginning of {name} is here. Fetch the whole record first."
                raise ValueError(message)
            if name in SETS.get(record["collection"], ()):
                before = record["body"].get(name, [])
                sent |= {f"{name}/{each}": None for each in before if each not in value}
                sent |= {f"{name}/{each}": True for each in value if each not in before}
            else:
                sent[name] = value
        if sent:
            self._write("update", record["collection"], record_id, sent)

    def delete(self, record_id: str) -> None:
        """Delete a record as it is shown here. What nobody showed here is not deleted."""
        self._write("delete", self.shown(record_id)["collection"], record_id, {})

    def restore(self, record_id: str) -> None:
        """Bring a deleted record back."""
        self._write("restore", self.shown(record_id)["collection"], record_id, {})

    def _write(self, op: str, collection: str, record_id: str, fields: Json) -> None:
        known = self.known(record_id)
        body = self.shown(record_id)["body"] if op == "update" else {}
        texts = [name for name in fields if op == "update" and name in TEXTS.get(collection, ())]
        mutation = {
            "op": op, "collection": collection, "id": record_id, "fields": fields,
            "bases": {name: digest(body.get(name, "")) for name in texts},
            "baseRev": known["rev"] if known else None, "ms": self.clock(),
        }  # fmt: skip
        with self.changes():
            mid = self.meta("mid", 0) + 1
            self.set(mid=mid)
            self._db.execute("INSERT INTO outbox VALUES (?, ?, ?)", (mid, record_id, json.dumps(mutation)))

    # What is shown.

    def records(self) -> dict[str, Json]:
        """Everything by id, as the person sees it: `{collection, rev, deleted, body}`."""
        ids = self._db.execute("SELECT id FROM record UNION SELECT id FROM outbox")
        shown = ((record_id, self._shown(record_id)) for (record_id,) in ids.fetchall())
        return {record_id: record for record_id, record in shown if record is not None}

    def shown(self, record_id: str) -> Json:
        """One record. Raises KeyError."""
        record = self._shown(record_id)
        if record is None:
            raise KeyError(record_id)
        return record

    def known(self, record_id: str) -> Json | None:
        """The record as the server had it last."""
        row = self._db.execute("SELECT state FROM record WHERE id = ?", (record_id,)).fetchone()
        return json.loads(row[0]) if row else None

    def outbox(self) -> list[Json]:
        """What waits for the server, in order."""
        rows = self._db.execute("SELECT mid, mutation FROM outbox ORDER BY mid")
        return [{"mid": mid, **json.loads(mutation)} for mid, mutation in rows]

    def attention(self) -> list[Json]:
        """What the server refused, each with `code` and `detail`: nothing is dropped in silence."""
        return [json.loads(entry) for (entry,) in self._db.execute("SELECT entry FROM attention ORDER BY number")]

    def _shown(self, record_id: str) -> Json | None:
        record = self.known(record_id)
        query = "SELECT mutation FROM outbox WHERE id = ? ORDER BY mid"
        for (mutation,) in self._db.execute(query, (record_id,)):
            record = replayed(record, json.loads(mutation))
        return record

    # What syncing does, in `changes`.

    def unsent(self) -> list[Json]:
        """What the server has not taken yet, as much as fits into one push."""
        query = "SELECT mid, mutation FROM outbox WHERE mid > ? ORDER BY mid LIMIT ?"
        taken: list[Json] = []
        size = 0
        for mid, mutation in self._db.execute(query, (self.meta("lastMid", 0), MOST_MUTATIONS)):
            size += len(mutation.encode()) + 20
            if taken and size > MOST_BYTES:
                break
            taken.append({"mid": mid, **json.loads(mutation)})
        return taken

    def leave(self, last_mid: int) -> None:
        """Let entries go whose effect is here."""
        self._db.execute("DELETE FROM outbox WHERE mid <= ?", (last_mid,))

    def refuse(self, rejects: list[Json]) -> None:
        """Put refused entries where the person sees them."""
        for reject in rejects:
            query = "DELETE FROM outbox WHERE mid = ? RETURNING mutation"
            for (mutation,) in self._db.execute(query, (reject["mid"],)).fetchall():
                entry = json.dumps({**json.loads(mutation), **reject})
                self._db.execute("INSERT INTO attention (entry) VALUES (?)", (entry,))
            self.set(acked=max(self.meta("acked", 0), reject["mid"]))

    def keep(self, record: Json) -> None:
        """Remember a record as the server has it."""
        values = (record["id"], self.meta("generation", 0), json.dumps(record))
        self._db.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", values)

    def meet(self, record_id: str, record: Json | None, skew: int) -> None:
        """Take a record of a first sync. A server that was restored is told what it has lost of it.

        `record` is None where the server has none; `skew` is how far this clock is ahead of the server's.
        """
        restored = self.meta("restored")
        if restored is not None:
            steps = healing(self.known(record_id), record, restored)
            first = self._db.execute("SELECT coalesce(min(mid), 1) FROM outbox").fetchone()[0]
            for place, step in enumerate(steps, first - len(steps)):
                entry = {**step, "ms": step["ms"] + skew}  # a time of the server, which takes the skew off again
                self._db.execute("INSERT INTO outbox VALUES (?, ?, ?)", (place, record_id, json.dumps(entry)))
        if record is not None:
            self.keep(record)

    def drop_unseen(self, skew: int) -> None:
        """At the end of a first sync, forget what it did not show. What waits stays."""
        generation = self.meta("generation")
        unseen = self._db.execute("SELECT id FROM record WHERE generation < ?", (generation,)).fetchall()
        for (record_id,) in unseen:
            self.meet(record_id, None, skew)
        self._db.execute("DELETE FROM record WHERE generation < ?", (generation,))
        if self.meta("restored") is not None:
            self.renumber()

    def heal(self, restored: int) -> None:
        """Begin to heal a server that was restored: it has lost what came after the revision `restored`.

        What waits was written by somebody who had seen no more than that of what it has now.
        """
        self.become_another()
        for entry in self.outbox():
            if entry["baseRev"] is not None:
                entry["baseRev"] = min(entry["baseRev"], restored)
            mid = entry.pop("mid")
            self._db.execute("UPDATE outbox SET mutation = ? WHERE mid = ?", (json.dumps(entry), mid))
        self.set(restored=restored)

    def become_another(self) -> None:
        """Take another client id, whose entries are numbered from 1."""
        self.set(client=str(uuid.uuid4()), lastMid=0, acked=0)
        self.renumber()

    def renumber(self) -> None:
        """Number the outbox from 1: by way of numbers that none has yet."""
        mids = [mid for (mid,) in self._db.execute("SELECT mid FROM outbox ORDER BY mid")]
        for base in (-2 * len(mids) - abs(min(mids, default=0)) - 1, 1):
            mids = [self._move(mid, base + place) for place, mid in enumerate(mids)]
        self.set(mid=len(mids))

    def _move(self, mid: int, to: int) -> int:
        self._db.execute("UPDATE outbox SET mid = ? WHERE mid = ?", (to, mid))
        return to

    def meta(self, name: str, default: Any = None) -> Any:  # noqa: ANN401  any JSON value
        """A value that this copy remembers: account, client, epoch, cursor."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row[0])

    def set(self, **values: Any) -> None:  # noqa: ANN401  as above
        """Remember values by name."""
        rows = [(name, json.dumps(value)) for name, value in values.items()]
        self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    @contextmanager
    def changes(self) -> Iterator[None]:
        """One transaction: all of it is kept, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
