"""What the server must come to: a second telling of docs/sync.md, push 5 to 7, which knows no revisions.

What an edit had seen is told by what its device had really been given: each record counts the writes that took effect
on it, and a device that was given a record has seen those counted by then, and its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.sync.lists import TEXT

MADE, LIFE = "", "~"
FOLLOWED = {"notes": ("title", "isPinned"), "lists": ("title", "isPinned")}
DEFAULTS: dict[str, Any] = {"isPinned": False}
MOST_SKEW_MS = 60_000
DAY_MS = 86_400_000
TRASH_MS, TOMBSTONE_MS = 30 * DAY_MS, 180 * DAY_MS


@dataclass
class Mark:
    """Who wrote something, with which number among the writes to its record, and when."""

    number: int
    client: str
    ms: int
    perhaps: str = ""
    """Who had perhaps seen all of a text that was joined."""


@dataclass
class Lines:
    """The lines of a text that must be there, and those that an edit which saw them took out."""

    text: str | None = ""
    """The whole text; None where it was joined, and so is mostly another than any device has."""
    perhaps: str | None = None
    """The text that it may be, where joining added nothing to what was sent: the order of lines decides."""
    there: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)


@dataclass
class Truth:
    """One record."""

    collection: str
    count: int = 0
    deleted_at: int | None = None
    perhaps_deleted: bool = False
    """Whether it is deleted depends on how a text was joined; then the server is believed."""
    blank: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Items that were removed, as they were."""
    lines: Lines = field(default_factory=Lines)
    marks: dict[str, Mark] = field(default_factory=dict)
    lost: list[tuple[str, Any]] = field(default_factory=list)
    """Values that gave way to one that had not seen them."""


@dataclass
class Seen:
    """What the writer of a mutation had seen: so many writes to the record, and its own; and which text it edited."""

    count: int
    shown: str | None = None
    """None where it did not say."""


@dataclass
class Edit:
    """A mutation on its way into a record."""

    client: str
    ms: int
    seen: Seen
    number: int

    def saw(self, mark: Mark) -> bool:
        return mark.number <= self.seen.count or mark.client == self.client

    def wins(self, mark: Mark) -> bool:
        return self.saw(mark) or (self.ms, self.client) > (mark.ms, mark.client)


class RefusedError(Exception):
    """The mutation takes no effect and is told back."""


Truths = dict[str, Truth]


def corrected(ms: int, device_now: int, now: int) -> int:
    """A device's `ms` by the server's clock."""
    skew = device_now - now
    return min(max(ms - skew if abs(skew) > MOST_SKEW_MS else ms, 0), now)


def take(  # noqa: PLR0913, PLR0917  what a mutation consists of
    truths: Truths, mutation: dict[str, Any], client: str, ms: int, seen: Seen, now: int
) -> None:
    """Let a mutation take effect. Raises RefusedError, then with no effect."""
    op, fields = mutation["op"], mutation["fields"]
    if op in {"create", "update"} and not 0 < len(fields.get("title", "a")) <= 200:
        raise RefusedError
    truth = truths.get(mutation["id"])
    absent = truth is None or truth.blank
    if op == "delete":
        if truth is not None and truth.deleted_at is None:
            _delete(truth, Edit(client, ms, seen, truth.count + 1), now)
        return
    if absent and op != "create":
        raise RefusedError
    if truth is None or absent:
        number = 1 if truth is None else truth.count + 1
        truth = truths[mutation["id"]] = Truth(mutation["collection"], values=dict(DEFAULTS))
        truth.count = number
        truth.marks[MADE] = Mark(number, client, ms)
        edit = Edit(client, ms, Seen(number, ""), number)
        _write(truth, fields, edit)
        truth.marks = {MADE: truth.marks[MADE]}
        return
    edit = Edit(client, ms, seen, truth.count + 1)
    if op == "restore":
        if truth.deleted_at is not None:
            _revive(truth, edit)
        return
    _check(truth, fields, edit)
    _write(truth, fields, edit)
    truth.count += 1
    if truth.deleted_at is not None:
        truth.deleted_at, truth.perhaps_deleted = None, False
        truth.marks[LIFE] = Mark(truth.count, client, ms)


def purge(truths: Truths, now: int) -> None:
    """What the trash loses."""
    for truth in truths.values():
        if truth.deleted_at is not None and truth.deleted_at < now - TRASH_MS and not truth.blank:
            truth.blank = True
            truth.lines = Lines()


def _delete(truth: Truth, edit: Edit, now: int) -> None:
    unseen = [mark for mark in truth.marks.values() if not edit.saw(mark)]
    if all(mark.perhaps == edit.client for mark in unseen):
        truth.count += 1
        truth.deleted_at = now
        truth.perhaps_deleted = bool(unseen)
        truth.marks[LIFE] = Mark(truth.count, edit.client, edit.ms)


