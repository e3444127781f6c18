"""The app on Toga's dummy backend, which remembers what it was told to show."""

from __future__ import annotations

import asyncio

import pytest
import toga
from aios_shell.app import AiosShell
from aios_shell.core import back
from aios_shell.core.build import Build
from toga.paths import Paths
from toga_dummy.utils import EventLog, assert_action_performed_with

SERVER = "https://aios.example"
FIXED = Build(SERVER)


@pytest.fixture
def begin(tmp_path, monkeypatch):
    """Start the app as a system does, over and over, on the same device."""
    monkeypatch.setattr(Paths, "data", property(lambda _: tmp_path))
    monkeypatch.setenv("TOGA_BACKEND", "toga_dummy")

    loops = []

    def start(build=FIXED, link=""):
        EventLog.reset()
        app = AiosShell(build, link)
        loops.append(app._impl.loop)
        return app

    yield start
    for loop in loops:
        loop.close()


def words(app):
    """Everything that the shell's own screen says."""
    return " ".join(each.text for each in app.main_window.content.children if hasattr(each, "text"))


def widget(app, name):
    return next(each for each in app.main_window.content.children if each.id == name)


def test_a_page_fills_a_plain_window(begin):
    app = begin()
    assert type(app.main_window) is toga.Window
    assert app.main_window.content is app.view
    assert app.view.url == f"{SERVER}/?shell=6"
    assert app.view.on_navigation_starting._raw is None


def test_a_development_build_asks_for_the_server_by_native_widgets(begin):
    app = begin(Build())
    assert app.view is None
    widget(app, "address").value = "http://aios.example"
    widget(app, "connect")._impl.simulate_press()
    assert "https" in words(app)
    assert widget(app, "address").value == "http://aios.example"
    widget(app, "address").value = "aios.example"
    widget(app, "address")._impl.simulate_confirm()
    assert app.main_window.content is app.view
    assert app.view.url == f"{SERVER}/?shell=6"


def test_the_first_start_without_a_network_shows_a_real_screen(begin):
    app = begin()
    app.shell.failed()
    assert "first time" in " ".join(words(app).split())
    assert SERVER in words(app)
    assert all(
        len(line) <= 40
        for each in app.main_window.content.children
        if hasattr(each, "text")
        for line in each.text.splitlines()
    )
    widget(app, "retry")._impl.simulate_press()
    assert app.main_window.content is app.view


def test_another_server_is_offered_where_one_was_typed(begin):
    app = begin(Build())
    app.shell.choose("aios.example")
    app.shell.failed()
    widget(app, "change")._impl.simulate_press()
    assert widget(app, "address").value == SERVER


def test_an_app_made_anew_in_the_same_process_is_where_it_was(begin):
    app = begin()
    app.view.url = f"{SERVER}/planner"
    app.main_window.on_hide()
    assert begin().view.url == f"{SERVER}/planner?shell=6"


def test_a_link_opens_its_page(begin):
    assert begin(link="aios://notebook/019a").view.url == f"{SERVER}/notebook/019a?shell=6"


def test_a_lost_view_is_made_anew(begin):
    app = begin()
    before = app.view
    app.rebuild()
    assert app.view is not before
    assert app.main_window.content is app.view


@pytest.mark.parametrize(("answer", "left"), [("closed", 0), ("back", 0), ("leave", 1)])
def test_back_asks_the_page_first(begin, monkeypatch, answer, left):
    app = begin()
    exits = []
    monkeypatch.setattr(app, "exit", lambda: exits.append(1))

    async def press():
        pressed = asyncio.ensure_future(app.go_back())
        await asyncio.sleep(0)
        app.view._impl._js_result.set_result(answer)
        await pressed

    app._impl.loop.run_until_complete(press())
    assert_action_performed_with(app.view, "evaluate_javascript", javascript=back.ASK)
    assert len(exits) == left


def test_back_on_a_screen_of_the_shell_leaves(begin, monkeypatch):
    app = begin(Build())
    exits = []
    monkeypatch.setattr(app, "exit", lambda: exits.append(1))
    app._impl.loop.run_until_complete(app.go_back())
    assert exits == [1]


def test_the_page_is_asked_until_it_can_answer_alone(begin, monkeypatch):
    app = begin()
    monkeypatch.setattr("aios_shell.app.READY_S", 0)

    async def load():
        app.page_loaded(app.view)
        for answer in ("", "", "ready"):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            app.view._impl._js_result.set_result(answer)
            await asyncio.sleep(0.01)

    app._impl.loop.run_until_complete(load())
    assert app.shell.ready


def test_what_belongs_elsewhere_is_opened_by_the_system(begin, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    app = begin()
    assert not app.shell.allows("https://elsewhere.example/")
    assert opened == ["https://elsewhere.example/"]
