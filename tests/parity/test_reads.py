"""The same reads of the same records, on SQLite as the server runs them and on the device's store: equal as JSON."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aios.database import Address, Sql, Statement, open_database
from aios.errors import AiosError
from aios.modules import discover
from aios.records.clock import now_ms, to_wire
from aios.records.events import Events
from aios.records.ids import implied_id
from aios.records.mutation import Mutation, Writer
from aios.records.query import Condition, Param, Query, Read
from aios.records.reads import read_all
from aios.records.text import sort_key
from aios.records.writes import Writes
from aios.web.device import plain_registry
from tests.parity.process import NodeProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from aios.database import Database
    from aios.modules import Registry
    from aios.records.collection import Collection

SPACE = "019ab2c4-0000-7000-8000-00000000aaaa"
START_MS = 1_790_000_000_000
HOUR_MS = 3_600_000
RECORDS = 150
READS = 1_500
TITLES = (
    "Beam",
    "beam",
    "Bêam",
    "Zürich",
    "zebra",
    "Éte",
    "ﬁsh",
    "日本",
    "\U0001f600 grin",
    "\ufffd end",
    "~",
    "a",
    "A b",
    "ß",
)
WORDS = ("north", "Süd", "beam", "roof", "ﬁn", "日本", "#foz", "x", "\n", "Ω", "\U0001f600")
TAGS = ("work", "foz", "Work", "日本", "\U0001f600", "\uff5e")
TEXTS = {name: each.texts for name, each in discover().collections.items()}
STATUSES = ("pending", "in_progress", "completed", "cancelled")


class Device(NodeProcess):
    """A Node process with the device's store."""

    def __init__(self, plain: Path) -> None:
        super().__init__("reads.mjs", str(plain))

    def call(self, name: str, **given: Any) -> str:
        """The answer as it was written."""
        return self.answer(json.dumps({"call": name, **given}))


