"""What a mutation does to a record as a device shows it, and what a restored server has to be told. Pure functions."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

Json = dict[str, Any]
TEXTS = {"notes": {"bodyMarkdown"}, "tasks": {"userNotes"}, "projects": {"description"}}
"""Fields that merge line by line, by collection; whoever sends one says which text they were shown (push 6)."""
SETS = {"notes": {"tags", "links"}, "tasks": {"dependencyIds"}}
"""Fields that merge member by member: sent as what was added and removed (push 5)."""
FOLLOWS = {"id", "createdAt", "updatedAt", "explicitTags", "explicitLinks"}
"""What the server sets; sending one is refused."""


def digest(text: str) -> str:
    """The name of a text: SHA-256 of it, with LF for line ends, and U+FFFD for NUL and halves of characters."""
    normal = re.sub("\x00|[\ud800-\udfff]", "\ufffd", re.sub("\r\n?", "\n", text))
    return hashlib.sha256(normal.encode()).hexdigest()


def replayed(record: Json | None, mutation: Json) -> Json | None:
    """The record as it is shown while `mutation` waits. None where there is nothing to show."""
    op = mutation["op"]
    if record is None or not record["body"]:
        if op != "create":
            return record
        made = {"id": mutation["id"], **mutation["fields"]}
        return {"id": mutation["id"], "collection": mutation["collection"], "rev": 0, "deleted": None, "body": made}
    if op == "delete":
        return {**record, "deleted": record["deleted"] or mutation["ms"]}
    body = dict(record["body"])
    for path, value in mutation["fields"].items():
        name, *parts = path.split("/")
        body[name] = _written(body.get(name), parts, value) if parts else value
    return {**record, "deleted": None, "body": body}


def _written(whole: Any, parts: list[str], value: Any) -> Any:  # noqa: ANN401  any JSON value
    """`whole` with a part set: a member of a set, an entry of a keyed field, or a value of one."""
    key, *rest = parts
    if isinstance(whole, dict):
        inner = _written(whole.get(key, {}), rest, value) if rest else value
        return {name: each for name, each in {**whole, key: inner}.items() if each is not None or name != key}
    members = list(whole or [])
    if value is True and not rest:
        return [*members, *([key] if key not in members else [])]
    if value is None and not rest:
        return [each for each in members if each != key and not (isinstance(each, dict) and each.get("id") == key)]
    if not any(each["id"] == key for each in members):
        return [*members, {**value, "id": key}] if not rest else members
    more = {rest[0]: value} if rest else value
    return [{**each, **more} if each["id"] == key else each for each in members]


def healing(known: Json | None, server: Json | None, restored: int) -> list[Json]:
    """What a server that was restored from a backup has lost of a record that this copy has, as mutations.

    `known` is what the server that was lost had, `server` what the restored one has; `restored` is its head when it
    was restored. Up to there both have the same past, so revisions tell exactly what was lost, and what was seen.
    """
    if known is None or known["rev"] <= restored:
        return []
    base: Json = {"collection": known["collection"], "id": known["id"], "baseRev": restored, "ms": _changed_at(known)}
    if known["deleted"] is not None:
        return [{**base, "op": "delete", "fields": {}, "bases": {}}] if server else []
    steps: list[Json] = []
    theirs = server["body"] if server else {}
    mine = {name: value for name, value in known["body"].items() if name not in FOLLOWS | set(known.get("stub", {}))}
    texts = {name for name in mine if name in TEXTS.get(known["collection"], ())}
    if not theirs:
        theirs = {name: value for name, value in mine.items() if name not in texts}
        made = {**base, "fields": theirs, "bases": {}, "ms": _ms(known["body"]["createdAt"])}
        steps.append({**made, "op": "create"})
    # Somebody may have written since: then the text that both were made from is not known here, and both stay.
    touched = server is not None and server["rev"] > restored
    differing = {name: value for name, value in mine.items() if value != theirs.get(name, "")}
    if differing:
        bases = {} if touched else {name: digest(theirs.get(name, "")) for name in differing if name in texts}
        steps.append({**base, "op": "update", "fields": differing, "bases": bases})
    elif server and server["deleted"] is not None and not touched:
        steps.append({**base, "op": "restore", "fields": {}, "bases": {}})
    return steps


def _changed_at(record: Json) -> int:
    """When a record was last changed or deleted, in ms."""
    updated = record["body"].get("updatedAt")
    return max(record["deleted"] or 0, _ms(updated) if updated else 0)


def _ms(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp() * 1000)
