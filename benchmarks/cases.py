"""The four calls under load, and how a round of each is measured.

A list that is asked for twice may be answered from a cache; that is `api.list50.again`. For `api.list50` every
answer has to be made: the requests go round all accounts and, within an account, round `OFFSETS` offsets, so
that the same answer is due again only after `ACCOUNTS * OFFSETS` = 4,400 others of about 45 KB. That is 190 MB
of answers, more than the memory a server is allowed to use (120 MB), and each round goes on where the last one
ended. Express gets the same requests in the same order.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import data, load
from benchmarks.errors import MeasurementError
from benchmarks.probe import Probe
from benchmarks.servers import call

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.data import Subject

ACCOUNTS = 400
LIST_LENGTH = 50
OFFSETS = 11
NOTES_EACH = LIST_LENGTH + OFFSETS - 1
_CONNECTIONS = 16
_LOGIN_CONNECTIONS = 2
_LOGIN_ACCOUNTS = 40


class Case(NamedTuple):
    """One call under load. `cached_too`: compared with `express-cached` as well."""

    name: str
    requests: Callable[[Subject], list[bytes]]
    connections: int = _CONNECTIONS
    cached_too: bool = False
    probed: bool = False


class Pace(NamedTuple):
    """How long to measure: an odd number of rounds of so many seconds; `brief` leaves out what takes longest."""

    rounds: int
    seconds: int
    brief: bool = False


class Figures(NamedTuple):
    """Medians over the rounds: answers a second and the median latency; and the p95 of all calls beside the load."""

    per_second: float
    p50_ms: float
    others_p95_ms: float | None


def me(subject: Subject) -> list[bytes]:
    """`GET /api/auth/me`, account after account."""
    return [load.request(subject.server.port, "GET", "/api/auth/me", token=token) for token in subject.tokens]


def fresh_lists(subject: Subject) -> list[bytes]:
    """Lists of 50 notes that no cache can hold: see the head of this module."""
    return lists(subject, offsets=range(OFFSETS), limits=[LIST_LENGTH])


def lists(subject: Subject, *, offsets: Sequence[int], limits: Sequence[int]) -> list[bytes]:
    """Lists of notes over all accounts, then all limits, then all offsets."""
    return [
        load.request(subject.server.port, "GET", f"/api/notes?limit={limit}&offset={offset}", token=token)
        for offset in offsets
        for limit in limits
        for token in subject.tokens
    ]


def same_list(subject: Subject) -> list[bytes]:
    """One list of 50 notes of one account."""
    return [load.request(subject.server.port, "GET", f"/api/notes?limit={LIST_LENGTH}", token=subject.tokens[0])]


def logins(subject: Subject) -> list[bytes]:
    """`POST /api/auth/login` with the right password, over some accounts."""
    return [
        load.request(subject.server.port, "POST", "/api/auth/login", body={"username": name, "password": data.PASSWORD})
        for name in subject.usernames[:_LOGIN_ACCOUNTS]
    ]


CASES = (
    Case("api.me", me),
    Case("api.list50", fresh_lists, cached_too=True),
    Case("api.list50.again", same_list, cached_too=True),
    Case("api.create", data.create_requests),
    Case("api.login", logins, connections=_LOGIN_CONNECTIONS, probed=True),
)


def check(subject: Subject) -> None:
    """Make sure that a server answers what is going to be measured. Raises MeasurementError."""
    middle = len(subject.tokens) // 2
    for token in (subject.tokens[0], subject.tokens[middle], subject.tokens[-1]):
        answer = call(subject.server.port, "GET", f"/api/notes?limit={LIST_LENGTH}&offset={OFFSETS - 1}", token=token)
        if answer.status != 200 or len(answer.content) != LIST_LENGTH:  # noqa: PLR2004  the HTTP status
            message = f"{subject.name} answered {answer.status} instead of a list of {LIST_LENGTH} notes."
            raise MeasurementError(message)
        missing = {"id", "title", "bodyMarkdown", "tags", "links", "createdAt"} - set(answer.content[0])
        if missing or len(answer.content[0]["bodyMarkdown"]) < data.TEXT_LENGTH // 2:
            message = f"{subject.name} answered notes without {sorted(missing) or 'their text'}."
            raise MeasurementError(message)


def measure(case: Case, subjects: Sequence[Subject], pace: Pace, folder: Path) -> dict[str, Figures]:
    """Warm each server up, then measure them in turn, A B C A B C…, one at a time. Raises MeasurementError."""
    runs = [_Run(case, subject, folder) for subject in subjects]
    for run in runs:
        run.round(1)
        run.forget()
    for _ in range(pace.rounds):
        for run in runs:
            run.round(pace.seconds)
    return {run.subject.name: run.figures() for run in runs}


class _Run:
    """One case on one server, round after round."""

    def __init__(self, case: Case, subject: Subject, folder: Path) -> None:
        self.subject = subject
        self._case = case
        self._file = folder / f"{case.name}.{subject.name}"
        self._next = 0
        self._loads: list[load.Load] = []
        self._waits: list[float] = []
        load.write_requests(self._file, case.requests(subject))

    def round(self, seconds: int) -> None:
        if not self._case.probed:
            self._loads.append(self._replay(seconds))
            return
        with Probe(self.subject.server.port, self.subject.tokens[0]) as probe:
            self._loads.append(self._replay(seconds))
        self._waits += probe.waits_ms()

    def _replay(self, seconds: int) -> load.Load:
        case = self._case
        result = load.replay(
            self.subject.server.port, self._file, first=self._next, seconds=seconds, connections=case.connections
        )
        self._next += result.requests + case.connections
        return result

    def forget(self) -> None:
        self._loads.clear()
        self._waits.clear()

    def figures(self) -> Figures:
        return Figures(
            statistics.median(each.per_second for each in self._loads),
            statistics.median(each.p50_us for each in self._loads) / 1000,
            statistics.quantiles(self._waits, n=20)[-1] if self._waits else None,
        )
