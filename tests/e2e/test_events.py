"""Two devices: what is written on one is shown on the other without anybody asking, by a stream that one tab holds."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import expect

from tests.e2e.test_offline import profile, sign_in, sign_up, synced, write_note
from tests.people import PASSWORD
from tests.sync.balancer import balanced

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import BrowserContext, Page

    from tests.e2e.server import Server

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("dialect", ["sqlite"])]
STILL = """
  const interval = window.setInterval;
  window.setInterval = (work, ms, ...rest) => (ms === 60_000 ? 0 : interval(work, ms, ...rest));
"""
"""No page asks by the minute: what arrives has arrived by the stream."""
HIDDEN = """(state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  Object.defineProperty(document, "hidden", { value: state === "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@asynccontextmanager
async def device(folder: Path, url: str) -> AsyncIterator[tuple[BrowserContext, Page]]:
    """A browser with a profile of its own, that asks for nothing by the minute."""
    async with profile(folder, url) as context:
        await context.add_init_script(STILL)
        yield context, await context.new_page()


async def test_what_one_device_writes_the_other_shows(own_server: Server, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        near = await stack.enter_async_context(balanced(own_server.url))
        far = await stack.enter_async_context(balanced(own_server.url))
        _, phone = await stack.enter_async_context(device(tmp_path / "phone", near.url))
        await sign_up(phone, "Mara")
        _, desk = await stack.enter_async_context(device(tmp_path / "desk", far.url))
        await sign_in(desk, "Mara")
        await desk.goto("/notebook")
        await synced(desk)
        await far.until(streams=1)
        note = await write_note(phone, "Roof", "First")
        await expect(desk.get_by_role("link", name="Roof")).to_be_visible()
        await desk.goto(note)
        await far.until(streams=1)
        await phone.goto("/notebook")
        await near.until(streams=1)
        await desk.get_by_label("Title").fill("Roof and beam")
        await desk.get_by_role("button", name="Save", exact=True).click()
        await expect(phone.get_by_role("link", name="Roof and beam")).to_be_visible()
        assert phone.url == f"{near.url}/notebook"


async def test_a_device_does_not_answer_its_own_echo(own_server: Server, tmp_path: Path) -> None:
    async with balanced(own_server.url) as near, device(tmp_path / "phone", near.url) as (context, page):
        await sign_up(page, "Mara")
        await page.goto("/notebook/new")
        await synced(page)
        await near.until(streams=1)
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        await page.get_by_label("Title").fill("Once")
        await page.get_by_role("button", name="Save note").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Once")
        await synced(page)
        await asyncio.sleep(1)
        pulls = [url for url in asked if "/api/sync/pull" in url]
        assert len([url for url in asked if url.endswith("/api/sync/push")]) == 1
        # One for the save, and one for the page where it was opened anew.
        assert len(pulls) <= 2, pulls


async def test_one_tab_holds_it_and_another_takes_over(own_server: Server, tmp_path: Path) -> None:
    async with balanced(own_server.url) as near, device(tmp_path / "phone", near.url) as (context, first):
        await sign_up(first, "Mara")
        await near.until(streams=1)
        second = await context.new_page()
        await second.goto("/planner")
        await synced(second)
        third = await context.new_page()
        await third.goto("/notebook")
        await synced(third)
        await asyncio.sleep(0.5)
        assert near.streams == 1
        opened = near.opened
        await first.close()
        async with asyncio.timeout(15):
            while near.opened == opened:  # noqa: ASYNC110  no event tells
                await asyncio.sleep(0.05)
        await near.until(streams=1)


async def test_a_hidden_tab_lets_go_after_a_minute(own_server: Server, tmp_path: Path) -> None:
    async with balanced(own_server.url) as near, device(tmp_path / "phone", near.url) as (_, page):
        await page.clock.install()
        await sign_up(page, "Mara")
        await near.until(streams=1)
        await page.evaluate(HIDDEN, "hidden")
        await page.clock.fast_forward(50_000)
        assert near.streams == 1
        await page.clock.fast_forward(20_000)
        await near.until(streams=0)
        await page.evaluate(HIDDEN, "visible")
        await near.until(streams=1)


async def test_it_comes_back_after_the_server_was_away(own_server: Server, tmp_path: Path) -> None:
    async with balanced(own_server.url) as near, device(tmp_path / "phone", near.url) as (_, page):
        await sign_up(page, "Mara")
        await near.until(streams=1)
        own_server.kill()
        await near.until(streams=0)
        own_server.start()
        await near.until(streams=1)


async def test_nobody_listens_after_the_session_ended(own_server: Server, tmp_path: Path) -> None:
    async with balanced(own_server.url) as near, device(tmp_path / "phone", near.url) as (_, page):
        await sign_up(page, "Mara")
        await near.until(streams=1)
        async with httpx.AsyncClient(base_url=own_server.url, headers={"origin": own_server.url}) as elsewhere:
            await elsewhere.post("/sign-in", data={"username": "Mara", "password": PASSWORD})
            answer = await elsewhere.post("/settings/devices", data={"_method": "DELETE"})
            assert answer.status_code == 303
        await near.until(streams=0)
        opened = near.opened
        await asyncio.sleep(3)
        assert near.opened == opened
