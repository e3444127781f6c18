"""Sync as a person sees it: a new device fills, offline work is sent, another device shows what was written.

A real Chromium with the worker as it is served. Times are the browser's own; both devices share one clock.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright

from benchmarks import data, report, servers
from benchmarks.device import ARGUMENTS, CHROMIUM, READY_MS, furnish, rank
from benchmarks.errors import MeasurementError
from benchmarks.say import say

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from pathlib import Path

    from playwright.async_api import Page

    from benchmarks.cases import Pace

EDITS = 10_000
AT_ONCE = 200
_STILL = """
  const interval = window.setInterval;
  window.setInterval = (work, ms, ...rest) => (ms === 60_000 ? 0 : interval(work, ms, ...rest));
"""
"""No page asks by the minute: what is sent and shown is so because of what is measured."""
_WATCH_READY = """
  new MutationObserver(() => {
    if (document.documentElement.dataset.offline === "ready") window.readyAt ??= performance.now();
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-offline"] });
"""
_FIRST = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
_WRITE = """async ([root, notes, edits, atOnce]) => {
  const at = (name) => import(`/assets/${root}/device/${name}.js`);
  const [{ openStore }, { apply }, { registry }] = await Promise.all([at("store"), at("apply"), at("registry")]);
  const { id: account } = await (await fetch("/api/auth/me")).json();
  const store = await openStore(account);
  for (let from = 0; from < edits; from += atOnce) {
    const mutations = Array.from({ length: atOnce }, (_, place) => ({
      op: "update", collection: "notes", id: notes[(from + place) % notes.length],
      fields: { title: `Offline ${from + place}` },
    }));
    await apply(store, registry, {}, mutations, { now: Date.now() });
  }
  const { waiting } = await store.counts();
  store.close();
  return waiting;
}"""
_ASK = """(message) => new Promise(async (resolve) => {
  const { active } = await navigator.serviceWorker.getRegistration("/");
  const { port1, port2 } = new MessageChannel();
  const began = performance.now();
  port1.onmessage = ({ data }) => resolve({ ...data, took: performance.now() - began });
  active.postMessage(message, [port2]);
})"""
_SAVE = """async (body) => {
  const began = Date.now();
  const answer = await fetch("/notebook", { method: "POST", body, mode: "same-origin", redirect: "manual",
    headers: { "Content-Type": "application/x-www-form-urlencoded" } });
  if (answer.type !== "opaqueredirect") throw new Error(`saving answered ${answer.status}`);
  return began;
}"""
_SHOWN = """(title) => new Promise((resolve) => {
  const look = () => document.querySelector("main").textContent.includes(title) && resolve(Date.now());
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  look();
})"""


def measure(pace: Pace, folder: Path) -> Iterator[report.Result]:
    """Rows of sync on devices. Raises MeasurementError."""
    url = f"sqlite:///{folder / 'aios.sqlite3'}"
    servers.migrate(url, folder)
    with servers.aios(url, folder) as server:
        name = "person of two devices"
        (account,) = data.register(server, [name])
        asyncio.run(furnish(url, account.id))
        address = f"http://localhost:{server.port}"
        filled, shown = asyncio.run(_fill(address, name, 3 if pace.brief else 5))
        yield report.absolute("sync.bootstrap10k", statistics.median(filled) / 1000, "s")
        yield report.absolute("sync.first_screen", statistics.median(shown), "ms")
        waits = asyncio.run(_together(address, name, 15 if pace.brief else 40))
        say(f"sync.device_to_device: p50 {rank(waits, 0.5):.0f} ms, p95 {rank(waits, 0.95):.0f} ms of {len(waits)}")
        yield report.absolute("sync.device_to_device", rank(waits, 0.95), "ms")
        yield report.absolute("sync.upload10k", asyncio.run(_upload(address, name)) / 1000, "s")


@asynccontextmanager
async def _device(url: str, name: str, *, script: str = _STILL) -> AsyncGenerator[Page]:
    """A browser with an empty profile, signed in by its cookie, that has shown nothing yet."""
    with tempfile.TemporaryDirectory(prefix="aios-profile-", ignore_cleanup_errors=True) as profile:
        async with async_playwright() as playwright:
            context = await playwright.chromium.launch_persistent_context(
                profile, executable_path=CHROMIUM, args=list(ARGUMENTS), base_url=url,
                viewport={"width": 390, "height": 844},
            )  # fmt: skip
            try:
                form: dict[str, str | float | bool] = {"username": name, "password": data.PASSWORD}
                await context.request.post("/sign-in", form=form, headers={"origin": url}, max_redirects=0)
                await context.add_init_script(script)
                yield context.pages[0]
            finally:
                await context.close()


async def _fill(url: str, name: str, rounds: int) -> tuple[list[float], list[float]]:
    """From asking for the first page to having everything, and to that page; both in ms."""
    filled: list[float] = []
    shown: list[float] = []
    for _ in range(rounds):
        async with _device(url, name, script=_STILL + _WATCH_READY) as page:
            await page.goto("/")
            shown.append(await page.evaluate(_FIRST))
            await page.wait_for_function("() => window.readyAt", timeout=READY_MS)
            filled.append(await page.evaluate("() => window.readyAt"))
    say(f"sync.bootstrap10k: {', '.join(f'{each:.0f}' for each in filled)} ms; first screen {shown[-1]:.0f} ms")
    return filled, shown


async def _together(url: str, name: str, rounds: int) -> list[float]:
    """How long after each save begins the other device shows it, in ms."""
    async with _device(url, name) as near, _device(url, name) as far:
        for page in (near, far):
            await page.goto("/notebook")
            await page.wait_for_selector('html[data-offline="ready"]', timeout=READY_MS)
            await page.goto("/notebook")
        await near.wait_for_timeout(3_000)
        waits: list[float] = []
        for number in range(rounds + 1):
            title = f"Told{number}x"
            seen = asyncio.create_task(far.evaluate(_SHOWN, title))
            began = await near.evaluate(_SAVE, f"title={title}&bodyMarkdown=Some+words&tags=")
            waits.append(await asyncio.wait_for(seen, 30) - began)
            await near.wait_for_timeout(400)
        return waits[1:]


async def _upload(url: str, name: str) -> float:
    """How long 10,000 edits that wait take until the server has them and the device knows, in ms."""
    async with _device(url, name) as page:
        await page.goto("/notebook")
        await page.wait_for_selector('html[data-offline="ready"]', timeout=READY_MS)
        await page.wait_for_timeout(3_000)
        return await _send(page)


async def _send(page: Page) -> float:
    worker: dict[str, Any] = await page.evaluate(_ASK, {"type": "inspect"})
    root = str(worker["root"]).removeprefix("/assets/").strip("/")
    notes = await page.evaluate(
        "async () => (await (await fetch('/api/notes?limit=1000')).json()).map((each) => each.id)"
    )
    waiting = await page.evaluate(_WRITE, [root, notes, EDITS, AT_ONCE])
    # The worker knows what it wrote itself; a new one reads what the page has written in its place.
    session = await page.context.new_cdp_session(page)
    await session.send("ServiceWorker.enable")
    await session.send("ServiceWorker.stopAllWorkers")
    await page.wait_for_timeout(500)
    await page.evaluate(_ASK, {"type": "inspect"})
    done: dict[str, Any] = await page.evaluate(_ASK, {"type": "sync"})
    left: dict[str, Any] = await page.evaluate(_ASK, {"type": "inspect"})
    if waiting < EDITS or not done.get("done") or left["store"]["device"]["waiting"]:
        message = f"Of {waiting} changes {left['store']['device']['waiting']} were not sent."
        raise MeasurementError(message)
    say(f"sync.upload10k: {done['took']:.0f} ms")
    return float(done["took"])
