"""What can be chosen for a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aios.records.query import Context, Documents

PRIORITIES = (("low", "Low"), ("medium", "Medium"), ("high", "High"), ("urgent", "Urgent"))
STATUSES = (
    ("pending", "To do"),
    ("in_progress", "In progress"),
    ("completed", "Done"),
    ("cancelled", "Cancelled"),
)
RECURRENCES = (
    ("none", "Never"),
    ("daily", "Every day"),
    ("weekly", "Every week"),
    ("monthly", "Every month"),
    ("custom", "By its own rule"),
)


REMINDERS = (
    ("", "When it is due"),
    ("10", "10 minutes before"),
    ("30", "30 minutes before"),
    ("60", "1 hour before"),
    ("1440", "1 day before"),
    ("10080", "1 week before"),
)


def choices(documents: Documents, project_id: str, minutes: str) -> Context:
    """The options of the selects. What is stored is always among them, even a project that is gone, or 7 minutes."""
    known = [{"value": project["id"], "label": project["name"]} for project in documents["projects"]]
    gone = [{"value": project_id, "label": "Deleted project"}]
    if not project_id or any(each["value"] == project_id for each in known):
        gone = []
    return {
        "projects": [{"value": "", "label": "None"}, *known, *gone],
        "priorities": _options(PRIORITIES),
        "statuses": _options(STATUSES),
        "recurrences": _options(RECURRENCES),
        "reminders": _options(
            REMINDERS
            if any(minutes == value for value, _ in REMINDERS)
            else [*REMINDERS, (minutes, f"{minutes} minutes before")]
        ),
    }


def _options(pairs: Iterable[tuple[str, str]]) -> list[Context]:
    return [{"value": value, "label": label} for value, label in pairs]
