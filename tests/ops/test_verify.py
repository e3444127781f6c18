"""The table of docs/verify.md, run line by line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.cli.test_serve import free_port

TOP = Path(__file__).parents[2]
ROW = re.compile(r"^\| (.+?) \| `(.+)` \| (\d) \| `(.+)` \|$", re.MULTILINE)


def test_every_line_of_the_table_prints_what_it_says(tmp_path: Path) -> None:
    rows = [
        tuple(part.replace("\\|", "|") for part in row) for row in ROW.findall((TOP / "docs/verify.md").read_text())
    ]
    assert len(rows) > 20
    program = tmp_path / "bin" / "aios"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m aios "$@"\n')
    program.chmod(0o755)
    environment = {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(TOP),
        "AIOS_DATA_DIR": str(tmp_path / "data"),
        "TRY": str(tmp_path),
        "PORT": str(free_port()),
    }
    for promise, command, status, printed in rows:
        done = subprocess.run(
            ["bash", "-c", command],  # noqa: S607  found on PATH
            cwd=TOP, env=environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert (done.returncode, printed in said) == (int(status), True), f"{promise}: {command}\n{said}"
