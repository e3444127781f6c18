"""What stands around every page of a signed-in person: theme, navigation, tab bar, menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aios.modules import Module
    from aios.records.query import Query


def shell(query: Query, module_name: str, modules: list[Module]) -> dict[str, Any]:
    """Make the context of shell/page.html.

    `modules` are all, in order; `module_name` is the one that the page belongs to. `nav` holds the enabled modules,
    `modules` every one that can be chosen, `tabs` the three places of the phone's bar around its centre key (left,
    search, right), `places` where else the menu leads. `captures` is what a captured text can become, `makes` what can
    be made on a page of its own; what belongs to this module is `current` in both.
    """
    listed = [module for module in modules if module.listed]
    enabled = enabled_modules(query.settings, listed)
    here = next((module for module in listed if module.name == module_name), None)
    return {
        "title_suffix": " · AIOS",
        "theme": "dark" if query.settings.get("darkMode", True) else "light",
        "accent": query.settings.get("colorTheme", "cyan"),
        "account": query.space,
        "user": query.user,
        "device": query.device,
        "initials": query.user[:2].upper(),
        "nav": [{"name": module.name, **_module_place(module, module_name)} for module in enabled],
        "modules": [
            {"name": each.name, "title": each.title, "icon": each.icon, "summary": each.summary, "on": each in enabled}
            for each in listed
        ],
        "tabs": _tabs(here, enabled, module_name),
        "places": [_module_place(module, module_name) for module in modules if module.jump and not module.listed],
        "makes": [
            {"href": each.make, "label": each.make_label, "icon": each.icon, "current": each is (here or enabled[0])}
            for each in enabled
            if each.make
        ],
        "captures": _captures(enabled, module_name),
        "new_id": query.new_id,
        "keys": query.settings.get("singleKeyShortcuts", True),
    }


def enabled_modules(settings: dict[str, Any], modules: list[Module]) -> list[Module]:
    """Those of `modules` that the person switched on; all of them where no choice was made."""
    chosen: list[str] = settings.get("enabledModules", [])
    return [module for module in modules if not chosen or module.name in chosen]


def _tabs(here: Module | None, enabled: list[Module], module_name: str) -> list[dict[str, Any]]:
    # The module you are in takes the left place, so there is always a "you are here".
    placed = ([here] if here else []) + [module for module in enabled if module is not here]
    settings = _place("Settings", "sliders-horizontal", "/settings", current=module_name == "settings")
    left, right = [*(_module_place(module, module_name) for module in placed[:2]), settings, settings][:2]
    return [left, _place("Search", "search", "/search", current=module_name == "search"), right]


def _captures(enabled: list[Module], module_name: str) -> list[dict[str, Any]]:
    takers = [module for module in enabled if module.capture is not None]
    chosen = next((module for module in takers if module.name == module_name), takers[0] if takers else None)
    return [
        {"name": module.name, "label": module.capture.label if module.capture else "", "current": module is chosen}
        for module in takers
    ]


def _module_place(module: Module, module_name: str) -> dict[str, Any]:
    return _place(module.title, module.icon, f"/{module.name}", current=module.name == module_name, jump=module.jump)


def _place(title: str, icon: str, href: str, *, current: bool, jump: str = "") -> dict[str, Any]:
    return {"title": title, "icon": icon, "href": href, "current": current, "jump": jump}
