"""`aios import` and `aios export`, as processes of their own."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Command

sqlite_only = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
TODOIST = "TYPE,CONTENT,PRIORITY,INDENT,DATE\ntask,Buy paint,1,1,2026-12-01\ntask,Sand,4,2,\n"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    (folder / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "x.md").write_text("hidden", "utf-8")
    (folder / "One.md").write_text("See [[Two]] #tag", "utf-8")
    (folder / "deep" / "Two.md").write_text("Back to [one](../One.md)", "utf-8")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    (folder / "link.md").symlink_to("/etc/passwd")
    return folder


def people(aios: Command) -> None:
    for name in ("mara", "ines"):
        assert aios("user", "create", name, "--password-stdin", typed="a long quiet sentence").returncode == 0


def exported(aios: Command, name: str, target: Path) -> dict[str, Any]:
    done = aios("export", "--user", name, "--output", str(target))
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(target) as archive:
        return {each: json.loads(archive.read(each)) for each in archive.namelist() if each.startswith("records/")}


def test_in_again_out_and_back(aios: Command, vault: Path, tmp_path: Path) -> None:
    people(aios)
    first = aios("import", "notes", str(vault), "--user", "mara")
    assert (first.returncode, first.stderr) == (0, "")
    assert "notes: 2 new" in first.stdout
    for line in ("photo.jpg: It is no note", ".git: It belongs to another program", "link.md: A link to another file"):
        assert line in first.stdout
    assert "notes: 2 here already" in aios("import", "notes", str(vault), "--user", "mara").stdout
    (tmp_path / "Home.csv").write_text(TODOIST, "utf-8")
    tasks = aios("import", "tasks", str(tmp_path / "Home.csv"), "--user", "mara")
    assert "tasks: 2 new" in tasks.stdout, tasks.stderr
    mine = exported(aios, "mara", tmp_path / "mara.zip")
    notes = {note["title"]: note for note in mine["records/notes.json"]}
    assert notes["One"]["links"] == ["Two"]
    assert notes["Two"]["links"] == ["One"]
    assert notes["Two"]["tags"] == ["deep"]
    some = aios("import", "notes", str(tmp_path / "mara.zip"), "--user", "ines")
    assert "notes: 2 new" in some.stdout
    assert "tasks" not in some.stdout.splitlines()[1]
    rest = aios("import", "everything", str(tmp_path / "mara.zip"), "--user", "ines")
    assert "notes: 2 here already" in rest.stdout
    assert "tasks: 2 new" in rest.stdout
    assert exported(aios, "ines", tmp_path / "ines.zip") == mine


@sqlite_only
def test_what_cannot_be_done_is_one_sentence(aios: Command, vault: Path, tmp_path: Path) -> None:
    people(aios)
    nobody = aios("import", "notes", str(vault), "--user", "nobody")
    assert (nobody.returncode, nobody.stderr) == (1, "aios: There is nobody named nobody. See: aios user list\n")
    missing = aios("import", "notes", str(tmp_path / "none"), "--user", "mara")
    assert missing.returncode == 2
    assert "cannot be read" in missing.stderr
    kind = aios("import", "dreams", str(vault), "--user", "mara")
    assert kind.returncode == 2
    assert "notes, tasks, calendar, everything" in kind.stderr
    form = aios("import", "notes", str(vault), "--user", "mara", "--format", "dreams")
    assert form.returncode == 2
    assert "markdown" in form.stderr
    unknown = aios("import", "tasks", str(vault), "--user", "mara")
    assert unknown.returncode == 2
    assert "Todoist" in unknown.stderr
    for done in (nobody, missing, kind, form, unknown):
        assert done.stderr.count("\n") == 1
    assert aios("import", "notes", str(vault), "--user", "mara", "--format", "obsidian").returncode == 0
    away = aios("export", "--user", "mara", "--output", str(tmp_path / "none" / "x.zip"))
    assert away.returncode == 2
    assert "cannot be written" in away.stderr
