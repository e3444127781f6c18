"""How fast the app on the device is: a real Chromium, its service worker, and 10,000 records in its store.

Times are taken inside the page from the browser's own clocks: Navigation Timing for whole pages, `performance.now()`
around a request for searching and saving. Each includes the way to the worker and back.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from playwright.async_api import async_playwright

from aios.database import Address, open_database
from aios.modules import discover
from aios.records.apply import apply
from aios.records.clock import now_ms, to_wire
from aios.records.ids import new_id
from aios.records.mutation import Mutation, Writer
from benchmarks import data, report, servers
from benchmarks.errors import MeasurementError
from benchmarks.say import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import BrowserContext, Page

    from benchmarks.cases import Pace

NOTES, TASKS, PROJECTS, EVENTS, SERIES = 4_000, 4_900, 100, 900, 100
RULES = ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=YEARLY")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run")  # fmt: skip
READY_MS = 120_000
_IMPORT = re.compile(rb'^(?:(?:import|export|\}) [^"\n]*from |import )"([^"\n]+)"', re.MULTILINE)
_NAVIGATION = """() => {
  const [entry] = performance.getEntriesByType("navigation");
  return { html: entry.responseEnd - entry.startTime, ready: entry.domContentLoadedEventEnd - entry.startTime,
           cold: entry.responseEnd - entry.workerStart, worker: entry.workerStart };
}"""
_SEARCH = """async (word) => {
  const began = performance.now();
  const answer = await fetch(`/notebook?q=${word}`, { headers: { "HX-Request-Type": "partial" }, mode: "same-origin" });
  await answer.text();
  return performance.now() - began;
}"""
_SAVE = """async ([path, body]) => {
  const began = performance.now();
  const answer = await fetch(path, { method: "POST", body, mode: "same-origin", redirect: "manual",
    headers: { "Content-Type": "application/x-www-form-urlencoded" } });
  const took = performance.now() - began;
  if (answer.type !== "opaqueredirect") throw new Error(`saving answered ${answer.status}`);
  return took;
}"""


def measure(pace: Pace, folder: Path) -> Iterator[report.Result]:
    """Rows of the device, and of what pages and worker weigh. Raises MeasurementError."""
    url = f"sqlite:///{folder / 'aios.sqlite3'}"
    servers.migrate(url, folder)
    with servers.aios(url, folder) as server:
        name = "person of the device"
        (account,) = data.register(server, [name])
        asyncio.run(furnish(url, account.id))
        with tempfile.TemporaryDirectory(prefix="aios-profile-", ignore_cleanup_errors=True) as profile:
            times = asyncio.run(_use(f"http://localhost:{server.port}", name, Path(profile), 20 if pace.brief else 60))
        weights = _weights(f"http://127.0.0.1:{server.port}")
    for key, unit in (
        ("device.navigate", "ms"),
        ("device.dom_ready", "ms"),
        ("device.search", "ms"),
        ("device.save", "ms"),
        ("device.cold", "ms"),
        ("device.calendar_month", "ms"),
    ):
        say(f"{key}: p50 {rank(times[key], 0.5):.1f} ms, p95 {rank(times[key], 0.95):.1f} ms of {len(times[key])}")
        yield report.absolute(key, rank(times[key], 0.95), unit)
    for key, weight in weights.items():
        yield report.absolute(key, weight / 1_000, "KB")


async def furnish(url: str, account: str) -> None:
    """Write the records through the one write path."""
    registry = discover()
    database = open_database(Address.parse(url))
    await database.open()
    try:
        made = list(_records())
        for start in range(0, len(made), 500):
            await database.run(
                apply(registry, account, Writer(client="import:bench"), made[start : start + 500], now_ms())
            )
    finally:
        await database.close()


def _records() -> Iterator[Mutation]:
    now = now_ms()
    notes = data.notes()
    projects = [new_id() for _ in range(PROJECTS)]
    for number, each in enumerate(projects):
        yield Mutation(op="create", collection="projects", id=each, fields={"name": f"Project {number}"})
    for number in range(NOTES):
        note = notes[number % len(notes)]
        yield Mutation(
            op="create",
            collection="notes",
            id=new_id(),
            fields={**note, "title": f"{note['title']} {number}"},
            ms=now - number * 60_000,
        )
    for number in range(TASKS):
        done = number % 3 == 0
        fields = {
            "title": f"Task {number} {notes[number % len(notes)]['title']}",
            "status": "completed" if done else "pending",
            "dueDate": to_wire(now + (number - TASKS // 4) * 3_600_000) if number % 2 else None,
            "projectId": projects[number % PROJECTS],
        }
        yield Mutation(op="create", collection="tasks", id=new_id(), fields=fields, ms=now - number * 61_000)

    yield from _events(now)


def _events(now: int) -> Iterator[Mutation]:
    """A month full of events, and series that began up to three years before it."""
    day = 86_400_000
    for number in range(EVENTS + SERIES):
        repeats = number >= EVENTS
        start = now - (number % 3 + 1) * 365 * day + number * day if repeats else now + (number % 29 - 14) * day
        start += number % 40 * 900_000
        fields = {
            "title": f"Event {number}",
            "location": f"Place {number % 30}",
            "description": "Agenda and figures. " * (number % 20),
            "startAt": to_wire(start),
            "endAt": to_wire(start + (number % 6 + 1) * 1_800_000),
            "timezone": ("Europe/Lisbon", "America/New_York", "Asia/Tokyo")[number % 3],
            "recurrenceRule": "custom" if repeats else "none",
            "rrule": RULES[number % len(RULES)] if repeats else None,
        }
        yield Mutation(op="create", collection="events", id=new_id(), fields=fields, ms=now - number * 62_000)


async def _use(url: str, name: str, profile: Path, rounds: int) -> dict[str, list[float]]:
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(profile),
            executable_path=CHROMIUM,
            args=list(ARGUMENTS),
            base_url=url,
            viewport={"width": 390, "height": 844},
        )
        try:
            page = context.pages[0]
            await page.goto("/sign-in")
            await page.get_by_label("User name").fill(name)
            await page.get_by_label("Password").fill(data.PASSWORD)
            await page.get_by_role("button", name="Sign in").click()
            await page.wait_for_selector('html[data-offline="ready"]', timeout=READY_MS)
            return await _times(context, page, rounds)
        finally:
            await context.close()


async def _times(context: BrowserContext, page: Page, rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {
        f"device.{name}": [] for name in ("navigate", "dom_ready", "search", "save", "cold", "calendar_month")
    }
    await page.goto("/notebook")
    note = await page.locator("#results .cover").nth(3).get_attribute("href")
    await page.goto("/planner")
    task = await page.locator("main .row a").first.get_attribute("href")
    paths = ["/", "/notebook", note, "/planner", task, "/notebook?sort=title", "/planner?view=all", "/planner/projects"]
    await page.wait_for_timeout(3_000)
    for number in range(rounds + 8):
        await page.goto(str(paths[number % len(paths)]), wait_until="load")
        entry = await page.evaluate(_NAVIGATION)
        if number >= len(paths):
            times["device.navigate"].append(entry["html"])
            times["device.dom_ready"].append(entry["ready"])
    for number in range(rounds + 3):
        await page.goto("/calendar", wait_until="load")
        entry = await page.evaluate(_NAVIGATION)
        if number >= 3:  # noqa: PLR2004  the first builds what later ones use
            times["device.calendar_month"].append(entry["html"])
    await page.goto("/notebook")
    words = ("bridge", "coffee", "lemon salt", "nothing at all", "garden trees", "a", "page 3")
    for number in range(rounds + 3):
        took = await page.evaluate(_SEARCH, words[number % len(words)])
        if number >= 3:  # noqa: PLR2004  the first builds what later ones use
            times["device.search"].append(took)
    for number in range(rounds):
        body = f"title=Saved+{number}&bodyMarkdown=Some+words+%23bench&tags="
        times["device.save"].append(await page.evaluate(_SAVE, ["/notebook", body]))
        await page.wait_for_timeout(150)
    await page.wait_for_timeout(3_000)
    session = await context.new_cdp_session(page)
    await session.send("ServiceWorker.enable")
    for number in range(max(rounds // 4, 7)):
        await session.send("ServiceWorker.stopAllWorkers")
        await page.wait_for_timeout(300)
        await page.goto(str(paths[number % 4]))
        entry = await page.evaluate(_NAVIGATION)
        if not entry["worker"]:
            message = "the browser does not say when the worker started"
            raise MeasurementError(message)
        times["device.cold"].append(entry["cold"])
    return times


def _weights(url: str) -> dict[str, int]:
    """Bytes, gzipped: scripts and styles of a page, and all modules of the worker."""
    worker = _fetch(f"{url}/sw.js")
    found: dict[str, bytes] = {f"{url}/sw.js": worker}
    waiting = [f"{url}/sw.js"]
    while waiting:
        at = waiting.pop()
        for name in _IMPORT.findall(found[at]):
            target = _join(at, name.decode())
            if target not in found:
                found[target] = _fetch(target)
                waiting.append(target)
    root = next(name for name in found if "/assets/" in name).partition("/device/")[0]
    page = ("css/look.css", "vendor/htmx/htmx.min.js", "page/app.js", "page/device.js", "page/leader.js")
    return {
        "weight.page": sum(_zipped(_fetch(f"{root}/{name}")) for name in page),
        "weight.worker": sum(map(_zipped, found.values())),
    }


def _join(base: str, name: str) -> str:
    from urllib.parse import urljoin  # noqa: PLC0415  here only

    return urljoin(base, name)


def _fetch(url: str) -> bytes:
    with urlopen(url, timeout=30) as answer:  # noqa: S310  our own server
        body: bytes = answer.read()
    return body


def _zipped(body: bytes) -> int:
    return len(gzip.compress(body, 9))


def rank(values: list[float], share: float) -> float:
    """The value at `share` of the sorted ones: 0.95 is the 95th percentile (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 100) * len(ordered) // 100) - 1))]
