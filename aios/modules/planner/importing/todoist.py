"""Todoist's CSV of a project, a row a task, section or comment (Todoist's help, "Format a CSV file to import")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.planner.dates import ALL_DAY
from aios.modules.planner.importing.rows import has, rows
from aios.modules.planner.importing.task import Planned, one_line, project, repeat, short_key, tasks
from aios.modules.planner.quick import fields_of
from aios.port import Remark
from aios.port.dates import day_of, parse_future
from aios.port.limits import UnreadableError
from aios.port.plain import text
from aios.records.clock import now_ms, to_wire
from aios.records.query import Query
from aios.web.quick import understand
from aios.web.when import bounds, from_local_input, local_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.port import Found, Into
    from aios.port.source import Entry, Source

COLUMNS = ("type", "content", "priority", "indent")
_BEGINNING = 4_096
_PRIORITIES = {"1": "urgent", "2": "high", "3": "medium", "4": "low"}
_LEFT = (("responsible", "Assigned to"), ("duration", "Duration"), ("deadline", "Deadline"))
MOST_INDENT = 20


class Todoist:
    """The format of Todoist."""

    name = "todoist"
    title = "Todoist"

    def recognises(self, source: Source) -> bool:
        """A CSV with Todoist's columns."""
        return any(_is_todoist(source, entry) for entry in source.having(".csv", ".txt"))

    def read(self, source: Source, into: Into) -> Iterator[Found]:
        """A project for each file and each of its sections, then their tasks."""
        for entry in source.entries:
            if entry.suffix not in {".csv", ".txt"}:
                yield Remark(where=entry.path, reason="It is no table of tasks.")
                continue
            try:
                body, guessed = text(source.read(entry))
                if guessed:
                    yield Remark(where=entry.path, reason=guessed, tone="changed")
                yield from _Reading(entry, into).tasks(body)
            except UnreadableError as error:
                yield Remark(where=entry.path, reason=error.detail)


TODOIST = Todoist()


def _is_todoist(source: Source, entry: Entry) -> bool:
    try:
        beginning, _ = text(source.begin(entry, _BEGINNING))
    except UnreadableError:
        return False
    return has(beginning, COLUMNS)


class _Reading:
    """One file, row after row."""

    def __init__(self, entry: Entry, into: Into) -> None:
        self._entry = entry
        self._into = into
        self._project_key = f"todoist/{entry.stem}"
        self._project_id = into.id("projects", self._project_key)
        self._section = ""
        self._above: list[str] = []
        """Keys of the task of each indent, down to the last."""
        self._numbers: dict[str, int] = {}
        self._last: Planned | None = None

    def tasks(self, body: str) -> Iterator[Found]:
        """Everything in it, a task once the comments that follow it are known."""
        yield project(self._into, self._project_key, self._entry.stem, where=self._entry.path)
        for line, row in rows(body, COLUMNS):
            kind = row.get("type", "").strip().lower()
            where = f"{self._entry.path}, line {line}"
            if kind == "note" and self._last is not None:
                self._last.lines.append(f"Comment: {row['content'].strip()}")
                continue
            if kind in {"task", "section"}:
                yield from self._finish()
            if kind == "section":
                yield from self._begin_section(row, where)
            elif kind == "task":
                yield from self._begin_task(row, where)
            elif kind or row.get("content", "").strip():
                reason = "It is no task, section or comment of a task."
                yield Remark(where=where, reason=f"{reason} {one_line(row.get('content', ''))}".strip())
        yield from self._finish()

    def _finish(self) -> Iterator[Found]:
        if self._last is not None:
            yield from tasks(self._last, self._into)
        self._last = None

    def _begin_section(self, row: dict[str, str], where: str) -> Iterator[Found]:
        self._above = []
        self._section = one_line(row["content"])
        key = f"{self._project_key}/{self._section}" if self._section else self._project_key
        self._project_id = self._into.id("projects", key)
        if self._section:
            yield project(self._into, key, f"{self._entry.stem}: {self._section}", where=where)

    def _begin_task(self, row: dict[str, str], where: str) -> Iterator[Found]:
        indent = row.get("indent", "").strip()
        depth = min(int(indent) if indent.isascii() and indent.isdecimal() else 1, MOST_INDENT, len(self._above) + 1)
        self._above = self._above[: max(depth - 1, 0)]
        title = one_line(row["content"])
        above = self._above[-1] if self._above else f"{self._project_key}/{self._section}"
        key = self._numbered(short_key(f"{above}/{title}"))
        planned = Planned(
            key=key,
            where=title or where,
            title=title,
            notes=row.get("description", ""),
            lines=[
                f"{said}: {row[name].strip()}" for name, said in _LEFT if row.get(name, "").strip() not in {"", "None"}
            ],
            priority=_PRIORITIES.get(row.get("priority", "").strip(), "medium"),
            project=self._project_id,
            parent=self._into.id("tasks", self._above[-1]) if self._above else None,
        )
        yield from _set_date(planned, row, self._into)
        self._above.append(key)
        self._last = planned

    def _numbered(self, key: str) -> str:
        """The second task of a name is another one."""
        number = self._numbers.get(key, 0) + 1
        self._numbers[key] = number
        return key if number == 1 else f"{key} #{number}"


def _set_date(planned: Planned, row: dict[str, str], into: Into) -> Iterator[Found]:
    """The due date and how it repeats, as far as they are understood; else what Todoist says, in the notes."""
    given = " ".join(row.get("date", "").replace("@", " ").split())
    if not given:
        return
    ms = parse_future(given, into.zone)
    if ms is not None:
        planned.due = to_wire(ms) if ":" in given else from_local_input(f"{day_of(given)}T{ALL_DAY}", into.zone)
        return
    now = to_wire(now_ms())
    query = Query(
        params={}, now=now, zone=into.zone, new_id="", day=local_day(now, into.zone), bounds=bounds(now, into.zone),
        user="", space="", settings={},
    )  # fmt: skip
    plain = given.lower().replace("every!", "every").removeprefix("ev ")
    try:
        fields = fields_of(understand(f'"task" {plain}', [], query), query)
    except ValueError:
        fields = {}
    if (
        fields.get("title") == "task"
        and len(fields) > 1
        and set(fields) <= {"title", "dueDate", "recurrenceRule", "rrule"}
    ):
        planned.due = fields.get("dueDate")
        planned.recurrence = fields.get("recurrenceRule", "none")
        if planned.recurrence == "custom":
            remark = repeat(planned, str(fields.get("rrule")), "Todoist")
            yield from [remark] if remark else []
        return
    planned.lines.append(f"Date in Todoist: {given}")
    yield Remark(where=planned.where, reason=f"Its date stands in its notes: {given}", tone="changed")
