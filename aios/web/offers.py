"""What modules offer to pages of other modules, read from the registry: `Page.wants` names it.

Twin of static/device/offers.js.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import to_builtins

from aios.records.ids import is_id
from aios.web.shell import enabled_modules

if TYPE_CHECKING:
    from collections.abc import Callable

    from aios.modules import Module, Registry
    from aios.records.query import Context, Query


def offered(name: str, registry: Registry, query: Query) -> list[Context]:
    """What `wants` means by `name`: kinds, commands, captures, keys or retention."""
    return _OFFERS[name](registry, query)


def made(registry: Registry, query: Query) -> dict[str, str] | None:
    """The record that the parameter `made` names by its address, for a toast; None without one."""
    path = query.get("made")
    prefix, _, record_id = path.rpartition("/")
    if not is_id(record_id):
        return None
    kinds = [each for each in _kinds(registry, query) if each["place"] == f"{prefix}/{{id}}"]
    return {"text": f"{_capital(kinds[0]['singular'])} kept", "path": path} if kinds else None


def _kinds(registry: Registry, _: Query) -> list[Context]:
    """What modules keep, with the address of a record's own page and how it is put aside."""
    return [
        {
            "name": each.name,
            "singular": each.singular,
            "single": each.single,
            "module": module.title,
            "module_name": module.name,
            "icon": module.icon,
            "place": registry.place(each.name, "{id}"),
            "archive": next((to_builtins(one) for one in module.archives if one.collection == each.name), None),
        }
        for module in registry.modules.values()
        for each in module.collections
    ]


def _commands(registry: Registry, query: Query) -> list[Context]:
    """What can be done from anywhere: make something, go somewhere."""
    enabled = _enabled(registry, query)
    makes = [{"label": each.make_label, "href": each.make, "icon": each.icon} for each in enabled if each.make]
    goes = [
        {"label": f"Go to {each.title}", "href": _root(each), "icon": each.icon}
        for each in registry.modules.values()
        if _root(each) and (each in enabled or (not each.listed and (each.jump or _root(each) == "/")))
    ]
    return [*makes, *goes]


def _captures(registry: Registry, query: Query) -> list[Context]:
    """What a captured text can become."""
    return [
        {
            "name": each.name,
            "icon": each.icon,
            "label": each.capture.label,
            "path": each.capture.path,
            "field": each.capture.field,
            "line": each.capture.line,
        }
        for each in _enabled(registry, query)
        if each.capture is not None
    ]


def _keys(registry: Registry, query: Query) -> list[Context]:
    """The keys that modules declare: jumps to them, and those of their pages, by module."""
    enabled = _enabled(registry, query)
    return [
        {
            "title": each.title,
            "jump": each.jump,
            "keys": [{"keys": key.keys, "label": key.label} for key in each.keys],
        }
        for each in registry.modules.values()
        if (each in enabled or not each.listed) and (each.jump or each.keys)
    ]


def _retention(registry: Registry, _: Query) -> list[Context]:
    """What a person may let happen to old records by itself."""
    return [
        {"name": each.name, "label": each.label, "hint": each.hint}
        for module in registry.modules.values()
        for each in module.retention
    ]


def _enabled(registry: Registry, query: Query) -> list[Module]:
    return enabled_modules(query.settings, registry.listed())


def _root(module: Module) -> str:
    """Where a module begins; "" when it has no page for that."""
    paths = {page.path for page in module.pages}
    return next((path for path in (f"/{module.name}", "/") if path in paths), "")


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


_OFFERS: dict[str, Callable[[Registry, Query], list[Context]]] = {
    "kinds": _kinds,
    "commands": _commands,
    "captures": _captures,
    "keys": _keys,
    "retention": _retention,
}
