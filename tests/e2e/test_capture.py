"""Quick capture from any page, the share sheet, and the badge; with and without a network or script."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import DESKTOP, PHONE, path_of
from tests.e2e.test_offline import profile, ready, sign_up, synced

pytestmark = pytest.mark.asyncio(loop_scope="session")

RECORD_BADGE = "navigator.setAppBadge = (count) => { globalThis.badge = count; return Promise.resolve(); };"


async def capture(page, text, kind):
    """Write something down in the sheet of any page."""
    sheet = page.get_by_role("dialog", name="Capture")
    await expect(sheet.get_by_role("textbox")).to_be_focused()
    await page.keyboard.type(text)
    await sheet.get_by_text(kind, exact=True).click()
    await sheet.get_by_role("button", name="Save").click()
    await expect(page.get_by_text(f"{kind} kept").last).to_be_visible()


async def badge(page, count):
    """Whether the app's icon comes to say how much is due."""
    for _ in range(100):
        if await page.evaluate("globalThis.badge") == count:
            return True
        await page.wait_for_timeout(50)
    return False


async def test_a_text_is_captured_where_the_person_is(server, browse, mara):
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto("/notebook?sort=title")
    await page.keyboard.press("c")
    await capture(page, "Snow on the roof", "Note")
    assert path_of(page).startswith("/notebook?sort=title&made=/notebook/")
    await expect(page.get_by_role("dialog", name="Capture")).to_be_hidden()
    await page.get_by_role("link", name="Open", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Snow on the roof")

    await page.goto("/settings")
    await page.keyboard.press("c")
    await capture(page, "Clear it", "Task")
    await page.get_by_role("button", name="Undo").click()
    await expect(page).to_have_url(re.compile("/settings$"))
    await page.goto("/trash")
    await expect(page.get_by_text("Clear it")).to_be_visible()


async def test_what_is_typed_stays_when_the_sheet_closes(phone):
    await phone.goto("/planner")
    await phone.get_by_role("button", name="Capture").click()
    await phone.keyboard.type("half a thought")
    await phone.keyboard.press("Escape")
    await phone.get_by_role("button", name="Capture").click()
    sheet = phone.get_by_role("dialog", name="Capture")
    await expect(sheet.get_by_role("textbox")).to_have_value("half a thought")
    # In a module its own kind is chosen.
    await expect(sheet.get_by_role("radio", name="Task")).to_be_checked()


async def test_what_is_shared_opens_a_filled_form_and_writes_nothing(server, browse, mara):
    page = await browse(server.url, PHONE, person=mara, java_script_enabled=False)
    await page.goto("/capture?title=An+article&text=&url=https%3A%2F%2Fexample.org%2Fa")
    field = page.get_by_label("What is on your mind")
    await expect(field).to_have_value("An article\nhttps://example.org/a")
    assert "An article" not in await mara.show("/search?q=article")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("An article")


async def test_everything_without_a_server(own_server, tmp_path):
    async with profile(tmp_path / "phone", own_server.url) as context:
        await context.add_init_script(RECORD_BADGE)
        page = await context.new_page()
        await sign_up(page, "captures")
        await page.goto("/")
        await ready(page)
        assert await badge(page, 0)
        own_server.kill()
        await page.get_by_role("button", name="Capture").click()
        await capture(page, "Offline beam", "Note")
        await page.goto("/planner")
        await page.get_by_label("Add a task for today").fill("Due while away")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="Due while away")).to_be_visible()
        await page.goto("/search?q=beam")
        await expect(page.get_by_role("link", name="Offline beam")).to_be_visible()
        assert await badge(page, 1)
        await page.get_by_role("searchbox").fill("")
        await page.get_by_role("searchbox").press_sequentially("while DUE")
        await expect(page.locator("#hits .cover")).to_have_text(["Due while away"])
        await page.goto("/keyboard")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard")
        own_server.start()
        await page.goto("/")
        await synced(page)
