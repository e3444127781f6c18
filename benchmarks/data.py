"""The same accounts and notes for every server, made from a fixed seed."""

from __future__ import annotations

import asyncio
import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from aios.database import Address, open_database
from aios.modules import discover
from aios.records.apply import apply
from aios.records.clock import now_ms
from aios.records.ids import new_id
from aios.records.mutation import Mutation, Writer
from benchmarks import load, servers
from benchmarks.errors import MeasurementError

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "correct horse battery staple"  # noqa: S105  accounts that live as long as the run
TEXT_LENGTH = 600
_DISTINCT_NOTES = 97
_CREATED = 201
_WORDS = (  # noqa: SIM905  prose reads better than sixty quoted words
    "the river walk plan for spring needs a map and two days with time to read notes about old bridges water birds "
    "coffee letters from friends a short budget new ideas on gardens trees light stone bread music weather train "
    "tickets kitchen repairs paint shelves books questions answers tomorrow evening market apples lemon salt recipe"
).split()


class Account(NamedTuple):
    """An account of AIOS: its id, and a token."""

    id: str
    token: str


class Store(NamedTuple):
    """One AIOS to start: its name, DATABASE_URL and data folder."""

    name: str
    url: str
    folder: Path


class Subject(NamedTuple):
    """A server with its accounts: everything that a measurement needs to know."""

    name: str
    server: servers.Server
    usernames: list[str]
    tokens: list[str]


def usernames(count: int) -> list[str]:
    """Names of the accounts."""
    return [f"person{number:04}" for number in range(count)]


def notes() -> list[dict[str, Any]]:
    """Bodies of `POST /api/notes`: Markdown of about 600 characters with a heading, a list, a tag and a link."""
    chosen = random.Random(20)  # noqa: S311  repeatable, not secret
    return [_note(number, chosen) for number in range(_DISTINCT_NOTES)]


def _note(number: int, chosen: random.Random) -> dict[str, Any]:
    title = f"{' '.join(chosen.choices(_WORDS, k=4)).capitalize()} {number}"
    lines = [f"# {title}", ""]
    while sum(map(len, lines)) < TEXT_LENGTH - 60:
        sentence = " ".join(chosen.choices(_WORDS, k=chosen.randint(8, 14)))
        is_item = len(lines) % 3 == 0
        lines.append(f"- [ ] {sentence}" if is_item else f"{sentence.capitalize()}, **{chosen.choice(_WORDS)}**.")
    lines.append(f"See [[Page {number % 7}]] #{chosen.choice(('home', 'work', 'reading', 'travel'))}")
    return {"title": title, "bodyMarkdown": "\n".join(lines), "tags": ["bench"], "isPinned": number % 25 == 0}


def write_seed(path: Path, count: int, notes_each: int) -> None:
    """Write the file from which Express takes its accounts and their notes: it keeps nothing from run to run."""
    seed = {"usernames": usernames(count), "password": PASSWORD, "notes": notes(), "notesEach": notes_each}
    path.write_bytes(msgspec.json.encode(seed))


def seeded_tokens(path: Path) -> list[str]:
    """Tokens that Express signed for the accounts of a seed file."""
    return msgspec.json.decode(path.with_name(f"{path.name}.tokens").read_bytes(), type=list[str])


def register(server: servers.Server, names: list[str]) -> list[Account]:
    """Register accounts on AIOS. Raises MeasurementError."""

    def one(username: str) -> Account:
        body = {"username": username, "password": PASSWORD}
        answer = servers.call(server.port, "POST", "/api/auth/register", body=body)
        if answer.status != _CREATED:
            message = f"Registering answered {answer.status}: {answer.content}"
            raise MeasurementError(message)
        return Account(answer.content["user"]["id"], answer.content["token"])

    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(one, names))


def create_notes(database_url: str, accounts: list[Account], each: int) -> None:
    """Give every account `each` notes through AIOS's own write path, from this process. Raises AiosError."""
    bodies = itertools.cycle(notes())
    wanted = {account.id: [next(bodies) for _ in range(each)] for account in accounts}
    asyncio.run(_create_notes(database_url, wanted))


async def _create_notes(database_url: str, wanted: dict[str, list[dict[str, Any]]]) -> None:
    registry, writer = discover(), Writer(client="import:benchmarks")
    database = open_database(Address.parse(database_url))
    await database.open()
    try:
        for space_id, bodies in wanted.items():
            creates = [Mutation(op="create", collection="notes", id=new_id(), fields=body) for body in bodies]
            await database.run(apply(registry, space_id, writer, creates, now_ms()))
    finally:
        await database.close()


def create_requests(subject: Subject) -> list[bytes]:
    """One `POST /api/notes` for each account, twelve times over, with changing notes."""
    bodies = notes()
    count = 12 * len(subject.tokens)
    return [
        load.request(
            subject.server.port,
            "POST",
            "/api/notes",
            token=subject.tokens[number % len(subject.tokens)],
            body=bodies[number % _DISTINCT_NOTES],
        )
        for number in range(count)
    ]
