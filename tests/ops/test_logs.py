"""What the log says, and what it must never say: secrets are planted wherever they could come from, and looked for."""

from __future__ import annotations

import gzip
import io
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest

from aios.app import create_app
from aios.settings import Settings
from aios.web.log import Bridge, Log
from tests.conftest import lifespan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "plantedPassword of nine words"
SECRET = "plantedText"
NAME = "planted-name"


class Sink(BaseHTTPRequestHandler):
    """Takes what Sentry's package sends."""

    taken: list[bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append(gzip.decompress(body) if self.headers["content-encoding"] == "gzip" else body)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def sentry() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Sink)
    server.taken = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


async def use(client: httpx.AsyncClient) -> tuple[str, str]:
    """Everything that a person and their browser may send, right and wrong. Gives the token and the account."""
    made = await client.post("/api/auth/register", json={"username": NAME, "password": PASSWORD})
    token, account = made.json()["token"], made.json()["user"]["id"]
    mine = {"authorization": f"Bearer {token}", "user-agent": SECRET}
    await client.post("/api/auth/login", json={"username": NAME, "password": PASSWORD + SECRET})
    await client.post("/api/notes", headers=mine, json={"title": SECRET, "bodyMarkdown": SECRET})
    await client.post("/api/notes", headers=mine, content=SECRET)
    await client.get("/api/notes", headers=mine, params={"q": SECRET})
    for path in (f"/{SECRET}", f"/notebook/{SECRET}", f"/calendar/ics/{token}.ics", f"/assets/{SECRET}.js"):
        await client.get(path, headers=mine, params={"token": token})
    await client.get("/api/notes", headers={"authorization": f"Bearer {token}{SECRET}"})
    await client.get("/", headers={"cookie": f"aios_session={token}; x={SECRET}", "referer": f"/{SECRET}"})
    await client.post("/sign-in", data={"username": NAME, "password": PASSWORD}, headers={"origin": "http://aios.test"})
    await client.post("/api/errors", content=json.dumps({"kind": SECRET, "message": SECRET}))
    return token, account


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_no_secret_reaches_log_files_or_sentry(
    settings: Settings, tmp_path: Path, sentry: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    folder = tmp_path / "log"
    dsn = f"http://public@127.0.0.1:{sentry.server_port}/1"
    app = create_app(msgspec.structs.replace(settings, access_log=True, log_dir=folder, sentry_dsn=dsn))
    app.log._stream = written
    logger = logging.getLogger("planted")
    bridge = Bridge(app.log)
    logger.addHandler(bridge)
    try:
        async with (
            lifespan(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://aios.test"
            ) as client,
        ):
            token, account = await use(client)

            def breaks(*_: object) -> None:
                raise ValueError(SECRET)

            with monkeypatch.context() as broken:  # an error nobody expected, whose message quotes a person
                broken.setattr("aios.records.create.read_object", breaks)
                mine = {"authorization": f"Bearer {token}"}
                failed = await client.post("/api/notes", headers=mine, json={"title": SECRET})
                assert failed.status_code == 500
                assert SECRET not in failed.text
            client.cookies.clear()
            report = {"kind": "TypeError", "frames": [["/assets/abc/page/app.js", 12, 7]]}
            assert (await client.post("/api/errors", content=json.dumps(report))).status_code == 204
            logger.warning("lost %s of %s", SECRET, token)
            logger.error("Task exception was never retrieved\nfuture: %s", SECRET, exc_info=ValueError(SECRET))
            key = settings.jwt_secret
    finally:
        logger.removeHandler(bridge)
    sent = b"".join(sentry.taken)  # type: ignore[attr-defined]
    combined, errors = (folder / "combined.log").read_bytes(), (folder / "error.log").read_bytes()
    assert combined == written.getvalue()
    for place, text in (("log", combined), ("error.log", errors), ("sentry", sent)):
        for planted in (PASSWORD, SECRET, NAME, token, token.rpartition(".")[2], account, key):
            assert planted.encode() not in text, (place, planted)
    lines = [json.loads(line) for line in combined.splitlines()]
    request_id = failed.headers["x-request-id"]
    failure = next(line for line in lines if line["event"] == "failure")
    assert (failure["level"], failure["error"], failure["id"]) == ("error", "ValueError", request_id)
    requests = [line for line in lines if line["event"] == "request"]
    assert all({"at", "id", "method", "path", "status", "ms", "level"} <= line.keys() for line in requests)
    assert {line["account"] for line in requests if "account" in line} == {app.log.account(account)}
    assert {"/notebook/…", "/calendar/ics/…", "/…", "/api/notes"} <= {line["path"] for line in requests}
    browser = next(line for line in lines if line["event"] == "browser")
    assert (browser["error"], browser["trace"]) == ("TypeError", ["app.js:12:7"])
    assert [line["message"] for line in lines if line["event"] == "library"] == [
        "lost %s of %s",
        "Task exception was never retrieved",
    ]
    assert {json.loads(line)["level"] for line in errors.splitlines()} == {"error"}
    assert sent.count(b'"type": "ValueError"') + sent.count(b'"type":"ValueError"') >= 1
    assert b"TypeError" in sent
    assert request_id.encode() in sent


async def test_levels_leave_out_and_rotated_files_are_made_anew(tmp_path: Path) -> None:
    written = io.BytesIO()
    log = Log(level="error", stream=written, folder=tmp_path)
    log.request("1", "GET", "/", 200, 1.0)
    log.request("2", "GET", "/", 503, 1.0)
    log.flush()
    assert [json.loads(line)["id"] for line in written.getvalue().splitlines()] == ["2"]
    (tmp_path / "error.log").rename(tmp_path / "error.log.1")
    log.request("3", "GET", "/", 500, 1.0)
    log.flush()
    assert [json.loads(line)["id"] for line in (tmp_path / "error.log").read_text().splitlines()] == ["3"]
    assert (tmp_path / "error.log").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"kind": "a word of mine"}',
        b'{"kind": "TypeError", "frames": [["/assets/../secret text", 1, 1]]}',
        b'{"kind": "TypeError", "more": 1}',
        b'{"kind": "TypeError", "frames": [["/sw.js", -1, 1]]}',
    ],
)
async def test_only_reports_are_taken_from_browsers(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/errors", content=body)
    assert answer.status_code in {400, 429}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_an_address_reports_so_much_an_hour(client: httpx.AsyncClient) -> None:
    answers = [(await client.post("/api/errors", content=b'{"kind": "RangeError"}')).status_code for _ in range(30)]
    assert answers[-1] == 429


def test_neither_structlog_nor_sentry_is_imported_to_serve() -> None:
    import subprocess  # noqa: PLC0415  here only
    import sys  # noqa: PLC0415  as above

    code = (
        "import sys; from aios.app import create_app; from aios.settings import Settings; "
        "create_app(Settings(env='production', jwt_secret='x' * 40, database_url='sqlite:////tmp/none/a.sqlite3')); "
        "print(sorted({'structlog', 'sentry_sdk', 'pyrage', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_without_the_extra_or_with_a_wrong_dsn_the_start_says_so(settings: Settings) -> None:
    from aios.settings import SettingsError  # noqa: PLC0415  here only

    with pytest.raises(SettingsError, match="SENTRY_DSN"):
        create_app(msgspec.structs.replace(settings, sentry_dsn="not an address"))
