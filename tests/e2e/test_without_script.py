"""With script off every page opens, and every core flow works from its forms and links alone."""

from __future__ import annotations

import os
import re

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import PHONE
from tests.e2e.places import GATES, MISSING, furnish, pages
from tests.people import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_page_opens(server, browse, mara, registry):
    records = await furnish(mara)
    page = await browse(server.url, PHONE, person=mara, java_script_enabled=False)
    for path in pages(registry, records):
        answer = await page.goto(path)
        assert answer.status == (404 if path == MISSING else 200), path
        await expect(page.locator("h1")).to_have_count(1)
        await expect(page.locator("h1")).not_to_be_empty()
    stranger = await browse(server.url, PHONE, java_script_enabled=False)
    for path in GATES:
        await stranger.goto(path)
        await expect(stranger.get_by_role("button")).to_have_count(1)


async def test_core_flows(server, browse):
    page = await browse(server.url, PHONE, java_script_enabled=False)
    username = f"quiet{os.getpid()}"
    await _sign_up(page, username)
    await _note(page)
    await _task(page)
    await _project(page)
    await page.goto("/settings")
    await page.get_by_text("Light", exact=True).click()
    await page.get_by_label("Time zone").fill("Nowhere/Town")
    await page.get_by_role("button", name="Save settings").click()
    await expect(page.get_by_text("This zone is not known")).to_be_visible()
    await page.get_by_label("Time zone").fill("Asia/Tokyo")
    await page.get_by_role("button", name="Save settings").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_role("dialog", name="Menu").get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(re.compile("/sign-in$"))
    await page.goto("/")
    await expect(page).to_have_url(re.compile("/sign-in"))


async def _sign_up(page, username):
    await page.goto("/sign-up")
    await page.get_by_label("User name").fill(username)
    await page.get_by_label("Password").fill("12345678"[:8])
    await page.locator("form").evaluate("form => form.noValidate = true")
    await page.get_by_label("Password").fill("short")
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_text("A password has 8 to 100 characters.")).to_be_visible()
    await expect(page.get_by_label("User name")).to_have_value(username)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(username)


async def _note(page):
    await page.goto("/notebook/new")
    await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_text("Write a title or some text first.")).to_be_visible()
    await page.get_by_label("Note, in Markdown").fill("# Kept\n\nquietly")
    await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_role("heading", level=1, name="Kept")).to_be_visible()
    await page.get_by_label("Note, in Markdown").fill("# Kept\n\nquietly, then **changed**")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_text("Preview", exact=True).click()
    await expect(page.locator(".preview strong")).to_have_text("changed")
    for act, state in (("Pin", "Unpin"), ("Archive", "Take out of the archive")):
        await page.get_by_role("button", name=act, exact=True).click()
        await page.get_by_role("button", name=state).click()
        await expect(page.get_by_role("button", name=act, exact=True)).to_have_attribute("aria-pressed", "false")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("link", name="Kept")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_label("Note, in Markdown")).to_have_value("# Kept\n\nquietly, then **changed**")


async def _task(page):
    await page.goto("/planner")
    await page.get_by_label("Add a task for today").fill("Water the plants")
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("button", name="Complete: Water the plants").click()
    await page.get_by_role("button", name="More lists").click()
    await page.get_by_role("link", name="Done", exact=True).click()
    await page.get_by_role("button", name="Reopen: Water the plants").click()
    await page.goto("/planner")
    await page.get_by_role("link", name="Water the plants").click()
    await page.get_by_label("Notes").fill("Twice")
    await page.get_by_label("State").select_option("in_progress")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_label("Notes")).to_have_value("Twice")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("link", name="Water the plants")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_label("State")).to_have_value("in_progress")


async def _project(page):
    await page.goto("/planner/projects/new")
    await page.get_by_label("Name").fill("Garden")
    await page.get_by_role("button", name="Save project").click()
    await page.get_by_label("Add a task to this project").fill("Seeds")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("link", name="Seeds")).to_be_visible()
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("heading", level=1, name="Garden")).to_be_visible()
