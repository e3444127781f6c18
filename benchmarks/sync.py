"""Sync as the server sees it: one record there and back, a thousand beside Actual's sync server, bytes on the wire."""

from __future__ import annotations

import gzip
import statistics
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import msgspec

from aios.modules import discover
from aios.records.clock import now_ms
from aios.records.ids import new_id
from benchmarks import actual, data, report, servers
from benchmarks.errors import MeasurementError
from benchmarks.say import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.cases import Pace

RECORDS = 1_000
AT_ONCE = 500
"""Mutations of one push."""
ROUND_TRIPS, ROUND_TRIPS_BRIEF = 300, 100
IDLE_S = 2
"""After which a connection is not used again: a server ends it by itself soon."""
_OK = 200


class Device:
    """A device of one account, on one connection."""

    def __init__(self, port: int, account: data.Account) -> None:
        self.cursor = 0
        self._account = account
        self._client = new_id()
        self._mid = 0
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._used = 0.0

    def body(self, records: Sequence[dict[str, str]]) -> bytes:
        """A push that makes these notes."""
        mutations: list[dict[str, Any]] = []
        for record in records:
            self._mid += 1
            fields = {name: value for name, value in record.items() if name != "id"}
            mutation = {"mid": self._mid, "op": "create", "collection": "notes", "id": record["id"], "fields": fields}
            mutations.append({**mutation, "bases": {}, "baseRev": 0, "ms": now_ms()})
        sent = {"account": self._account.id, "client": self._client, "epoch": None, "schema": 1, "now": now_ms()}
        return msgspec.json.encode({**sent, "mutations": mutations})

    def push(self, body: bytes) -> None:
        """Send it. Raises MeasurementError."""
        answer = msgspec.json.decode(self._ask("POST", "/api/sync/push", body))
        if answer["rejects"]:
            message = f"A push was rejected: {answer['rejects'][0]}"
            raise MeasurementError(message)

    def pull(self, **params: int) -> bytes:
        """A page. Raises MeasurementError."""
        given = {"account": self._account.id, "client": self._client, **params}
        return self._ask("GET", f"/api/sync/pull?{urlencode(given)}", None)

    def _ask(self, method: str, path: str, body: bytes | None) -> bytes:
        headers = {"Authorization": f"Bearer {self._account.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if time.monotonic() - self._used > IDLE_S:
            self._connection.close()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        raw = response.read()
        self._used = time.monotonic()
        if response.status != _OK:
            message = f"{method} {path} answered {response.status}: {raw[:300]!r}"
            raise MeasurementError(message)
        return raw


class _Page(msgspec.Struct):
    """Records stay encoded: reading them is the device's work on either side."""

    cursor: int
    more: bool
    records: list[msgspec.Raw]


class _Side(NamedTuple):
    """A server in a comparison: how its n-th push of a thousand records, and its pull of as many, are sent."""

    name: str
    push: Callable[[int], None]
    pull: Callable[[], int]


def measure(stores: Sequence[data.Store], pace: Pace) -> Iterator[report.Result]:
    """Rows of sync for each AIOS. Raises MeasurementError."""
    for name, url, own in stores:
        servers.migrate(url, own)
        with servers.aios(url, own) as server, actual.serving(own / report.ACTUAL, 2) as budgets:
            accounts = data.register(server, [f"sync{number}" for number in range(4)])
            yield _round_trip(name, Device(server.port, accounts[0]), pace)
            if name == report.SQLITE:
                yield _bytes(Device(server.port, accounts[1]))
            ours = _ours(name, server.port, accounts[2:], pace)
            theirs = _theirs(budgets, pace)
            yield from _compare(name, ours, theirs, pace)


def _round_trip(name: str, device: Device, pace: Pace) -> report.Result:
    device.push(device.body(list(_records(1))))
    times: list[float] = []
    for record in _records(ROUND_TRIPS_BRIEF if pace.brief else ROUND_TRIPS):
        body = device.body([record])
        began = time.perf_counter()
        device.push(body)
        answer = device.pull(cursor=device.cursor)
        times.append((time.perf_counter() - began) * 1000)
        device.cursor = msgspec.json.decode(answer)["cursor"]
    times.sort()
    p95 = times[-(-95 * len(times) // 100) - 1]
    key = f"sync.roundtrip{report.SUFFIX[name]}"
    say(f"{key}: p50 {statistics.median(times):.1f} ms, p95 {p95:.1f} ms of {len(times)}")
    return report.absolute(key, p95, "ms")


def _bytes(device: Device) -> report.Result:
    """The pages of a first sync, gzipped one by one, with long texts taken out of them."""
    device.push(device.body(list(_records(AT_ONCE))))
    device.push(device.body(list(_records(AT_ONCE))))
    page = msgspec.json.decode(device.pull(limit=RECORDS))
    texts = {name: collection.texts for name, collection in discover().collections.items()}
    for record in page["records"]:
        record["body"] = {
            field: "" if field in texts[record["collection"]] else value for field, value in record["body"].items()
        }
    size = len(gzip.compress(msgspec.json.encode(page), 6))
    return report.absolute("sync.bytes_per_record", size / len(page["records"]), "bytes")


def _ours(name: str, port: int, accounts: Sequence[data.Account], pace: Pace) -> _Side:
    writer, reader = (Device(port, account) for account in accounts)
    for _ in range(RECORDS // AT_ONCE):
        reader.push(reader.body(list(_records(AT_ONCE))))
    bodies = [[writer.body(list(_records(AT_ONCE))) for _ in range(RECORDS // AT_ONCE)] for _ in range(pace.rounds + 1)]

    def push(number: int) -> None:
        for body in bodies[number]:
            writer.push(body)

    def pull() -> int:
        cursor, found = 0, 0
        while found < RECORDS:
            page = reader.pull(cursor=cursor, limit=RECORDS)
            cursor, more, count = _place(page)
            found += count
            if not more:
                return found
        return found

    if pull() != RECORDS:
        message = f"AIOS gave {pull()} records instead of {RECORDS}."
        raise MeasurementError(message)
    return _Side(name, push, pull)


def _place(page: bytes) -> tuple[int, bool, int]:
    """The cursor after a page, whether more follow, and how many records are in it."""
    read = msgspec.json.decode(page, type=_Page)
    return read.cursor, read.more, len(read.records)


def _theirs(budgets: Sequence[actual.Budget], pace: Pace) -> _Side:
    writer, reader = budgets
    writer.prepare(list(_records(RECORDS * (pace.rounds + 1))), pushes=pace.rounds + 1, each=RECORDS)
    reader.prepare(list(_records(RECORDS)), pushes=1, each=RECORDS)
    reader.send("push.0")

    def push(number: int) -> None:
        writer.send(f"push.{number}")

    def pull() -> int:
        return len(reader.send("pull"))

    words = sum(len(value) for record in _records(RECORDS) for name, value in record.items() if name != "id")
    if pull() < words:
        message = "Actual gave less than was sent to it."
        raise MeasurementError(message)
    return _Side(report.ACTUAL, push, pull)


def _compare(name: str, ours: _Side, theirs: _Side, pace: Pace) -> Iterator[report.Result]:
    """In turn, A B A B…, after one round that does not count."""
    pushes: dict[str, list[float]] = {ours.name: [], theirs.name: []}
    pulls: dict[str, list[float]] = {ours.name: [], theirs.name: []}
    for number in range(pace.rounds + 1):
        for side in (ours, theirs):
            began = time.perf_counter()
            side.push(number)
            pushed = time.perf_counter()
            side.pull()
            pulled = time.perf_counter()
            if number:
                pushes[side.name].append((pushed - began) * 1000)
                pulls[side.name].append((pulled - pushed) * 1000)
    for case, times in (("push1000", pushes), ("pull1000", pulls)):
        mine, other = statistics.median(times[ours.name]), statistics.median(times[theirs.name])
        key = f"sync.{case}{report.SUFFIX[name]}"
        say(f"{key}: {name} {mine:.0f} ms, {theirs.name} {other:.0f} ms")
        yield report.relative(key, mine, "ms", report.ACTUAL, other / mine)


def _records(count: int) -> Iterator[dict[str, str]]:
    notes = data.notes()
    for number in range(count):
        note = notes[number % len(notes)]
        yield {"id": new_id(), "title": f"{note['title']} {number}", "bodyMarkdown": note["bodyMarkdown"]}
