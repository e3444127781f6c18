"""Parity is the law: every page and form post of the registry, on the server and by the worker's code.

For made-up accounts, contexts are compared, then HTML, status, `Location` and header fields, byte for byte; after a
form post, the records. `AIOS_EXAMPLES=10000` compares as many pages; without it 500.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aios.records.query import NO_COPY
from aios.records.text import text_hash
from tests.parity.accounts import NOW_MS, Account, Ask, Item, accounts, every_action, every_page
from tests.parity.furnished import LONG, everything
from tests.parity.lines import Lines, untraced
from tests.parity.pages import Both, Node, Server, watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aios.modules import Registry

COMPARISONS = int(os.environ.get("AIOS_EXAMPLES", "500"))
A_ROUND = 40
"""At least so many comparisons for each account."""
NOT_BY_PAGES = {
    r"= use\(undefined": "a macro's argument without a default: no template leaves one out",
    r"^components/": "options of shared macros, shown in each state by the gallery: test_templates_product.py",
    r"^(device|errors|shell/gate)": "pages of the worker alone, and of who is not signed in: test_device_templates.py",
    r"^shell/": "blocks that stand empty, or are always replaced, in what pages extend",
    r"trash/.*(1 day left|toUpperCase)": "deleted 29 days ago; a record without a title: test_views.py",
    r"raise InvalidError\((WAITS|NO_INST)|except \(ValueError|dependencyIds|MOST_STEPS|seen.has\(each\)|NO_INSTANT": (
        "refused of other writers; no form has the field: test_views.py"
    ),
    r"notebook/rules.py:(38|47|48) |notebook/views.py:166 |return beginning\(note\)": "stubs: only a device has any",
    r"calendar/rules.*(raise|throw|refused|return [Ff]alse|: -1|link\(value|InvalidError|reminderMinutes \}\) =>)": (
        "refused of other writers; no form sends it: test_calendar.py. When an event is due only the server keeps"
    ),
    r"\?\? (0|\"\"|\[\]|true)$|\?\.\[1\]$|throw error;( })?$|: \"recent\"$": "guards that types ask for in JavaScript",
    r"due(Date)? : null|dueDate, reminderMinutes": "when a task is due: only the server keeps that",
    r"dueDate\": NO_TIME|dueDate: NO_TIME|except ValueError:|\?\? NO_DAY": "beyond the calendar: test_planner.py",
    r"\?\.\[name\]|\? AWAY$": "stubs: only a device has any",
    r"planner/review.*return \"\"": "a week before the calendar begins: test_views.py",
    r"\|\| task\.id": "a task that was stored before there was an order",
    r"planner/.* (task|continue;?|made\[.*|made.set.*)$": "cycles, which only devices that sync make: test_views.py",
}
"""What no page or form post of an account reaches, and where it is compared instead."""
compared = {"pages": 0, "posts": 0, "joined": 0}


@pytest.fixture(scope="module")
def lines() -> Iterator[Lines]:
    """What of the modules' Python ran; begun before the server's threads are."""
    made = Lines()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def server(lines: Lines, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    del lines
    folder = tmp_path_factory.mktemp("server")
    shutil.copyfile(migrated_file, folder / "aios.sqlite3")
    made = Server(f"sqlite:///{folder / 'aios.sqlite3'}", folder)
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


def test_every_line_is_compared(server: Server, node: Node, lines: Lines) -> None:
    """The gate: accounts made by hand reach every view line and template branch, on both sides, and both agree."""
    for account, asked in everything():
        both = Both(server, node, account)
        for ask in asked:
            if not differs_with_stubs(both, ask):
                compare(both, ask)
    lines.stop()
    server.run(untraced())
    missing = lines.missing()
    missing += node.call("missing")["missing"]
    unseen = [each for each in missing if not any(re.search(pattern, each) for pattern in NOT_BY_PAGES)]
    assert not unseen, "\n".join(unseen)


@pytest.mark.parametrize(
    ("kept", "path", "says"),
    [
        (
            ("notes", {"title": "Week", "bodyMarkdown": f"#template\n{LONG}", "tags": ["template"]}),
            ("/notebook/new", "template"),
            "The text of this template is on your server",
        ),
        (
            (
                "events",
                {
                    "title": "Site walk",
                    "description": LONG,
                    "startAt": "2026-11-24T09:00:00.000Z",
                    "endAt": "2026-11-24T10:00:00.000Z",
                },
            ),
            ("/calendar/new", "copy"),
            "The description is on your server",
        ),
    ],
)
def test_a_form_that_begins_with_a_text_says_when_it_is_not_here(
    server: Server, node: Node, kept: tuple[str, dict[str, Any]], path: tuple[str, str], says: str
) -> None:
    collection, fields = kept
    record = "019ab2c4-0000-7000-8000-000000000777"
    for budget, is_away in ((None, False), (0, True)):
        account = Account([Item(collection, record, fields, NOW_MS, deleted=False)], "UTC", NO_COPY, budget)
        on_server, on_device = Both(server, node, account).ask(
            Ask(path[0], [(path[1], record)], partial=False, form=None)
        )
        assert says not in on_server.body
        assert (says in on_device.body) is is_away


PHASES = [each for each in Phase if each is not Phase.shrink or os.environ.get("AIOS_SHRINK") != "0"]
"""Mutants need no smallest example, which takes minutes to find."""


def test_both_sides_answer_alike(server: Server, node: Node, registry: Registry) -> None:
    @settings(
        max_examples=max(1, COMPARISONS // A_ROUND),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=PHASES,
    )
    @given(data=st.data())
    def hold_against_each_other(data: st.DataObject) -> None:
        account: Account = data.draw(accounts())
        asked = data.draw(_requests(registry, account))
        both = Both(server, node, account)
        for ask in asked:
            if not differs_with_stubs(both, ask):
                compare(both, ask)

    hold_against_each_other()
    # The figures are part of the result.
    print(f"{compared['pages']} pages and {compared['posts']} form posts compared, {compared['joined']} joined")  # noqa: T201
    assert compared["pages"] + compared["posts"] >= COMPARISONS
    assert compared["joined"] < compared["posts"] // 10


@st.composite
def _requests(draw: st.DrawFn, registry: Registry, account: Account) -> list[Ask]:
    return [
        *every_page(draw, registry, account),
        *every_page(draw, registry, account),
        *every_action(draw, registry, account),
    ]


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
    joined = joined_by_the_server(both, ask)
    if joined:
        compared["joined"] += 1
        server_records, device_records = (
            [each for each in records if each["id"] != joined] for records in (server_records, device_records)
        )
    assert device_records == server_records, (
        f"records after {_named(ask)}: {first_difference(str(server_records), str(device_records))}"
    )
    both.load()


def joined_by_the_server(both: Both, ask: Ask) -> str:
    """The id of a record that a form changed which was opened before the record's last change; "" where none was.

    The server joins what was changed apart; the device shows what was typed until the next pull (docs/sync.md, push 6).
    """
    record = both.before.get(ask.path.rpartition("/")[2])
    form = ask.form or {}
    if record is None or form["_method"][0] != "PUT":
        return ""
    seen = form.get("baseRev", [""])[-1]
    texts = both.server.state.registry.collections[record["collection"]].texts
    bases = {name: form.get(f"bases.{name}", [""])[-1] for name in texts if name in form}
    stale = any(given and given != text_hash(record["body"][name]) for name, given in bases.items())
    return record["id"] if stale or (seen.isdigit() and int(seen) < record["rev"]) else ""


_NOT_ONE = {"new", "projects", "week", "day", "agenda", "search", "statistics", "settings"}


def differs_with_stubs(both: Both, ask: Ask) -> bool:
    """Whether a device without some long texts may answer otherwise: when the page is about such a text.

    Its own page says that the text is not here; a search finds it by what is here; a backlink shows its beginning;
    a form that begins with it says so, and one that saves it is opened from its page.
    """
    if not both.stubs:
        return False
    if ask.form is None:
        shown = ask.path.rpartition("/")[2]
        about_one = ask.path.startswith(("/notebook/", "/planner/", "/calendar/")) and shown not in _NOT_ONE
        return about_one or any(name in {"q", "copy", "template"} for name, _ in ask.search)
    return ask.form["_method"][0] == "PUT" and not ask.path.endswith(
        ("/pin", "/archive", "/completion", "/restoration")
    )


def first_difference(one: str, other: str) -> str:
    """Where two texts part, and a little of each from there."""
    place = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), min(len(one), len(other))
    )
    start = max(place - 80, 0)
    return f"at {place}\nserver: {one[start : place + 120]!r}\ndevice: {other[start : place + 120]!r}"


def _named(ask: Ask) -> str:
    method = "GET" if ask.form is None else ask.form["_method"][0]
    return f"{method} {ask.path} {ask.search}{' as a fragment' if ask.partial else ''}"
