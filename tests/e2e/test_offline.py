"""The phone is an app server: with the server stopped everything works, is there after a restart, and arrives once."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.async_api import async_playwright, expect

from tests.e2e.browsing import PHONE
from tests.e2e.conftest import ARGUMENTS, CHROMIUM
from tests.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import BrowserContext, Page

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("dialect", ["sqlite"])]
READY_MS = 60_000
HOW_IT_IS = """async () => {
  const found = await navigator.serviceWorker.getRegistration("/");
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
  found?.active?.postMessage({ type: "inspect" }, [port2]);
  const silence = new Promise((resolve) => setTimeout(resolve, 5000, "no answer"));
  const states = ["installing", "waiting", "active"].map((name) => `${name}: ${found?.[name]?.state}`);
  return JSON.stringify([states, Boolean(navigator.serviceWorker.controller), await Promise.race([answer, silence])]);
}"""


@asynccontextmanager
async def profile(folder: Path, url: str) -> AsyncIterator[BrowserContext]:
    """A phone's browser with a profile of its own, which stays on disk when it is closed."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(folder), executable_path=CHROMIUM, args=list(ARGUMENTS), base_url=url, viewport=PHONE, has_touch=True,
            locale="en-GB", timezone_id="Europe/Lisbon", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(30_000)
        try:
            yield context
        finally:
            await context.close()


