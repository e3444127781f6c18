"""What needs a person: refused changes, a device that was signed out elsewhere, the trash, a restored server."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.e2e.server import ROOT
from tests.e2e.test_offline import profile, ready, records, revoke, sign_up, synced, write_note

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.e2e.server import Server

DATABASES = "indexedDB.databases().then((all) => all.map(({ name }) => name))"
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("dialect", ["sqlite"])]


async def state(page: Page, wanted: str) -> None:
    """Wait until the mark says so."""
    await expect(page.locator("[data-status]").first).to_have_attribute("data-state", wanted, timeout=20_000)


async def test_a_refused_change_is_tried_again_discarded_or_taken_back(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        path = await write_note(page, "Beam", "The first text.")
        await synced(page)
        own_server.kill()
        await page.goto(path)
        await page.get_by_label("Note, in Markdown").fill("What was written meanwhile.")
        await page.get_by_role("button", name="Save", exact=True).click()
        await state(page, "offline")
        database = own_server._environment["DATABASE_URL"].removeprefix("sqlite:///")
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("UPDATE record SET deleted_at = 1, body = '{}' WHERE collection = 'notes'")
            connection.commit()
        own_server.start()
        await page.goto("/")
        await state(page, "attention")
        await page.locator("[data-status]:visible").first.click()
        await expect(page).to_have_url(f"{own_server.url}/storage/attention")
        written = page.get_by_label("What you wrote")
        await expect(written).to_have_value("What was written meanwhile.")

        await page.get_by_role("button", name="Discard").click()
        await expect(page.get_by_role("heading", name="Nothing needs you")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await expect(written).to_have_value("What was written meanwhile.")
        await page.get_by_role("button", name="Try again").press("Enter")
        await expect(page.get_by_role("heading", name="Nothing needs you")).to_be_visible()
        await synced(page)
        kept = [(each["title"], each["bodyMarkdown"]) for each in records(own_server.url, "Ana")["notes"]]
        assert kept == [("Beam", "What was written meanwhile.")]


async def test_a_device_that_was_signed_out_elsewhere_asks_before_it_goes(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await synced(page)
        own_server.kill()
        await write_note(page, "Still mine", "x")
        await page.goto("about:blank")
        own_server.start()
        await revoke(own_server.url, "Ana")
        await page.goto("/notebook")
        await state(page, "attention")
        await page.goto("/notebook")
        await expect(page.get_by_role("heading", level=1)).to_have_text("This device was signed out")
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Download what is not sent").click()
        assert (await download.value).suggested_filename == "aios-unsent.json"
        kept = await page.evaluate("fetch('/storage/unsent.json').then((answer) => answer.json())")
        assert [each["fields"]["title"] for each in kept["changes"]] == ["Still mine"]
        await page.get_by_role("button", name="Remove this copy").click()
        await expect(page).to_have_url(f"{own_server.url}/sign-in")
        assert await page.evaluate(DATABASES) == ["aios-device"]


async def test_a_device_that_was_signed_out_elsewhere_goes_when_nothing_is_lost(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await synced(page)
        await revoke(own_server.url, "Ana")
        await page.goto("/notebook")
        await expect(page).to_have_url(re.compile("/sign-in"), timeout=20_000)
        assert await page.evaluate(DATABASES) == ["aios-device"]


async def test_the_trash_gives_back_without_a_network(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        for title in ("One", "Two", "Three"):
            await write_note(page, title, "x")
            await page.get_by_role("button", name="Delete").click()
            await expect(page.get_by_role("status").filter(has_text="Note deleted")).to_be_visible()
        await synced(page)
        own_server.kill()
        await page.goto("/trash")
        await expect(page.locator("main li b")).to_have_text(["Three", "Two", "One"])
        await expect(page.locator("main li").first).to_contain_text("30 days left")
        await page.get_by_role("button", name="Restore One").click()
        await expect(page.get_by_role("status").filter(has_text="1 taken back")).to_be_visible()
        for title in ("Two", "Three"):
            await page.get_by_label(f"Choose {title}").check()
        await page.get_by_role("button", name="Restore what is ticked").click()
        await expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
        own_server.start()
        await page.reload()
        await synced(page)
        assert sorted(each["title"] for each in records(own_server.url, "Ana")["notes"]) == ["One", "Three", "Two"]


async def test_a_restored_server_gets_back_what_it_lost(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await write_note(page, "Yesterday", "x")
        await synced(page)
        _aios(own_server, "backup", str(tmp_path / "backup"))
        await write_note(page, "Today", "written after the backup")
        await synced(page)
        await page.goto("about:blank")
        own_server.stop()
        _aios(own_server, "restore", str(tmp_path / "backup"))
        own_server.start()
        assert [each["title"] for each in records(own_server.url, "Ana")["notes"]] == ["Yesterday"]
        await page.goto("/notebook")
        await ready(page)
        async with asyncio.timeout(30):
            while len(records(own_server.url, "Ana")["notes"]) < 2:
                await page.wait_for_timeout(300)
        await synced(page)
        assert sorted(each["title"] for each in records(own_server.url, "Ana")["notes"]) == ["Today", "Yesterday"]


def _aios(server: Server, *arguments: str) -> None:
    command = [sys.executable, "-m", "aios", *arguments]
    ran = subprocess.run(command, cwd=ROOT, env=server._environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
