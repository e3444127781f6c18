"""Workflows: linted, pinned by hash, and honest about what has not run. The smoke test runs against a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cli.test_serve import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
WORKFLOWS = sorted((TOP / ".github/workflows").glob("*.yml"))
NOT_YET_RUN = {"desktop", "ios", "android", "testflight", "play", "fly"}


def jobs() -> Iterator[tuple[str, dict[str, Any], str]]:
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            yield name, job, path.read_text().partition(f"\n  {name}:\n")[2]


def test_actionlint_finds_nothing() -> None:
    done = subprocess.run(
        [BIN / "actionlint", "-shellcheck", BIN / "shellcheck", *WORKFLOWS],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")


def test_scripts_are_linted() -> None:
    scripts = [TOP / "deploy/smoke.sh", TOP / ".ci/run"]
    done = subprocess.run([BIN / "shellcheck", *scripts], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_hash_and_names_its_version(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text())
    assert used
    for each in used:
        assert re.fullmatch(r"[\w-]+/[\w./-]+@[0-9a-f]{40} # v?\d+(\.\d+)+", each), each
    assert yaml.safe_load(path.read_text())["permissions"] == {"contents": "read"}


def test_one_action_has_one_hash() -> None:
    found: dict[str, set[str]] = {}
    for path in WORKFLOWS:
        for name, commit in re.findall(r"uses: ([\w./-]+)@([0-9a-f]{40})", path.read_text()):
            found.setdefault(name, set()).add(commit)
    assert {name: hashes for name, hashes in found.items() if len(hashes) > 1} == {}


def test_what_has_not_run_says_so_and_what_runs_forever_ends() -> None:
    said = {name for name, _, text in jobs() if text.split("\n    runs-on")[0].count("Not yet run")}
    said |= {name for name, _, text in jobs() if text.lstrip().startswith("# Not yet run")}
    assert said >= NOT_YET_RUN & {name for name, _, _ in jobs()}
    assert {name for name, _, _ in jobs()} >= NOT_YET_RUN
    assert all(job["timeout-minutes"] <= 90 for _, job, _ in jobs())


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_smoke_test_passes_on_a_server_and_fails_without_one(environment: dict[str, str]) -> None:
    def smoke(url: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", TOP / "deploy/smoke.sh", url]  # found on PATH
        return subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=60)

    with serving(environment) as (_, url):
        done = smoke(url)
        assert (done.returncode, done.stdout) == (0, f"{url} works.\n"), done.stderr
        assert smoke(f"{url}/dev").returncode != 0  # answers, and is no AIOS