async def sign_up(page: Page, name: str) -> None:
    """Make an account, and wait until this browser can work alone."""
    await page.goto("/sign-up")
    await page.get_by_label("User name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await page.get_by_role("button", name="Start").click()
    await ready(page)


async def sign_in(page: Page, name: str) -> None:
    """Sign in to an account that is there, and wait until this browser can work alone."""
    await page.goto("/sign-in")
    await page.get_by_label("User name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(re.compile("/$"))
    await ready(page)


async def revoke(url: str, name: str) -> None:
    """Sign all devices of a person out, from elsewhere."""
    async with httpx.AsyncClient(base_url=url, headers={"origin": url}) as elsewhere:
        await elsewhere.post("/sign-in", data={"username": name, "password": PASSWORD})
        assert (await elsewhere.post("/settings/devices", data={"_method": "DELETE"})).status_code == 303


async def ready(page: Page) -> None:
    """Wait until this browser can work alone. Otherwise tell how its worker is."""
    try:
        await expect(page.locator("html")).to_have_attribute("data-offline", "ready", timeout=READY_MS)
    except AssertionError as error:
        error.add_note(str(await page.evaluate(HOW_IT_IS)))
        raise


async def synced(page: Page) -> None:
    """Wait until nothing waits."""
    await expect(page.locator("[data-status]").first).to_have_attribute("data-state", "synced", timeout=READY_MS)


async def write_note(page: Page, title: str, body: str) -> str:
    """Write a note and give its path."""
    await page.goto("/notebook/new")
    await page.get_by_label("Title").fill(title)
    await page.get_by_label("Note, in Markdown").fill(body)
    await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return "/" + page.url.split("/", 3)[3]


def records(url: str, name: str) -> dict[str, list[dict[str, Any]]]:
    """What the server keeps, asked by a program."""
    with httpx.Client(base_url=url) as client:
        token = client.post("/api/auth/login", json={"username": name, "password": PASSWORD}).json()["token"]
        headers = {"authorization": f"Bearer {token}"}
        return {each: client.get(f"/api/{each}", headers=headers).json() for each in ("notes", "tasks", "projects")}


async def test_everything_works_without_the_server(own_server, tmp_path):
    folder = tmp_path / "profile"
    async with profile(folder, own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Mara")
        await write_note(page, "Before", "Written while the server answered.")
        await synced(page)
        own_server.kill()

        deleted = await write(page)
        await plan(page)
        await every_page(page)
        assert await page.locator("[data-status]").first.get_attribute("data-state") == "offline"

    async with profile(folder, own_server.url) as context:
        page = await context.new_page()
        await page.goto("/")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Mara")
        await ready(page)
        await page.goto("/notebook")
        await expect(page.locator("section[aria-labelledby=pinned] .cover")).to_have_text(["North beam"])
        await page.goto("/planner")
        await expect(page.get_by_role("button", name="Reopen: Call Ines")).to_be_visible()

        own_server.start()
        await page.reload()
        await synced(page)
        await check(own_server.url, deleted.rpartition("/")[2])
        await page.reload()
        await synced(page)
        await check(own_server.url, deleted.rpartition("/")[2])


async def write(page: Page) -> str:
    """Use the Notebook: create, edit, pin, archive, delete, undo, search, sort. Gives the path of what was deleted."""
    await write_note(page, "North beam", "Sits **40 mm** lower. #roof [[Before]]")
    await page.get_by_label("Note, in Markdown").fill("Sits **45 mm** lower. #roof [[Before]]")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_text("Preview", exact=True).click()
    await expect(page.locator(".preview strong")).to_have_text("45 mm")
    await page.get_by_role("button", name="Pin", exact=True).click()
    await expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    await write_note(page, "Old idea", "Not now")
    await page.get_by_role("button", name="Archive", exact=True).click()
    await expect(page.get_by_role("button", name="Take out of the archive")).to_be_visible()
    deleted = await write_note(page, "Mistake", "x")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("status").filter(has_text="Note deleted")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mistake")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("status").filter(has_text="Note deleted")).to_be_visible()

    await page.goto("/notebook?q=lower")
    await expect(page.locator("#results .cover")).to_have_text(["North beam"])
    await page.goto("/notebook?sort=title")
    await expect(page.locator("#results .cover")).to_have_text(["North beam", "Before"])
    await page.goto("/notebook?archived=true")
    await expect(page.locator("#results .cover")).to_have_text(["Old idea"])
    return deleted


async def plan(page: Page) -> None:
    """Use the Planner: add, complete, a project."""
    await page.goto("/planner")
    for title in ("Send figures", "Call Ines"):
        await page.get_by_label("Add a task for today").fill(title)
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("link", name=title)).to_be_visible()
    await page.get_by_role("button", name="Complete: Call Ines").click()
    await expect(page.get_by_role("button", name="Reopen: Call Ines")).to_be_visible()
    await page.goto("/planner/projects/new")
    await page.get_by_label("Name").fill("Foz")
    await page.locator("main form button[type=submit]").last.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Foz")


async def every_page(page: Page) -> None:
    """Open each page that needs no id, and come back after a reload."""
    paths = ("/", "/notebook", "/notebook/new", "/planner", "/planner?view=all", "/planner?view=done", "/planner/new",
             "/planner/projects", "/planner/projects/new", "/settings", "/storage")  # fmt: skip
    for path in paths:
        answer = await page.goto(path)
        assert answer is not None
        assert (answer.status, answer.from_service_worker) == (200, True), path
        assert "content-security-policy" in answer.headers, path
    answer = await page.reload()
    assert answer is not None
    assert answer.from_service_worker


async def check(url: str, deleted: str) -> None:
    """The server's records are what was done on the phone, each once."""
    found = records(url, "Mara")
    notes = {each["title"]: each for each in found["notes"]}
    assert sorted(each["title"] for each in found["notes"]) == ["Before", "North beam", "Old idea"]
    assert notes["North beam"]["bodyMarkdown"] == "Sits **45 mm** lower. #roof [[Before]]"
    assert notes["North beam"]["isPinned"] is True
    assert notes["North beam"]["tags"] == ["roof"]
    assert notes["Old idea"]["isArchived"] is True
    assert deleted not in {each["id"] for each in found["notes"]}
    tasks = {each["title"]: each for each in found["tasks"]}
    assert {title: each["status"] for title, each in tasks.items()} == {
        "Send figures": "pending",
        "Call Ines": "completed",
    }
    assert len(found["tasks"]) == 2
    assert [each["name"] for each in found["projects"]] == ["Foz"]


async def test_accounts_are_kept_apart(own_server, tmp_path):
    """What one person wrote never shows to the next, with the server or without, by Back or in another tab."""
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        secret = await write_note(page, "Only Ana's", "private")
        await synced(page)
        other = await context.new_page()
        await other.goto("/notebook")
        await expect(other.get_by_role("link", name="Only Ana's")).to_be_visible()
        await page.locator('form[action="/sign-out"]').evaluate("form => form.requestSubmit()")
        await expect(page).to_have_url(re.compile("/sign-in"))
        await expect(other).to_have_url(re.compile("/sign-in"))
        await page.go_back()
        await expect(page.get_by_text("Only Ana's")).to_have_count(0)
        await sign_up(page, "Ben")
        for shown in (page, other):
            for path in ("/", "/notebook", secret):
                await shown.goto(path)
                await expect(shown.get_by_text("Only Ana's")).to_have_count(0)
        own_server.kill()
        for shown in (page, other):
            for path in ("/notebook", secret, "/notebook?q=private"):
                await shown.goto(path)
                await expect(shown.get_by_text("Only Ana's")).to_have_count(0)
        databases = await page.evaluate("indexedDB.databases().then(all => all.map(each => each.name))")
        assert len([name for name in databases if name != "aios-device"]) == 1


async def test_signing_out_without_the_server(own_server, tmp_path):
    """It holds at once on the device, and the server is told before anything else when it is back."""
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await synced(page)
        session = next(each for each in await context.cookies() if each["name"] == "aios_session")
        own_server.kill()
        await write_note(page, "Unsent", "kept until said otherwise")
        await page.locator('form[action="/sign-out"]').evaluate("form => form.requestSubmit()")
        await expect(page.get_by_text("Unsent")).to_be_visible()
        await page.get_by_role("button", name=re.compile("discard")).click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Signed out")
        await page.goto("/notebook")
        await expect(page.get_by_text("Unsent")).to_have_count(0)
        own_server.start()
        await page.goto("/notebook")
        await expect(page).to_have_url(re.compile("/sign-in"))
        async with httpx.AsyncClient(base_url=own_server.url, cookies={"aios_session": session["value"]}) as client:
            assert (await client.get("/notebook", headers={"accept": "text/html"})).status_code == 303


async def test_a_form_on_another_site_writes_nothing(own_server, tmp_path):
    """A page elsewhere can post a navigation at us; the worker sees it without a cookie and refuses it."""
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await synced(page)
        form = f'<form method="post" action="{own_server.url}/notebook"><input name="title" value="Planted"></form>'
        await context.route("http://evil.test/", lambda route: route.fulfill(body=form, content_type="text/html"))
        evil = await context.new_page()
        await evil.goto("http://evil.test/")
        async with evil.expect_navigation() as navigation:
            await evil.evaluate("document.forms[0].submit()")
        answer = await navigation.value
        assert answer is not None
        assert answer.status == 403
        await page.goto("/notebook")
        await expect(page.get_by_text("Planted")).to_have_count(0)
        assert [each["title"] for each in records(own_server.url, "Ana")["notes"]] == []


async def test_two_tabs_stay_equal(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        other = await context.new_page()
        await other.goto("/notebook")
        await ready(other)
        await write_note(page, "Seen in both", "x")
        await other.bring_to_front()
        await expect(other.get_by_role("link", name="Seen in both")).to_be_visible()


async def test_a_cleared_copy_restores_itself(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await write_note(page, "Still there", "x")
        await synced(page)
        session = await context.new_cdp_session(page)
        await page.goto("about:blank")
        await session.send(
            "Storage.clearDataForOrigin",
            {"origin": own_server.url, "storageTypes": "indexeddb,cache_storage,service_workers"},
        )
        await page.goto("/notebook")
        await expect(page.get_by_role("link", name="Still there")).to_be_visible()
        await ready(page)
        own_server.kill()
        await page.goto("/notebook")
        await expect(page.get_by_role("link", name="Still there")).to_be_visible()
