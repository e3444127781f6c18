"""With the keyboard only: everything can be reached and used, the focus is always seen and never lost."""

from __future__ import annotations

import json
import os
import re

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import DESKTOP, PHONE
from tests.e2e.keyboard import focused, stops, tab_to
from tests.e2e.places import GATES, furnish
from tests.people import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_sign_up_and_write(server, browse):
    page = await browse(server.url, PHONE)
    await page.goto("/sign-up")
    await tab_to(page, "User name")
    await page.keyboard.type(f"keys{os.getpid()}")
    await tab_to(page, "Password")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("What do you want at hand?")
    switch = page.get_by_role("switch").first
    await page.keyboard.press("Tab")
    await expect(switch).to_be_focused()
    await page.keyboard.press("Space")
    await expect(switch).not_to_be_checked()
    await page.keyboard.press("Space")
    await tab_to(page, "Start")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("keys")

    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    await expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    assert (await focused(page))["id"] == "main"

    await tab_to(page, "Write a first note")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("New note")
    await _not_lost(page)
    await tab_to(page, "Title")
    await page.keyboard.type("By keys")
    await tab_to(page, "Note, in Markdown")
    await page.keyboard.type("No mouse")
    await page.keyboard.press("Tab")
    await tab_to(page, "Save note")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("By keys")
    await _not_lost(page)

    # The view is a pair of radio buttons: arrows change it.
    await tab_to(page, "Write")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".preview")).to_be_visible()
    await tab_to(page, "Pin", key="Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    await expect(page.get_by_role("button", name="Unpin")).to_be_focused()

    await tab_to(page, "Delete")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Note deleted")
    await _not_lost(page)
    await tab_to(page, "Undo")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("By keys")
    await _not_lost(page)


async def test_tick_tasks(phone):
    await phone.goto("/planner")
    await tab_to(phone, "Add a task for today")
    for title in ("First", "Second", "Third"):
        await phone.keyboard.type(title)
        await phone.keyboard.press("Enter")
        await expect(phone.get_by_role("link", name=title)).to_be_visible()
        # The field is ready for the next task.
        await expect(phone.get_by_label("Add a task for today")).to_be_focused()
        await expect(phone.get_by_label("Add a task for today")).to_have_value("")
    await tab_to(phone, "Complete: Second")
    await phone.keyboard.press("Space")
    await expect(phone.get_by_role("button", name="Complete: Second")).to_have_count(0)
    await _not_lost(phone)
    # It is on a task still: the next one, or the same where that is shown as done.
    assert (await focused(phone))["name"].startswith(("Complete: ", "Reopen: Second"))
    for title in ("Third", "First"):
        await tab_to(phone, f"Complete: {title}")
        await phone.keyboard.press("Enter")
        await expect(phone.get_by_role("button", name=f"Complete: {title}")).to_have_count(0)
        await _not_lost(phone)


async def test_sheets_open_and_close(phone):
    await phone.goto("/settings/devices")
    await tab_to(phone, "Menu")
    await phone.keyboard.press("Enter")
    menu = phone.get_by_role("dialog", name="Menu")
    await expect(menu).to_be_visible()
    await phone.keyboard.press("Tab")
    await expect(menu.get_by_role("searchbox")).to_be_focused()
    await phone.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(phone.get_by_role("button", name="Menu")).to_be_focused()
    await tab_to(phone, "Sign out everywhere else", key="Shift+Tab")
    await phone.keyboard.press("Enter")
    asked = phone.get_by_role("dialog", name="Sign out everywhere else?")
    await expect(asked).to_be_visible()
    await tab_to(phone, "Keep it")
    await phone.keyboard.press("Enter")
    await expect(asked).to_be_hidden()
    await _not_lost(phone)


async def test_shortcuts_stay_out_of_the_way_of_typing(server, browse, mara):
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto("/notebook")
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("c/c")
    await expect(page.get_by_role("searchbox")).to_have_value("c/c")
    await page.get_by_role("searchbox").blur()
    await page.keyboard.press("c")
    await expect(page.get_by_role("dialog", name="Capture")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Capture")).to_be_hidden()


async def test_keys_move_and_jump(server, browse, mara):
    await mara.make("notebook", title="First", bodyMarkdown="x")
    await mara.make("notebook", title="Second", bodyMarkdown="x")
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto("/")
    for keys, path in (
        ("gn", "/notebook"),
        ("gp", "/planner"),
        ("n", "/planner/new"),
        ("gs", "/settings"),
        ("gh", "/"),
    ):
        await page.locator("body").press("Escape")
        for key in keys:
            await page.keyboard.press(key)
        await expect(page).to_have_url(re.compile(f"{path}$"))
        await expect(page.locator("main")).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard")
    await expect(page.get_by_text("Go to the search field")).to_be_visible()

    await page.goto("/notebook")
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="Second")).to_be_focused()
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="First")).to_be_focused()
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Second")


async def test_single_keys_can_be_switched_off(server, browse, mara):
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto("/settings")
    await page.get_by_role("switch", name="Single keys").uncheck()
    await page.get_by_role("button", name="Save settings").click()
    await expect(page.get_by_text("Settings saved").last).to_be_visible()
    await expect(page.get_by_role("switch", name="Single keys")).not_to_be_checked()
    await page.locator("#main").focus()
    for key in ("c", "?", "g", "n", "j"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("dialog", name="Capture")).to_be_hidden()
    await expect(page).to_have_url(re.compile("/settings"))
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog", name="Search")).to_be_visible()


async def test_the_focus_is_seen_at_every_stop(server, browse, mara):
    records = await furnish(mara)
    page = await browse(server.url, PHONE, person=mara)
    unseen = {}
    for path in (
        "/",
        "/notebook",
        "/planner",
        "/planner/projects",
        "/settings",
        "/settings/account",
        *records.values(),
    ):
        await page.goto(path)
        found = await stops(page)
        assert found[0]["name"] == "Skip to content", path
        _note_unseen(unseen, path, found)
    stranger = await browse(server.url, PHONE)
    for path in GATES:
        await stranger.goto(path)
        found = await stops(stranger)
        _note_unseen(unseen, path, found)
    assert unseen == {}, json.dumps(unseen, indent=2)


async def _not_lost(page):
    """Script gives the focus a place after a swap; without one, the next Tab starts at the top again."""
    await expect(page.locator("body:focus")).to_have_count(0)
    at = await focused(page)
    assert at["tag"] != "body", "the focus is lost"


def _note_unseen(unseen, path, found):
    wrong = [at for at in found if not (at["visible"] and at["shown"])]
    if wrong:
        unseen[path] = wrong
