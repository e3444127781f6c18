"""What stands around a page, from the person's settings."""

from typing import Any

from aios.modules import Module
from aios.records.query import Query
from aios.web.shell import shell

HOME = Module(name="home", title="Home", listed=False)
NOTEBOOK = Module(name="notebook", title="Notebook", icon="n", make="/notebook/new", make_label="New note")
PLANNER = Module(name="planner", title="Planner", icon="p", make="/planner/new", make_label="New task")
LISTS = Module(name="lists", title="Lists", icon="l")
ALL = [HOME, NOTEBOOK, PLANNER, LISTS]


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
    assert titles(made("home")["tabs"]) == ["Notebook", "Home", "Planner"]
    assert titles(made("lists")["tabs"]) == ["Lists", "Home", "Notebook"]
    assert titles(made("lists", enabledModules=["planner"])["tabs"]) == ["Lists", "Home", "Planner"]
    assert titles(made("planner", enabledModules=["planner"])["tabs"]) == ["Planner", "Home", "Settings"]


def test_one_place_is_current() -> None:
    for module, title in (("home", "Home"), ("notebook", "Notebook")):
        assert titles([tab for tab in made(module)["tabs"] if tab["current"]]) == [title]
    assert titles([item for item in made("planner")["nav"] if item["current"]]) == ["Planner"]


def test_the_centre_key_makes_what_the_module_makes() -> None:
    notebook = made("notebook")
    assert (notebook["make_href"], notebook["make_label"]) == ("/notebook/new", "New note")
    assert made("home")["make_href"] == ""
    assert [each["label"] for each in made("home")["makes"]] == ["New note", "New task"]


def test_theme_and_person() -> None:
    assert (made("home")["theme"], made("home")["accent"]) == ("dark", "cyan")
    light = made("home", darkMode=False, colorTheme="pink")
    assert (light["theme"], light["accent"]) == ("light", "pink")
    assert (light["user"], light["initials"]) == ("mara", "MA")
