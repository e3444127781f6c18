"""Writing in the Notebook with script: saved at each pause, completed, ticked, selected; with the server gone, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import DESKTOP
from tests.e2e.test_offline import READY_MS, profile, records, sign_up, synced

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Locator, Page

    from tests.e2e.browsing import Visitor
    from tests.e2e.server import Server

pytestmark = pytest.mark.asyncio(loop_scope="session")


def body(page: Page) -> Locator:
    return page.get_by_label("Note, in Markdown")


def state(page: Page) -> Locator:
    return page.locator("#save-state")


async def stored(mara: Visitor, path: str) -> str:
    """The text of a note as its own page has it."""
    shown = re.search(r'<textarea[^>]*name="bodyMarkdown"[^>]*>\n(.*?)</textarea>', await mara.show(path), re.DOTALL)
    assert shown is not None
    return shown[1]


async def test_a_note_is_saved_while_it_is_written(
    server: Server, browse: Callable[..., Awaitable[Page]], mara: Visitor
) -> None:
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto("/notebook")
    # Led there by htmx, the script of the editor comes with the page.
    await page.locator("main").get_by_role("link", name="New note").first.click()
    await expect(page.get_by_role("toolbar")).to_be_visible()
    await body(page).press_sequentially("# Roof\n- [ ] beam")
    await page.keyboard.press("Enter")
    await body(page).press_sequentially("joist")
    await expect(body(page)).to_have_value("# Roof\n- [ ] beam\n- [ ] joist")
    await expect(state(page)).to_contain_text("Saved")
    await expect(page).to_have_url(re.compile("/notebook/[0-9a-f-]{36}$"))
    path = "/" + page.url.split("/", 3)[3]
    await expect(page.locator("#preview h2")).to_have_text("Roof")
    assert await stored(mara, path) == "# Roof\n- [ ] beam\n- [ ] joist"

    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await body(page).press_sequentially("strong")
    await page.keyboard.press("Shift+Home")
    await page.keyboard.press("Control+b")
    await page.keyboard.press("Control+s")
    await expect(page.locator("#preview strong")).to_have_text("strong")
    # Leaving saves first, and asks nothing.
    await body(page).press_sequentially("er and left")
    await page.get_by_role("navigation", name="Modules").get_by_role("link", name="Notebook").click()
    await expect(page).to_have_url(re.compile("/notebook$"))
    assert (await stored(mara, path)).endswith("**er and left**")
    assert (await mara.show("/notebook")).count(f'href="{path}"') == 1, "it was made once"


async def test_what_others_wrote_meanwhile_stays(
    server: Server, browse: Callable[..., Awaitable[Page]], mara: Visitor
) -> None:
    path = await mara.make("notebook", title="Roof", bodyMarkdown="one\n\ntwo\n\nthree")
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto(path)
    await mara.send(path, path, "PUT", bodyMarkdown="ONE\n\ntwo\n\nthree")
    await body(page).press("Control+End")
    await body(page).press_sequentially(" more")
    await expect(body(page)).to_have_value("ONE\n\ntwo\n\nthree more")
    await expect(state(page)).to_contain_text("Saved")
    await body(page).press_sequentially("!")
    await page.keyboard.press("Control+s")
    await expect(page.locator("#preview")).to_contain_text("three more!")
    assert await stored(mara, path) == "ONE\n\ntwo\n\nthree more!"


async def test_nothing_typed_is_lost_when_saving_fails(
    server: Server, browse: Callable[..., Awaitable[Page]], mara: Visitor
) -> None:
    path = await mara.make("notebook", title="Roof", bodyMarkdown="one")
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto(path)
    await page.route(f"**{path}", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    await body(page).press("Control+End")
    await body(page).press_sequentially(" two")
    await expect(state(page)).to_contain_text("Not saved")
    await body(page).press_sequentially(" three")
    await page.unroute(f"**{path}")
    await page.keyboard.press("Control+s")
    await expect(state(page)).to_contain_text("Saved")
    assert await stored(mara, path) == "one two three"


async def test_tags_and_titles_are_completed(
    server: Server, browse: Callable[..., Awaitable[Page]], mara: Visitor
) -> None:
    await mara.make("notebook", title="Snow loads", bodyMarkdown="#structure")
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto("/notebook/new")
    await body(page).press_sequentially("See [[sno")
    await expect(page.get_by_role("option", name="Snow loads", selected=True)).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(body(page)).to_have_value("See [[Snow loads]]")
    await body(page).press_sequentially(" #str")
    await expect(page.get_by_role("option", name="structure")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("option")).to_have_count(0)
    await body(page).press_sequentially("u")
    await page.get_by_role("option", name="structure").click()
    await expect(body(page)).to_have_value("See [[Snow loads]] #structure ")


async def test_searching_as_one_types_and_selecting(
    server: Server, browse: Callable[..., Awaitable[Page]], mara: Visitor
) -> None:
    for name in ("Beam", "Bread", "Survey"):
        await mara.make("notebook", title=name)
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto("/notebook")
    rows = page.locator("#results .cover")
    search = page.get_by_role("searchbox")
    await search.press_sequentially("surv")
    await expect(rows).to_have_text(["Survey"])
    await expect(page).to_have_url(re.compile(r"\?q=surv$"))
    await expect(search).to_be_focused()
    await search.fill("")
    await expect(rows).to_have_count(3)

    await page.get_by_role("link", name="Select notes").click()
    await page.get_by_role("checkbox", name="Select Beam").check()
    await page.get_by_role("checkbox", name="Select Bread").check()
    await page.get_by_role("group", name="With the selected notes").get_by_role("button", name="Delete").click()
    await expect(page.locator("#main").get_by_text("2 notes deleted")).to_be_visible()
    await expect(rows).to_have_text(["Survey"])
    await page.get_by_role("button", name="Undo").click()
    await expect(rows).to_have_count(3)


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_the_editor_works_without_the_server(own_server: Server, tmp_path: Any) -> None:
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Mara")
        await synced(page)
        own_server.kill()

        await page.goto("/notebook/new")
        await body(page).press_sequentially("# Plan #roof\n- [ ] beam")
        await expect(state(page)).to_contain_text("Saved", timeout=READY_MS)
        path = "/" + page.url.split("/", 3)[3]
        await page.get_by_text("Preview", exact=True).click()
        await page.get_by_role("button", name="beam").click()
        await expect(page.get_by_role("button", name="beam")).to_have_attribute("aria-pressed", "true")
        await page.goto("/notebook/new")
        await body(page).press_sequentially("[[pl")
        await expect(page.get_by_role("option", name="Plan")).to_be_visible()
        for other in ("statistics", "graph"):
            await page.goto(f"/notebook/{other}")
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.goto(path)
        await expect(body(page)).to_have_value("# Plan #roof\n- [x] beam")

        own_server.start()
        await page.reload()
        await synced(page)
        (note,) = (each for each in records(own_server.url, "Mara")["notes"] if each["title"].startswith("Plan"))
        assert note["bodyMarkdown"] == "# Plan #roof\n- [x] beam"
