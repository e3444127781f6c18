"""The Planner as somebody uses it: lines that become tasks, the board, an own order, many at once."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import DESKTOP, PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def add(page, line):
    """Type a line and keep it."""
    await page.get_by_label(re.compile("Add a task")).fill(line)
    await page.get_by_label(re.compile("Add a task")).press("Enter")
    await expect(page.get_by_label(re.compile("Add a task"))).to_have_value("")


async def test_a_line_is_understood_before_it_is_kept(server, browse, mara):
    page = await browse(server.url, PHONE, person=mara)
    await page.goto("/planner?view=upcoming")
    await page.get_by_label("Add a task").fill("buy milk tomorrow 5pm !high every week")
    chips = page.locator("#understood")
    await expect(chips).to_contain_text("Tomorrow, 17:00")
    await expect(chips).to_contain_text("Every week")
    await expect(chips).to_contain_text("High priority")
    await page.get_by_label("Add a task").press("Enter")
    row = page.locator("#tasks li", has_text="buy milk")
    await expect(row).to_contain_text("Every week")
    await row.get_by_role("button", name="Complete: buy milk").click()
    await expect(page.locator("#main").get_by_text("Completed: buy milk")).to_be_visible()
    await expect(page.locator("#tasks").get_by_role("button", name="Complete: buy milk")).to_have_count(1)


async def test_a_task_moves_over_the_board_and_in_its_column_by_keyboard(server, browse, mara):
    page = await browse(server.url, DESKTOP, person=mara)
    for title in ("First", "Second"):
        await page.goto("/planner?view=someday")
        await add(page, title)
    await page.goto("/planner/board")
    todo = page.locator("[data-column=pending]")
    await expect(todo.locator("li b")).to_have_text(["First", "Second"])
    up = todo.get_by_role("button", name="Move up: Second")
    await up.focus()
    await page.keyboard.press("Enter")
    await expect(todo.locator("li b")).to_have_text(["Second", "First"])
    await todo.get_by_role("button", name="Move to In progress: First").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-column=in_progress] li b")).to_have_text(["First"])
    await page.locator("[data-column=in_progress] li").drag_to(page.locator("[data-column=completed]"))
    await expect(page.locator("[data-column=completed] li b")).to_have_text(["First"])


async def test_many_tasks_are_changed_at_once_and_back(server, browse, mara):
    page = await browse(server.url, PHONE, person=mara)
    await page.goto("/planner")
    for title in ("One", "Two", "Three"):
        await add(page, title)
    await page.get_by_role("link", name="Select tasks").click()
    for title in ("One", "Two"):
        await page.get_by_role("checkbox", name=f"Select {title}").check()
    await page.get_by_role("button", name="Complete", exact=True).click()
    await expect(page.locator("#main").get_by_text("2 tasks completed")).to_be_visible()
    await expect(page.get_by_role("button", name="Reopen: One")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Complete: One")).to_be_visible()
    await page.get_by_role("link", name="Select tasks").click()
    await page.get_by_role("checkbox", name="Select Three").check()
    await page.get_by_role("button", name="Reschedule").click()
    await page.get_by_role("button", name="Tomorrow").click()
    await expect(page.locator("#main").get_by_text("1 task rescheduled")).to_be_visible()
    await expect(page.locator("#tasks").get_by_text("Three")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("#tasks").get_by_text("Three")).to_be_visible()


async def test_it_works_without_script(server, browse, mara):
    page = await browse(server.url, PHONE, person=mara, java_script_enabled=False)
    await page.goto("/planner")
    await page.get_by_label("Add a task for today").fill("call Ana today at noon")
    await page.get_by_role("button", name="Add").click()
    await page.get_by_role("link", name="Select tasks").click()
    await page.get_by_role("checkbox", name="Select call Ana").check()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator("#main").get_by_text("1 task deleted")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("call Ana")).to_be_visible()
