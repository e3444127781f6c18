"""On every page axe finds nothing, and nothing overflows a small screen or large text."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.e2e.browsing import DESKTOP, PHONE
from tests.e2e.places import GATES, furnish, pages

pytestmark = pytest.mark.asyncio(loop_scope="session")
AXE = Axe().axe_script
NARROW = {"width": 320, "height": 640}
# target-size is WCAG 2.2's 24 pixels, with its exceptions; axe leaves it off by default.
RUN = """async (only) => (await axe.run(document, {
    resultTypes: ["violations"],
    ...(only ? {runOnly: [only]} : {rules: {"target-size": {enabled: true}}}),
  })).violations.map((each) => `${each.id}: ` + each.nodes.map((node) =>
    `${node.target.join(" ")} (${[...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ")})`
  ).join(" | "))"""
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return [];
  const names = [...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
    .map((each) => each.tagName.toLowerCase() + "." + [...each.classList].join("."));
  return [`${wide} pixels too wide: ${names.slice(0, 5).join(", ")}`];
}"""
# What the text size of a browser or a system does: every rem grows.
TEXT_SIZE = """(percent) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`html{font-size:${percent}%}`);
  document.adoptedStyleSheets = [sheet];
}"""
# axe gives no verdict on text that stands on a gradient, which is the whole page; so the gradient is taken away.
PLAIN = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("body{background:var(--bg) !important}");
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.mark.parametrize("part", [0, 1])
async def test_every_page(part, server, browse, mara, registry):
    addresses = pages(registry, await furnish(mara))
    page = await browse(server.url, PHONE, person=mara)
    found = {}
    for path in addresses[part::2]:
        await page.goto(path)
        found |= await _examine(page, path)
    assert found == {}, json.dumps(found, indent=2)


async def test_the_gate(server, browse):
    page = await browse(server.url, PHONE)
    found = {}
    for path in GATES:
        await page.goto(path)
        found |= await _examine(page, path)
    await page.goto("/sign-in")
    await page.get_by_label("User name").fill("nobody")
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    found |= await _examine(page, "refused")
    assert found == {}, json.dumps(found, indent=2)


async def test_sheets_previews_and_refused_forms(server, browse, mara):
    records = await furnish(mara)
    page = await browse(server.url, PHONE, person=mara)
    found = {}
    await page.goto("/notebook")
    for name in ("Menu", "Sort and archive"):
        await page.get_by_role("button", name=name).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        found |= await _examine(page, name)
        await page.keyboard.press("Escape")
    await page.goto(records["/notebook/{id}"])
    await page.get_by_text("Preview", exact=True).click()
    found |= await _examine(page, "preview")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    found |= await _examine(page, "toast")
    await page.goto("/notebook/new")
    await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_text("Write a title or some text first.")).to_be_visible()
    found |= await _examine(page, "refused")
    assert found == {}, json.dumps(found, indent=2)


async def _examine(page, name):
    """Look at the page that is open. Both sizes get all rules, and colours are looked at in each theme and size."""
    found = {}

    async def look(where, script, *given):
        wrong = await page.evaluate(script, *given)
        if wrong:
            found[f"{name}, {where}"] = wrong

    await page.evaluate(AXE)
    await page.evaluate(PLAIN)
    one_theme = await page.evaluate("document.querySelectorAll('body [data-theme]').length") == 0
    for size, full, other in ((PHONE, "dark", "light"), (DESKTOP, "light", "dark")):
        await page.set_viewport_size(size)
        await page.evaluate("theme => { document.documentElement.dataset.theme = theme }", full)
        await look(f"{size['width']} {full}", RUN, "")
        await look(f"{size['width']}", OVERFLOW)
        if one_theme:
            await page.evaluate("theme => { document.documentElement.dataset.theme = theme }", other)
            await look(f"{size['width']} {other}", RUN, "color-contrast")
    await page.set_viewport_size(NARROW)
    await look("320", OVERFLOW)
    await page.set_viewport_size(PHONE)
    await page.evaluate(TEXT_SIZE, 200)
    await look("390 at 200 %", OVERFLOW)
    await page.evaluate(TEXT_SIZE, 100)
    return found
