"""The hours of a day, and where its events stand in them. The device has a twin, `grid.js`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.days import time_text, twelve
from aios.modules.calendar.rows import rows_of
from aios.web import when

if TYPE_CHECKING:
    from aios.records.query import Context, Documents, Query

LANES = 6
"""How many events stand side by side; what more overlaps is named above the hours."""
_EARLY, _LATE = 7, 21
"""Hours that are always shown."""
_LEAST, _MOST = 30, 12 * 60
"""Minutes: as high as an event stands at least, and at most (look.css, `.event`)."""
_STEP, _HOUR, _DAY = 5, 60, 24 * 60


def grid_of(found: list[Context], day: str, query: Query, documents: Documents) -> Context:
    """`hours` with their events, and `whole`: what lasts the whole day, or longer than the hours can show."""
    rows = rows_of(found, day, query, documents)
    whole: list[Context] = []
    placed: list[Context] = []
    for at, each in enumerate(found):
        begin = _minutes(each["begins"]) if each["first"] == day else 0
        end = _minutes(each["ends"]) if each["last"] == day else _DAY
        if each["allDay"] or end - begin > _MOST:
            whole.append(rows[at])
        else:
            begin = min(begin, _DAY - _LEAST)
            height = max(min(end, _DAY) - begin, _LEAST)
            placed.append({**rows[at], "begin": begin, "end": begin + height})
    crowded = _lanes(placed)
    whole += crowded
    placed = [each for each in placed if each not in crowded]
    now = _minutes(when.clock(query.now, query.zone)) if day == query.day else -1
    starts = [each["begin"] // _HOUR for each in placed] + ([now // _HOUR] if now >= 0 else [])
    ends = [(each["end"] - 1) // _HOUR for each in placed] + ([now // _HOUR] if now >= 0 else [])
    halves = twelve(documents)
    return {
        "whole": whole,
        "hours": [
            {
                "label": time_text(f"{hour:02d}:00", halves=halves),
                "now": _mark(now, hour, halves=halves),
                "events": [_block(each) for each in placed if each["begin"] // _HOUR == hour],
            }
            for hour in range(min([_EARLY, *starts]), max([_LATE, *ends]) + 1)
        ],
    }


def _minutes(clock: str) -> int:
    return int(clock[:2]) * _HOUR + int(clock[3:])


def _mark(now: int, hour: int, *, halves: bool) -> list[Context]:
    if now < 0 or now // _HOUR != hour:
        return []
    return [
        {"at": f"m{now % _HOUR // _STEP * _STEP}", "time": time_text(f"{hour:02d}:{now % _HOUR:02d}", halves=halves)}
    ]


def _block(each: Context) -> Context:
    height = (each["end"] - each["begin"]) // _STEP * _STEP
    return {
        **each,
        "at": f"m{each['begin'] % _HOUR // _STEP * _STEP} lane-{each['lane']} lanes-{each['lanes']}",
        "size": f"h{height // _HOUR} m{height % _HOUR}",
    }


def _lanes(placed: list[Context]) -> list[Context]:
    """Give each event a lane, and tell those of one heap how many there are. What finds none is given back."""
    crowded: list[Context] = []
    heap: list[Context] = []
    ends: list[int] = []
    for each in sorted(placed, key=lambda each: each["begin"]):
        if heap and each["begin"] >= max(ends):
            _settle(heap, ends)
            heap, ends = [], []
        free = next((at for at, end in enumerate(ends) if end <= each["begin"]), len(ends))
        if free >= LANES:
            crowded.append(each)
            continue
        each["lane"] = free + 1
        ends[free : free + 1] = [each["end"]]
        heap.append(each)
    _settle(heap, ends)
    return crowded


def _settle(heap: list[Context], ends: list[int]) -> None:
    for each in heap:
        each["lanes"] = len(ends)
