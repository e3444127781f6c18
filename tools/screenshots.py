"""Take the pictures of the app that its manifest shows: a fresh server, an invented person's records, Chromium.

Run it when the look changes: `.venv/bin/python tools/screenshots.py`. Names and sizes: aios/web/manifest.py.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from indexed_png import indexed_png
from playwright.async_api import async_playwright

from aios.web.manifest import SCREENSHOTS

if TYPE_CHECKING:
    from playwright.async_api import Browser

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "aios/static/screenshots"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "a long enough password"  # noqa: S105  of nobody
PATHS = {"home": "/", "planner": "/planner", "notebook": "/notebook"}
READY_S = 60
MOST_BYTES = 120_000
_INDEXED = """async (png) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  const many = new Map();
  for (const pixel of pixels) many.set(pixel, (many.get(pixel) ?? 0) + 1);
  const parts = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const palette = [...many.keys()].sort((one, other) => many.get(other) - many.get(one)).slice(0, 256).map(parts);
  const place = new Map();
  for (const colour of many.keys()) {
    const own = parts(colour);
    const distances = palette.map((each) => each.reduce((sum, part, at) => sum + (part - own[at]) ** 2, 0));
    place.set(colour, distances.indexOf(Math.min(...distances)));
  }
  let text = "";
  for (const pixel of pixels) text += String.fromCharCode(place.get(pixel));
  return { width, palette, places: btoa(text) };
}"""
"""The 256 colours that a picture has most of, and for each pixel the nearest of them."""
NOTES = (
    ("Foz library, roof notes", "North beam sits 40 mm lower than drawn. Ask Rui about the old survey.", "foz"),
    ("Bread, second try", "75 % water, 20 minutes rest, then folds every half hour. Oven at 250.", "kitchen"),
    ("Reading list", "The Timeless Way of Building; Working in Public; A Pattern Language.", "books"),
    ("Snow loads", "Zone 2, 0.8 kN/m². See [[Foz library, roof notes]].", "foz, work"),
    ("Lisbon, three days", "Museum of tiles in the morning, then the ferry to Cacilhas.", "travel"),
    ("Garden in November", "Plant garlic and broad beans. Cover the fig before the first frost.", "home"),
)
TASKS = (
    ("Pay electricity bill", 0, "urgent"),
    ("Send roof load figures to Ines", 0, "high"),
    ("Call the insurer about the bike", 0, "medium"),
    ("Water the plants", 0, "low"),
    ("Book the dentist", 1, "medium"),
    ("Renew passport", 4, "high"),
    ("Plan the birthday party", 9, "low"),
)


def main() -> int:
    """Write the pictures. Gives 1 when one is too large to be fetched before installing."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        environment = {**os.environ, "AIOS_DATA_DIR": folder, "PORT": "0", "HOST": "127.0.0.1"}
        with log.open("wb") as output:
            command = [sys.executable, "-m", "aios", "serve", "--migrate"]
            server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)  # noqa: S603
        try:
            asyncio.run(_take(address(log)))
        finally:
            server.terminate()
            server.wait()
    large = [path.name for path in FOLDER.iterdir() if path.stat().st_size > MOST_BYTES]
    print(f"{len(SCREENSHOTS)} pictures; too large: {', '.join(large) or 'none'}")
    return 1 if large else 0


def address(log: Path) -> str:
    """Where the server answers that writes this log. Raises TimeoutError."""
    deadline = time.monotonic() + READY_S
    while (said := re.search(r"ready at (http://\S+)", log.read_text("utf-8"))) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(log.read_text("utf-8"))
        time.sleep(0.1)
    return said[1]


async def _take(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        await furnish(client)
        cookies = [{"name": each.name, "value": each.value or "", "url": url} for each in client.cookies.jar]
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name, sizes, form_factor, _ in SCREENSHOTS:
            width, height = (int(side) for side in sizes.split("x"))
            ratio = 2 if form_factor == "narrow" else 1
            await _shoot(browser, url, cookies, name, (width // ratio, height // ratio, ratio))
        await browser.close()


EVENTS: tuple[tuple[str, int, int, int, dict[str, object]], ...] = (
    ("Site meeting, Foz", 0, 9, 60, {"location": "Rua do Passeio Alegre", "recurrenceRule": "weekly"}),
    ("Call with Ines", 0, 14, 30, {"description": "https://meet.google.com/abc-defg-hij"}),
    ("Swimming", 0, 18, 45, {"recurrenceRule": "weekly"}),
    ("Dentist", 1, 11, 30, {}),
    ("Snow loads, review", 2, 10, 90, {}),
    ("Concert", 3, 20, 120, {"location": "Casa da Musica"}),
)


async def furnish(client: httpx.AsyncClient) -> None:
    """Let Mara sign up, and write her notes and tasks."""
    origin = {"origin": str(client.base_url).rstrip("/")}
    answer = await client.post("/sign-up", data={"username": "Mara", "password": PASSWORD}, headers=origin)
    answer.raise_for_status() if answer.is_error else None
    for title, text, tags in NOTES:
        await _make(client, "/api/notes", {"title": title, "bodyMarkdown": text, "tags": tags.split(", ")})
    project = await _make(client, "/api/projects", {"name": "Foz library"})
    today = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0)
    for title, days, priority in TASKS:
        due = (today + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        fields: dict[str, object] = {"title": title, "dueDate": due, "priority": priority}
        await _make(client, "/api/tasks", fields | ({"projectId": project} if "roof" in title else {}))
    for title, days, hour, minutes, more in EVENTS:
        start = today.replace(hour=hour) + timedelta(days=days)
        end = start + timedelta(minutes=minutes)
        times = {"startAt": _wire(start), "endAt": _wire(end), "timezone": "UTC"}
        await _make(client, "/api/events", {"title": title, **times, **more})


def _wire(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


async def _make(client: httpx.AsyncClient, path: str, fields: dict[str, object]) -> str:
    answer = await client.post(path, json=fields, headers={"origin": str(client.base_url).rstrip("/")})
    answer.raise_for_status()
    made: str = answer.json()["id"]
    return made


async def _shoot(
    browser: Browser, url: str, cookies: list[dict[str, str]], name: str, size: tuple[int, int, int]
) -> None:
    width, height, ratio = size
    context = await browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        device_scale_factor=ratio,
        reduced_motion="reduce",
        locale="en-GB",
        service_workers="block",
    )
    await context.add_cookies(cookies)  # type: ignore[arg-type]  # a TypedDict of Playwright's own
    page = await context.new_page()
    await page.goto(PATHS[name.partition("-")[0]], wait_until="networkidle")
    taken = base64.b64encode(await page.screenshot()).decode()
    # An empty page has no security policy that forbids what follows.
    await page.goto("about:blank")
    reduced = await page.evaluate(_INDEXED, taken)
    places, across = base64.b64decode(reduced["places"]), reduced["width"]
    rows = [places[at : at + across] for at in range(0, len(places), across)]
    (FOLDER / name).write_bytes(indexed_png(across, rows, [bytes(colour) for colour in reduced["palette"]]))
    await context.close()


if __name__ == "__main__":
    raise SystemExit(main())
