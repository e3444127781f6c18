"""Moving through a page with the keyboard, and what a person sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

MOST_STOPS = 150
# What has the focus, its name, and whether an outline shows it: on itself, its ::after, or a label around it.
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return {tag: "body", name: "", visible: false};
  const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const places = [at, at.parentElement, at.closest("label, .field, .search, .quick, .note")].filter(Boolean);
  const name = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || at.name || at.id;
  const box = at.getBoundingClientRect();
  return {
    tag: at.tagName.toLowerCase(),
    id: at.id,
    name: name.trim().replace(/\\s+/g, " "),
    visible: ring(getComputedStyle(at, "::after")) || places.some((each) => ring(getComputedStyle(each))),
    shown: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight,
    html: at.outerHTML.slice(0, 120),
  };
}"""


async def focused(page: Page) -> dict[str, str]:
    """What has the focus."""
    return await page.evaluate(FOCUSED)


async def tab_to(page: Page, name: str, *, key: str = "Tab") -> None:
    """Press Tab until something named `name` has the focus; every stop on the way must be visible."""
    stops = []
    for _ in range(MOST_STOPS):
        await page.keyboard.press(key)
        at = await focused(page)
        stops.append(at["name"])
        assert at["tag"] == "body" or at["visible"], f"the focus is not visible on {at}"
        if at["name"] == name:
            return
    message = f"Tab never comes to {name!r}: {stops}"
    raise AssertionError(message)


async def stops(page: Page) -> list[dict[str, str]]:
    """All places that Tab comes to, from the top of the page to its end."""
    await page.evaluate(f"window.stops = []; document.addEventListener('focusin', () => stops.push(({FOCUSED})()))")
    for _ in range(MOST_STOPS // 10):
        for _ in range(10):
            await page.keyboard.press("Tab")
        found: list[dict[str, str]] = await page.evaluate("window.stops")
        first = [number for number, at in enumerate(found) if at["html"] == found[0]["html"]]
        if len(first) > 1:
            return found[: first[1]]
    message = "Tab does not come round"
    raise AssertionError(message)
