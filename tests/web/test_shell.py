"""What stands around a page, from the person's settings."""

from typing import Any

from aios.modules import Capture, Module
from aios.records.query import Query
from aios.web.shell import shell

HOME = Module(name="home", title="Home", listed=False)
NOTEBOOK = Module(
    name="notebook",
    title="Notebook",
    icon="n",
    make="/notebook/new",
    make_label="New note",
    capture=Capture(label="Note", path="/notebook", field="bodyMarkdown"),
)
PLANNER = Module(
    name="planner",
    title="Planner",
    icon="p",
    make="/planner/new",
    make_label="New task",
    capture=Capture(label="Task", path="/planner", field="title", line=True),
)
TRASH = Module(name="trash", title="Trash", listed=False, jump="t")
LISTS = Module(name="lists", title="Lists", icon="l")
ALL = [HOME, NOTEBOOK, PLANNER, LISTS, TRASH]


def made(module: str, **settings: Any) -> dict[str, Any]:
    query = Query(params={}, now="", zone="", new_id="", day="", bounds={}, user="mara", space="", settings=settings)
    return shell(query, module, ALL)


def titles(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["title"] for entry in entries]


def test_all_listed_modules_appear_until_some_are_chosen() -> None:
    assert titles(made("home")["nav"]) == ["Notebook", "Planner", "Lists"]
    chosen = made("home", enabledModules=["lists", "planner", "gone"])
    assert titles(chosen["nav"]) == ["Planner", "Lists"]
    assert [(each["name"], each["on"]) for each in chosen["modules"]] == [
        ("notebook", False),
        ("planner", True),
        ("lists", True),
    ]


def test_the_module_you_are_in_takes_the_left_place() -> None:
    assert titles(made("home")["tabs"]) == ["Notebook", "Search", "Planner"]
    assert titles(made("lists")["tabs"]) == ["Lists", "Search", "Notebook"]
    assert titles(made("lists", enabledModules=["planner"])["tabs"]) == ["Lists", "Search", "Planner"]
    assert titles(made("planner", enabledModules=["planner"])["tabs"]) == ["Planner", "Search", "Settings"]


def test_one_place_is_current() -> None:
    for module, title in (("search", "Search"), ("notebook", "Notebook")):
        assert titles([tab for tab in made(module)["tabs"] if tab["current"]]) == [title]
    assert titles([item for item in made("planner")["nav"] if item["current"]]) == ["Planner"]


def test_a_module_makes_and_captures_its_own_first() -> None:
    def current(module: str, what: str, **settings: Any) -> list[str]:
        return [each["label"] for each in made(module, **settings)[what] if each["current"]]

    assert [each["label"] for each in made("home")["makes"]] == ["New note", "New task"]
    assert [each["label"] for each in made("home")["captures"]] == ["Note", "Task"]
    assert current("planner", "makes") == ["New task"]
    assert current("planner", "captures") == ["Task"]
    assert current("home", "captures") == ["Note"]
    # A module that captures nothing leaves the choice as it is; one that makes nothing has nothing current.
    assert current("lists", "captures", enabledModules=["planner", "lists"]) == ["Task"]
    assert current("lists", "makes") == []


def test_places_outside_the_modules_are_in_the_menu() -> None:
    assert [(each["title"], each["jump"]) for each in made("home")["places"]] == [("Trash", "t")]


def test_theme_and_person() -> None:
    assert (made("home")["theme"], made("home")["accent"]) == ("dark", "cyan")
    light = made("home", darkMode=False, colorTheme="pink")
    assert (light["theme"], light["accent"]) == ("light", "pink")
    assert (light["user"], light["initials"]) == ("mara", "MA")
