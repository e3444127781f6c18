"""The shell's life, seen by a surface that writes down what it is told to show."""

from __future__ import annotations

import json

import pytest
from aios_shell.core.build import Build
from aios_shell.core.memory import Memory
from aios_shell.core.shell import Shell

SERVER = "https://aios.example"
FIXED = Build(SERVER)


class Shown:
    """A surface without a screen."""

    def __init__(self) -> None:
        self.all: list[tuple[str, ...]] = []

    def show_page(self, url):
        self.all.append(("page", url))

    def show_address(self, typed, error):
        self.all.append(("address", typed, error))

    def show_unreachable(self, server, reason, *, change):
        self.all.append(("unreachable", server, reason, change))

    def open_outside(self, url):
        self.all.append(("outside", url))

    def leave(self):
        self.all.append(("leave",))

    @property
    def last(self):
        return self.all[-1]


@pytest.fixture
def begin(tmp_path):
    """Start a shell: `begin(now, link)` as a system does, over and over, on the same device."""

    def start(now=0.0, link="", build=FIXED):
        clock = [1_000_000.0 + now]
        shown = Shown()
        shell = Shell(build, Memory(tmp_path / "shell.json"), shown, lambda: clock[0], lambda: clock[0])
        shell.start(link)
        return shell, shown

    return start


def test_a_build_with_a_server_opens_it_and_says_its_budget(begin):
    assert begin()[1].all == [("page", f"{SERVER}/?shell=6")]
    assert begin(build=Build(SERVER, 8))[1].all == [("page", f"{SERVER}/?shell=8")]


def test_a_development_build_asks_and_remembers(begin):
    shell, shown = begin(build=Build())
    assert shown.last == ("address", "", "")
    shell.choose("http://aios.example")
    assert shown.last[:2] == ("address", "http://aios.example")
    assert "https" in shown.last[2]
    shell.choose("aios.example")
    assert shown.last == ("page", f"{SERVER}/?shell=6")
    _, shown = begin(build=Build())
    assert shown.all == [("page", f"{SERVER}/?shell=6")]


def test_a_fixed_server_cannot_be_changed(begin):
    shell, shown = begin()
    shell.choose("evil.example")
    shell.change()
    assert shown.all == [("page", f"{SERVER}/?shell=6")]
    assert shell.server == SERVER


def test_a_new_build_with_another_server_forgets_the_page_of_the_old_one(begin):
    shell, _ = begin()
    shell.arrived(f"{SERVER}/planner")
    shell.answers("ready")
    shell, shown = begin(build=Build("https://other.example"))
    assert shown.last == ("page", "https://other.example/?shell=6")
    assert not shell.ready


def test_the_first_start_without_a_network_says_so_and_tries_again(begin):
    shell, shown = begin()
    shell.failed()
    kind, server, reason, change = shown.last
    assert (kind, server, change) == ("unreachable", SERVER, False)
    assert "first time" in reason
    shell.retry()
    assert shown.last == ("page", f"{SERVER}/?shell=6")


def test_once_it_was_ready_the_reason_is_another(begin):
    shell, shown = begin()
    shell.answers("")
    assert not shell.ready
    shell.answers("ready")
    shell.failed()
    assert "copy is gone" in shown.last[2]


def test_an_app_that_the_system_made_anew_is_where_it_was(begin):
    shell, _ = begin()
    shell.arrived(f"{SERVER}/notebook/019a?view=write&shell=6")
    assert begin(now=5)[1].last == ("page", f"{SERVER}/notebook/019a?view=write&shell=6")
    assert begin(now=700)[1].last == ("page", f"{SERVER}/?shell=6")
    assert begin(now=-50)[1].last == ("page", f"{SERVER}/?shell=6"), "a clock that was set back"
    assert begin(now=5, link="aios://planner")[1].last == ("page", f"{SERVER}/planner?shell=6")


def test_pages_of_elsewhere_are_not_remembered(begin):
    shell, _ = begin()
    shell.arrived("https://evil.example/planner")
    shell.arrived(None)
    assert begin(now=5)[1].last == ("page", f"{SERVER}/?shell=6")


def test_links_and_shared_texts_arrive_while_it_runs(begin):
    shell, shown = begin()
    assert shell.link(f"{SERVER}/planner")
    assert shown.last == ("page", f"{SERVER}/planner?shell=6")
    assert not shell.link("https://evil.example/planner")
    shell.share("", "Milk")
    assert shown.last == ("page", f"{SERVER}/capture?text=Milk&shell=6")


def test_before_a_server_is_known_links_and_shared_texts_wait_for_nothing(begin):
    shell, shown = begin(build=Build())
    assert not shell.link("aios://planner")
    shell.share("", "Milk")
    assert shown.all == [("address", "", "")]


def test_a_link_of_elsewhere_opens_outside(begin):
    shell, shown = begin()
    assert shell.allows(f"{SERVER}/planner")
    assert not shell.allows("https://elsewhere.example/")
    assert shown.last == ("outside", "https://elsewhere.example/")
    before = len(shown.all)
    assert not shell.allows("intent://scan/#Intent;end")
    assert len(shown.all) == before


def test_a_killed_page_comes_back_where_it_was_three_times(begin):
    shell, shown = begin()
    shell.arrived(f"{SERVER}/planner")
    for _ in range(3):
        shell.gone()
        assert shown.last == ("page", f"{SERVER}/planner?shell=6")
    shell.gone()
    assert shown.last[0] == "unreachable"


def test_back_leaves_when_the_page_says_so(begin):
    shell, shown = begin()
    shell.back("closed")
    assert shown.last[0] == "page"
    shell.back("leave")
    assert shown.last == ("leave",)


@pytest.mark.parametrize(
    "damage", ["", "[]", "{", '{"server": 1}', '{"server": "x", "ready": 1, "path": "", "seen_s": "y"}']
)
def test_a_damaged_memory_is_as_good_as_none(begin, tmp_path, damage):
    (tmp_path / "shell.json").write_text(damage)
    assert begin()[1].last == ("page", f"{SERVER}/?shell=6")


def test_a_build_is_what_its_environment_said(tmp_path):
    file = tmp_path / "build.json"
    assert Build.read(file).development
    Build.from_environment({"AIOS_SHELL_SERVER": "aios.example", "AIOS_SHELL_BUDGET_MB": "9"}).write(file)
    assert json.loads(file.read_text()) == {"server": SERVER, "budget_mb": 9}
    assert Build.read(file) == Build(SERVER, 9)
    assert Build.from_environment({}) == Build("", 6)
    with pytest.raises(ValueError, match="AIOS_SHELL_BUDGET_MB"):
        Build.from_environment({"AIOS_SHELL_BUDGET_MB": "lots"})
    with pytest.raises(ValueError, match="https"):
        Build.from_environment({"AIOS_SHELL_SERVER": "http://aios.example"})
