"""What the settings page shows, and what its form means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules import Submission
from aios.records.ids import implied_id
from aios.records.mutation import Mutation
from aios.records.text import trim
from aios.web.when import is_zone

if TYPE_CHECKING:
    from aios.records.collection import Document
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
SWITCHES = ("singleKeyShortcuts", "appBadge")
AGES = {
    "0": "Never",
    "30": "After 30 days",
    "90": "After 90 days",
    "180": "After 180 days",
    "365": "After a year",
    "730": "After 2 years",
}
MOST_DAYS = 3_650
SAVED = {"text": "Settings saved", "icon": "check", "path": "", "method": "", "label": ""}


def show(documents: Documents, query: Query) -> Context:
    """The settings as they are; after a refusal, as they were chosen."""
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
        "keys": _on(query, "singleKeyShortcuts"),
        "badge": _on(query, "appBadge"),
        "rules": [_rule(each, query) for each in documents["retention"]],
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
    fields: Document = {
        "darkMode": _one(form, "darkMode") == "true",
        "colorTheme": _one(form, "colorTheme"),
        "moduleViewMode": _one(form, "moduleViewMode"),
        "enabledModules": [] if chosen == offered else chosen,
        "timezone": zone,
    }
    if "switches" in form:
        fields |= {name: _one(form, name) == "true" for name in SWITCHES}
    days = {each["name"]: _days(_one(form, _field(each))) for each in documents["retention"] if _field(each) in form}
    if days:
        kept = {**_retention(query), **days}
        fields["retention"] = {name: count for name, count in kept.items() if count}
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


def _rule(rule: Context, query: Query) -> Context:
    """A rule for what is old, with the ages that it may act at; one that a program has set is among them."""
    chosen = query.form.get(_field(rule), str(_retention(query).get(rule["name"], 0)))
    ages = AGES if chosen in AGES else {**AGES, chosen: f"After {chosen} days"}
    options = [{"value": value, "label": label} for value, label in ages.items()]
    return {**rule, "field": _field(rule), "value": chosen, "options": options}


def _field(rule: Context) -> str:
    return f"retention.{rule['name']}"


def _retention(query: Query) -> dict[str, int]:
    # Settings from before it know nothing of it.
    return query.settings.get("retention") or {}


def _days(given: str) -> int:
    """A number of days; what is none is never."""
    is_number = given.isascii() and given.isdecimal() and len(given) < 5  # noqa: PLR2004  digits
    return min(int(given), MOST_DAYS) if is_number else 0


def _on(query: Query, name: str) -> bool:
    # A switch that is off sends nothing, and settings from before it know nothing of it.
    return query.form.get(name) == "true" if query.form else bool(query.settings.get(name, True))


def _one(form: dict[str, list[str]], name: str) -> str:
    values = form.get(name, [])
    return values[-1] if values else ""
