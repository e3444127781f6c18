"""Every view, form post, tile and rule of the modules, on the server and on the device, with the same documents.

What each gives is compared key by key. `AIOS_EXAMPLES=10000` draws as many examples of pages; without it 300, and 300
of all else.
"""

# ruff: noqa: RUF001  characters above U+FFFF

from __future__ import annotations

import os
from copy import deepcopy
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from aios.errors import InvalidError
from aios.modules import Action, Documents, Module, Page
from aios.modules.forms import Form
from aios.records.apply import Change
from aios.records.mutation import Mutation
from aios.records.query import Query
from tests.parity import documents as made
from tests.parity.documents import REGISTRY
from tests.parity.half import Half, refusal, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aios.database import Steps
    from aios.records.collection import Collection, Document

MODULES = list(REGISTRY.modules.values())
PAGES = [(module, page) for module in MODULES for page in module.pages]
ACTIONS = [(module, action) for module in MODULES for action in module.actions]
TILES = [module for module in MODULES if module.tile]
COLLECTIONS = [(module, each) for module in MODULES for each in module.collections]
EXAMPLES = int(os.environ.get("AIOS_EXAMPLES", "300"))
FOR_PAGES = settings(max_examples=max(8, EXAMPLES // len(PAGES)), suppress_health_check=[HealthCheck.too_slow])
FOR_THE_REST = settings(FOR_PAGES, max_examples=max(8, EXAMPLES // 3 // len(PAGES)))
"""Form posts, tiles and rules have fewer branches each, and there are more of them."""


AT = "2026-11-24T09:00:00.000Z"
QUERY = Query(
    params={}, now=AT, zone="UTC", new_id="", day=AT[:10], bounds={}, user="mara", space=made.IDS[0], settings={}
)
WHOLE_NOTE: dict[str, Any] = {
    "id": made.IDS[0], "title": "x", "bodyMarkdown": "", "tags": [], "explicitTags": [], "isPinned": False,
    "isArchived": False, "createdAt": AT, "updatedAt": AT, "_rev": 1,
}  # fmt: skip


@pytest.fixture(scope="session")
def half() -> Iterator[Half]:
    started = Half()
    yield started
    started.close()


def name_of(given: Any) -> str:
    return getattr(given, "path", None) or getattr(given, "name", "")


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_the_device_has_all_that_a_module_declares(half: Half, module: Module) -> None:
    answer = half.ask("inventory", module.name)
    assert "value" in answer, answer
    has = answer["value"]
    assert sorted(has["pages"]) == sorted(page.path for page in module.pages)
    assert sorted(has["actions"]) == sorted(f"{each.method} {each.path}" for each in module.actions)
    assert has["tile"] == (module.tile is not None)
    declared = {
        each.name: {
            "derive": each.derive is not None,
            "due": each.due is not None,
            "rules": [camel(rule.__name__) for rule in each.rules],
        }
        for each in module.collections
        if each.derive or each.due or each.rules
    }
    assert has["collections"] == declared


@cache
def page_cases(number: int) -> st.SearchStrategy[tuple[Query, Documents]]:
    module, page = PAGES[number]
    return made.asked_and_found(
        module, page.reads, page.params, needs=page.needs, path=page.path, refused=True, wants=page.wants
    )


@cache
def action_cases(number: int) -> st.SearchStrategy[tuple[Query, Documents, Form]]:
    module, action = ACTIONS[number]
    cases = made.asked_and_found(module, action.reads, needs=action.needs, path=action.path, wants=action.wants)
    return cases.flatmap(lambda case: st.tuples(st.just(case[0]), st.just(case[1]), made.forms(module, case[1])))


@pytest.mark.parametrize("number", range(len(PAGES)), ids=lambda number: PAGES[number][1].path)
@FOR_PAGES
@given(data=st.data())
def test_a_page_says_the_same(half: Half, number: int, data: st.DataObject) -> None:
    module, page = PAGES[number]
    query, found = data.draw(page_cases(number))
    answer = half.ask("page", module.name, key=page.path, documents=found, query=on_device(query))
    assert answer == {"value": told(page.view(found, query))}


@pytest.mark.parametrize("number", range(len(ACTIONS)), ids=lambda number: action_key(ACTIONS[number][1]))
@FOR_THE_REST
@given(data=st.data())
def test_a_form_post_means_the_same(half: Half, number: int, data: st.DataObject) -> None:
    module, action = ACTIONS[number]
    query, found, form = data.draw(action_cases(number))
    key = action_key(action)
    answer = half.ask("action", module.name, key=key, documents=found, form=form, query=on_device(query))
    assert "value" in answer, answer
    assert submission(answer["value"]) == submission(msgspec.to_builtins(action.submit(found, form, query)))


@pytest.mark.parametrize("module", TILES, ids=name_of)
@FOR_THE_REST
@given(data=st.data())
def test_a_tile_says_the_same(half: Half, module: Module, data: st.DataObject) -> None:
    assert module.tile
    query, found = data.draw(made.asked_and_found(module, module.tile.reads))
    answer = half.ask("tile", module.name, documents=found, query=on_device(query))
    assert answer == {"value": told(module.tile.view(found, query))}


@pytest.mark.parametrize(("module", "collection"), COLLECTIONS, ids=name_of)
@FOR_PAGES
@given(data=st.data())
def test_what_follows_from_a_document_is_the_same(
    half: Half, module: Module, collection: Collection, data: st.DataObject
) -> None:
    now = data.draw(made.NOWS)
    one = made.documents(collection, now)
    document, previous = deepcopy(data.draw(one)), None
    if data.draw(st.booleans()):
        previous = deepcopy(data.draw(one))
        # What is refused was never kept.
        assume(collection.derive is None or "value" in outcome(derived, collection.derive, previous, None))
        sent = data.draw(st.lists(st.sampled_from(sorted(document)), max_size=3))
        document = {**previous, **{name: document[name] for name in sent}}
        if collection.texts and data.draw(st.booleans()):
            document, previous = made.stubbed(collection, document), made.stubbed(collection, previous)
    if collection.name == "tasks":
        given = {"dueDate": data.draw(GIVEN_INSTANTS), "rrule": data.draw(GIVEN_RULES)}
        document |= {name: value for name, value in given.items() if value is not None}
    if collection.derive is not None:
        answer = half.ask("derive", module.name, key=collection.name, document=document, previous=previous)
        assert answer == outcome(derived, collection.derive, deepcopy(document), deepcopy(previous))
        if "value" not in answer:
            return  # what is refused is due at no time
        document = derived(collection.derive, document, deepcopy(previous))
    if collection.due is not None:
        answer = half.ask("due", module.name, key=collection.name, document=document)
        assert answer == {"value": collection.due(document)}


GIVEN_INSTANTS = st.none() | st.sampled_from(
    ["2026-01-16T09:30:00Z", "2026-01-16T09:30:00.5Z", "2026-01-16T09:30:00.123456+05:45", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999-14:00", "2026-01-16T09:30:00", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "tomorrow", "", "2026-01-16"]  # noqa: E501  a list
)  # fmt: skip
GIVEN_RULES = st.sampled_from([None, "FREQ=HOURLY", "x", "FREQ=DAILY"])


@pytest.mark.parametrize("filler", ["x", "é", "𝒳"])
@pytest.mark.parametrize("length", [125, 126, 127, 251, 252, 253])
def test_the_end_of_a_link_is_looked_for_as_far(half: Half, filler: str, length: int) -> None:
    """In code points: characters above U+FFFF are two units on the device."""
    note = {"bodyMarkdown": f"#a [[{filler * length}]] ]] #{filler * 100}", "tags": [], "links": []}
    answer = half.ask("derive", "notebook", key="notes", document=note, previous=None)
    assert answer == {"value": derived(REGISTRY.collections["notes"].derive, deepcopy(note), None)}  # type: ignore[arg-type]
    other = {"id": made.IDS[1], "title": "Other", **note, "bodyMarkdown": f"{filler * 50} ab {note['bodyMarkdown']}"}
    page = next(page for _, page in PAGES if page.path == "/notebook/{id}")
    whole = {**WHOLE_NOTE, "title": filler * length, "links": []}
    found = {"note": whole, "linked": [{**WHOLE_NOTE, **other}], "targets": []}
    answer = half.ask("page", "notebook", key=page.path, documents=found, query=on_device(QUERY))
    assert answer == {"value": told(page.view(found, QUERY))}


@pytest.mark.parametrize("view", ["today", "overdue", "upcoming", "all"])
def test_the_same_completed_tasks_keep_their_place(half: Half, view: str) -> None:
    """Those that somebody completed today: not yesterday, and not ones that came here completed."""
    module, page = next(each for each in PAGES if each[1].path == "/planner")
    starts = {"@dayStart": AT[:10], "@dayEnd": "2026-11-25", "@weekEnd": "2026-12-02"}
    days = {name: f"{day}T00:00:00.000Z" for name, day in starts.items()}
    query = msgspec.structs.replace(QUERY, params={"view": view}, bounds=days)
    made_at = "2026-11-01T00:00:00.000Z"
    times = [(AT, AT), ("2026-11-23T23:59:59.999Z", made_at), (days["@dayStart"], made_at)]
    dues = [None, "2026-11-20T10:00:00.000Z", "2026-11-25T00:00:00.000Z", "2026-12-02T00:00:00.000Z"]
    recent = [
        {
            "id": f"{made.IDS[0][:-2]}{place:02x}", "title": f"{place}", "status": "completed", "priority": "low",
            "recurrenceRule": "none", "rrule": None, "projectId": None, "parentTaskId": None, "dependencyIds": [],
            "dueDate": due, "updatedAt": updated, "createdAt": created,
        }
        for place, (due, (updated, created)) in enumerate(product(dues, times))
    ]  # fmt: skip
    nothing = {name: 0 if read.count else None if read.id else [] for name, read in page.reads.items()}
    found = {**nothing, "recent": recent}
    answer = half.ask("page", module.name, key=page.path, documents=found, query=on_device(query))
    assert answer == {"value": told(page.view(found, query))}


@pytest.mark.parametrize("rev", [4, 5, 6])
def test_the_same_steps_come_back_with_their_task(half: Half, rev: int) -> None:
    task, step = made.IDS[:2]
    trash = [{"id": step, "_rev": rev, "parentTaskId": task}, {"id": task, "_rev": 5, "parentTaskId": None}]
    action = next(each for _, each in ACTIONS if each.path == "/planner/{id}/restoration")
    query = msgspec.structs.replace(QUERY, params={"id": task})
    asked = {"key": action_key(action), "documents": {"trash": trash}, "form": {}, "query": on_device(query)}
    answer = half.ask("action", "planner", **asked)
    expected = action.submit({"trash": trash}, {}, query)
    assert submission(answer["value"]) == submission(msgspec.to_builtins(expected))
    assert len(expected.mutations) == (2 if rev > 5 else 1)


@pytest.mark.parametrize(
    ("module", "collection", "number"),
    [(module, each, number) for module, each in COLLECTIONS for number in range(len(each.rules))],
    ids=lambda each: str(each) if isinstance(each, int) else name_of(each),
)
@FOR_THE_REST
@given(data=st.data())
def test_a_rule_refuses_the_same(
    half: Half, module: Module, collection: Collection, number: int, data: st.DataObject
) -> None:
    now = data.draw(made.NOWS)
    some = data.draw(st.lists(made.documents(collection, now), max_size=8))
    living = {each["id"]: each for each in some}
    document = data.draw(made.documents(collection, now))
    previous = data.draw(st.none() | st.just(document) | made.documents(collection, now))
    effect = "created" if previous is None else data.draw(st.sampled_from(["updated", "restored"]))
    living[document["id"]] = document
    change = {"document": document, "previous": previous, "effect": effect, "collection": collection.name}
    answer = half.ask("rule", module.name, key=collection.name, number=number, living=living, change=change)

    accepted = Change(
        Mutation(op="update", collection=collection.name, id=document["id"]), collection, None, document, effect
    )
    accepted.previous = previous
    assert answer == outcome(run, collection.rules[number](Living(living), accepted))  # type: ignore[arg-type]


def is_list(name: str, page: Page) -> bool:
    """Whether a read gives records whose long texts a device may lack; not what links here, nor the trash."""
    read = page.reads.get(name)
    if read is None or not read.collection or read.id is not None or read.count or read.group or name == "linked":
        return False
    return bool(REGISTRY.collections[read.collection].texts)


LISTS = [number for number, (_, page) in enumerate(PAGES) if any(is_list(name, page) for name in page.reads)]


@pytest.mark.parametrize("number", LISTS, ids=lambda number: PAGES[number][1].path)
@FOR_THE_REST
@given(data=st.data())
def test_a_list_shows_the_same_of_a_stub(number: int, data: st.DataObject) -> None:
    """Backlinks are the one exception: they quote the line that links, where it is here."""
    _, page = PAGES[number]
    query, found = data.draw(page_cases(number))
    stubs = {
        name: [stub(page.reads[name].collection, each) for each in value] if is_list(name, page) else value
        for name, value in found.items()
    }
    assert page.view(stubs, query) == page.view(found, query)


def stub(collection: str, document: Document) -> Document:
    return document if "_stub" in document else made.stubbed(REGISTRY.collections[collection], document)


@pytest.mark.parametrize("length", [0, 1, 2, 5])
@pytest.mark.parametrize("number", [0, 1])
def test_a_cycle_of_any_length_is_refused_on_both(half: Half, number: int, length: int) -> None:
    """`length` tasks, each under or before the next, and the last under or before the first; 0 is a chain that ends."""
    ids = made.IDS[: length or 5]
    after = [*ids[1:], ids[0] if length else made.IDS[6]]
    living = {
        each: {"id": each, "parentTaskId": above, "dependencyIds": [above]}
        for each, above in zip(ids, after, strict=True)
    }
    document = living[ids[0]]
    change = {"document": document, "previous": None, "effect": "created", "collection": "tasks"}
    answer = half.ask("rule", "planner", key="tasks", number=number, living=living, change=change)
    tasks = REGISTRY.collections["tasks"]
    accepted = Change(Mutation(op="create", collection="tasks", id=ids[0]), tasks, None, document, "created")
    assert answer == outcome(run, tasks.rules[number](Living(living), accepted))  # type: ignore[arg-type]
    assert ("error" in answer) == (length > 0)


class Living:
    """The records that a rule may ask for, in place of a batch on a database."""

    def __init__(self, records: dict[str, Document]) -> None:
        self._records = records

    def load(self, _: list[str]) -> Steps[None]:
        yield from ()

    def document(self, record_id: str) -> Steps[Document | None]:
        yield from ()
        return self._records.get(record_id)


def action_key(action: Action) -> str:
    return f"{action.method} {action.path}"


def on_device(query: Query) -> dict[str, Any]:
    """The query as a device's pages get it."""
    given: dict[str, Any] = msgspec.to_builtins(query)
    given["newId"] = given.pop("new_id")
    return given


def submission(given: dict[str, Any]) -> dict[str, Any]:
    """A submission with all that may be left out."""
    mutations = [
        {"fields": {}, "bases": {}, "baseRev": None, "ms": None, "mid": None, **_sent(each)}
        for each in given.get("mutations", [])
    ]
    return {
        "location": given.get("location", ""),
        "errors": given.get("errors", {}),
        "mutations": mutations,
        "forward": given.get("forward"),
    }


def _sent(mutation: dict[str, Any]) -> dict[str, Any]:
    """Without what a device keeps for itself."""
    return {name: value for name, value in mutation.items() if name != "stub"}


def derived(derive: Callable[..., None], document: Document, previous: Document | None) -> Document:
    derive(document, previous)
    return document


def run(steps: Steps[None]) -> None:
    for _ in steps:
        pass


def outcome(call: Callable[..., Any], *given: Any) -> dict[str, Any]:
    try:
        return {"value": told(call(*given))}
    except InvalidError as error:
        return refusal(error)


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)
