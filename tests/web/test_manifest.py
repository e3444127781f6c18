"""The manifest and the pictures it names: sizes as they are, one purpose each, small enough to be fetched."""

import re
import struct
from typing import Any

import pytest

from aios.modules import discover
from aios.web.assets import Assets
from aios.web.manifest import manifest_of
from aios.web.templates import PACKAGE, Templates

STATIC = PACKAGE / "static"
ASSETS = Assets(STATIC)
REGISTRY = discover()
MANIFEST = manifest_of(REGISTRY, ASSETS)
PICTURES: list[dict[str, Any]] = [
    *MANIFEST["icons"],
    *MANIFEST["screenshots"],
    *(icon for shortcut in MANIFEST["shortcuts"] for icon in shortcut["icons"]),
]
STARTUP = re.compile(
    r'<link rel="apple-touch-startup-image" media="\(device-width: (\d+)px\) and \(device-height: (\d+)px\) and '
    r'\(-webkit-device-pixel-ratio: (\d)\) and \(orientation: portrait\)" href="([^"]+)">'
)
MOST_STARTUP = 12_000
MOST_SCREENSHOT = 120_000


def png(address: str) -> tuple[int, int, bytes]:
    """Width, height and bytes of a PNG by its address."""
    body = (STATIC / address.removeprefix(ASSETS.root)).read_bytes()
    assert body.startswith(b"\x89PNG\r\n\x1a\n"), address
    width, height = struct.unpack(">II", body[16:24])
    return width, height, body


async def test_is_served_as_a_manifest_that_is_asked_for_again(client) -> None:
    answer = await client.get("/manifest.webmanifest")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/manifest+json"
    assert "no-cache" in answer.headers["cache-control"]
    body = answer.json()
    assert (body["id"], body["scope"], body["start_url"]) == ("/", "/", "/")
    assert (body["display"], body["display_override"]) == ("standalone", ["standalone", "minimal-ui"])
    assert body["launch_handler"] == {"client_mode": ["navigate-existing", "auto"]}
    share = body["share_target"]
    assert (share["action"], share["method"]) == ("/capture", "GET"), "opening a share must not write"
    for each in body["icons"]:
        assert (await client.get(each["src"])).headers["content-type"] == each["type"]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda each: each["src"].rpartition("/")[2])
def test_says_the_size_that_a_picture_has(picture: dict[str, Any]) -> None:
    if picture["type"] == "image/svg+xml":
        assert picture["sizes"] == "any"
        assert b"<svg" in (STATIC / picture["src"].removeprefix(ASSETS.root)).read_bytes()
    else:
        width, height, _ = png(picture["src"])
        assert picture["sizes"] == f"{width}x{height}"


def test_has_an_icon_of_its_own_for_each_purpose() -> None:
    sizes = {purpose: [] for purpose in ("any", "maskable", "monochrome")}
    for icon in MANIFEST["icons"]:
        sizes[icon["purpose"]].append(icon["sizes"])
    assert sizes == {
        "any": ["any", "192x192", "512x512"],
        "maskable": ["192x192", "512x512"],
        "monochrome": ["512x512"],
    }


def test_has_a_shortcut_for_whatever_can_be_made() -> None:
    makes = [(module.make_label, module.make) for module in REGISTRY.listed() if module.make]
    assert [(each["name"], each["url"]) for each in MANIFEST["shortcuts"]] == makes
    assert all(png(icon["src"])[0] >= 96 for each in MANIFEST["shortcuts"] for icon in each["icons"])


def test_shows_the_app_on_a_phone_and_on_a_desk() -> None:
    shots = MANIFEST["screenshots"]
    assert {each["form_factor"] for each in shots} == {"narrow", "wide"}
    for each in shots:
        width, height, body = png(each["src"])
        assert each["label"]
        assert (width > height) == (each["form_factor"] == "wide")
        # Chromium refuses sides outside 320 to 3,840, and one more than 2.3 times the other.
        assert 320 <= min(width, height) <= max(width, height) <= 3840
        assert max(width, height) <= 2.3 * min(width, height)
        assert len(body) < MOST_SCREENSHOT


def test_start_pictures_fit_their_screens() -> None:
    html = Templates(ASSETS.url).render("accounts/sign_in.html", SIGN_IN)
    links = STARTUP.findall(html)
    assert len(links) == html.count("apple-touch-startup-image") >= 10
    for across, down, ratio, address in links:
        width, height, body = png(address)
        assert (width, height) == (int(across) * int(ratio), int(down) * int(ratio))
        assert len(body) < MOST_STARTUP
    named = {address.rpartition("/")[2] for *_, address in links}
    assert named == {path.name for path in (STATIC / "splash").iterdir()}


def test_a_home_screen_icon_of_ios_has_no_transparency() -> None:
    width, height, body = png(ASSETS.url("icons/apple-touch-icon.png"))
    assert (width, height) == (180, 180)
    assert body[25] in {2, 3}, "colour type: RGB or a palette"
    assert b"tRNS" not in body


SIGN_IN: dict[str, Any] = {
    "title": "Sign in",
    "values": {"username": ""},
    "next": "/",
    "host": "",
    "errors": {},
    "form_error": "",
    "toast": None,
    "closed": False,
}
