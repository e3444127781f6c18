"""The settings page and its form, as pure functions."""

from typing import Any

import msgspec

from aios.modules.settings import settings
from aios.modules.settings.views import save, show
from aios.records.ids import implied_id
from aios.records.query import Query

FORM = {"darkMode": ["false"], "colorTheme": ["pink"], "moduleViewMode": ["list"], "timezone": [" Asia/Tokyo "]}
OFFERED = {"offered": ["notebook", "planner"]}


def query(form: dict[str, str] | None = None, **changed: Any) -> Query:
    document = {name: settings.fields[name].default() for name in settings.stored} | changed
    return Query(
        params={},
        now="",
        zone="UTC",
        new_id="",
        day="",
        bounds={},
        user="mara",
        space="s",
        settings=document,
        form=form or {},
    )


def test_defaults_are_those_of_the_wire_contract() -> None:
    document = {name: settings.fields[name].default() for name in settings.stored}
    assert document | {"id": "", "createdAt": "", "updatedAt": ""} == {
        "id": "",
        "createdAt": "",
        "updatedAt": "",
        "aiName": "AIOS",
        "enabledModules": [],
        "aiLimitTier": 1,
        "darkMode": True,
        "focusModeEnabled": False,
        "colorTheme": "cyan",
        "aiPersonality": "default",
        "aiCustomPrompt": "",
        "recommendationsEnabled": True,
        "recommendationsAutoRefresh": True,
        "recommendationsShowEvidence": True,
        "recommendationsShowReasoning": True,
        "moduleViewMode": "grid",
        "moduleArrangement": "static",
        "moduleOrder": [],
        "moduleUsageStats": {},
        "photoGridSize": 3,
        "contactSharingPreferences": {},
        "singleKeyShortcuts": True,
        "appBadge": True,
        "retention": {},
        "timezone": "",
    }
    msgspec.convert(document | {"id": "", "createdAt": "", "updatedAt": ""}, settings.struct)


def test_saving_makes_the_record_once_and_then_changes_it() -> None:
    form = {**FORM, **OFFERED, "enabledModules": ["planner"]}
    made, changed = (
        save({"stored": [], "retention": []}, form, query()),
        save({"stored": [{}], "retention": []}, form, query()),
    )
    assert [made.mutations[0].op, changed.mutations[0].op] == ["create", "update"]
    assert made.mutations[0].id == implied_id("s", "settings", "settings")
    assert made.mutations[0].fields == {
        "darkMode": False,
        "colorTheme": "pink",
        "moduleViewMode": "list",
        "enabledModules": ["planner"],
        "timezone": "Asia/Tokyo",
    }


def test_choosing_all_modules_is_no_choice() -> None:
    submission = save(
        {"stored": [], "retention": []}, {**FORM, **OFFERED, "enabledModules": ["notebook", "planner"]}, query()
    )
    assert submission.mutations[0].fields["enabledModules"] == []


def test_what_is_refused_names_its_field_and_changes_nothing() -> None:
    submission = save({"stored": [], "retention": []}, {**FORM, **OFFERED, "timezone": ["Mars/Base"]}, query())
    assert set(submission.errors) == {"timezone", "enabledModules"}
    assert submission.mutations == ()


def test_a_refused_form_shows_what_was_chosen() -> None:
    shown = show({"retention": []}, query({"darkMode": "false", "colorTheme": "blue", "timezone": "Mars/Base"}))
    assert (shown["dark_mode"], shown["color_theme"], shown["timezone"]) == ("false", "blue", "Mars/Base")
    assert show({"retention": []}, query(darkMode=False, colorTheme="green"))["dark_mode"] == "false"
