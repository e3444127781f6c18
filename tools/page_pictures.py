"""Take a picture of each page for docs/pages.md: on a phone and a desktop, dark and light.

Run it when pages change: `.venv/bin/python tools/page_pictures.py`. It uses the invented person of screenshots.py.
"""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from playwright.async_api import async_playwright
from screenshots import CHROMIUM, PASSWORD, ROOT, address, furnish

FOLDER = ROOT / "docs/screenshots/pages"
INDEX = ROOT / "docs/pages.md"
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
THEMES = ("dark", "light")
NOTE, TASK, PROJECT, EVENT = "{note}", "{task}", "{project}", "{event}"
PAGES = (
    ("home", "Home", "/"),
    ("notebook", "Notebook", "/notebook"),
    ("notebook-selection", "Notebook, selecting several notes", "/notebook?select=some"),
    ("notebook-new", "New note", "/notebook/new"),
    ("note", "A note", f"/notebook/{NOTE}"),
    ("notebook-statistics", "Statistics of the Notebook", "/notebook/statistics"),
    ("notebook-graph", "Graph of links", "/notebook/graph"),
    ("planner", "Planner, today", "/planner"),
    ("planner-upcoming", "Planner, upcoming", "/planner?view=upcoming"),
    ("planner-selection", "Planner, selecting several tasks", "/planner?view=all&select=1"),
    ("planner-board", "Board", "/planner/board"),
    ("task", "A task", f"/planner/{TASK}"),
    ("project", "A project", f"/planner/projects/{PROJECT}"),
    ("planner-review", "Weekly review", "/planner/review"),
    ("planner-statistics", "Statistics of the Planner", "/planner/statistics"),
    ("calendar", "Calendar, a month", "/calendar"),
    ("calendar-week", "A week", "/calendar/week"),
    ("calendar-day", "A day", "/calendar/day"),
    ("calendar-agenda", "Agenda", "/calendar/agenda"),
    ("calendar-new", "New event", "/calendar/new"),
    ("event", "An event", f"/calendar/{EVENT}"),
    ("calendar-statistics", "Statistics of the Calendar", "/calendar/statistics"),
    ("calendar-elsewhere", "Calendars elsewhere", "/settings/calendar"),
    ("search", "Search over everything", "/search?q=roof"),
    ("capture", "Capture", "/capture"),
    ("keyboard", "Keys", "/keyboard"),
    ("import", "Import and export", "/settings/import"),
    ("trash", "Trash", "/trash"),
    ("settings", "Settings", "/settings"),
    ("storage", "Storage", "/storage"),
)
QUALITY = 55
"""Of a WebP picture: letters stay sharp, and a page weighs 10 to 30 KB."""


def main() -> int:
    """Write the pictures and the page that shows them."""
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
    _write_index()
    return 0


async def _take(url: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with httpx.AsyncClient(base_url=url, timeout=30) as client, async_playwright() as playwright:
        await furnish(client)
        ids = {
            name: (await client.get(f"/api/{collection}?sort=createdAt&limit=1")).json()[0]["id"]
            for name, collection in (("note", "notes"), ("task", "tasks"), ("project", "projects"), ("event", "events"))
        }
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for theme in THEMES:
            # A sign-in of its own for each: signing up has set the cookie of the client, which asks for the theme.
            chosen = {"darkMode": theme == "dark"}
            (await client.put("/api/settings", json=chosen, headers={"origin": url})).raise_for_status()
            for size, (width, height) in SIZES.items():
                context = await browser.new_context(
                    base_url=url, viewport={"width": width, "height": height}, reduced_motion="reduce", locale="en-GB"
                )
                page = await context.new_page()
                await page.goto("/sign-in")
                await page.get_by_label("User name").fill("Mara")
                await page.get_by_label("Password").fill(PASSWORD)
                await page.get_by_role("button", name="Sign in").click()
                await page.locator('html[data-offline="ready"]').wait_for(timeout=60_000)
                session = await context.new_cdp_session(page)
                for name, _, path in PAGES:
                    await page.goto(path.format(**ids), wait_until="load")
                    await page.wait_for_timeout(300)
                    taken = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
                    (FOLDER / f"{name}-{size}-{theme}.webp").write_bytes(base64.b64decode(taken["data"]))
                await context.close()
        await browser.close()


def _write_index() -> None:
    lines = [
        "# The pages",
        "",
        "As a phone (390 x 844) and a desktop (1280 x 800) show them, dark and light.",
        "`tools/page_pictures.py` takes the pictures.",
        "",
    ]
    for name, title, path in PAGES:
        shown = path.replace("{", "").replace("}", "")
        lines += [f"## {title}", f"`{shown}`", ""]
        for size in SIZES:
            width = 195 if size == "phone" else 480
            for theme in THEMES:
                picture = f"screenshots/pages/{name}-{size}-{theme}.webp"
                lines.append(f'<img src="{picture}" width="{width}" alt="{title}, {size}, {theme}">')
            lines.append("")
    INDEX.write_text("\n".join(lines).rstrip("\n") + "\n", "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