def _revive(truth: Truth, edit: Edit) -> None:
    truth.count += 1
    truth.deleted_at, truth.perhaps_deleted = None, False
    truth.marks[LIFE] = Mark(truth.count, edit.client, edit.ms)


def _check(truth: Truth, fields: dict[str, Any], edit: Edit) -> None:
    """A value cannot be set in an item that was seen to be removed."""
    for path in fields:
        parts = path.split("/")
        if parts[0] != "items" or len(parts) < 3 or parts[1] in truth.items:
            continue
        if parts[1] not in truth.gone or edit.saw(truth.marks[f"items/{parts[1]}"]):
            raise RefusedError


def _write(truth: Truth, fields: dict[str, Any], edit: Edit) -> None:
    for path, value in fields.items():
        name, *parts = path.split("/")
        if name in FOLLOWED[truth.collection]:
            _value(truth, name, value, edit)
        elif name == TEXT[truth.collection]:
            _text(truth, value, edit)
        elif name == "tags":
            _tags(truth, {parts[0]: value} if parts else None, value, edit)
        elif name == "items" and parts:
            _item(truth, parts, value, edit)
        elif name == "items":
            for key in [key for key in truth.items if key not in {each["id"] for each in value}]:
                _item(truth, [key], None, edit)
            for each in value:
                _item(truth, [each["id"]], each, edit)


def _value(truth: Truth, name: str, value: Any, edit: Edit) -> None:
    before = truth.values.get(name)
    if before == value:
        return
    mark = truth.marks.get(name, truth.marks[MADE])
    chosen = name in truth.marks or before != DEFAULTS.get(name)
    if chosen and not edit.wins(mark):
        truth.lost.append((name, value))
        return
    if chosen and not edit.saw(mark):
        truth.lost.append((name, before))
    truth.values[name] = value
    truth.marks[name] = Mark(edit.number, edit.client, max(edit.ms, mark.ms))


def _text(truth: Truth, text: str, edit: Edit) -> None:
    name = TEXT[truth.collection]
    before = truth.marks.get(name, truth.marks[MADE])
    known = truth.lines
    shown = set(lines_of(edit.seen.shown or ""))
    joined = edit.seen.shown != known.text
    if edit.seen.shown is None:
        joined = before.number > edit.seen.count
        shown = set() if joined else set(known.there)
    if text == known.text:
        return
    written = set(lines_of(text))
    shown_whole = known.perhaps is not None and edit.seen.shown == known.perhaps
    if known.text is not None and joined:
        here = set(lines_of(known.text))
        if written - shown <= here and not here & (shown - written):
            return  # it has come before
    known.there = (known.there | (written - shown)) - (shown - written)
    known.removed = (known.removed | (shown - written)) - (written - shown)
    known.text = None if joined else text
    known.perhaps = text if joined and (shown_whole or known.there == written) else None
    whose = edit.client if shown_whole else ""
    truth.marks[name] = Mark(edit.number, "" if joined else edit.client, max(edit.ms, before.ms), whose)


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that say something."""
    return tuple(each for each in text.split("\n") if each)


def _tags(truth: Truth, part: dict[str, Any] | None, whole: Any, edit: Edit) -> None:
    wanted = part or {**dict.fromkeys(truth.members - set(whole)), **dict.fromkeys(whole, True)}
    for tag, there in wanted.items():
        path = f"tags/{tag}"
        mark = truth.marks.get(path, truth.marks[MADE])
        if there and tag not in truth.members:
            truth.members.add(tag)
        elif not there and tag in truth.members and edit.saw(mark):
            truth.members.discard(tag)
        else:
            continue
        truth.marks[path] = Mark(edit.number, edit.client, max(edit.ms, mark.ms))


def _item(truth: Truth, parts: list[str], value: Any, edit: Edit) -> None:
    key, *rest = parts
    path = f"items/{key}"
    mark = truth.marks.get(path, truth.marks[MADE])
    here = Mark(edit.number, edit.client, max(edit.ms, mark.ms))
    if not rest and value is None:
        under = [each for name, each in truth.marks.items() if name.startswith(f"{path}/")]
        if key in truth.items and all(map(edit.saw, [mark, *under])):
            truth.gone[key] = truth.items.pop(key)
            truth.marks[path] = here
        return
    if key not in truth.items:
        for name in [name for name in truth.marks if name.startswith(f"{path}/")]:
            del truth.marks[name]
        truth.marks[path] = here
        if not rest:
            truth.items[key] = dict(value)
            return
        truth.items[key] = truth.gone[key]
    item = truth.items[key]
    for name, each in ({rest[0]: value} if rest else value).items():
        if item.get(name) == each:
            continue
        before = truth.marks.get(f"{path}/{name}", truth.marks[path] if path in truth.marks else truth.marks[MADE])
        if edit.wins(before):
            item[name] = each
            truth.marks[f"{path}/{name}"] = Mark(edit.number, edit.client, max(edit.ms, before.ms))
