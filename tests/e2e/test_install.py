"""AIOS can be installed and says how, keeps clear of a phone's edges, and its state changes without moving anything."""
# ruff: noqa: E501  what browsers say of themselves

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import async_playwright, expect

from aios.modules import discover
from aios.records.query import NO_COPY, Query
from aios.web.offers import offered
from aios.web.shell import shell
from aios.web.templates import Templates
from tests.e2e.browsing import DESKTOP, PHONE
from tests.e2e.conftest import ARGUMENTS, CHROMIUM
from tests.e2e.test_accessibility import _examine

pytestmark = pytest.mark.asyncio(loop_scope="session")
REGISTRY = discover()
APP = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) {}"
ANDROID = "Linux; Android 16; Pixel 9"
BROWSERS = {
    "iPhone, Safari": ("iPhone and iPad", APP.format("iPhone; CPU iPhone OS 26_0 like Mac OS X", "Version/26.0 Safari/604.1")),
    "iPhone, Chrome": ("iPhone and iPad", APP.format("iPhone; CPU iPhone OS 26_0 like Mac OS X", "CriOS/150.0 Safari/604.1")),
    "Android, Chrome": ("Android, Chrome", APP.format(ANDROID, "Chrome/150.0.0.0 Mobile Safari/537.36")),
    "Samsung": ("Android, Samsung Internet", APP.format(ANDROID, "SamsungBrowser/29.0 Chrome/140.0 Mobile Safari/537.36")),
    "Android, Firefox": ("Android, Firefox", "Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0"),
    "Chrome": ("Computer, Chrome or Edge", APP.format("X11; Linux x86_64", "Chrome/150.0.0.0 Safari/537.36")),
    "Edge": ("Computer, Chrome or Edge", APP.format("Windows NT 10.0; Win64; x64", "Chrome/150.0 Safari/537.36 Edg/150.0")),
    "Safari": ("Mac, Safari", APP.format("Macintosh; Intel Mac OS X 10_15_7", "Version/26.0 Safari/605.1.15")),
    "Firefox": ("Computer, Firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"),
}  # fmt: skip
STATES = {
    "synced": "Synced",
    "syncing": "Syncing",
    "waiting": "3 changes wait",
    "offline": "Offline, 3 changes wait",
    "attention": "1 change needs you",
    "restoring": "Fetching 2,000 of 10,000",
}
SAY = """([state, label]) => {
  for (const status of document.querySelectorAll("[data-status]")) {
    status.dataset.state = state;
    status.querySelector("[data-status-label]").textContent = label;
  }
}"""
PLACES = """() => [...document.querySelectorAll("main *, .rail a:not([data-status]), .tabbar ul *")].map((each) => {
  const { x, y, width, height } = each.getBoundingClientRect();
  return [each.tagName, x, y, width, height].join(" ");
})"""
OFFER = """() => dispatchEvent(Object.assign(new Event("beforeinstallprompt", {cancelable: true}), {
  prompt: async () => ({outcome: "accepted"}),
}))"""
FARTHEST = """async (address) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let farthest = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 1] - data[1] < 32) continue;
    const [x, y] = [(at / 4) % width, Math.floor(at / 4 / width)];
    farthest = Math.max(farthest, Math.hypot(x - width / 2, y - height / 2) / width);
  }
  return farthest;
}"""
TOP, BOTTOM = 59, 34
"""Points that the clock and the home bar of an iPhone take."""


async def test_chromium_would_install_it(server, tmp_path):
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(tmp_path), executable_path=CHROMIUM, args=list(ARGUMENTS), base_url=server.url, viewport=PHONE
        )
        page = await context.new_page()
        await page.goto("/install")
        devtools = await context.new_cdp_session(page)
        assert await devtools.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
        assert (await devtools.send("Page.getAppManifest"))["errors"] == []
        await context.close()


async def test_a_maskable_icon_keeps_its_mark_in_the_middle(server, browse):
    page = await browse(server.url)
    await page.goto("/install")
    manifest = json.loads(await page.evaluate("async () => (await fetch('/manifest.webmanifest')).text()"))
    for icon in manifest["icons"]:
        if icon["purpose"] == "maskable":
            assert 0.1 < await page.evaluate(FARTHEST, icon["src"]) < 0.4