@pytest.fixture(scope="session")
def reader(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    plain = tmp_path_factory.mktemp("reads") / "registry.json"
    plain.write_bytes(msgspec.json.encode(plain_registry(registry)))
    made = Device(plain)
    yield made
    made.close()


@pytest.fixture
async def sqlite(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copyfile(migrated_file, tmp_path / "aios.sqlite3")
    opened = open_database(Address.parse(f"sqlite:///{tmp_path / 'aios.sqlite3'}"))
    await opened.open()

    def head() -> Any:
        text = "INSERT INTO sync_head (space_id, epoch, rev, floor_rev) VALUES (?, ?, 0, 0)"
        yield Statement(Sql(text), (SPACE, "epoch"))

    await opened.run(head())
    yield opened
    await opened.close()


class Maker:
    """Random records and reads."""

    def __init__(self, seed: int, registry: Registry) -> None:
        self.random = random.Random(seed)  # noqa: S311  no secrets
        self.registry = registry
        self.ids = [f"019ab2c4-0000-7000-8000-{self.random.randrange(16**12):012x}" for _ in range(RECORDS)]
        self.projects = self.ids[: RECORDS // 10]
        self.notes = self.ids[RECORDS // 10 : RECORDS // 2]
        self.tasks = self.ids[RECORDS // 2 :]
        self.now = START_MS

    def mutations(self) -> list[Mutation]:
        """Everything is made; then some of it is changed, deleted and restored."""
        made = [self._create("projects", each) for each in self.projects]
        made += [self._create("notes", each) for each in self.notes]
        made += [self._create("tasks", each) for each in self.tasks]
        settings = Mutation(op="create", collection="settings", id=implied_id(SPACE, "settings", "settings"))
        return [*made, settings, *self.later(RECORDS)]

    def later(self, count: int) -> list[Mutation]:
        return [self._change() for _ in range(count)]

    def _change(self) -> Mutation:
        collection, ids = self.random.choice(
            (("projects", self.projects), ("notes", self.notes), ("tasks", self.tasks))
        )
        op = self.random.choice(("update", "update", "update", "delete", "restore"))
        fields = self._fields(collection) if op == "update" else {}
        return Mutation(op=op, collection=collection, id=self.random.choice(ids), fields=fields, ms=self._ms())

    def _create(self, collection: str, record_id: str) -> Mutation:
        return Mutation(
            op="create", collection=collection, id=record_id, fields=self._fields(collection), ms=self._ms()
        )

    def _ms(self) -> int:
        """Often the same as before, so that ties are broken by id."""
        self.now += self.random.choice((0, 0, 1, HOUR_MS))
        return self.now

    def _text(self) -> str:
        times = self.random.choice((1, 1, 1, 30))
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randrange(6) * times))

    def _fields(self, collection: str) -> dict[str, Any]:
        pick = self.random.choice
        if collection == "projects":
            return {"name": pick(TITLES), "description": self._text()}
        if collection == "notes":
            return {
                "title": pick(TITLES),
                "bodyMarkdown": self._text(),
                "tags": self.random.sample(TAGS, self.random.randrange(4)),
                "links": self.random.sample(TITLES, self.random.randrange(3)),
                "isPinned": self.random.random() < 0.2,
                "isArchived": self.random.random() < 0.3,
            }
        due = to_wire(START_MS + self.random.randrange(-5, 30) * HOUR_MS)
        return {
            "title": pick(TITLES),
            "userNotes": pick(("", self._text())),
            "aiNotes": [],
            "priority": pick(("low", "medium", "high", "urgent")),
            "dueDate": pick((None, due)),
            "status": pick(STATUSES),
            "projectId": pick((None, *self.projects)),
            # To an earlier one only, so no cycle can come.
            "parentTaskId": None,
            "dependencyIds": self.random.sample(self.notes, self.random.randrange(3)),
        }

    def query(self) -> Query:
        pick = self.random.choice
        params = {
            "q": " ".join(pick(WORDS) for _ in range(self.random.randrange(3))),
            "page": pick(("", "1", "2", "3", "x", "-1", "99999")),
            "id": pick((*self.ids, "none")),
            "title": pick(TITLES),
            "tag": pick(("", *TAGS, f"{pick(TAGS)}\n{pick(TAGS)}")),
            "mode": pick(("", "a", "b")),
        }
        bounds = {
            name: to_wire(START_MS + self.random.randrange(30) * HOUR_MS)
            for name in ("@now", "@dayStart", "@dayEnd", "@weekEnd")
        }
        bounds["@in"] = pick(("", "notes", "tasks projects"))
        return Query(
            params={name: value for name, value in params.items() if self.random.random() < 0.7},
            now=to_wire(now_ms()), zone="UTC", new_id="", day="", bounds=bounds, user="", space=SPACE, settings={},
        )  # fmt: skip

    def reads(self) -> dict[str, Read]:
        first = Read(collection=self._collection().name, id=self._id())
        return {"first": first, **{f"read{number}": self._read() for number in range(self.random.randrange(1, 5))}}

    def _id(self) -> str | Param:
        return self.random.choice((Param("id"), self.random.choice(self.ids)))

    def _collection(self) -> Collection:
        return self.registry.collections[
            self.random.choice(("notes", "notes", "tasks", "tasks", "projects", "settings"))
        ]

    def _read(self) -> Read:
        pick, chance = self.random.choice, self.random.random
        collection = self._collection()
        index = pick(("updated", *collection.indexes)) if collection.indexes else "updated"
        keyed = index != "updated"
        kind = pick(("list", "list", "list", "count", "group")) if keyed else pick(("list", "list", "count"))
        if chance() < 0.15:
            return self._everything(kind)
        bounds: dict[str, Any] = {}
        if keyed:
            for name in ("equal", "above", "since", "below"):
                if chance() < 0.25:
                    bounds[name] = self._value(collection, index)
        return Read(
            collection=collection.name,
            index=index,
            descending=chance() < 0.5,
            where=tuple(self._condition(collection) for _ in range(self.random.randrange(3)) if collection.indexes),
            search=pick((None, None, None, Param("q"), pick(WORDS))),
            limit=pick((1, 3, 50, 200)),
            offset=pick((0, 0, 0, 2)),
            page=pick(("", "page")),
            when=pick((None, None, None, ("mode", ("", "a")), ("mode", ()), ("@first.tags", ()))),
            count=kind == "count",
            group=kind == "group",
            deleted=chance() < 0.15,
            projected=kind == "list" and chance() < 0.2,
            **bounds,
        )

    def _everything(self, kind: str) -> Read:
        """All collections together; `group` counts by collection here."""
        pick = self.random.choice
        return Read(
            collection="",
            search=pick((None, Param("q"), pick(WORDS), f"{pick(WORDS)} {pick(TITLES)}", pick(TITLES))),
            within=pick((None, Param("@in"), "notes", "projects tasks", "none")),
            limit=pick((1, 3, 50, 200)),
            offset=pick((0, 0, 2)),
            page=pick(("", "page")),
            count=kind == "count",
            group=kind == "group",
        )

    def _condition(self, collection: Collection) -> Condition:
        index = self.random.choice(tuple(collection.indexes))
        kind = self.random.choice(("equal", "equal", "equal", "below", "above"))
        count = self.random.randrange(1, 3) if kind == "equal" else 1
        return Condition(
            index=index,
            values=tuple(self._value(collection, index) for _ in range(count)),
            negate=self.random.random() < 0.4,
            kind=kind,
            rare=self.random.random() < 0.5,
            every=self.random.random() < 0.3,
        )

    def _value(self, collection: Collection, name: str) -> str | Param:
        pick = self.random.choice
        index = collection.indexes[name]
        if self.random.random() < 0.3:
            bound = pick(
                ("@now", "@dayStart", "@first.title", "@first.projectId", "@first.none", "@first.tags", "title", "tag")
            )
            return Param(bound, fold=index.fold)
        if index.field in {"title", "name", "links"}:
            return sort_key(pick(TITLES)) if index.fold else pick(TITLES)
        values: dict[str, tuple[str, ...]] = {
            "tags": TAGS,
            "status": STATUSES,
            "priority": ("low", "high"),
            "projectId": tuple(self.projects),
            "dependencyIds": tuple(self.notes),
        }
        return pick(values.get(index.field, ("0", "1", "~", to_wire(START_MS + HOUR_MS * self.random.randrange(30)))))


async def change(writes: Writes, mutations: list[Mutation]) -> None:
    """Apply what can be applied."""
    for mutation in mutations:
        try:
            await writes.apply(SPACE, Writer(client="form:test"), (mutation,))
        except AiosError:
            continue


async def records(database: Database) -> list[dict[str, Any]]:
    """Every record as a pull gives it."""
    text = Sql("SELECT id, collection, rev, deleted_at, body FROM record WHERE space_id = ? ORDER BY rev")
    rows = await database.fetch(Statement(text, (SPACE,)))
    return [
        {"id": row[0], "collection": row[1], "rev": row[2], "deleted": row[3], "body": json.loads(row[4])}
        for row in rows
    ]


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def compare(database: Database, reader: Device, reads: dict[str, Read], query: Query) -> int:
    """See that both sides give the same JSON. Returns its size."""
    there = written(await read_all(database, SPACE, reads, query, TEXTS))
    asked = {"params": query.params, "bounds": query.bounds, "form": {}, "now": query.now}
    here = reader.call("read", reads={name: msgspec.to_builtins(each) for name, each in reads.items()}, query=asked)
    assert here == there, (reads, query.params, query.bounds)
    return len(there)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_generated_reads(sqlite: Database, registry: Registry, reader: Device, seed: int):
    maker = Maker(seed, registry)
    writes = Writes(registry, sqlite, Events())
    await change(writes, maker.mutations())
    assert reader.call("fill", account=f"generated-{seed}", records=await records(sqlite)).isdecimal()
    size = 0
    for number in range(READS):
        if number % 300 == 100:
            reader.call("restart", settled=number % 600 == 100)
        if number % 150 == 149:
            await change(writes, maker.later(10))
            reader.call("change", records=await records(sqlite))
        size += await compare(sqlite, reader, maker.reads(), maker.query())
    assert size > READS * 500, "they must find something"


async def test_reads_of_pages(sqlite: Database, registry: Registry, reader: Device):
    maker = Maker(9, registry)
    await change(Writes(registry, sqlite, Events()), maker.mutations())
    reader.call("fill", account="pages", records=await records(sqlite))
    declared = [each.reads for module in registry.modules.values() for each in (*module.pages, *module.actions)]
    declared += [module.tile.reads for module in registry.modules.values() if module.tile is not None]
    for reads in declared:
        for _ in range(20):
            await compare(sqlite, reader, reads, maker.query())
