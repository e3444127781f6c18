"""A device of the machine: the example client's copy in a file, on a network that loses, doubles and delays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sync_client import Syncer
from sync_copy import Copy

from tests.sync.lists import TEXT
from tests.sync.model import Seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Json = dict[str, Any]


class LostError(OSError):
    """Nobody knows whether it arrived."""


def key_of(mutation: Json) -> str:
    """What a mutation is known by, whatever number and client it is sent under."""
    return json.dumps([mutation[name] for name in ("op", "id", "fields", "ms")], sort_keys=True)


class Watched(Copy):
    """A copy that tells what it was given, and what it has to tell a restored server."""

    device: Device

    def keep(self, record: Json) -> None:
        super().keep(record)
        self.device.given[record["id"]] = self.device.count(record["id"])

    def meet(self, record_id: str, record: Json | None, skew: int) -> None:
        given, before = self.device.given.get(record_id, 0), {key_of(each) for each in self.outbox()}
        super().meet(record_id, record, skew)
        for each in self.outbox():
            if key_of(each) not in before:
                theirs = (record or {"body": {}})["body"].get(TEXT[each["collection"]], "")
                self.device.seen[key_of(each)] = Seen(given, theirs if each["bases"] else None)


class Device:
    """`whole`: an older program, which sends sets and keyed fields whole. `clock` is the server's."""

    def __init__(
        self, path: Path, account: str, send: Callable[..., Json], clock: Callable[[], int], count: Callable[[str], int]
    ) -> None:
        self.path = path
        self.count = count
        """How many writes have taken effect on a record by now."""
        self.skew = 0
        self.whole = False
        self.given: dict[str, int] = {}
        """How many writes to each record are in what this device was given."""
        self.seen: dict[str, Seen] = {}
        """By `key_of` what it wrote."""
        self._send = send
        self._clock = clock
        self.reload()
        self.copy.begin(account)

    def reload(self) -> None:
        """Begin anew from what is on disk."""
        self.copy = Watched(str(self.path), lambda: self._clock() + self.skew)
        self.copy.device = self
        self.syncer = Syncer(self.copy, lambda method, path, given: self._send(self, method, path, given))

    def write(self, op: str, collection: str, record_id: str, fields: Json) -> None:
        """Do something, and remember what the person had been shown."""
        shown = self.copy.records().get(record_id)
        text = (shown or {"body": {}})["body"].get(TEXT[collection], "") if op == "update" else None
        if op == "create":
            self.copy.create(collection, fields, record_id)
        elif op != "update":
            getattr(self.copy, op)(record_id)
        elif self.whole:
            self.copy._write(op, collection, record_id, fields)
        else:
            self.copy.update(record_id, fields)
        for each in self.copy.outbox()[-1:]:
            self.seen.setdefault(key_of(each), Seen(self.given.get(record_id, 0), text))
