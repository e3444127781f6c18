"""The same fields, checked on the server and on the device: equal results, or equal sentences in equal order."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aios.errors import InvalidError
from aios.modules import discover
from aios.records.mutation import Writer
from aios.records.validate import check
from aios.web.device import plain_registry
from tests.parity.process import NodeProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.records.collection import Collection

REGISTRY = discover()
STRICT = Writer(client="device")
ID = "019ab2c4-90aa-7b1f-8a35-20c7f41d9e02"
REQUESTS = 300


class Device(NodeProcess):
    """A Node process that checks fields."""

    def __init__(self, plain: Path) -> None:
        super().__init__("validate.mjs", str(plain))

    def ask(self, **request: Any) -> Any:
        answered = self.answer(json.dumps(request))
        return json.loads(answered)


@pytest.fixture(scope="session")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    plain = tmp_path_factory.mktemp("validate") / "registry.json"
    plain.write_bytes(msgspec.json.encode(plain_registry(REGISTRY)))
    made = Device(plain)
    yield made
    made.close()


def assigned(text: str) -> bool:
    """Whether all characters were there in Python's version of Unicode: engines carry others."""
    return all(unicodedata.category(each) != "Cn" for each in text)


texts = st.one_of(
    st.text(st.characters(), max_size=12).filter(assigned),
    st.sampled_from(
        [
            "",
            "a",
            ID,
            ID + "\n",
            ID.upper(),
            "it's",
            "\"both' - at `x`",
            "\r\n\0",
            "\ud800",
            "\U0001f600",
            "\u2028\xad\x7f\xa0\\",
        ]
    ),
    st.integers(0, 3).map(lambda over: "\U0001f600" * (199 + over)),
    st.integers(0, 3).map(lambda over: "x" * (99 + over)),
    st.integers(0, 2).map(lambda over: "x" * (4_999 + over)),
    st.integers(0, 2).map(lambda over: "y" * (39 + over)),
    st.sampled_from(["pending", "completed", "custom", "urgent", "cyan", "grid", "static"]),
)
numbers = st.one_of(
    st.integers(-5, 10), st.integers(-(2**53) + 1, 2**53 - 1), st.sampled_from([0.5, -1.25, 2.0, -0.0, 1e15, 3.0])
)
plain = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.one_of(
    plain,
    st.lists(plain, max_size=4),
    st.lists(texts, max_size=4),
    st.integers(98, 102).map(lambda size: ["t"] * size),
    st.integers(499, 501).map(lambda size: [ID] * size),
    st.dictionaries(texts, st.one_of(plain, st.lists(plain, max_size=2)), max_size=3),
)


def reads_alike(name: str) -> bool:
    """JavaScript puts names that look like numbers first."""
    return not name.isdecimal()


def server(collection: Collection, sent: dict[str, Any], *, creating: bool) -> Any:
    try:
        return {"fields": check(collection, sent, STRICT, creating=creating)}
    except InvalidError as error:
        return {"detail": error.detail, "errors": [msgspec.to_builtins(each) for each in error.errors]}


def crossed(value: Any) -> str:
    """As JSON, with 2.0 as 2: JavaScript knows one kind of number."""
    return json.dumps(value, sort_keys=False, default=str).replace(".0,", ",").replace(".0]", "]").replace(".0}", "}")


@pytest.mark.parametrize("name", sorted(REGISTRY.collections))
def test_checks(name: str, checker: Device):
    collection = REGISTRY.collections[name]
    names = st.one_of(
        st.sampled_from(sorted(collection.fields)),
        st.sampled_from(["constructor", "__proto__", "nope"]),
        texts.filter(reads_alike),
    )

    @settings(max_examples=REQUESTS, suppress_health_check=list(HealthCheck), database=None)
    @given(st.dictionaries(names, values, max_size=5), st.booleans())
    @example({}, True)  # noqa: FBT003  as Hypothesis wants it
    def run(sent: dict[str, Any], creating: bool) -> None:  # noqa: FBT001  as above
        there = server(collection, sent, creating=creating)
        here = checker.ask(collection=name, sent=sent, creating=creating)
        assert crossed(here) == crossed(there), sent

    run()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("tasks", {"projectId": "x"}),
        ("tasks", {"dependencyIds": [ID, "x"]}),
        ("tasks", {"dependencyIds": [None]}),
        ("tasks", {"projectId": ID + "\n"}),
        ("tasks", {"priority": "it's"}),
        ("tasks", {"priority": "a - at b"}),
        ("tasks", {"priority": "`str` of length <= 12345"}),
        ("tasks", {"dueDate": 3, "title": None, "userNotes": "x" * 5_001}),
        ("notes", {"bodyMarkdown": "\U0001f600" * 50_001}),
        ("notes", {"tags": ["", "x"]}),
        ("notes", {"title": "a\r\nb\0\ud800"}),
        ("settings", {"aiLimitTier": 4, "photoGridSize": 1, "darkMode": "true"}),
        ("settings", {"moduleUsageStats": {"k" * 101: 1}}),
        ("settings", {"moduleUsageStats": {"a": {"b": [1, None, 2.0]}, "__proto__": {"\r": 1}}}),
        ("settings", {"moduleUsageStats": []}),
        ("projects", {"taskIds": [], "id": "x"}),
    ],
)
def test_each_sentence(name: str, fields: dict[str, Any], checker: Device):
    there = server(REGISTRY.collections[name], fields, creating=False)
    assert checker.ask(collection=name, sent=fields, creating=False) == there


documents = st.fixed_dictionaries(
    {},
    optional={
        "title": texts, "name": texts, "createdAt": texts, "updatedAt": texts, "status": texts, "priority": texts,
        "dueDate": st.none() | texts, "projectId": st.none() | texts, "parentTaskId": st.none() | texts,
        "dependencyIds": st.lists(texts, max_size=3), "tags": st.none() | st.lists(texts, max_size=4),
        "links": st.lists(texts, max_size=4), "isPinned": st.booleans(), "isArchived": st.booleans() | st.none(),
    },
)  # fmt: skip


@pytest.mark.parametrize("name", ["notes", "projects", "tasks"])
def test_keys(name: str, checker: Device):
    @settings(max_examples=150, suppress_health_check=list(HealthCheck), database=None)
    @given(documents)
    def run(document: dict[str, Any]) -> None:
        there = [list(each) for each in REGISTRY.collections[name].keys(document)]
        assert checker.ask(collection=name, document=document) == there

    run()
