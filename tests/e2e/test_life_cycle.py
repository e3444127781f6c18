"""The worker's life: a new version waits, a safety fix does not, a killed worker loses nothing, sessions end."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import expect

from tests.e2e.server import Server
from tests.e2e.test_offline import (
    HOW_IT_IS,
    READY_MS,
    profile,
    ready,
    records,
    revoke,
    sign_in,
    sign_up,
    synced,
    write_note,
)

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("dialect", ["sqlite"])]
INSPECT = """async () => {
  const { active } = await navigator.serviceWorker.getRegistration("/");
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    active.postMessage({ type: "inspect" }, [port2]);
  });
}"""
SAVE = """async (title) => {
  // As every form for something new does: a browser may hand a request to the worker again that it was killed over.
  const body = new URLSearchParams({ id: crypto.randomUUID(), title, bodyMarkdown: "x", tags: "" });
  const answer = await fetch("/notebook", { method: "POST", body, mode: "same-origin", redirect: "manual" });
  return answer.type === "opaqueredirect";
}"""
NEWER = (
    "import aios.records.sync.release as release; release.RELEASE = release.FLOOR = 1 + release.RELEASE; "
    "import sys; from aios.cli import main; sys.argv = ['aios', 'serve']; sys.exit(main())"
)
"""A server whose devices must be newer than any that is out there."""


async def inspect(page: Page) -> dict[str, Any]:
    """What the running worker says about itself."""
    found: dict[str, Any] = await page.evaluate(INSPECT)
    return found


async def release(page: Page) -> int:
    """The release of the running worker; 0 while the page is being loaded anew."""
    try:
        return int((await inspect(page))["release"])
    except PlaywrightError:
        return 0


async def test_a_new_version_waits_for_the_person(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await synced(page)
        before = await inspect(page)
        own_server.kill()
        # Any other answer to devices is another build; this one differs in a header.
        own_server._environment["AIOS_PUBLIC_URL"] = "https://aios.test"
        own_server.start()
        await page.goto("/notebook")
        notice = page.locator("#new-version-notice")
        await expect(notice).to_be_visible(timeout=30_000)
        assert (await inspect(page))["root"] == before["root"], "it took over by itself"
        await page.get_by_label("Search").first.focus()
        async with page.expect_navigation():
            await page.get_by_role("button", name="Use it").click()
        await ready(page)
        assert (await inspect(page))["root"] != before["root"]
        await expect(notice).to_be_hidden()


async def test_a_page_that_came_around_the_worker_gets_ready(own_server, tmp_path):
    """Loaded past the worker, as one is that was asked for in the moment before it became active."""
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        session = await context.new_cdp_session(page)
        async with page.expect_navigation():
            await session.send("Page.reload", {"ignoreCache": True})
        await ready(page)
        assert await page.evaluate("Boolean(navigator.serviceWorker.controller)")


async def test_a_safety_fix_takes_over_by_itself(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await synced(page)
        before = await inspect(page)
        own_server.kill()
        await write_note(page, "Waits", "for the new version")
        newer = Server(own_server._environment, tmp_path / "log-newer", command=[sys.executable, "-c", NEWER])
        newer.start()
        try:
            await page.goto("/")
            deadline = asyncio.get_running_loop().time() + READY_MS / 1_000
            while await release(page) <= before["release"]:
                assert asyncio.get_running_loop().time() < deadline, await page.evaluate(HOW_IT_IS)
                await page.wait_for_timeout(300)
            await page.goto("/notebook")
            await synced(page)
            assert [each["title"] for each in records(newer.url, "Ana")["notes"]] == ["Waits"]
        finally:
            newer.stop()
        own_server.start()


async def test_a_killed_worker_loses_nothing(own_server, tmp_path):
    """The worker is stopped again and again while notes are saved: each that was answered is there, once."""
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await synced(page)
        session = await context.new_cdp_session(page)
        await session.send("ServiceWorker.enable")
        kept: list[str] = []
        for number in range(24):
            saving = asyncio.ensure_future(page.evaluate(SAVE, f"Note {number}"))
            await asyncio.sleep(0.004 * (number % 8))
            await session.send("ServiceWorker.stopAllWorkers")
            with suppress(PlaywrightError):  # not answered, so nothing was promised
                if await saving:
                    kept.append(f"Note {number}")
        assert kept
        await page.goto("/notebook")
        await synced(page)
        shown = await page.locator("#results .cover").all_text_contents()
        on_server = [each["title"] for each in records(own_server.url, "Ana")["notes"]]
        assert set(kept) <= set(shown)
        assert sorted(shown) == sorted(on_server)
        assert len(set(on_server)) == len(on_server)


async def test_an_ended_session_pauses_syncing_only(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await synced(page)
        cookies = [each for each in await context.cookies() if each["name"] != "aios_session"]
        await context.clear_cookies()
        await context.add_cookies(cookies)  # as if its 90 days were over
        await write_note(page, "Goes on", "x")
        await expect(page.locator("[data-status]").first).to_have_attribute("data-state", "waiting")
        await sign_in(page, "Ana")
        await synced(page)
        assert [each["title"] for each in records(own_server.url, "Ana")["notes"]] == ["Goes on"]


async def test_a_revoked_session_waits_for_another(own_server, tmp_path):
    """Signed out from elsewhere: nothing is sent, nothing is lost, and signing in again goes on."""
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
        await expect(page.locator("[data-status]").first).to_have_attribute("data-state", "attention")
        await sign_in(page, "Ana")
        await synced(page)
        assert [each["title"] for each in records(own_server.url, "Ana")["notes"]] == ["Still mine"]


async def test_a_closed_database_is_opened_again(own_server, tmp_path):
    """The browser may clear the storage of a site while its worker runs: pages come from the server, then anew."""
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await write_note(page, "Kept", "x")
        await synced(page)
        session = await context.new_cdp_session(page)
        await session.send("Storage.clearDataForOrigin", {"origin": own_server.url, "storageTypes": "indexeddb"})
        await page.goto("/notebook")
        await expect(page.get_by_role("link", name="Kept")).to_be_visible()
        await ready(page)
        await synced(page)


async def test_pages_of_the_worker_are_accessible(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        note = await write_note(page, "Roof", "# A\n\n- [x] b\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n#tag [[Other]]")
        await synced(page)
        own_server.kill()
        await write_note(page, "Waits", "x")
        lists = ("/", "/notebook", "/planner", "/planner/projects", "/settings", "/storage", "/settings/devices")
        for path in (*lists, "/notebook/new", note, "/planner/new", f"{note}x"):
            answer = await page.goto(path)
            assert answer is not None
            assert answer.from_service_worker, path
            found = await Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
