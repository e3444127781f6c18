"""Modules: a folder each, discovered, never listed. This file is the vocabulary they declare themselves with."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from aios.records.mutation import Mutation
from aios.records.query import Context, Documents, Query, Read

if TYPE_CHECKING:
    from collections.abc import Callable

    from aios.jobs import JobKind
    from aios.records.collection import Collection


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A GET route: what it reads, the pure function that makes the context, the template that shows it.

    `path` may hold `{name}` parts, which arrive in `query.params`. The parameters that the page
    understands are in `params`; others are ignored. With `fragment`, an htmx partial request is answered
    with that block of the template alone.
    """

    path: str
    template: str
    view: Callable[[Documents, Query], Context]
    reads: dict[str, Read]
    params: tuple[str, ...] = ()
    fragment: str = ""
    needs: str = ""
    """The name of a read that must find its document; otherwise the page is a 404."""
    threaded: bool = False
    """Whether the view may be slow (Markdown) and runs away from the loop."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What a form post means: mutations to apply together, then a place to go. Or refused fields and no change."""

    mutations: tuple[Mutation, ...] = ()
    location: str = ""
    errors: dict[str, str] = {}


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """A form post, as a resource: PUT and DELETE are posts with a `_method` field, so everything works without script.

    `submit` is pure. When it, or the write path, refuses, the page `retry` (a path of the same module) is shown
    again with status 422, what was typed and a sentence at each field.
    """

    path: str
    method: Literal["POST", "PUT", "DELETE"]
    submit: Callable[[Documents, dict[str, list[str]], Query], Submission]
    reads: dict[str, Read] = {}
    retry: str = ""
    needs: str = ""


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """What a module shows of itself on Home: a reading and a word, both made by a pure function."""

    reads: dict[str, Read]
    view: Callable[[Documents, Query], Context]
    """Gives `value` (text, may be empty), `label` (text) and `tone` (a tone of look.css, or empty)."""


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """One folder of `aios/modules/`, as the rest of the app sees it."""

    name: str
    """Its folder and the first part of its paths."""
    title: str
    icon: str = ""
    """A symbol of icons.svg."""
    order: int = 100
    """Place in navigation; smaller comes first."""
    summary: str = ""
    """One sentence, for choosing modules."""
    listed: bool = True
    """Whether it appears in navigation and can be switched on and off."""
    make: str = ""
    """Where the centre key of the tab bar leads on this module's pages."""
    make_label: str = ""
    collections: tuple[Collection, ...] = ()
    pages: tuple[Page, ...] = ()
    actions: tuple[Action, ...] = ()
    tile: Tile | None = None
    jobs: tuple[JobKind, ...] = ()


class Registry:
    """All modules, and what they declare, by name."""

    def __init__(self, modules: tuple[Module, ...]) -> None:
        self.modules = {
            module.name: module for module in sorted(modules, key=lambda module: (module.order, module.name))
        }
        self.collections = {each.name: each for module in modules for each in module.collections}
        self.jobs = {each.name: each for module in modules for each in module.jobs}

    def listed(self) -> list[Module]:
        """The modules that a person sees in navigation, in order."""
        return [module for module in self.modules.values() if module.listed]


def discover() -> Registry:
    """Import every folder beside this file and read its `module`."""
    return Registry(tuple(_load(info.name) for info in pkgutil.iter_modules(__path__) if info.ispkg))


def _load(name: str) -> Module:
    loaded: Any = importlib.import_module(f"{__name__}.{name}")
    module: Module = loaded.module
    return module


__all__ = [
    "Action",
    "Context",
    "Documents",
    "Module",
    "Mutation",
    "Page",
    "Query",
    "Read",
    "Registry",
    "Submission",
    "Tile",
    "discover",
]
