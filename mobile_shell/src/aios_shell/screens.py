"""Screens of the shell itself, drawn with the system's own widgets: there is no page yet that could be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import toga
from toga.style import Pack

if TYPE_CHECKING:
    from collections.abc import Callable

_MARGIN = (0, 24, 16, 24)


def _title(text: str) -> toga.Label:
    return toga.Label(text, style=Pack(margin=(64, 24, 12, 24), font_size=22, font_weight="bold"))


def _paragraphs(text: str) -> list[toga.Widget]:
    """Labels do not break lines by themselves, so each takes what a narrow phone can show."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= MOST_CHARACTERS:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [toga.Label("\n".join(lines), style=Pack(margin=_MARGIN))]


MOST_CHARACTERS = 38
"""A line of a phone 360 points wide."""


def address_screen(typed: str, error: str, choose: Callable[[str], None]) -> toga.Box:
    """Ask for the server: what was typed before, and what is wrong with it."""
    field: toga.TextInput = toga.TextInput(
        id="address", value=typed, placeholder="aios.example", on_confirm=lambda _, **__: choose(field.value)
    )
    field.style.margin = _MARGIN
    button = toga.Button("Connect", id="connect", on_press=lambda _: choose(field.value), style=Pack(margin=_MARGIN))
    words = "AIOS runs on a server of your own. Type its address once."
    return _column(_title("Your server"), *_paragraphs(words), field, *(_paragraphs(error) if error else ()), button)


def unreachable_screen(
    server: str, reason: str, retry: Callable[[], None], change: Callable[[], None] | None
) -> toga.Box:
    """Say that the server does not answer, and why that matters now."""
    again = toga.Button("Try again", id="retry", on_press=lambda _: retry(), style=Pack(margin=_MARGIN))
    other = (
        (toga.Button("Another server", id="change", on_press=lambda _: change(), style=Pack(margin=_MARGIN)),)
        if change
        else ()
    )
    where = toga.Label(server, style=Pack(margin=_MARGIN))
    return _column(_title("No connection"), where, *_paragraphs(reason), again, *other)


def _column(*widgets: toga.Widget) -> toga.Box:
    return toga.Box(children=list(widgets), style=Pack(direction="column", flex=1))
