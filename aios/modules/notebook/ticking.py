"""Ticking a task in the rendered text of a note: a change of that line alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules import Submission
from aios.modules.forms import value
from aios.records.mutation import Mutation
from aios.records.text import text_hash

if TYPE_CHECKING:
    from aios.modules.forms import Form
    from aios.records.query import Documents, Query

CHANGED = "This line was changed meanwhile. Look at it again, then tick it."
_DIGITS = frozenset("0123456789")
_TOGGLED = {"[ ]": "[x]", "[x]": "[ ]", "[X]": "[ ]"}


def tick(documents: Documents, form: Form, _: Query) -> Submission:
    """Turn the box of the line that the button named: `12:- [ ] the line as it was shown`.

    The number may be another by now, so the line is looked for as near to it as possible. A button that was pressed
    twice finds its line turned already, and does nothing.
    """
    note = documents["note"]
    lines = note["bodyMarkdown"].split("\n")
    number, line = [*value(form, "task").split(":", 1), ""][:2]
    place = int(number) if number and len(number) < 6 and all(each in _DIGITS for each in number) else 0  # noqa: PLR2004
    wanted = toggled(line)
    path = f"/notebook/{note['id']}"
    if wanted and lines[place : place + 1] == [wanted]:
        return Submission(location=path)
    same = [at for at, each in enumerate(lines) if each == line]
    if not wanted or not same:
        return Submission(errors={"": CHANGED})
    lines[min(same, key=lambda at: abs(at - place))] = wanted
    mutation = Mutation(
        op="update",
        collection="notes",
        id=note["id"],
        fields={"bodyMarkdown": "\n".join(lines)},
        bases={"bodyMarkdown": text_hash(note["bodyMarkdown"])},
    )
    return Submission(mutations=(mutation,), location=path)


def toggled(line: str) -> str:
    """`line` with its box turned; "" when it has none."""
    start = line.find("[")
    box = _TOGGLED.get(line[start : start + 3]) if start >= 0 else None
    return f"{line[:start]}{box}{line[start + 3 :]}" if box else ""
