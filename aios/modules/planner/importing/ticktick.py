"""TickTick's backup: a CSV under some lines about itself, a row a task of any list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.dates import ALL_DAY
from aios.modules.planner.importing.rows import has, rows
from aios.modules.planner.importing.task import MOST_TITLE, Planned, one_line, project, repeat, short_key, tasks
from aios.port import Remark
from aios.port.dates import parse, parse_future
from aios.port.limits import UnreadableError
from aios.port.plain import text
from aios.records.clock import to_wire
from aios.web.when import from_local_input, is_zone, local_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.port import Found, Into
    from aios.port.source import Entry, Source

COLUMNS = ("list name", "title", "status")
_BEGINNING = 8_192
_PRIORITIES = {"1": "low", "3": "medium", "5": "high"}
_STATUSES = {"0": "pending", "1": "completed", "2": "completed", "-1": "cancelled"}
_OPEN, _CHECKED = "▫", "▪"
"""What begins an item of a checklist."""


class TickTick:
    """The format of TickTick."""

    name = "ticktick"
    title = "TickTick"

    def recognises(self, source: Source) -> bool:
        """A CSV with TickTick's columns."""
        return any(_is_ticktick(source, entry) for entry in source.having(".csv"))

    def read(self, source: Source, into: Into) -> Iterator[Found]:
        """A project for each list, then its tasks."""
        for entry in source.entries:
            if entry.suffix != ".csv":
                yield Remark(where=entry.path, reason="It is no table of tasks.")
                continue
            try:
                body, guessed = text(source.read(entry))
                if guessed:
                    yield Remark(where=entry.path, reason=guessed, tone="changed")
                yield from _Reading(into).tasks(body)
            except UnreadableError as error:
                yield Remark(where=entry.path, reason=error.detail)


TICKTICK = TickTick()


def _is_ticktick(source: Source, entry: Entry) -> bool:
    try:
        beginning, _ = text(source.begin(entry, _BEGINNING))
    except UnreadableError:
        return False
    return has(beginning, COLUMNS)


class _Reading:
    """One backup. Rows are read twice: a task may name one above it that stands below it."""

    def __init__(self, into: Into) -> None:
        self._into = into
        self._keys: dict[str, str] = {}
        """Of tasks by the ids of the backup, which may be others in the next one."""
        self._projects: set[str] = set()

    def tasks(self, body: str) -> Iterator[Found]:
        numbers: dict[str, int] = {}
        keys: list[str] = []
        for _, row in rows(body, COLUMNS):
            key = short_key(f"ticktick/{row.get('created time', '').strip()}/{one_line(row.get('title', ''))}")
            numbers[key] = numbers.get(key, 0) + 1
            keys.append(key if numbers[key] == 1 else f"{key} #{numbers[key]}")
            if row.get("taskid", "").strip():
                self._keys[row["taskid"].strip()] = keys[-1]
        for key, (line, row) in zip(keys, rows(body, COLUMNS), strict=True):
            yield from self._row(key, row, one_line(row["title"])[:MOST_TITLE] or f"line {line}")

    def _row(self, key: str, row: dict[str, str], where: str) -> Iterator[Found]:
        folder, name = one_line(row.get("folder name", "")), one_line(row.get("list name", ""))
        project_key = short_key(f"ticktick/{folder}/{name}")
        if name and project_key not in self._projects:
            self._projects.add(project_key)
            yield project(self._into, project_key, name, f"Folder in TickTick: {folder}" if folder else "")
        parent = self._keys.get(row.get("parentid", "").strip())
        notes, items = _content(row)
        planned = Planned(
            key=key,
            where=where,
            title=row["title"],
            notes=notes,
            lines=_lines(row),
            priority=_PRIORITIES.get(row.get("priority", "").strip(), "medium"),
            status=_STATUSES.get(row["status"].strip(), "pending"),
            due=_due(row, self._into.zone),
            project=self._into.id("projects", project_key) if name else None,
            parent=self._into.id("tasks", parent) if parent and parent != key else None,
            created_ms=parse(row.get("created time", ""), self._into.zone),
            updated_ms=parse(row.get("completed time", ""), self._into.zone)
            or parse(row.get("created time", ""), self._into.zone),
        )
        rule = row.get("repeat", "").strip()
        remark = repeat(planned, rule, "TickTick") if rule else None
        if remark:
            yield remark
        if row.get("kind", "").strip().upper() == "NOTE":
            yield Remark(where=where, reason="It is a note in TickTick, and a task here.", tone="changed")
        yield from tasks(planned, self._into)
        for number, (checked, title) in enumerate(items, 1):
            item = Planned(
                key=f"{key}/item {number}",
                where=f"{where}, item {number}",
                title=title,
                status="completed" if checked else "cancelled" if planned.status == "cancelled" else "pending",
                project=planned.project,
                parent=self._into.id("tasks", key),
                created_ms=planned.created_ms,
                updated_ms=planned.updated_ms,
            )
            yield from tasks(item, self._into)


def _content(row: dict[str, str]) -> tuple[str, list[tuple[bool, str]]]:
    """The notes of a task, and the items of its checklist."""
    content = row.get("content", "")
    if row.get("is check list", "").strip().upper() not in {"Y", "TRUE", "1"}:
        return content, []
    notes: list[str] = []
    items: list[tuple[bool, str]] = []
    for line in content.replace("\r", "\n").split("\n"):
        plain = line.strip()
        if plain[:1] in {_OPEN, _CHECKED} and plain:
            items.append((plain[0] == _CHECKED, plain[1:].strip()))
        elif plain:
            notes.append(line)
    return "\n".join(notes), items


def _lines(row: dict[str, str]) -> list[str]:
    """What has no field here."""
    wanted = (("tags", "Tags"), ("reminder", "Reminder in TickTick"), ("column name", "Column in TickTick"))
    lines = [f"{said}: {one_line(row[name])}" for name, said in wanted if row.get(name, "").strip()]
    start, due = row.get("start date", "").strip(), row.get("due date", "").strip()
    return [*lines, f"Begins: {start}"] if start and due and start != due else lines


def _due(row: dict[str, str], zone: str) -> str | None:
    given = row.get("due date", "").strip() or row.get("start date", "").strip()
    own = row.get("timezone", "").strip()
    ms = parse_future(given, own if is_zone(own) else zone)
    if ms is None:
        return None
    if row.get("is all day", "").strip().lower() not in {"true", "y", "1"}:
        return to_wire(ms)
    return from_local_input(f"{local_day(to_wire(ms), own if is_zone(own) else zone)}T{ALL_DAY}", zone)
