"""What the settings page shows, and what its form means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules import Submission
from aios.records.ids import implied_id
from aios.records.mutation import Mutation
from aios.records.text import trim
from aios.web.when import is_zone

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

PATH = "/settings"
THEMES = [{"value": "true", "label": "Dark"}, {"value": "false", "label": "Light"}]
MODES = [{"value": "grid", "label": "Grid"}, {"value": "list", "label": "List"}]
ACCENTS = [
    {"value": "cyan", "label": "Cyan"},
    {"value": "blue", "label": "Blue"},
    {"value": "purple", "label": "Purple"},
    {"value": "pink", "label": "Pink"},
    {"value": "orange", "label": "Orange"},
    {"value": "green", "label": "Green"},
]
SAVED = {"text": "Settings saved", "icon": "check", "path": "", "method": "", "label": ""}


def show(documents: Documents, query: Query) -> Context:
    """The settings as they are; after a refusal, as they were chosen."""
    del documents
    settings, typed = query.settings, query.form
    return {
        "title": "Settings",
        "toast": SAVED if query.get("saved") else None,
        "themes": THEMES,
        "accents": ACCENTS,
        "modes": MODES,
        "dark_mode": typed.get("darkMode", "true" if settings["darkMode"] else "false"),
        "color_theme": typed.get("colorTheme", settings["colorTheme"]),
        "module_view_mode": typed.get("moduleViewMode", settings["moduleViewMode"]),
        "timezone": typed.get("timezone", settings["timezone"]),
        "timezone_hint": "" if settings["timezone"] else f"Now {query.zone}. Leave it empty to follow each device.",
    }


def save(documents: Documents, form: dict[str, list[str]], query: Query) -> Submission:
    """Set every field that the form shows; a choice of all modules is kept as none, so that later ones appear too."""
    zone = trim(_one(form, "timezone"))
    chosen, offered = form.get("enabledModules", []), form.get("offered", [])
    errors: dict[str, str] = {}
    if zone and not is_zone(zone):
        errors["timezone"] = "This zone is not known. Write it like Europe/Lisbon, or leave it empty."
    if offered and not chosen:
        errors["enabledModules"] = "Choose at least one module."
    if errors:
        return Submission(errors=errors)
    fields = {
        "darkMode": _one(form, "darkMode") == "true",
        "colorTheme": _one(form, "colorTheme"),
        "moduleViewMode": _one(form, "moduleViewMode"),
        "enabledModules": [] if chosen == offered else chosen,
        "timezone": zone,
    }
    return Submission(
        mutations=(
            Mutation(
                op="update" if documents["stored"] else "create",
                collection="settings",
                id=implied_id(query.space, "settings", "settings"),
                fields=fields,
            ),
        ),
        location=f"{PATH}?saved=1",
    )


def _one(form: dict[str, list[str]], name: str) -> str:
    values = form.get(name, [])
    return values[-1] if values else ""
