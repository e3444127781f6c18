"""Modules: a folder each, discovered, never listed. This file is the vocabulary they declare themselves with."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from aios.records.mutation import Mutation
from aios.records.query import Condition, Context, Documents, Query, Read

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.handlers import HTTPRouteHandler

    from aios.jobs import JobKind
    from aios.port import Exporter, Importer
    from aios.port.outside import Outside
    from aios.records.collection import Collection
    from aios.records.writes import Writes


Want = Literal["tiles", "kinds", "commands", "captures", "keys", "retention"]
"""What modules offer to pages of others (web/offers.py)."""
MADE = "{made}"
"""Stands in the location of a submission with `forward` for the address of what was created."""
MOST_ARCHIVED = 500
"""Records that are put aside at once."""


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
    lists: tuple[str, ...] = ()
    """Parameters that may come several times. `query.params` has what came as the lines of one text."""
    fragment: str = ""
    needs: str = ""
    """The name of a read that must find its document; otherwise the page is a 404."""
    threaded: bool = False
    """Whether the view may be slow (Markdown, series of events) and runs away from the loop."""
    wants: tuple[Want, ...] = ()
    """What of all modules the view needs besides its reads; it finds it in its documents by these names."""


class Forward(msgspec.Struct, frozen=True, kw_only=True):
    """Another module's form post, to be made instead: that module says what it means."""

    path: str
    """A concrete one, of the registry."""
    method: Literal["POST", "PUT", "DELETE"]
    form: dict[str, list[str]] = {}


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What a form post means: mutations to apply together, then a place to go. Or refused fields and no change."""

    mutations: tuple[Mutation, ...] = ()
    location: str = ""
    errors: dict[str, str] = {}
    forward: Forward | None = None
    """With it, `location` is where to go afterwards ("" is where that post leads), with MADE for what it created."""


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
    params: tuple[str, ...] = ()
    """Fields of the form that `reads` use as parameters."""
    threaded: bool = False
    """Whether `submit` may be slow and runs away from the loop."""
    wants: tuple[Want, ...] = ()
    """As of a page, but for tiles."""
    over_archives: bool = False
    """Whether it also reads what any module may put aside: `living/<collection>/<field>` and `aside/…`, 500 of each."""


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """A way of a module to put records aside without deleting them: of least use, so the first to leave a device."""

    collection: str
    field: str
    """Is true of those that are aside."""
    index: str
    """Has the key `1` for them, and none for others."""
    place: str
    """Where they are shown."""


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """What a person may let happen by itself to what was not changed for so many days (records/retention.py)."""

    name: str
    """Its key in the settings' `retention`."""
    label: str
    """"Archive notes"."""
    hint: str
    """When that happens and what stays, in a sentence or two."""
    reads: Read | None = None
    """What it may happen to, the longest unchanged first. None stands for former versions of texts, to be thinned."""
    field: str = ""
    """What becomes true of these records; without one they move to the trash."""


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """What a module shows of itself on Home: a reading and a word, both made by a pure function."""

    reads: dict[str, Read]
    view: Callable[[Documents, Query], Context]
    """Gives `value` (text, may be empty), `label` (text) and `tone` (a tone of look.css, or empty)."""
    threaded: bool = False
    """Whether `view` may be slow and runs away from the loop."""


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """How a text that was written down anywhere becomes a record of this module: by one of its form posts."""

    label: str
    """What it becomes, in a word: "Note"."""
    path: str
    """The POST that makes it."""
    field: str
    """Its field that takes the text."""
    line: bool = False
    """Whether that is a single line."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a module's pages, for the keyboard map. What it does is in the page: `data-key` on a link or button."""

    keys: str
    """As on a keyboard, keys of a sequence apart: "g n", "Ctrl B"."""
    label: str


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What background work may use besides the database."""

    registry: Registry
    writes: Writes
    outside: Outside


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
    capture: Capture | None = None
    jump: str = ""
    """The letter that leads here after `g`."""
    keys: tuple[Key, ...] = ()
    badge: Read | None = None
    """A `count` of what wants attention now, for the app's icon."""
    archives: tuple[Archive, ...] = ()
    retention: tuple[Retention, ...] = ()
    jobs: tuple[JobKind, ...] = ()
    work: Callable[[Means], tuple[JobKind, ...]] | None = None
    """Jobs that write records, or read from outside."""
    routes: tuple[HTTPRouteHandler, ...] = ()
    """What only the server answers: files, and pages of secrets, which no device keeps. Not below a page's path with
    a part in braces, which a device would take for it."""
    importers: tuple[Importer, ...] = ()
    exporters: tuple[Exporter, ...] = ()


