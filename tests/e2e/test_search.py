"""One search over everything: typed ahead, used with the keyboard, on a desktop, on a phone and without script."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import DESKTOP, PHONE, path_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_palette_finds_and_opens_with_the_keyboard(server, browse, mara):
    note = await mara.make("notebook", title="Wind on the ridge", bodyMarkdown="measured twice")
    await mara.make("planner", title="Order a ridge beam")
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto("/planner/new")
    await page.locator("#title").fill("half typed")
    # Works while typing, too, and nothing typed is lost.
    await page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search")
    await expect(palette.get_by_role("searchbox")).to_be_focused()
    await expect(palette.get_by_role("link", name="Order a ridge beam")).to_be_visible()
    await expect(palette.get_by_role("link", name="Go to Planner")).to_be_attached()

    await page.keyboard.type("RIDGE")
    await expect(palette.get_by_role("heading", name="Found")).to_be_visible()
    await expect(palette.locator(".cover")).to_have_text(["Order a ridge beam", "Wind on the ridge"])
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(palette.get_by_role("link", name="Wind on the ridge")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(palette.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(palette).to_be_hidden()
    await expect(page.locator("#title")).to_have_value("half typed")
    await page.locator("#title").fill("")

    # Enter opens the best, also when it comes before what was typed is found.
    await page.keyboard.press("Control+k")
    await page.keyboard.type("measured wind")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Wind on the ridge")
    assert path_of(page) == note
    await page.keyboard.press("Control+k")
    await page.keyboard.type("new ta")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/planner/new$"))


async def test_the_phone_searches_on_a_page(server, browse, mara):
    await mara.make("notebook", title="Snow on the roof", bodyMarkdown="x")
    await mara.make("planner", title="Clear the roof")
    page = await browse(server.url, PHONE, person=mara)
    await page.goto("/")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    await page.get_by_role("searchbox").press_sequentially("roof")
    await expect(page.locator("#found ~ .list .cover, #hits .list .cover")).to_have_count(2)
    await page.get_by_role("link", name="Notebook 1").click()
    await expect(page.locator("#hits .cover")).to_have_text(["Snow on the roof"])
    await page.get_by_role("link", name="Snow on the roof").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Snow on the roof")


async def test_without_script_the_form_is_enough(server, browse, mara):
    await mara.make("notebook", title="Snow on the roof", bodyMarkdown="x")
    page = await browse(server.url, DESKTOP, person=mara, java_script_enabled=False)
    await page.goto("/")
    await page.get_by_role("navigation", name="Modules").get_by_role("link", name="Search").click()
    await page.get_by_role("searchbox").fill("snow roof")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="Snow on the roof")).to_be_visible()
