"""`aios import calendar`, as a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Command

ICS = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:{uid}\nDTSTART:{start}\nSUMMARY:{uid}\nEND:VEVENT\nEND:VCALENDAR\n"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_folder_of_calendars(aios: Command, tmp_path: Path) -> None:
    assert aios("user", "create", "mara", "--password-stdin", typed="a long quiet sentence").returncode == 0
    folder = tmp_path / "calendars"
    folder.mkdir()
    (folder / "a.ics").write_text(ICS.format(uid="One", start="20260105T090000Z"), "utf-8")
    (folder / "b.ics").write_text(ICS.format(uid="Two", start="never"), "utf-8")
    first = aios("import", "calendar", str(folder), "--user", "mara")
    assert (first.returncode, first.stderr) == (0, "")
    assert "events: 1 new" in first.stdout
    assert "Two: It has no start" in first.stdout
    assert "events: 1 here already" in aios("import", "calendar", str(folder), "--user", "mara").stdout
