"""A file that was made to take long takes as long as its size, and no more memory than that."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from aios.modules.notebook.importing.joplin import JOPLIN
from aios.modules.notebook.importing.keep import KEEP
from aios.modules.notebook.importing.vault import MARKDOWN
from aios.modules.notebook.scanner import find
from aios.modules.planner.importing.rows import rows
from aios.modules.planner.importing.ticktick import TICKTICK
from aios.modules.planner.importing.todoist import TODOIST
from aios.port import Into, plain
from aios.port.filenames import FileNames
from aios.port.limits import UnreadableError
from aios.port.source import of_file
from aios.records.ids import new_id
from tests.port.growth import LINEAR, growth
from tests.port.sending import zipped
from tests.port.test_programs import item, jex

if TYPE_CHECKING:
    from collections.abc import Callable

    from aios.port import Format, Found

INTO = Into(space_id=new_id(), zone="UTC")


def read(chosen: Format, name: str, body: bytes) -> list[Found]:
    """All that a format finds in a file."""
    return list(chosen.read(of_file(name, io.BytesIO(body), len(body)), INTO))


def note(piece: str, name: str = "a.md") -> Callable[[int], object]:
    """Reads a note that repeats a piece."""
    return lambda size: read(MARKDOWN, name, (piece * size).encode())


def joplin(size: int) -> object:
    """Links whose places do not end."""
    return read(JOPLIN, "a.jex", jex(item(1, "A", f"[](:/{'0' * 32}#" * size, 1)))


def one_link(size: int) -> object:
    """A link whose name is one letter under many marks, in an order that is not theirs."""
    marks = "\u0300\u0316" * size
    return read(MARKDOWN, "a.md", f"[[a{marks}]]".encode())


def same_names(size: int) -> object:
    """Links that could mean any of many notes."""
    files: dict[str, bytes | str] = {f"{number:05}/index.md": "" for number in range(size)}
    return read(MARKDOWN, "a.zip", zipped({**files, "a.md": "[[index]]\n" * size}))


def annotations(size: int) -> object:
    """A note of Keep with many links below a long text."""
    note = {
        "textContent": "https://example.org/" * size,
        "annotations": [{"url": f"https://example.org/{number}"} for number in range(size)],
        "isTrashed": False,
    }
    return read(KEEP, "a.json", json.dumps(note).encode())


def checklist(size: int) -> object:
    """A task with a long title and many items."""
    items = "\u25ab a\n" * size
    table = f'List Name,Title,Status,Content,Is Check List\nx,{"t" * 50 * size},0,"{items}",Y\n'
    return read(TICKTICK, "a.csv", table.encode())


def subtasks(size: int) -> object:
    """Many tasks under one with a long title."""
    rows = "task,a,,2\n" * size
    table = f"TYPE,CONTENT,PRIORITY,INDENT\ntask,{'t' * 50 * size},,1\n{rows}"
    return read(TODOIST, "a.csv", table.encode())


def same_titles(size: int) -> object:
    """File names for notes that all have one title."""
    names = FileNames()
    return [names.give("Untitled") for _ in range(size)]


def unclosed(size: int) -> None:
    """A string without its end."""
    with pytest.raises(UnreadableError):
        plain.json(b'{"a":"' + b'\\"' * size)


@pytest.mark.parametrize(
    ("work", "size"),
    [
        pytest.param(unclosed, 2_000, id="a JSON string without its end"),
        pytest.param(joplin, 400, id="links of Joplin"),
        pytest.param(note("<a ", "a.html"), 1_000, id="tags without their end"),
        pytest.param(note("<!--", "a.html"), 5_000, id="comments without their end"),
        pytest.param(lambda size: find("[[a" * size), 80_000, id="signs on one line"),
        pytest.param(one_link, 3_000, id="marks over a letter"),
        pytest.param(same_names, 100, id="notes of one name"),
        pytest.param(annotations, 2_000, id="links below a note of Keep"),
        pytest.param(checklist, 1_000, id="a checklist under a long title"),
        pytest.param(subtasks, 1_000, id="subtasks under a long title"),
        pytest.param(same_titles, 200, id="file names of one title"),
    ],
)
def test_time_grows_as_the_file_does(work: Callable[[int], object], size: int) -> None:
    assert growth(work, size) < LINEAR


def test_a_table_has_an_end() -> None:
    table = "TYPE,CONTENT,PRIORITY,INDENT\n" + "task,a,,1\n" * 100_001
    with pytest.raises(UnreadableError, match="more than 100,000 rows"):
        list(rows(table, ("type",)))


def test_a_json_object_has_an_end() -> None:
    with pytest.raises(UnreadableError, match="larger than 2 MB"):
        plain.json(b'{"a":"' + b"x" * 2_000_000 + b'"}')
