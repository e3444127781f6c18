"""Pages that only a device shows are compiled like all others: what comes out is what Jinja gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aios.records.query import NO_COPY
from aios.web.templates import Templates
from tests.parity.cases import HOSTILE
from tests.parity.device import ASSETS
from tests.web.test_templates import PAGE, SHELL

if TYPE_CHECKING:
    from tests.parity.device import Device

BARE = {"title": HOSTILE, "toast": None, "errors": {}, "form_error": ""}
FULL: dict[str, Any] = {**PAGE, "title": HOSTILE}
WAITING = [{"title": HOSTILE, "op": "create", "at": "2026-11-24T09:08:00.000Z"}]
PAGES: dict[str, list[dict[str, Any]]] = {
    "device/needs_network.html": [
        {**BARE, "detail": HOSTILE, "back": "/", "kept": []},
        {**BARE, "detail": HOSTILE, "back": "/planner", "kept": [{"label": HOSTILE, "text": HOSTILE}]},
    ],
    "device/revoked.html": [{**BARE, "count": 1}, {**BARE, "count": 1_204}],
    "device/signed_out_offline.html": [BARE],
    "device/text_missing.html": [
        {**FULL, "beginning": HOSTILE, "back": "/notebook"},
        {**FULL, "beginning": "", "back": "/notebook"},
    ],
    "device/unsent.html": [
        {**FULL, "count": 1, "waiting": WAITING, "tried": False},
        {**FULL, "count": 1_204, "waiting": [], "tried": True},
    ],
}
STATES = ("server", "synced", "syncing", "waiting", "offline", "attention", "restoring")


def test_every_page_of_a_device_is_shown_here() -> None:
    names = Templates(ASSETS.url).names()
    assert [name for name in names if name.startswith("device/")] == sorted(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_renders_alike(name: str, device: Device) -> None:
    made = Templates(ASSETS.url)
    module = device.install(made, made.names())
    for context in PAGES[name]:
        assert device.render(module, name, context) == (made.render(name, context), "")


def test_how_things_stand_renders_alike(device: Device) -> None:
    made = Templates(ASSETS.url)
    module = device.install(made, made.names())
    for state in STATES:
        told = {**NO_COPY, "state": state, "label": HOSTILE}
        context = {**PAGES["device/text_missing.html"][0], "shell": {**SHELL, "device": told}}
        html = made.render("device/text_missing.html", context)
        assert html.count(f'data-state="{state}"') == 3
        assert device.render(module, "device/text_missing.html", context) == (html, "")