class Registry:
    """All modules, and what they declare, by name."""

    def __init__(self, modules: tuple[Module, ...]) -> None:
        archives = _reads(modules)
        self.modules = {
            module.name: _completed(module, archives)
            for module in sorted(modules, key=lambda module: (module.order, module.name))
        }
        self.collections = {each.name: each for module in modules for each in module.collections}
        self.jobs = {each.name: each for module in modules for each in module.jobs}

    def routes(self) -> list[HTTPRouteHandler]:
        """What modules answer on the server alone."""
        return [each for module in self.modules.values() for each in module.routes]

    def work(self, means: Means) -> dict[str, JobKind]:
        """The jobs of modules that need more than the database, by name."""
        made = [each for module in self.modules.values() if module.work is not None for each in module.work(means)]
        return {each.name: each for each in made}

    def place(self, collection: str, record_id: str) -> str:
        """The address of a record's own page; "" when its collection has none."""
        for module in self.modules.values():
            for page in module.pages:
                own = page.reads.get(page.needs)
                if own is not None and own.collection == collection and page.path.endswith("/{id}"):
                    return page.path.replace("{id}", record_id)
        return ""

    def action(self, method: str, path: str) -> tuple[Action, dict[str, str]] | None:
        """The form post at a concrete path, and the values of its path's parts."""
        for module in self.modules.values():
            for each in module.actions:
                params = _parts(each.path, path)
                if params is not None and each.method == method:
                    return each, params
        return None

    def listed(self) -> list[Module]:
        """The modules that a person sees in navigation, in order."""
        return [module for module in self.modules.values() if module.listed]


def _reads(modules: tuple[Module, ...]) -> dict[str, Read]:
    """What `Action.over_archives` reads: living records the oldest first, those aside the last changed first."""
    reads: dict[str, Read] = {}
    for each in (archive for module in modules for archive in module.archives):
        aside = Condition(each.index, ("1",), rare=True)
        living = msgspec.structs.replace(aside, negate=True)
        name = f"{each.collection}/{each.field}"
        reads[f"living/{name}"] = Read(collection=each.collection, where=(living,), limit=MOST_ARCHIVED)
        reads[f"aside/{name}"] = Read(collection=each.collection, where=(aside,), descending=True, limit=MOST_ARCHIVED)
    return reads


def _completed(module: Module, archives: dict[str, Read]) -> Module:
    actions = tuple(
        msgspec.structs.replace(each, reads={**each.reads, **archives}) if each.over_archives else each
        for each in module.actions
    )
    return msgspec.structs.replace(module, actions=actions)


def _parts(pattern: str, path: str) -> dict[str, str] | None:
    names, values = pattern.split("/"), path.split("/")
    if len(names) != len(values):
        return None
    pairs = list(zip(names, values, strict=True))
    if any(name != value for name, value in pairs if not name.startswith("{")):
        return None
    return {name[1:-1]: value for name, value in pairs if name.startswith("{")}


def discover() -> Registry:
    """Import every folder beside this file and read its `module`."""
    return Registry(tuple(_load(info.name) for info in pkgutil.iter_modules(__path__) if info.ispkg))


def _load(name: str) -> Module:
    loaded: Any = importlib.import_module(f"{__name__}.{name}")
    module: Module = loaded.module
    return module


__all__ = [
    "MADE",
    "Action",
    "Archive",
    "Capture",
    "Context",
    "Documents",
    "Forward",
    "Key",
    "Means",
    "Module",
    "Mutation",
    "Page",
    "Query",
    "Read",
    "Registry",
    "Retention",
    "Submission",
    "Tile",
    "Want",
    "discover",
]
