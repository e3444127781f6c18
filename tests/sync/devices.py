"""A small model of a device: a base as the server has it, an outbox, and what is shown: both together."""

from __future__ import annotations

from typing import Any

from aios.records.ids import new_id

Shown = dict[str, dict[str, Any]]
"""Records by id: `deleted`, and the fields that the model follows."""
FOLLOWED = ("title", "isPinned")
MADE: dict[str, Any] = {"title": "", "isPinned": False}


def replay(shown: Shown, mutation: dict[str, Any]) -> None:
    """What one mutation does to records that this device or the server has: whole fields, in order."""
    record_id, op, fields = mutation["id"], mutation["op"], mutation.get("fields", {})
    record = shown.get(record_id)
    if op == "delete":
        if record is not None:
            shown[record_id] = {**record, "deleted": True}
    elif op == "restore":
        if record is not None:
            shown[record_id] = {**record, "deleted": False}
    elif record is not None:
        shown[record_id] = {**record, **fields, "deleted": False}
    elif op == "create":
        shown[record_id] = {**MADE, **fields, "deleted": False}


def known(record: dict[str, Any]) -> dict[str, Any]:
    """A pulled record as the model follows it."""
    return {"deleted": record["deleted"] is not None, **{name: record["body"][name] for name in FOLLOWED}}


class Device:
    """Its whole state is what IndexedDB would keep, so a reload loses nothing."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.client = new_id()
        self.base: Shown = {}
        self.outbox: list[dict[str, Any]] = []
        self.mid = 0
        self.epoch: str | None = None
        self.cursor: int | None = None
        self.boot: dict[str, int] | None = None
        self.rejected: list[int] = []

    @property
    def shown(self) -> Shown:
        """What pages show: the base with the outbox replayed."""
        shown = dict(self.base)
        for mutation in self.outbox:
            replay(shown, mutation)
        return shown

    def write(self, op: str, record_id: str, fields: dict[str, Any]) -> None:
        """Do something on this device."""
        self.mid += 1
        self.outbox.append({"mid": self.mid, "op": op, "collection": "notes", "id": record_id, "fields": fields})

    def push(self, now: int, most: int) -> dict[str, Any]:
        """The body of a push of the first `most` entries."""
        return {
            "account": self.account, "client": self.client, "epoch": self.epoch, "schema": 1, "now": now,
            "mutations": self.outbox[:most],
        }  # fmt: skip

    def pull(self, limit: int) -> dict[str, Any]:
        """The parameters of the next pull."""
        asked: dict[str, Any] = {"account": self.account, "client": self.client, "limit": limit}
        if self.epoch is not None:
            asked["epoch"] = self.epoch
        if self.rejected:
            asked["ack"] = max(self.rejected)
        return asked | ({"cursor": self.cursor} if self.cursor is not None else self.boot or {})

    def pulled(self, page: dict[str, Any]) -> None:
        """Take a page."""
        for record in page["records"]:
            self.base[record["id"]] = known(record)
        self.epoch = page["epoch"]
        self.rejected += [each["mid"] for each in page["rejects"] if each["mid"] not in self.rejected]
        if self.cursor is None:
            self.boot = {name: page[name] for name in ("boot", "before", "total")} if page["more"] else None
            self.cursor = None if page["more"] else page["cursor"]
            return
        assert page["cursor"] >= self.cursor
        self.cursor = page["cursor"]
        if not page["more"]:
            self.outbox = [each for each in self.outbox if each["mid"] > page["lastMid"]]

    def forget(self) -> None:
        """The server said 410: read everything again, keep what waits."""
        self.cursor = self.boot = self.epoch = None
