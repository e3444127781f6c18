"""The device's own tests, in Node: `node --test tests/device/*.test.mjs` runs them alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from aios.web.device import plain_registry

if TYPE_CHECKING:
    from aios.modules import Registry

FOLDER = Path(__file__).parent


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.test.mjs")), ids=lambda path: path.name)
def test_in_node(path: Path, registry: Registry, tmp_path: Path):
    plain = tmp_path / "registry.json"
    plain.write_bytes(msgspec.json.encode(plain_registry(registry)))
    ran = subprocess.run(
        ["node", "--test", str(path)],  # noqa: S607  Node is where the person has it
        env={**os.environ, "AIOS_REGISTRY": str(plain)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
