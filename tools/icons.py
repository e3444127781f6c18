"""Draw every icon and start picture of the installed app, from `icons/favicon.svg` and symbols of `icons/icons.svg`.

Run it when the mark, a colour or a module's icon changes: `.venv/bin/python tools/icons.py`. File names say what a
picture is for and how large it is; aios/web/manifest.py and templates/shell/document.html name them.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from indexed_png import indexed_png
from playwright.async_api import async_playwright

from aios.modules import discover

if TYPE_CHECKING:
    from playwright.async_api import Page

STATIC = Path(__file__).parent.parent / "aios/static"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
BACKGROUND, LIGHT = "#0A0E1A", "#00D9FF"
SPLASH = (
    (440, 956, 3),
    (430, 932, 3),
    (428, 926, 3),
    (420, 912, 3),
    (402, 874, 3),
    (393, 852, 3),
    (390, 844, 3),
    (375, 812, 3),
    (375, 667, 2),
    (1032, 1376, 2),
    (1024, 1366, 2),
    (834, 1210, 2),
    (820, 1180, 2),
    (744, 1133, 2),
)
"""Screens of iPhones and iPads that are sold or still updated, upright: width, height, pixels for each point."""
SHADES = 16
"""A mark of one colour on a flat ground needs no more, and 4 bits for each pixel keep a whole screen below 12 KB."""
_COVER = """async ([svg, size]) => {
  const image = new Image(size, size);
  image.src = "data:image/svg+xml," + encodeURIComponent(svg);
  await image.decode();
  const context = new OffscreenCanvas(size, size).getContext("2d");
  context.drawImage(image, 0, 0, size, size);
  const { data } = context.getImageData(0, 0, size, size);
  let text = "";
  for (let at = 3; at < data.length; at += 4) text += String.fromCharCode(data[at]);
  return btoa(text);
}"""


def main() -> None:
    """Write all pictures into aios/static."""
    asyncio.run(_draw())


async def _draw() -> None:
    source = (STATIC / "icons/favicon.svg").read_text("utf-8")
    ground, mark = (_part(source, pattern) for pattern in (r"<rect[^>]*/>", r"<g .*</g>"))
    full = re.sub(r' rx="[^"]*"', "", ground)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page()
        icons = STATIC / "icons"
        for size in (192, 512):
            await _shoot(page, icons / f"icon-{size}.png", size, ground + mark)
            # A launcher may cut away all but a circle of 80 % (W3C, Web App Manifest, "Icon masks").
            await _shoot(page, icons / f"icon-maskable-{size}.png", size, full + _scaled(mark, 0.86))
        await _shoot(page, icons / "icon-monochrome-512.png", 512, _scaled(mark.replace(LIGHT, "#FFFFFF"), 1.25))
        await _shoot(page, icons / "apple-touch-icon.png", 180, full + mark)
        for name in sorted({module.icon for module in discover().listed() if module.make}):
            await _shoot(page, icons / f"shortcut-{name}.png", 96, ground + _symbol(name))
        folder = STATIC / "splash"
        folder.mkdir(exist_ok=True)
        for width, height, ratio in SPLASH:
            await _splash(page, folder, width * ratio, height * ratio, mark)
        await browser.close()


def _part(source: str, pattern: str) -> str:
    found = re.search(pattern, source, re.DOTALL)
    if found is None:
        message = f"favicon.svg has nothing like {pattern}"
        raise ValueError(message)
    return found[0]


def _scaled(shape: str, factor: float) -> str:
    """Larger or smaller around the middle of the 32 units of favicon.svg."""
    return f'<g transform="translate(16 16) scale({factor}) translate(-16 -16)">{shape}</g>'


def _symbol(name: str) -> str:
    sprite = (STATIC / "icons/icons.svg").read_text("utf-8")
    found = re.search(rf'<symbol id="{name}"[^>]*>(.*?)</symbol>', sprite, re.DOTALL)
    if found is None:
        message = f"icons.svg has no symbol {name}"
        raise ValueError(message)
    place = 'transform="translate(7 7) scale(.75)" fill="none" stroke-linecap="round" stroke-linejoin="round"'
    return f'<g {place} stroke="{LIGHT}" stroke-width="2">{found[1]}</g>'


def _svg(shapes: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{shapes}</svg>'


async def _shoot(page: Page, path: Path, size: int, shapes: str) -> None:
    await page.set_viewport_size({"width": size, "height": size})
    await page.set_content(f"<style>html,body{{margin:0}}svg{{display:block;width:{size}px}}</style>{_svg(shapes)}")
    # Launchers of iOS paint what is transparent black: a picture that fills its square has no transparency at all.
    filled = shapes.startswith("<rect") and " rx=" not in shapes
    await page.screenshot(path=path, omit_background=not filled)


async def _splash(page: Page, folder: Path, width: int, height: int, mark: str) -> None:
    """The mark in the middle of a flat screen: what iOS shows until the first page is there."""
    size = width * 3 // 10 // 2 * 2
    cover = base64.b64decode(await page.evaluate(_COVER, [_svg(mark), size]))
    levels = bytes((alpha * (SHADES - 1) + 127) // 255 for alpha in cover)
    left, top = (width - size) // 2 // 2 * 2, (height - size) // 2
    rows = [bytes(width)] * height
    for line in range(size):
        drawn = levels[line * size : (line + 1) * size]
        rows[top + line] = bytes(left) + drawn + bytes(width - left - size)
    (folder / f"{width}x{height}.png").write_bytes(indexed_png(width, rows, [_mix(shade) for shade in range(SHADES)]))


def _mix(shade: int) -> bytes:
    pairs = zip(bytes.fromhex(BACKGROUND[1:]), bytes.fromhex(LIGHT[1:]), strict=True)
    return bytes((low * (SHADES - 1 - shade) + high * shade) // (SHADES - 1) for low, high in pairs)


if __name__ == "__main__":
    main()
