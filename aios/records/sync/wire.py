"""What devices send, read strictly: every member that cannot be used is named (docs/sync.md, push and pull).

One bad mutation does not spoil a push: it keeps its number and comes with the reason why it cannot be read.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import msgspec

from aios.errors import ConflictError, FieldError, InvalidError, TooLargeError, UpgradeError
from aios.records.clock import from_wire
from aios.records.ids import is_id
from aios.records.mutation import Mutation
from aios.records.sync.release import FLOOR, LEAST_SCHEMA, MOST_BYTES, MOST_MUTATIONS
from aios.records.validate import clean, explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST = 2**53 - 1
"""The last whole number that JavaScript counts exactly."""
MOST_IDS = 100
PAGE, MOST_PAGE = 500, 2_000
"""Records a page: unasked, and at most."""
DEEPEST = 64
"""Lists and objects inside each other in one mutation."""
UNUSABLE = "Some of what was sent cannot be used."
REQUIRED = "This is required."
UNKNOWN = "There is no such member."
NO_CLIENT = "A client id is a UUID in lower case, minted by the device."
NO_NUMBER = "Write a whole number of {} or more."
_DIGITS = re.compile(r"^[0-9]{1,16}\Z")

Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
Mid = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
Ms = Annotated[int, msgspec.Meta(ge=-MOST, le=MOST)]
_MEMBERS: dict[str, Any] = {
    "account": str,
    "client": str,
    "epoch": str | None,
    "schema": Count,
    "release": Count,
    "now": Ms | str,
    "waiting": Count,
    "mutations": list[msgspec.Raw],
}
_OPTIONAL = {"epoch", "release", "waiting"}
_NUMBERS = {"cursor": 0, "limit": 1, "ack": 0, "budget": 0, "boot": 0, "before": 0, "budgetLeft": 0, "total": 0}
"""The numbers that a pull may carry, and the least of each."""


class _Numbered(msgspec.Struct, frozen=True):
    mid: Mid


class _Sent(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    mid: Mid
    op: Literal["create", "update", "delete", "restore"]
    collection: str
    id: str
    fields: dict[str, Any] | None = None
    bases: dict[str, str] | None = None
    base_rev: Count | None = None
    ms: Ms | None = None


class Entry(msgspec.Struct, frozen=True):
    """One entry of a device's outbox: its mutation, or why it cannot be read."""

    mid: int
    mutation: Mutation | None
    fault: str = ""


class Push(msgspec.Struct, frozen=True):
    """A push. `now` is the device's clock in ms; entries are as sent, their `ms` not corrected yet.

    `waiting` is how many changes the device holds besides these.
    """

    client: str
    epoch: str | None
    schema: int
    now: int
    entries: list[Entry]
    waiting: int = 0


class Pull(msgspec.Struct, frozen=True):
    """A pull: from `cursor` on, or the first sync, whose state comes back page by page."""

    client: str
    epoch: str | None
    limit: int
    cursor: int | None = None
    ack: int | None = None
    budget: int | None = None
    boot: int | None = None
    before: int | None = None
    total: int | None = None


def read_push(body: bytes, account: str) -> Push:
    """Read the body of a push by `account`.

    Raises InvalidError, ConflictError (`account`), UpgradeError, and TooLargeError naming the first mid too many.
    """
    raw = _members(body)
    errors = [FieldError(name, UNKNOWN) for name in raw if name not in _MEMBERS]
    read: dict[str, Any] = {}
    for name, kind in _MEMBERS.items():
        if name in raw:
            _read(name, partial(msgspec.json.decode, raw[name], type=kind), read, errors)
        elif name not in _OPTIONAL:
            errors.append(FieldError(name, REQUIRED))
    _same(read.get("account"), account)
    _current("release", read.get("release"), FLOOR)
    _current("schema", read.get("schema"), LEAST_SCHEMA)
    if not is_id(read.get("client", account)):
        errors.append(FieldError("client", NO_CLIENT))
    if isinstance(read.get("now"), str):
        _read("now", lambda: from_wire(read["now"]), read, errors)
    numbers = _mids(read.get("mutations", ()), errors)
    if errors:
        raise InvalidError(UNUSABLE, tuple(errors))
    sent: list[msgspec.Raw] = read["mutations"]
    _refuse_too_large(len(body), sent, numbers)
    entries = [_entry(mid, each) for mid, each in zip(numbers, sent, strict=True)]
    waiting = read.get("waiting", 0)
    return Push(read["client"], read.get("epoch"), read["schema"], read["now"], entries, waiting)


def read_pull(params: Iterable[tuple[str, str]], account: str) -> Pull:
    """Read the parameters of a pull by `account`. Raises as `read_push`, but for TooLargeError."""
    given, errors = _params(params, account, {"client", "epoch", *_NUMBERS})
    numbers = {name: _number(name, given[name], least, errors) for name, least in _NUMBERS.items() if name in given}
    if not is_id(given.get("client", "")):
        errors.append(FieldError("client", NO_CLIENT))
    if errors:
        raise InvalidError(UNUSABLE, tuple(errors))
    return Pull(
        client=given["client"],
        epoch=given.get("epoch") or None,
        limit=min(numbers.get("limit", PAGE), MOST_PAGE),
        cursor=numbers.get("cursor"),
        ack=numbers.get("ack"),
        budget=numbers.get("budgetLeft" if "boot" in numbers else "budget"),
        boot=numbers.get("boot"),
        before=numbers.get("before"),
        total=numbers.get("total"),
    )


