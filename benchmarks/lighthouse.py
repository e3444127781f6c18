"""What Lighthouse thinks of the pages: a phone of the middle class on a simulated slow 4G.

Each run has a browser of its own, so nothing is cached and no worker answers.
A category is as good as its worst page, and a page is the median of its runs.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
from http import HTTPStatus
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import msgspec

from aios.accounts.cookies import SESSION_COOKIE
from aios.database import Address, open_database
from aios.modules import discover
from aios.records.apply import apply
from aios.records.clock import now_ms, to_wire
from aios.records.ids import new_id
from aios.records.mutation import Mutation, Writer
from benchmarks import data, device, report, servers
from benchmarks.errors import MeasurementError
from benchmarks.say import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.data import Account

LIGHTHOUSE = Path(__file__).with_name("lighthouse")
RUNS = 5
NOTES, TASKS = 40, 40
PUBLIC = ("/sign-in", "/sign-up", "/install")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_PRIVATE_CATEGORIES = CATEGORIES[:-1]  # private pages ask search engines to stay away
_RUN_TIMEOUT_S = 60
_DAY_MS = 86_400_000


class _Judged(msgspec.Struct):
    """One line of lighthouse/judge.mjs."""

    url: str
    scores: dict[str, float]
    failed: list[str]


class _Page(NamedTuple):
    path: str
    private: bool


def require() -> None:
    """Install Lighthouse when it is missing. Raises MeasurementError."""
    servers.install_packages(LIGHTHOUSE, "lighthouse")


def measure(folder: Path) -> Iterator[report.Result]:
    """Rows of the four categories. Raises MeasurementError."""
    url = f"sqlite:///{folder / 'aios.sqlite3'}"
    servers.migrate(url, folder)
    with servers.aios(url, folder) as server:
        name = "person of the pages"
        (account,) = data.register(server, [name])
        note = asyncio.run(_furnish(url, account))
        pages = [_Page(path, private=False) for path in PUBLIC]
        pages += [_Page(path, private=True) for path in ("/", "/notebook", f"/notebook/{note}", "/planner")]
        medians = [_judge(server, page, _sign_in(server, name)) for page in pages]
    for category in CATEGORIES:
        value = min(each[category] for each in medians if category in each)
        yield report.absolute(f"lighthouse.{category.replace('-', '_')}", value, "score")


async def _furnish(url: str, account: Account) -> str:
    """Write some notes and tasks through the one write path; the id of a note."""
    database = open_database(Address.parse(url))
    await database.open()
    now = now_ms()
    notes = [Mutation(op="create", collection="notes", id=new_id(), fields=each) for each in data.notes()[:NOTES]]
    tasks = [
        Mutation(
            op="create",
            collection="tasks",
            id=new_id(),
            fields={"title": f"Task {number}", "dueDate": to_wire(now + (number - TASKS // 4) * _DAY_MS)},
        )
        for number in range(TASKS)
    ]
    try:
        await database.run(apply(discover(), account.id, Writer(client="import:bench"), [*notes, *tasks], now))
    finally:
        await database.close()
    return notes[-1].id


def _sign_in(server: servers.Server, name: str) -> str:
    """Sign in with the form, as a browser does; the value of the session cookie."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    form = urlencode({"username": name, "password": data.PASSWORD})
    try:
        connection.request("POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    cookies = SimpleCookie("; ".join(response.headers.get_all("Set-Cookie", [])))
    if response.status != HTTPStatus.SEE_OTHER or SESSION_COOKIE not in cookies:
        message = f"Signing in answered {response.status}"
        raise MeasurementError(message)
    return cookies[SESSION_COOKIE].value


def _judge(server: servers.Server, page: _Page, session: str) -> dict[str, float]:
    """The median of every category that counts for this page."""
    # Browsers trust localhost as they trust https: there is a service worker, and the cookie may be secure.
    address = f"http://localhost:{server.port}{page.path}"
    cookie = {"name": SESSION_COOKIE, "value": session, "secure": True, "sameSite": "Lax"} if page.private else None
    categories = _PRIVATE_CATEGORIES if page.private else CATEGORIES
    runs = _run({"pages": [{"url": address, "categories": categories, "cookie": cookie}], "runs": RUNS})
    medians = {category: statistics.median(run.scores[category] for run in runs) for category in categories}
    failed = sorted({audit for run in runs for audit in run.failed})
    scores = ", ".join(f"{category} {score:.2f}" for category, score in medians.items())
    say(f"lighthouse {page.path}: {scores}; below 1: {', '.join(failed) or 'nothing'}")
    return medians


def _run(asked: dict[str, Any]) -> list[_Judged]:
    node = shutil.which("node") or "node"
    run = subprocess.run(
        [node, str(LIGHTHOUSE / "judge.mjs")],
        input=msgspec.json.encode({**asked, "browser": device.CHROMIUM, "arguments": device.ARGUMENTS}),
        capture_output=True,
        check=False,
        timeout=_RUN_TIMEOUT_S * RUNS,
    )
    if run.returncode:
        message = f"Lighthouse failed: {run.stderr.decode('utf-8', 'replace').strip()[-1000:]}"
        raise MeasurementError(message)
    return [msgspec.json.decode(line, type=_Judged) for line in run.stdout.splitlines()]
