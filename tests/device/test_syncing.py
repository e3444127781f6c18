"""The device's syncer and a real server, in Node: backlogs over a bad network, a restored server, copied profiles."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from aios.app import create_app
from aios.settings import Settings
from aios.web.device import plain_registry
from tests.conftest import SECRET

if TYPE_CHECKING:
    from aios.modules import Registry

FOLDER = Path(__file__).parent


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.syncing.mjs")), ids=lambda path: path.name)
def test_with_a_server(path: Path, registry: Registry, tmp_path: Path, migrated_file: Path):
    url = f"sqlite:///{tmp_path / 'aios.sqlite3'}"
    shutil.copyfile(migrated_file, tmp_path / "aios.sqlite3")
    app: Any = create_app(Settings(env="test", data_dir=tmp_path, database_url=url, jwt_secret=SECRET))
    app.app.state.device.write(tmp_path / "tree")
    (tmp_path / "tree" / "package.json").write_text('{"type": "module"}')
    (tmp_path / "registry.json").write_bytes(msgspec.json.encode(plain_registry(registry)))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIOS_", "COV_"))}
    ran = subprocess.run(
        ["node", "--test", str(path)],  # noqa: S607  Node is where the person has it
        env={
            **kept,
            "AIOS_REGISTRY": str(tmp_path / "registry.json"),
            "AIOS_TREE": str(tmp_path / "tree"),
            "AIOS_PYTHON": sys.executable,
            "AIOS_ENV": "test",
            "AIOS_DATA_DIR": str(tmp_path),
            "DATABASE_URL": url,
            "JWT_SECRET": SECRET,
            "AIOS_LOGIN_LIMIT": "0",
            "AIOS_REGISTER_LIMIT": "0",
            "AIOS_ACCESS_LOG": "0",
            "HOST": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
