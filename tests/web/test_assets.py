"""Static files: one address for each content, compressed once, never sent twice."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from aios.web.assets import Assets
from aios.web.device import PRECACHED
from aios.web.templates import PACKAGE

STATIC = PACKAGE / "static"

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "css").mkdir()
    (tmp_path / "css/look.css").write_text("/* a\ncomment */\nbody{color:red}/*b*/\n")
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "LICENSE").write_text("MIT")
    return tmp_path


async def ask(assets: Assets, path: str, method: str = "GET", **headers: str) -> Answer:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError

    names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: Any = {"type": "http", "method": method, "path": path, "headers": names}
    await assets.handle(scope, receive, send)
    head, body = sent
    return head["status"], {name.decode(): value.decode() for name, value in head["headers"]}, body["body"]


async def test_a_file_is_immutable_and_stripped(folder: Path) -> None:
    assets = Assets(folder)
    status, headers, body = await ask(assets, assets.url("css/look.css"))
    assert (status, body) == (200, b"body{color:red}")
    assert headers["content-type"] == "text/css; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-length"] == str(len(body))
    assert "content-encoding" not in headers


async def test_gzip_is_the_same_text_with_an_etag_of_its_own(folder: Path) -> None:
    assets = Assets(folder)
    url = assets.url("css/look.css")
    _, plain, text = await ask(assets, url)
    _, packed, body = await ask(assets, url, accept_encoding="br, gzip")
    assert packed["content-encoding"] == "gzip"
    assert gzip.decompress(body) == text
    assert body[4:8] == b"\0\0\0\0"  # no time inside
    assert packed["etag"] != plain["etag"]
    assert packed["vary"] == "accept-encoding"


async def test_pictures_are_not_packed_again(folder: Path) -> None:
    assets = Assets(folder)
    _, headers, body = await ask(assets, assets.url("a.png"), accept_encoding="gzip")
    assert body == b"\x89PNG"
    assert headers["content-type"] == "image/png"


async def test_a_current_etag_is_answered_without_a_body(folder: Path) -> None:
    assets = Assets(folder)
    url = assets.url("LICENSE")
    _, headers, _ = await ask(assets, url)
    status, again, body = await ask(assets, url, if_none_match=f'"x", W/{headers["etag"]}')
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    assert "content-length" not in again
    status, _, _ = await ask(assets, url, if_none_match='"x"')
    assert status == 200


async def test_head_tells_the_length_only(folder: Path) -> None:
    assets = Assets(folder)
    status, headers, body = await ask(assets, assets.url("LICENSE"), "HEAD")
    assert (status, headers["content-length"], body) == (200, "3", b"")


@pytest.mark.parametrize("path", ["nothing.css", "css", "../pyproject.toml", "css/../LICENSE", "%2e%2e/x", ""])
async def test_anything_else_is_not_there(folder: Path, path: str) -> None:
    assets = Assets(folder)
    status, headers, _ = await ask(assets, assets.root + path)
    assert (status, headers["cache-control"]) == (404, "no-store")


async def test_other_methods_are_refused(folder: Path) -> None:
    assets = Assets(folder)
    status, headers, _ = await ask(assets, assets.url("LICENSE"), "POST")
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_the_address_follows_content_and_names(folder: Path) -> None:
    first = Assets(folder).root
    assert Assets(folder).root == first
    (folder / "LICENSE").write_text("BSD")
    second = Assets(folder).root
    (folder / "LICENSE").rename(folder / "LICENCE")
    assert len({first, second, Assets(folder).root}) == 3


def test_an_unknown_file_fails_when_a_page_is_made(folder: Path) -> None:
    with pytest.raises(KeyError, match=r"css/other\.css"):
        Assets(folder).url("css/other.css")


def test_page_weight() -> None:
    """Script and style of a first visit stay far below 60 KB gzipped (docs/design.md)."""
    first_visit = ("css/look.css", "vendor/htmx/htmx.min.js", "page/app.js")
    sizes = [len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in first_visit]
    assert sum(sizes) < 30_000


def test_a_device_keeps_every_script_that_its_pages_load() -> None:
    """A module that is not there takes all that import it with it."""
    scripts = [name for name in PRECACHED if name.startswith("page/")]
    for name in scripts:
        found = re.findall(r'^import .*?"\./([a-z_]+\.js)"', (STATIC / name).read_text(), re.MULTILINE)
        assert {f"page/{each}" for each in found} <= set(scripts), name


def test_what_is_vendored_names_its_licence() -> None:
    for name in ("vendor/htmx/LICENSE", "vendor/htmx/VERSION", "icons/LICENSE", "fonts/LICENSE"):
        assert (STATIC / name).stat().st_size > 0
    version = (STATIC / "vendor/htmx/VERSION").read_text().strip()
    assert f"this.version='{version}'".encode() in (STATIC / "vendor/htmx/htmx.min.js").read_bytes().replace(b'"', b"'")
