"""Take the stores' pictures from the running app: `.venv/bin/python mobile_shell/draw_store.py`, from the repository.

Sizes: App Store Connect, "Screenshot specifications" (6.9-inch phone, 13-inch tablet); Play Console, "Preview assets".
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from playwright.async_api import async_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from screenshots import CHROMIUM, PATHS, address, furnish  # noqa: E402  after its path is known

FOLDER = ROOT / "docs/store/screenshots"
SCREENS = {"iphone": (440, 956, 3), "ipad": (1032, 1376, 2), "play-phone": (360, 640, 3)}
"""Width and height in points, and pixels for each."""


def main() -> None:
    """Write them as JPEG, which has no transparency and both stores take."""
    FOLDER.mkdir(parents=True, exist_ok=True)
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


async def _take(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        await furnish(client)
        cookies = [{"name": each.name, "value": each.value or "", "url": url} for each in client.cookies.jar]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for screen, (width, height, ratio) in SCREENS.items():
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
            for name, path in PATHS.items():
                await page.goto(path, wait_until="networkidle")
                await page.screenshot(path=FOLDER / f"{screen}-{name}.jpg", type="jpeg", quality=60)
            await context.close()
        await browser.close()


if __name__ == "__main__":
    main()
