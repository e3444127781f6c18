"""The write path against a model of it, on both databases."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aios.database import Sql, Statement
from aios.errors import AiosError, ConflictError, InvalidError, NotFoundError, PreconditionError
from aios.records.apply import Call, apply, apply_calls
from aios.records.clock import now_ms
from aios.records.events import Events
from aios.records.ids import new_id
from aios.records.mutation import Mutation, Writer
from aios.records.query import Condition, Query, Read
from aios.records.reads import read
from aios.records.text import text_hash
from aios.records.writes import Writes

if TYPE_CHECKING:
    from aios.database import Database
    from aios.modules import Registry

REST = Writer(client="rest:test", lenient=True, strict=True)
STRICT = Writer(client="form:test")
OF_SPACE = "space = (SELECT number FROM sync_head WHERE space_id = ?)"
QUERY = Query(params={}, now="", zone="UTC", new_id="", day="", bounds={}, user="", space="", settings={})


@pytest.fixture
async def space(database: Database) -> str:
    """An empty space."""
    space_id = new_id()

    def steps() -> Any:
        yield Statement(
            Sql("INSERT INTO sync_head (space_id, epoch, rev, floor_rev) VALUES (?, ?, 0, 0)"), (space_id, "epoch")
        )

    await database.run(steps())
    return space_id


class Store:
    """Short calls for the tests."""

    def __init__(self, database: Database, registry: Registry, space_id: str) -> None:
        self.database = database
        self.registry = registry
        self.space_id = space_id
        self.events = Events()
        self.writes = Writes(registry, database, self.events)

    async def do(self, op: Any, collection: str, record_id: str, writer: Writer = REST, **more: Any) -> Any:
        mutation = Mutation(op=op, collection=collection, id=record_id, **more)
        return (await self.writes.apply(self.space_id, writer, (mutation,))).outcomes[0]

    async def note(self, record_id: str | None = None, **fields: Any) -> str:
        made = record_id or new_id()
        await self.do("create", "notes", made, fields={"title": "A note", **fields})
        return made

    async def read(self, **wanted: Any) -> Any:
        return await read(self.database, self.space_id, Read(**{"collection": "notes", **wanted}), QUERY)

    async def rows(self, sql: str, *params: Any) -> list[Any]:
        return [tuple(row) for row in await self.database.fetch(Statement(Sql(sql), (self.space_id, *params)))]

    async def head(self) -> int:
        return int((await self.rows("SELECT rev FROM sync_head WHERE space_id = ?"))[0][0])


@pytest.fixture
def store(database: Database, registry: Registry, space: str) -> Store:
    """A store on the empty space."""
    return Store(database, registry, space)


async def test_a_create_has_every_field_the_next_revision_and_its_keys(store: Store) -> None:
    made = await store.do("create", "notes", new_id(), fields={"title": "Élan", "tags": ["a", "b"]})
    document = msgspec.json.decode(made.body)
    assert (made.effect, made.rev) == ("created", 1)
    assert set(document) == set(store.registry.collections["notes"].stored)
    assert document["createdAt"] == document["updatedAt"]
    keys = await store.rows(f"SELECT name, key FROM record_key WHERE {OF_SPACE} ORDER BY name, key")  # noqa: S608
    assert ("title", "elan") in keys
    assert [key for name, key in keys if name == "tag"] == ["a", "b"]


async def test_an_update_changes_only_what_is_sent_and_keeps_the_replaced_text(store: Store) -> None:
    made = await store.note(bodyMarkdown="first", isPinned=True)
    changed = await store.do("update", "notes", made, fields={"bodyMarkdown": "second"})
    document = msgspec.json.decode(changed.body)
    assert (document["bodyMarkdown"], document["isPinned"], changed.rev) == ("second", True, 2)
    versions = await store.rows("SELECT rev, kind, hash, body FROM text_version WHERE space_id = ?")
    assert versions == [(1, "current", text_hash("first"), "first")]


async def test_an_update_that_changes_nothing_uses_no_revision(store: Store) -> None:
    made = await store.note()
    same = await store.do("update", "notes", made, fields={"title": "A note"})
    assert (same.effect, same.rev, await store.head()) == ("same", 1, 1)


async def test_every_refused_field_is_named_and_nothing_is_written(store: Store) -> None:
    with pytest.raises(InvalidError) as refused:
        await store.do(
            "create", "notes", new_id(),
            fields={"title": "x" * 201, "bodyMarkdown": 7, "isPinned": "yes", "tags": "a", "colour": "red"},
        )  # fmt: skip
    assert {error.field for error in refused.value.errors} == {"title", "bodyMarkdown", "isPinned", "tags", "colour"}
    assert await store.head() == 0
    assert await store.read(count=True) == 0


async def test_limits_count_code_points(store: Store) -> None:
    await store.note(title="🜁" * 200)
    with pytest.raises(InvalidError):
        await store.note(title="🜁" * 201)


async def test_read_only_fields_are_ignored_from_rest_and_refused_elsewhere(store: Store) -> None:
    made = await store.note()
    before = (await store.read())[0]["createdAt"]
    await store.do("update", "notes", made, fields={"createdAt": "2001-01-01T00:00:00.000Z", "isPinned": True})
    assert (await store.read())[0]["createdAt"] == before
    with pytest.raises(InvalidError):
        await store.do("update", "notes", made, STRICT, fields={"createdAt": "2001-01-01T00:00:00.000Z"})


async def test_an_importer_may_set_when_a_record_was_made(store: Store) -> None:
    importer = Writer(client="import:1", importer=True)
    at = "2019-05-04T03:02:01.000Z"
    await store.do("create", "notes", new_id(), importer, fields={"title": "Old", "createdAt": at})
    assert (await store.read())[0]["createdAt"] == at


async def test_text_is_normalised(store: Store) -> None:
    await store.note(bodyMarkdown="a\r\nb\rc\x00d")
    assert (await store.read())[0]["bodyMarkdown"] == "a\nb\nc\ufffdd"


async def test_the_same_create_again_is_no_error_and_another_is(store: Store) -> None:
    made = await store.note(bodyMarkdown="one #tag")
    again = await store.do("create", "notes", made, fields={"title": "A note", "bodyMarkdown": "one #tag"})
    assert (again.effect, await store.head()) == ("same", 1)
    with pytest.raises(ConflictError) as taken:
        await store.do("create", "notes", made, fields={"title": "Another"})
    assert taken.value.reason == "exists"
    with pytest.raises(ConflictError):
        await store.do("create", "tasks", made, fields={"title": "A task"})


async def test_delete_leaves_a_tombstone_and_restore_brings_everything_back(store: Store) -> None:
    made = await store.note(tags=["a"])
    await store.do("delete", "notes", made)
    assert await store.read() == []
    assert await store.read(id=made) is None
    assert await store.rows(f"SELECT key FROM record_key WHERE {OF_SPACE}") == []  # noqa: S608
    assert [each["id"] for each in await store.read(deleted=True)] == [made]
    with pytest.raises(NotFoundError):
        await store.do("update", "notes", made, fields={"title": "x"})
    with pytest.raises(ConflictError) as deleted:
        await store.do("create", "notes", made, fields={"title": "A note"})
    assert deleted.value.reason == "deleted"
    restored = await store.do("restore", "notes", made)
    assert (restored.effect, restored.rev) == ("restored", 3)
    assert [each["tags"] for each in await store.read(where=(Condition("tag", ("a",)),))] == [["a"]]


async def test_a_base_revision_that_is_not_current_is_refused(store: Store) -> None:
    made = await store.note()
    await store.do("update", "notes", made, fields={"title": "Second"}, base_rev=1)
    with pytest.raises(PreconditionError):
        await store.do("update", "notes", made, fields={"title": "Third"}, base_rev=1)
    with pytest.raises(PreconditionError):
        await store.do("delete", "notes", made, base_rev=1)


async def test_a_record_may_change_twice_in_one_call(store: Store) -> None:
    made = new_id()
    mutations = (
        Mutation(op="create", collection="notes", id=made, fields={"title": "One", "tags": ["a"]}),
        Mutation(op="update", collection="notes", id=made, fields={"title": "Two", "tags": ["b"]}),
    )
    applied = await store.writes.apply(store.space_id, REST, mutations)
    assert [outcome.rev for outcome in applied.outcomes] == [1, 2]
    assert await store.read(index="tag", group=True) == [["b", 1]]
    assert (await store.read())[0]["title"] == "Two"


async def test_a_call_is_applied_whole_or_not_at_all(store: Store) -> None:
    good = Mutation(op="create", collection="notes", id=new_id(), fields={"title": "Good"})
    bad = Mutation(op="create", collection="notes", id=new_id(), fields={})
    with pytest.raises(InvalidError):
        await store.writes.apply(store.space_id, REST, (good, bad))
    assert await store.read(count=True) == 0
    assert await store.head() == 0


async def test_calls_that_share_a_transaction_fail_alone(store: Store) -> None:
    kept, lost = new_id(), new_id()
    calls = [
        Call(REST, (Mutation(op="create", collection="notes", id=kept, fields={"title": "Kept"}),)),
        Call(
            REST,
            (
                Mutation(op="update", collection="notes", id=kept, fields={"title": "Not kept"}),
                Mutation(op="create", collection="notes", id=lost, fields={"title": 3}),
            ),
        ),
        Call(REST, (Mutation(op="update", collection="notes", id=kept, fields={"isPinned": True}),)),
    ]
    results = await store.database.run(apply_calls(store.registry, store.space_id, calls, now_ms()))
    assert [isinstance(result, AiosError) for result in results] == [False, True, False]
    notes = await store.read()
    assert [(each["title"], each["isPinned"], each["_rev"]) for each in notes] == [("Kept", True, 2)]


async def test_concurrent_calls_get_gapless_revisions_in_commit_order(store: Store) -> None:
    heard: list[int] = []
    store.events.subscribe(store.space_id, heard.append)
    await asyncio.gather(*(store.note(title=f"Note {number}") for number in range(150)))
    revisions = await store.rows("SELECT rev FROM record WHERE space_id = ? ORDER BY rev")
    assert [row[0] for row in revisions] == list(range(1, 151))
    assert heard == sorted(heard)
    assert heard[-1] == await store.head() == 150


async def test_two_processes_worth_of_writers_never_share_a_revision(
    store: Store, database: Database, registry: Registry
) -> None:
    other = Store(database, registry, store.space_id)
    await asyncio.gather(*(each.note() for _ in range(40) for each in (store, other)))
    rows = await store.rows("SELECT count(*), count(DISTINCT rev), max(rev) FROM record WHERE space_id = ?")
    assert rows == [(80, 80, 80)]


async def test_an_unknown_space_is_refused(store: Store) -> None:
    mutation = Mutation(op="create", collection="notes", id=new_id(), fields={"title": "x"})
    with pytest.raises(NotFoundError):
        await store.database.run(apply(store.registry, new_id(), REST, (mutation,), now_ms()))


async def test_due_rows_follow_the_task(store: Store) -> None:
    task = new_id()
    at = "2026-12-01T09:00:00.000Z"
    due = "SELECT record_id, at FROM due WHERE space_id = ?"
    await store.do("create", "tasks", task, fields={"title": "Pay", "dueDate": at})
    assert await store.rows(due) == [(task, 1_796_115_600_000)]
    await store.do("update", "tasks", task, fields={"status": "completed"})
    assert await store.rows(due) == []
    await store.do("update", "tasks", task, fields={"status": "pending"})
    assert len(await store.rows(due)) == 1
    await store.do("delete", "tasks", task)
    assert await store.rows(due) == []
    await store.do("restore", "tasks", task)
    assert len(await store.rows(due)) == 1


@pytest.mark.parametrize("deleted", [False, True])
async def test_a_text_that_is_left_out_goes_on_from_the_record_before(store: Store, *, deleted: bool) -> None:
    before, note, others = new_id(), new_id(), [new_id() for _ in range(5)]
    await store.do("create", "tasks", before, fields={"title": "Water", "userNotes": "Two cans, from the rain barrel"})
    await store.do("create", "notes", note, fields={"title": "Not a task"})
    if deleted:
        await store.do("delete", "tasks", before)
    for fields, notes in (
        ({"previousTaskId": before}, "Two cans, from the rain barrel"),
        ({"previousTaskId": before, "userNotes": ""}, ""),
        ({"previousTaskId": new_id()}, ""),
        ({"previousTaskId": note}, ""),
    ):
        record_id = others.pop()
        made = await store.do("create", "tasks", record_id, fields={"title": "Water", **fields})
        again = await store.do("create", "tasks", record_id, fields={"title": "Water", **fields})
        assert msgspec.json.decode(made.body)["userNotes"] == notes
        assert (again.effect, again.body) == ("same", made.body)
    importer = Writer(client="import:test", importer=True)
    left = await store.do(
        "create", "tasks", others.pop(), importer, fields={"title": "Water", "previousTaskId": before}
    )
    assert msgspec.json.decode(left.body)["userNotes"] == ""


async def test_tasks_cannot_form_a_circle(store: Store) -> None:
    first, second, third = (new_id() for _ in range(3))
    await store.do("create", "tasks", first, fields={"title": "1"})
    await store.do("create", "tasks", second, fields={"title": "2", "parentTaskId": first})
    await store.do("create", "tasks", third, fields={"title": "3", "parentTaskId": second, "dependencyIds": [first]})
    for fields in ({"parentTaskId": third}, {"parentTaskId": first}, {"dependencyIds": [third]}):
        with pytest.raises(InvalidError) as refused:
            await store.do("update", "tasks", first, fields=fields)
        assert {error.field for error in refused.value.errors} == set(fields)
    assert await store.head() == 3


async def test_two_halves_of_a_circle_in_one_transaction(store: Store) -> None:
    first, second = new_id(), new_id()
    for each in (first, second):
        await store.do("create", "tasks", each, fields={"title": each})
    results = await asyncio.gather(
        store.do("update", "tasks", first, fields={"parentTaskId": second}),
        store.do("update", "tasks", second, fields={"parentTaskId": first}),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, InvalidError) for result in results) == [False, True]


async def test_search_folds_and_needs_every_word(store: Store) -> None:
    await store.note(title="Café in Évora", bodyMarkdown="the Cromlech at dawn")
    await store.note(title="Other")
    for words, found in (("cafe EVORA", 1), ("cromlech cafe", 1), ("cafe lisbon", 0), ("o", 2)):
        assert len(await store.read(search=words)) == found, words


async def test_lists_sort_by_code_point_of_the_folded_key(store: Store) -> None:
    for title in ("zebra", "Émile", "eagle", "ŧail", "Zulu", "éa"):
        await store.note(title=title)
    titles = [each["title"] for each in await store.read(index="title")]
    assert titles == ["éa", "eagle", "Émile", "zebra", "Zulu", "ŧail"]
    backwards = [each["title"] for each in await store.read(index="title", descending=True)]
    assert backwards == titles[::-1]
