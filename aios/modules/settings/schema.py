"""What a person's settings are: docs/domain.md, "settings"."""

from typing import Annotated, Any, Literal

import msgspec

from aios.records.collection import Collection, Trait

Text50 = Annotated[str, msgspec.Meta(max_length=50)]
Name = Annotated[str, msgspec.Meta(max_length=100)]


class Settings(msgspec.Struct, kw_only=True, rename="camel"):
    """How AIOS looks and behaves for one person, on all devices."""

    id: Annotated[str, Trait(read_only=True)]
    created_at: Annotated[str, Trait(read_only=True)]
    updated_at: Annotated[str, Trait(read_only=True)]
    ai_name: Annotated[Text50, Trait(description="What the Command Center calls itself")] = "AIOS"
    enabled_modules: Annotated[
        list[Name],
        msgspec.Meta(max_length=100),
        Trait(merge="set", description="Modules in navigation; empty means all"),
    ] = []
    ai_limit_tier: Annotated[
        int, msgspec.Meta(ge=0, le=3), Trait(description="Recommendation cards a day: 6, 12, 18 or 24")
    ] = 1
    dark_mode: bool = True
    focus_mode_enabled: bool = False
    color_theme: Literal["cyan", "purple", "green", "orange", "pink", "blue"] = "cyan"
    ai_personality: Literal["default", "enthusiastic", "coach", "witty", "militant"] = "default"
    ai_custom_prompt: Annotated[str, msgspec.Meta(max_length=10_000)] = ""
    recommendations_enabled: bool = True
    recommendations_auto_refresh: bool = True
    recommendations_show_evidence: bool = True
    recommendations_show_reasoning: bool = True
    module_view_mode: Literal["grid", "list"] = "grid"
    module_arrangement: Literal["most_recent", "intuitive", "alphabetical", "static"] = "static"
    module_order: Annotated[list[Name], msgspec.Meta(max_length=100)] = []
    module_usage_stats: Annotated[dict[Name, Any], Trait(merge="keyed", description="By module")] = {}
    photo_grid_size: Annotated[int, msgspec.Meta(ge=2, le=6), Trait(description="Photos in a row")] = 3
    contact_sharing_preferences: Annotated[dict[Name, Any], Trait(merge="keyed", description="By contact field")] = {}
    single_key_shortcuts: Annotated[bool, Trait(description="Keys without Ctrl do something")] = True
    app_badge: Annotated[bool, Trait(description="Whether the app's icon shows how much is due")] = True
    retention: Annotated[
        dict[Name, Annotated[int, msgspec.Meta(ge=0, le=3_650)]],
        Trait(
            merge="keyed",
            description="Days without a change after which a rule acts, by its name: `notes` archives notes, `tasks` "
            "deletes done tasks, `history` thins former versions of texts; 0 or none is never",
        ),
    ] = {}
    timezone: Annotated[
        str, msgspec.Meta(max_length=100), Trait(description="IANA name; empty means that of the browser")
    ] = ""


settings = Collection(
    "settings",
    Settings,
    singular="settings",
    single=True,
    example={
        "darkMode": True,
        "colorTheme": "cyan",
        "enabledModules": ["notebook", "planner"],
        "timezone": "Asia/Tokyo",
    },
)
