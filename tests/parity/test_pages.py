"""Parity is the law: every page and form post of the registry, on the server and by the worker's code.

For made-up accounts, contexts are compared, then HTML, status, `Location` and header fields, byte for byte; after a
form post, the records. `AIOS_EXAMPLES=10000` compares as many pages; without it 500.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parity.accounts import Account, Ask, accounts, every_action, every_page
from tests.parity.pages import Both, Node, Server, watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.modules import Registry

COMPARISONS = int(os.environ.get("AIOS_EXAMPLES", "500"))
A_ROUND = 20
"""At least so many comparisons for each account."""
compared = {"pages": 0, "posts": 0}


@pytest.fixture(scope="module")
def server(migrated_file: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(f"sqlite:///{migrated_file}", tmp_path_factory.mktemp("server"))
    patch = pytest.MonkeyPatch()
    watch(made, patch)
    yield made
    patch.undo()
    made.close()


@pytest.fixture(scope="module")
def node(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    made = Node(server.state.device, tmp_path_factory.mktemp("tree"))
    yield made
    made.close()


def test_both_sides_answer_alike(server: Server, node: Node, registry: Registry) -> None:
    @settings(max_examples=max(1, COMPARISONS // A_ROUND), deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def hold_against_each_other(data: st.DataObject) -> None:
        account: Account = data.draw(accounts())
        asked = data.draw(_requests(registry, account))
        both = Both(server, node, account)
        for ask in asked:
            if not differs_with_stubs(both, ask):
                compare(both, ask)

    hold_against_each_other()
    print(f"{compared['pages']} pages and {compared['posts']} form posts compared")
    assert sum(compared.values()) >= COMPARISONS


@st.composite
def _requests(draw: st.DrawFn, registry: Registry, account: Account) -> list[Ask]:
    return [*every_page(draw, registry, account), *every_page(draw, registry, account), *every_action(draw, registry, account)]


def compare(both: Both, ask: Ask) -> None:
    """Ask both sides, and hold what they say against each other."""
    on_server, on_device = both.ask(ask)
    for what in ("status", "location", "context", "body", "headers"):
        one, other = getattr(on_server, what), getattr(on_device, what)
        assert one == other, f"{what} of {_named(ask)}: {first_difference(str(one), str(other))}"
    if ask.form is None:
        compared["pages"] += 1
        return
    compared["posts"] += 1
    if on_server.status != 303:
        return
    server_records, device_records = both.records()
    assert device_records == server_records, (
        f"records after {_named(ask)}: {first_difference(str(server_records), str(device_records))}"
    )
    both.load()


def differs_with_stubs(both: Both, ask: Ask) -> bool:
    """Whether a device without some long texts may answer otherwise: when the page is about such a text.

    Its own page says that the text is not here; a search finds it by what is here; a backlink shows its beginning; a
    form that saves the text is opened from its page.
    """
    if not both.stubs:
        return False
    if ask.form is None:
        shown = ask.path.rpartition("/")[2]
        about_one = ask.path.startswith(("/notebook/", "/planner/")) and shown not in {"new", "projects"}
        return about_one or any(name == "q" for name, _ in ask.search)
    return ask.form["_method"][0] == "PUT" and not ask.path.endswith(("/pin", "/archive", "/completion", "/restoration"))


def first_difference(one: str, other: str) -> str:
    """Where two texts part, and a little of each from there."""
    place = next((at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), min(len(one), len(other)))
    start = max(place - 80, 0)
    return f"at {place}\nserver: {one[start : place + 120]!r}\ndevice: {other[start : place + 120]!r}"


def _named(ask: Ask) -> str:
    method = "GET" if ask.form is None else ask.form["_method"][0]
    return f"{method} {ask.path} {ask.search}{' as a fragment' if ask.partial else ''}"
