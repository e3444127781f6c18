"""The wheel holds everything: installed alone, it migrates and serves from any folder."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.cli.test_serve import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder))
    subprocess.run(build, cwd=TOP, check=True, capture_output=True, timeout=120)
    return next(folder.glob("aios-*.whl"))


def test_it_holds_all_that_is_served_and_no_test(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    kinds = (".py", ".html", ".js", ".css", ".svg", ".png", ".woff2", ".json")
    wanted = {
        path.relative_to(TOP).as_posix()
        for path in (TOP / "aios").rglob("*")
        if path.suffix in kinds and "__pycache__" not in path.parts
    }
    assert wanted
    assert wanted <= inside
    revisions = {f"aios/_migrations/versions/{path.name}" for path in (TOP / "migrations/versions").glob("0*.py")}
    assert revisions <= inside
    assert not [name for name in inside if name.startswith(("tests/", "tools/", "benchmarks/"))]


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """A folder that holds the wheel's content and nothing else of ours."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    yield folder
    assert not list(folder.iterdir())  # nothing is written to where it was started


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_it_serves_pages_and_their_files_from_another_folder(
    environment: dict[str, str], installed: Path, elsewhere: Path, empty_database_url: str
) -> None:
    there = {**environment, "PYTHONPATH": str(installed), "DATABASE_URL": empty_database_url, "PORT": str(free_port())}
    where = (sys.executable, "-c", "import aios; print(aios.__file__)")
    found = subprocess.run(where, cwd=elsewhere, env=there, capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.startswith(str(installed))
    process = subprocess.Popen(
        [sys.executable, "-m", "aios", "serve", "--migrate"],
        cwd=elsewhere,
        env=there,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = next(line for line in process.stdout if line.startswith("AIOS is ready at ")).split()[-1]
        page = httpx.get(f"{url}/sign-in")
        assert page.status_code == 200
        for address in {part.partition('"')[0] for part in page.text.split('src="')[1:]}:
            assert httpx.get(url + address).status_code == 200
        assert httpx.get(f"{url}/health/ready").json()["status"] == "ok"
        assert httpx.get(f"{url}/sw.js").headers["content-type"].startswith("text/javascript")
    finally:
        process.kill()
        process.communicate()
