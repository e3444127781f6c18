"""Draw every icon and splash of the phones' apps from one SVG: `python draw_icons.py`, from mobile_shell/."""

from __future__ import annotations

import io
import re
from pathlib import Path

import resvg_py
from PIL import Image, ImageDraw

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "aios/static/icons/favicon.svg"
FOLDER = HERE / "icons"
GROUND = "#0A0E1A"
IOS = (20, 29, 40, 58, 60, 76, 80, 87, 120, 152, 167, 180, 640, 1024, 1280, 1920)
"""App icons, and from 640 on (but for 1024, the store's) splash pictures; none may be transparent anywhere."""
ANDROID = (48, 72, 96, 144, 192)
ANDROID_SPLASH = (320, 480, 640, 960, 1280)
ADAPTIVE = (108, 162, 216, 324, 432)
"""A launcher cuts any shape out of these; what must be seen lies in the inner 66 of 108 units."""
SPLASHES = frozenset({640, 1280, 1920, *ANDROID_SPLASH})


def main() -> None:
    """Write all of them into icons/."""
    FOLDER.mkdir(exist_ok=True)
    for size in IOS:
        share = 0.3 if size in SPLASHES else 1.0
        mark(size, share, ground=True).convert("RGB").save(FOLDER / f"aios-{size}.png", optimize=True)
    for size in ANDROID:
        square = mark(size, 1.0, ground=True)
        square.save(FOLDER / f"aios-square-{size}.png", optimize=True)
        rounded(square).save(FOLDER / f"aios-round-{size}.png", optimize=True)
    for size in ANDROID_SPLASH:
        mark(size, 0.4, ground=False).save(FOLDER / f"aios-square-{size}.png", optimize=True)
    for size in ADAPTIVE:
        mark(size, 66 / 108, ground=False).save(FOLDER / f"aios-adaptive-{size}.png", optimize=True)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.name}/")


def mark(size: int, share: float, *, ground: bool) -> Image.Image:
    """The mark in the middle of a square of `size` pixels, on the ground or on nothing."""
    text = SOURCE.read_text("utf-8")
    text = re.sub(r"<rect[^>]*/>", "", text, count=1)
    inner = max(1, round(size * share))
    drawn = resvg_py.svg_to_bytes(svg_string=text, width=inner, height=inner)
    picture = Image.new("RGBA", (size, size), GROUND if ground else (0, 0, 0, 0))
    picture.alpha_composite(Image.open(io.BytesIO(bytes(drawn))).convert("RGBA"), ((size - inner) // 2,) * 2)
    return picture


def rounded(square: Image.Image) -> Image.Image:
    """The same, cut to a circle."""
    fine = square.width * 4
    mask = Image.new("L", (fine, fine), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, fine - 1, fine - 1), fill=255)
    cut = square.copy()
    cut.putalpha(mask.resize(square.size, Image.Resampling.LANCZOS))
    return cut


if __name__ == "__main__":
    main()