@pytest.mark.parametrize("name", BROWSERS)
async def test_the_browser_at_hand_comes_first(name, server, browse):
    title, user_agent = BROWSERS[name]
    page = await browse(server.url, user_agent=user_agent, java_script_enabled=False)
    await page.goto("/install")
    await expect(page.locator("main h2").first).to_have_text(title)
    await expect(page.locator("main .card")).to_have_count(1)
    await expect(page.locator("main .card .prose")).to_be_visible()
    await expect(page.locator("details")).to_have_count(6)
    await expect(page.locator("details[open]")).to_have_count(0)
    await expect(page.locator("summary", has_text=title)).to_have_count(0)


async def test_an_unknown_browser_chooses(server, browse):
    page = await browse(server.url, user_agent="Lynx/2.9")
    await page.goto("/install")
    await expect(page.get_by_role("heading", name="Choose your browser")).to_be_visible()
    await page.get_by_text("Mac, Safari").click()
    await expect(page.get_by_text("Add to Dock")).to_be_visible()


async def test_an_ipad_that_says_it_is_a_mac_finds_its_own_steps_open(server, browse):
    page = await browse(server.url, user_agent=BROWSERS["Safari"][1])
    await page.add_init_script("Object.defineProperty(navigator, 'maxTouchPoints', {value: 5})")
    await page.goto("/install")
    await expect(page.get_by_text("Leave Open as Web App switched on")).to_be_visible()


async def test_a_button_installs_where_the_browser_offers_it(phone):
    await phone.goto("/settings")
    await phone.get_by_role("link", name="Install AIOS").click()
    button = phone.get_by_role("button", name="Install")
    await expect(button).to_be_hidden()
    await phone.evaluate(OFFER)
    await button.click()
    await expect(phone.get_by_text("AIOS is installed")).to_be_visible()
    await expect(button).to_be_hidden()


async def test_axe_finds_nothing_on_the_way_to_install(server, browse):
    page = await browse(server.url)
    await page.goto("/install")
    await page.evaluate(OFFER)
    for guide in await page.locator("summary").all():
        await guide.click()
    found = await _examine(page, "install")
    assert found == {}, json.dumps(found, indent=2)


async def test_how_things_stand_moves_nothing(server, browse, phone, mara):
    await mara.make("notebook", title="North beam")
    desk = await browse(server.url, DESKTOP, person=mara)
    for page in (phone, desk):
        await page.goto("/notebook")
        await expect(page.locator("[data-status]:visible")).to_have_count(0)
        before = await page.evaluate(PLACES)
        for state, label in STATES.items():
            await page.evaluate(SAY, [state, label])
            assert await page.evaluate(PLACES) == before, state
            quiet = page is phone and state in {"synced", "syncing"}
            seen = page.locator("[data-status]:visible")
            await expect(seen).to_have_count(0 if quiet else 1)
            if not quiet:
                await expect(seen).to_have_text(label)
    await phone.get_by_role("button", name="Menu").click()
    await expect(phone.get_by_role("dialog").get_by_role("link", name=STATES["restoring"])).to_be_visible()


async def test_axe_finds_nothing_whatever_the_state(phone):
    await phone.goto("/notebook")
    found = {}
    for state, label in STATES.items():
        await phone.evaluate(SAY, [state, label])
        await phone.evaluate("document.getElementById('new-version-notice').hidden = false")
        found |= await _examine(phone, state)
    assert found == {}, json.dumps(found, indent=2)


async def test_nothing_lies_under_the_edges_of_a_phone(phone):
    devtools = await phone.context.new_cdp_session(phone)
    insets = {"top": TOP, "topMax": TOP, "bottom": BOTTOM, "bottomMax": BOTTOM}
    await devtools.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    await phone.goto("/notebook")
    await phone.evaluate(SAY, ["offline", STATES["offline"]])
    await phone.evaluate("document.getElementById('new-version-notice').hidden = false")
    await phone.evaluate("document.getElementById('trouble').hidden = false")
    boxes = {name: await _box(phone, name) for name in (".head", ".tabbar", "#new-version-notice", "#trouble")}
    floor = PHONE["height"] - BOTTOM
    assert boxes[".head"]["y"] >= TOP
    assert boxes["#trouble"]["y"] >= TOP
    assert _end(boxes[".tabbar"]) <= floor
    assert _end(boxes["#new-version-notice"]) <= boxes[".tabbar"]["y"]
    await phone.get_by_role("button", name="Menu").click()
    assert _end(await _box(phone, "#menu .stack")) <= floor
    await phone.goto("/install")
    assert (await _box(phone, "main"))["y"] >= TOP
    assert _end(await _box(phone, "main")) <= await phone.evaluate("document.documentElement.scrollHeight") - BOTTOM


