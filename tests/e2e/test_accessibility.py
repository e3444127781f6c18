"""axe finds nothing on any page; nothing overflows a small screen or large text; targets can be hit."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.e2e.browsing import DESKTOP, PHONE
from tests.e2e.places import GATES, furnish, pages

pytestmark = pytest.mark.asyncio(loop_scope="session")
AXE = Axe().axe_script
NARROW = {"width": 320, "height": 640}
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(" ") + " " + node.any.concat(node.all, node.none).map((check) => check.message).join("; ")).join(" | ")}`)"""
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return [];
  const names = [...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
    .map((each) => each.tagName.toLowerCase() + "." + [...each.classList].join("."));
  return [`${wide}px too wide: ${names.slice(0, 5).join(", ")}`];
}"""
# WCAG 2.2, 2.5.8: 24 by 24 pixels, or alone in a circle of 24; links in a line of text are exempt.
SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea")]
  .filter((each) => each.checkVisibility({visibilityProperty: true}) && !each.closest(".prose, p, .skip, .sr"))
  .map((each) => [each, (each.labels?.[0] ?? each).getBoundingClientRect(), getComputedStyle(each, "::after")])
  .filter(([each, box, after]) => !(after.position === "absolute" && after.content !== "none"))
  .filter(([each, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
  .map(([each, box]) => `${each.outerHTML.slice(0, 80)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
LARGE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("html{font-size:200%}");
  document.adoptedStyleSheets = [sheet];
}"""
THEMES = ("dark", "light")


@pytest.mark.parametrize("part", [0, 1])
async def test_axe_finds_nothing(part, server, browse, mara, registry):
    addresses = pages(registry, await furnish(mara))
    found = {}
    page = await browse(server.url, PHONE, person=mara)
    for path in addresses[part::2]:
        found |= await _examine(page, path)
    assert found == {}, json.dumps(found, indent=2)


async def test_axe_finds_nothing_at_the_gate(server, browse):
    page = await browse(server.url, PHONE)
    found = {}
    for path in GATES:
        found |= await _examine(page, path)
    await page.goto("/sign-in")
    await page.get_by_label("User name").fill("nobody")
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("alert").wait_for()
    found |= await _examine(page, "")
    assert found == {}, json.dumps(found, indent=2)


async def _examine(page, path):
    """Run axe on a page: phone and desktop, dark and light. An empty path is the page that is open."""
    if path:
        await page.goto(path)
    await page.evaluate(AXE)
    found = {}
    for size in (PHONE, DESKTOP):
        await page.set_viewport_size(size)
        for theme in THEMES:
            await page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            violations = await page.evaluate(RUN)
            if violations:
                found[f"{path} {size['width']} {theme}"] = violations
    return found


async def test_sheets_and_refused_forms_pass_axe(phone):
    found = {}
    await phone.goto("/notebook")
    for name in ("Menu", "Sort and archive"):
        await phone.get_by_role("button", name=name).click()
        found |= {name: wrong for wrong in [await _violations(phone)] if wrong}
        await phone.keyboard.press("Escape")
    await phone.goto("/notebook/new")
    await phone.get_by_role("button", name="Save note").click()
    await phone.get_by_text("Write a title or some text first.").wait_for()
    found |= {"refused": wrong for wrong in [await _violations(phone)] if wrong}
    assert found == {}, json.dumps(found, indent=2)


async def _violations(page):
    await page.evaluate(AXE)
    return await page.evaluate(RUN)


async def test_small_screens_and_large_text(server, browse, mara, registry):
    page = await browse(server.url, PHONE, person=mara)
    found = {}
    for path in pages(registry, await furnish(mara)):
        await page.goto(path)
        for size in (PHONE, NARROW, DESKTOP):
            await page.set_viewport_size(size)
            found |= {f"{path} {size['width']}": wrong for wrong in [await page.evaluate(OVERFLOW)] if wrong}
        await page.set_viewport_size(PHONE)
        found |= {f"{path} targets": wrong for wrong in [await page.evaluate(SMALL)] if wrong}
        # What a browser's or system's text size of 200 % does: every rem doubles.
        await page.evaluate(LARGE)
        found |= {f"{path} at 200 %": wrong for wrong in [await page.evaluate(OVERFLOW)] if wrong}
    assert found == {}, json.dumps(found, indent=2)
