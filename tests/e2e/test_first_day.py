"""The first day on a phone: one person, notes, tasks, settings; all is there after signing in again."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.people import PASSWORD

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("dialect", ["sqlite"])]
NOTE = "# North beam\n\nSits **40 mm** lower, see [[Snow loads]]. #roof\n\n- [x] photo\n- [ ] ask Rui\n"


async def test_first_day(own_server, browse):
    page = await browse(own_server.url, has_touch=True)
    await page.goto("/")
    await expect(page).to_have_url(re.compile("/sign-in"))
    await _sign_up(page)
    await _write_notes(page)
    await _plan(page)
    await _settle_in(page)
    await page.get_by_role("button", name="Sign out").last.click()
    await expect(page).to_have_url(re.compile("/sign-in$"))
    await page.goto("/notebook")
    await expect(page).to_have_url(re.compile("/sign-in"))
    await page.get_by_label("User name").fill("MARA")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("link", name="North beam")).to_be_visible()
    await expect(page.get_by_role("link", name="Shopping")).to_be_visible()
    await page.goto("/planner?view=all")
    await expect(page.get_by_role("link", name="Send load figures")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def _sign_up(page):
    await page.get_by_role("link", name="Create an account").click()
    await page.get_by_label("User name").fill("Mara")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("What do you want at hand?")
    await expect(page.get_by_role("switch")).to_have_count(3)
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Mara")
    await expect(page.get_by_role("link", name="Write a first note")).to_be_visible()


async def _write_notes(page):
    await page.get_by_role("link", name="Write a first note").click()
    await page.get_by_label("Title").fill("North beam")
    await page.get_by_label("Note, in Markdown").fill(NOTE)
    await page.get_by_label("Tags").fill("foz, work")
    await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("North beam")
    await page.get_by_text("Preview", exact=True).click()
    preview = page.locator(".preview")
    await expect(preview.locator("strong")).to_have_text("40 mm")
    await expect(preview.locator(".task")).to_have_count(2)
    await page.get_by_role("button", name="Pin", exact=True).click()
    await expect(page.get_by_role("button", name="Unpin")).to_have_attribute("aria-pressed", "true")
    await _note(page, "Shopping", "Bread, oil")
    await _note(page, "Old idea", "Not now")
    await page.get_by_role("button", name="Archive", exact=True).click()
    await expect(page.get_by_role("button", name="Take out of the archive")).to_be_visible()
    await page.get_by_role("link", name="Back to Notebook").click()
    await expect(page.locator("section[aria-labelledby=pinned]").get_by_role("link")).to_have_text(["North beam"])
    await expect(page.locator("section[aria-labelledby=notes]").get_by_role("link")).to_have_text(["Shopping"])
    await page.get_by_role("searchbox").fill("rui lower")
    await page.get_by_role("searchbox").press("Enter")
    await expect(page.locator("#results .row")).to_have_count(1)
    await expect(page.get_by_role("link", name="North beam")).to_be_visible()
    await page.goto("/notebook")
    await page.get_by_role("link", name=re.compile("^roof")).click()
    await expect(page.locator("#results .row")).to_have_count(1)
    await page.goto("/notebook?archived=true")
    await expect(page.locator("#results .cover")).to_have_text(["Old idea"])
    await page.goto("/notebook")
    await page.get_by_role("link", name="Shopping").click()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("status")).to_contain_text("Note deleted")
    await expect(page.get_by_role("link", name="Shopping")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Shopping")


async def _note(page, title, body):
    await page.goto("/notebook/new")
    await page.get_by_label("Title").fill(title)
    await page.get_by_label("Note, in Markdown").fill(body)
    await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)


async def _plan(page):
    await page.goto("/planner")
    for title in ("Send load figures", "Call Ines"):
        await page.get_by_label("Add a task for today").fill(title)
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.locator("section[aria-labelledby=today]").get_by_role("link", name=title)).to_be_visible()
        await expect(page.get_by_label("Add a task for today")).to_have_value("")
    await page.get_by_role("button", name="Complete: Call Ines").click()
    await expect(page.get_by_text("1 of 2 done")).to_be_visible()
    await page.get_by_role("link", name="Send load figures").click()
    await page.get_by_label("Due").fill("2031-05-06T17:30")
    await page.get_by_label("Priority").select_option("high")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_label("Due")).to_have_value("2031-05-06T17:30")
    await page.get_by_label("Add a step").fill("Snow case")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_text("0 of 1 done")).to_be_visible()
    await page.get_by_role("button", name="Complete: Snow case").click()
    await expect(page.get_by_text("1 of 1 done")).to_be_visible()
    await page.goto("/planner?view=upcoming")
    await expect(page.get_by_role("heading", name="6 May 2031")).to_be_visible()
    await page.goto("/planner/projects/new")
    await page.get_by_label("Name").fill("Foz library")
    await page.get_by_role("button", name="Save project").click()
    await page.get_by_label("Add a task to this project").fill("Order oak")
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("link", name="Order oak").click()
    await expect(page.get_by_label("Project").locator("option:checked")).to_have_text("Foz library")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("status")).to_contain_text("Task deleted")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Order oak")


async def _settle_in(page):
    await page.goto("/settings")
    dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    await page.get_by_text("Light", exact=True).click()
    await page.get_by_role("radio", name="Purple").check()
    await page.get_by_role("button", name="Save settings").click()
    await expect(page.get_by_role("status")).to_contain_text("Settings saved")
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await expect(page.locator("html")).to_have_attribute("data-accent", "purple")
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    await page.get_by_role("link", name="Devices").click()
    await expect(page.get_by_role("list", name="Devices").get_by_role("listitem")).to_have_count(1)
    await expect(page.get_by_text("This device")).to_be_visible()
    await page.get_by_role("link", name="Back to Settings").click()