@pytest.mark.parametrize(
    "name", ["storage", "attention", "revoked", "unsent", "unsent, one", "text missing", "no network", "signed out"]
)
async def test_axe_finds_nothing_on_pages_that_only_a_device_shows(name, server, browse):
    template, context = _pages()[name]
    page = await browse(server.url)
    await page.goto("/sign-in")
    sheet = await page.locator("link[rel=stylesheet]").get_attribute("href")
    root = str(sheet).removesuffix("css/look.css")
    html = Templates(lambda path: root + path).render(template, context)

    async def answer(route: Any) -> None:
        await route.fulfill(body=html, content_type="text/html; charset=utf-8")

    await page.route("**/shown", answer)
    await page.goto("/shown")
    found = await _examine(page, name)
    assert found == {}, json.dumps(found, indent=2)


def _pages() -> dict[str, tuple[str, dict[str, Any]]]:
    """Templates of a device, with what its worker gives them (static/device/worker.js, pages.js)."""
    device = {**NO_COPY, "state": "attention", "label": "1 change needs you", "waiting": 2, "attention": 1, "copy": True,
              "limit": 10_000_000,
              "ledger": [{"collection": name, "records": many, "bytes": size, "stubs": many // 3, "waiting": 1, "unsent": 900}
                         for name, many, size in (("notes", 1_204, 3_210_000), ("tasks", 310, 420_000), ("settings", 1, 900))],
              "outbox": [{"op": op, "title": "Foz library, roof notes", "at": "2026-11-24T09:08:00.000Z"}
                         for op in ("create", "update", "delete", "restore")],
              "refused": [{"mid": mid, "op": "update", "at": "2026-11-24T09:08:00.000Z", "title": "Bread, second try",
                           "detail": "A task cannot be a step of itself.", "text": text}
                          for mid, text in ((3, "Flour, water, salt.\n\nA day."), (4, ""))],
              "paused": "expired",
              "lastSync": "2026-11-24T09:08:00.000Z"}  # fmt: skip
    query = Query(params={}, now="2026-11-24T10:08:00.000Z", zone="Europe/Lisbon", new_id="", day="2026-11-24", bounds={},
                  user="Mara", space="019ab2c4-90aa-7b1f-8a35-20c7f41d9e02", settings={}, device=device)  # fmt: skip
    module = REGISTRY.modules["storage"]
    page = {"path": "/storage", "module": "storage"}
    bare = {"toast": None, "errors": {}, "form_error": ""}
    around = {**shell(query, "storage", list(REGISTRY.modules.values())), "made": None}
    full = {**bare, "shell": around, "page": page}
    unsent = {**full, "title": "Not everything was sent", "waiting": device["outbox"], "count": 3, "tried": False}
    offline = "This page comes from your server, which does not answer. Everything else works without it."
    kept = [{"label": "What you wrote", "text": "North beam sits lower."}]
    return {
        "storage": (
            "storage/storage.html",
            {**full, **module.pages[0].view({"kinds": offered("kinds", REGISTRY, query)}, query)},
        ),
        "attention": ("storage/attention.html", {**full, **module.pages[1].view({}, query)}),
        "unsent": ("device/unsent.html", unsent),
        "revoked": ("device/revoked.html", {**bare, "title": "This device was signed out", "count": 3}),
        "unsent, one": ("device/unsent.html", {**unsent, "count": 1, "tried": True}),
        "text missing": (
            "device/text_missing.html",
            {
                **full,
                "title": "Foz library, roof notes",
                "beginning": "North beam sits 40 mm lower",
                "back": "/notebook",
            },
        ),
        "no network": (
            "device/needs_network.html",
            {**bare, "title": "This page needs the network", "detail": offline, "back": "/", "kept": kept},
        ),
        "signed out": ("device/signed_out_offline.html", {**bare, "title": "Signed out"}),
    }


async def _box(page: Any, selector: str) -> dict[str, float]:
    box: dict[str, float] = await page.locator(selector).bounding_box()
    return box


def _end(box: dict[str, float]) -> float:
    return box["y"] + box["height"]