def read_ids(params: Iterable[tuple[str, str]], account: str) -> list[str]:
    """Read the ids of records asked for by `account`, each once. Raises as `read_pull`."""
    given, errors = _params(params, account, {"client", "epoch", "ids"})
    ids = list(dict.fromkeys(given.get("ids", "").split(",")))
    if not all(map(is_id, ids)) or len(ids) > MOST_IDS:
        errors.append(FieldError("ids", f"Send 1 to {MOST_IDS} UUIDs in lower case with commas between them."))
    if errors:
        raise InvalidError(UNUSABLE, tuple(errors))
    return ids


def read_account(params: Iterable[tuple[str, str]], account: str) -> None:
    """Read the parameters of a call by `account` that has no others. Raises as `read_pull`."""
    _, errors = _params(params, account, set())
    if errors:
        raise InvalidError(UNUSABLE, tuple(errors))


def _members(body: bytes) -> dict[str, msgspec.Raw]:
    """The members of the object in `body`, still encoded."""
    try:
        try:
            return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            # JavaScript strings may hold half a character, which only a lenient reader takes; it becomes U+FFFD.
            return msgspec.json.decode(json.dumps(clean(json.loads(body))), type=dict[str, msgspec.Raw])
    except msgspec.ValidationError as error:
        message = "The body must be a JSON object."
        raise InvalidError(message) from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        message = "The body is not valid JSON."
        raise InvalidError(message) from error


def _read(name: str, read: Callable[[], Any], into: dict[str, Any], errors: list[FieldError]) -> None:
    try:
        into[name] = read()
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        errors.append(FieldError(name, explain(str(error))))


def _same(given: object, account: str) -> None:
    """Nobody's outbox reaches another's space, and no page of one account is kept in another's copy."""
    if isinstance(given, str) and given != account:
        message = "This device's copy belongs to another account than the one that is signed in."
        raise ConflictError(message, code="account")


def _current(what: Literal["release", "schema"], given: int | None, least: int) -> None:
    if given is not None and given < least:
        message = "This version of the app is too old to sync. Reload it; what you wrote is kept on this device."
        raise UpgradeError(message, what=what, least=least)


def _mids(sent: Iterable[msgspec.Raw], errors: list[FieldError]) -> list[int]:
    """The number of each mutation, without which it can be neither applied nor rejected."""
    numbers: list[int] = []
    for place, each in enumerate(sent):
        try:
            numbers.append(msgspec.json.decode(each, type=_Numbered).mid)
        except (msgspec.ValidationError, RecursionError):
            errors.append(FieldError(f"mutations[{place}].mid", NO_NUMBER.format(1)))
    return numbers


def _refuse_too_large(length: int, sent: list[msgspec.Raw], mids: list[int]) -> None:
    if len(sent) > MOST_MUTATIONS:
        _too_large(mids[MOST_MUTATIONS])
    if length > MOST_BYTES:
        rest = length
        for mid, each in zip(reversed(mids), reversed(sent), strict=True):
            rest -= len(bytes(each)) + 1
            if rest <= MOST_BYTES:
                _too_large(mid)
        message = "The body is larger than 1 MB without any mutation."
        raise TooLargeError(message)


def _too_large(mid: int) -> NoReturn:
    message = f"A push has at most {MOST_MUTATIONS} mutations and 1 MB. Send those before number {mid} first."
    raise TooLargeError(message, members={"mid": mid})


def _entry(mid: int, raw: msgspec.Raw) -> Entry:
    try:
        sent = msgspec.json.decode(raw, type=_Sent)
    except (msgspec.ValidationError, RecursionError) as error:
        return Entry(mid, None, f"This change cannot be read: {error}.")
    fields = sent.fields or {}
    if not is_id(sent.id):
        return Entry(mid, None, "An id must be a UUID in lower case.")
    if _deeper(fields, DEEPEST):
        return Entry(mid, None, f"Nothing may be nested more than {DEEPEST} deep.")
    return Entry(
        mid,
        Mutation(
            op=sent.op,
            collection=sent.collection,
            id=sent.id,
            fields=fields,
            bases=sent.bases or {},
            base_rev=sent.base_rev,
            ms=sent.ms,
            mid=mid,
        ),
    )


def _deeper(value: Any, left: int) -> bool:  # noqa: ANN401  any JSON value
    """Whether `value` is nested deeper than `left`."""
    members: Any = value
    if isinstance(value, dict):
        members = members.values()
    elif not isinstance(value, list):
        return False
    return left == 0 or any(_deeper(each, left - 1) for each in members)


def _params(
    params: Iterable[tuple[str, str]], account: str, known: set[str]
) -> tuple[dict[str, str], list[FieldError]]:
    """The parameters by name, once account and release are seen to."""
    given: dict[str, str] = {}
    errors: list[FieldError] = []
    for name, value in params:
        if name not in {"account", "release", *known}:
            errors.append(FieldError(name, UNKNOWN))
        elif name in given:
            errors.append(FieldError(name, "Send it once."))
        else:
            given[name] = value
    if not given.get("account"):
        errors.append(FieldError("account", REQUIRED))
    else:
        _same(given["account"], account)
    if "release" in given:
        _current("release", _number("release", given["release"], 0, errors), FLOOR)
    return given, errors


def _number(name: str, value: str, least: int, errors: list[FieldError]) -> int:
    if not _DIGITS.match(value) or not least <= int(value) <= MOST:
        errors.append(FieldError(name, NO_NUMBER.format(least)))
        return MOST
    return int(value)
