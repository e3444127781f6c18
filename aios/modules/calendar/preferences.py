"""The page of the calendar's settings. The device has a twin, `preferences.js`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

STARTS = (("monday", "Monday"), ("saturday", "Saturday"), ("sunday", "Sunday"))
HOURS = (("24", "17:00"), ("12", "5:00 pm"))


def settings_page(documents: Documents, query: Query) -> Context:
    """How weeks and times are written; the zone is everybody's business, and set for all of AIOS."""
    chosen = documents["chosen"][0] if documents["chosen"] else {"weekStart": "monday", "hours": "24"}
    saved = {"text": "Settings saved", "icon": "check", "path": "", "method": "", "label": ""}
    return {
        "title": "Calendar settings",
        "starts": [{"value": name, "label": label} for name, label in STARTS],
        "hours": [{"value": name, "label": label} for name, label in HOURS],
        "week_start": query.form.get("weekStart", chosen["weekStart"]),
        "chosen_hours": query.form.get("hours", chosen["hours"]),
        "zone": query.zone,
        "toast": saved if query.get("saved") else None,
    }
