"""Calls of the device's base libraries, in one Node process."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.parity.process import NodeProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Call = tuple[str, Sequence[Any]]


class Failed(str):
    """What a call gives that throws: the name of the error's class."""

    __slots__ = ()


class Libraries(NodeProcess):
    """The modules in aios/static/device, by name: `libraries("text.fold", "É")`."""

    def __init__(self) -> None:
        super().__init__("libraries.mjs")

    def __call__(self, path: str, *given: Any) -> Any:
        """Call one function."""
        return self.all([(path, given)])[0]

    def all(self, calls: Iterable[Call]) -> list[Any]:
        """Call many functions: crossing over costs more than most of them."""
        answered = self.answer(json.dumps(list(calls), default=_crossing))
        return [_arriving(each) for each in json.loads(answered)]


def outcome(function: Callable[..., Any], *given: Any) -> Any:
    """What a Python function gives, or Failed."""
    try:
        return function(*given)
    except Exception as error:  # noqa: BLE001  which one does not matter, that there is one does
        return Failed(type(error).__name__)


def same(device: Any, server: Any) -> bool:
    """Whether both sides gave the same, or both failed."""
    if isinstance(device, Failed) or isinstance(server, Failed):
        return isinstance(device, Failed) and isinstance(server, Failed)
    return bool(device == server and type(device) is type(server))


def _crossing(value: Any) -> Any:
    return {"$bytes": base64.b64encode(value).decode()}


def _arriving(answer: dict[str, Any]) -> Any:
    if "error" in answer:
        assert answer["error"] not in {"ReferenceError", "SyntaxError", "TypeError"}, answer
        return Failed(answer["error"])
    value = answer.get("value")
    return dict(value["$form"]) if isinstance(value, dict) and "$form" in value else value
