"""What the Planner takes from other programs (docs/import-export.md)."""

from aios.port import Importer

importer = Importer(
    name="tasks",
    collections=("projects", "tasks"),
    formats=(f"{__name__}.ticktick:TICKTICK", f"{__name__}.todoist:TODOIST"),
    takes="Todoist projects (CSV, or a zip of them) and TickTick backups (CSV).",
)
