"""What htmx makes smooth: one document, addresses and Back, fragments, refused forms, and a server that is away."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import DESKTOP, PHONE, Visitor, path_of
from tests.e2e.places import furnish, pages
from tests.people import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_moving_about_keeps_one_document(server, browse, mara):
    await furnish(mara)
    page = await browse(server.url, DESKTOP, person=mara)
    await page.goto("/")
    await page.evaluate("window.marker = 1")
    rail = page.get_by_role("navigation", name="Modules")
    await rail.get_by_role("link", name="Notebook").click()
    await expect(page).to_have_url(re.compile("/notebook$"))
    await expect(page).to_have_title("Notebook · AIOS")
    await expect(rail.get_by_role("link", name="Notebook")).to_have_attribute("aria-current", "page")
    await page.get_by_role("link", name="North beam").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("North beam")
    await expect(page.locator("#main")).to_be_focused()
    await rail.get_by_role("link", name="Planner").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Planner")
    await page.get_by_role("link", name="Upcoming").click()
    await expect(page).to_have_url(re.compile(r"/planner\?view=upcoming$"))
    for heading, address in (("Planner", "/planner"), ("North beam", None), ("Notebook", "/notebook")):
        await page.go_back()
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert address is None or path_of(page) == address
    await page.go_forward()
    await expect(page.get_by_role("heading", level=1)).to_have_text("North beam")
    assert await page.evaluate("window.marker") == 1


async def test_a_post_moves_on_without_a_new_document(phone):
    await phone.goto("/notebook/new")
    await phone.evaluate("window.marker = 1")
    await phone.get_by_label("Title").fill("Boosted")
    await phone.get_by_role("button", name="Save note").click()
    await expect(phone).to_have_url(re.compile(r"/notebook/[0-9a-f-]{36}$"))
    await phone.get_by_label("Note, in Markdown").fill("More")
    await phone.get_by_role("button", name="Save", exact=True).click()
    await expect(phone.get_by_text("1 word ·")).to_be_visible()
    await phone.get_by_role("button", name="Delete").click()
    await expect(phone).to_have_url(re.compile(r"/notebook\?deleted="))
    assert await phone.evaluate("window.marker") == 1


async def test_partial_requests_get_the_fragment_only(mara, registry):
    records = await furnish(mara)
    declared = [page for module in registry.modules.values() for page in module.pages if page.fragment]
    assert declared
    for page in declared:
        path = records.get(page.path, page.path)
        whole = await mara.show(path)
        answer = await mara.client.get(path, headers={"HX-Request-Type": "partial"})
        assert "<html" not in answer.text
        assert "tabbar" not in answer.text
        assert answer.text.strip() in whole
        again = await mara.client.get(path)
        assert again.text == whole
        assert again.headers["etag"] != answer.headers["etag"]
    # A page without a fragment answers with itself.
    assert "<html" in (await mara.client.get(pages(registry, records)[0], headers={"HX-Request-Type": "partial"})).text


async def test_a_refused_form_keeps_what_was_typed(phone):
    await phone.goto("/planner/projects/new")
    await phone.evaluate("window.marker = 1")
    await phone.get_by_label("Name").fill("   ")
    await phone.get_by_label("Description").fill("Long and dear to me")
    async with phone.expect_response(lambda response: response.request.method == "POST") as answered:
        await phone.get_by_role("button", name="Save project").click()
    assert (await answered.value).status == 422
    await expect(phone.get_by_text("Give the project a name.")).to_be_visible()
    await expect(phone.get_by_label("Description")).to_have_value("Long and dear to me")
    await expect(phone.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    await expect(phone.get_by_label("Name")).to_be_focused()
    assert path_of(phone) == "/planner/projects/new"
    assert await phone.evaluate("window.marker") == 1
    await phone.get_by_label("Name").fill("Foz")
    await phone.get_by_role("button", name="Save project").click()
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Foz")
    await expect(phone.get_by_label("Description")).to_have_value("Long and dear to me")


async def test_two_windows_and_one_note(server, browse, mara):
    """Both changed the same line: both stay, and the second to save is told."""
    note = await mara.make("notebook", title="Shared", bodyMarkdown="First")
    one, two = [await browse(server.url, PHONE, person=mara) for _ in range(2)]
    await one.goto(note)
    await two.goto(note)
    await one.get_by_label("Note, in Markdown").fill("Second, from one")
    await one.get_by_role("button", name="Save", exact=True).click()
    await expect(one.get_by_text("3 words ·")).to_be_visible()
    await two.get_by_label("Note, in Markdown").fill("Second, from two")
    await two.get_by_role("button", name="Save", exact=True).click()
    await expect(two.get_by_text("This text has two versions")).to_be_visible()
    await expect(two.get_by_label("Note, in Markdown")).to_have_value("Second, from one\nSecond, from two")


async def test_a_double_click_makes_one_note(phone, mara):
    await phone.goto("/notebook/new")
    await phone.get_by_label("Title").fill("Once")
    await phone.get_by_role("button", name="Save note").dblclick()
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Once")
    assert (await mara.show("/notebook")).count("<b>Once</b>") == 1


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_server_that_is_away_costs_no_text(own_server, browse):
    mara = Visitor(own_server.url)
    await mara.sign_up("mara")
    page = await browse(own_server.url, PHONE, person=mara)
    await page.goto("/notebook/new")
    await page.get_by_label("Title").fill("Storm")
    await page.get_by_label("Note, in Markdown").fill("Typed in the dark")
    await asyncio.to_thread(own_server.kill)
    await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_role("alert")).to_contain_text("The server did not answer")
    await expect(page.get_by_label("Note, in Markdown")).to_have_value("Typed in the dark")
    await expect(page.get_by_label("Title")).to_have_value("Storm")
    await asyncio.to_thread(own_server.start)
    await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Storm")
    await expect(page.get_by_role("alert")).to_be_hidden()
    assert (await mara.show("/notebook")).count("<b>Storm</b>") == 1
    await mara.client.aclose()


async def test_leaving_with_text_that_cannot_be_saved_asks_first(server, browse, mara):
    page = await browse(server.url, PHONE, person=mara)
    await page.route("**/notebook", lambda route: route.abort())
    asked: list[str] = []

    async def stay(dialog):
        asked.append(dialog.message)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.goto("/notebook/new")
    await page.get_by_label("Note, in Markdown").fill("Not saved")
    async with page.expect_event("dialog"):
        await page.get_by_role("link", name="Back to Notebook").click()
    assert len(asked) == 1
    await expect(page.get_by_label("Note, in Markdown")).to_have_value("Not saved")
    assert path_of(page) == "/notebook/new"


@pytest.mark.parametrize("button", ["Pin", "Archive", "Delete"])
async def test_a_button_beside_the_editor_costs_no_text(button, phone, mara):
    """It may ask first, or keep the text; it must not drop it in silence."""
    phone.on("dialog", lambda dialog: dialog.dismiss())
    await phone.goto(await mara.make("notebook", title="Draft", bodyMarkdown="Saved"))
    await phone.get_by_label("Note, in Markdown").fill("Saved, and a long evening's work")
    await phone.get_by_role("button", name=button, exact=True).click()
    await phone.wait_for_load_state("networkidle")
    await expect(phone.get_by_label("Note, in Markdown")).to_have_value("Saved, and a long evening's work")


async def test_adding_a_step_costs_no_text(phone, mara):
    phone.on("dialog", lambda dialog: dialog.dismiss())
    await phone.goto(await mara.make("planner", title="Draft"))
    await phone.get_by_label("Notes").fill("A long evening's work")
    await phone.get_by_label("Add a step").fill("First")
    await phone.get_by_role("button", name="Add", exact=True).click()
    await phone.wait_for_load_state("networkidle")
    await expect(phone.get_by_label("Notes")).to_have_value("A long evening's work")


@pytest.mark.parametrize("reason", ["deleted", "signed out", "too large"])
async def test_a_save_that_cannot_be_made_costs_no_text(reason, phone, mara):
    note = await mara.make("notebook", title="Draft", bodyMarkdown="Saved")
    await phone.goto(note)
    text = "A long evening's work" * (60_000 if reason == "too large" else 1)
    await phone.get_by_label("Note, in Markdown").fill(text)
    if reason == "deleted":
        await mara.post(note, _method="DELETE")
    elif reason == "signed out":
        await mara.post("/sign-out")
    await phone.get_by_role("button", name="Save", exact=True).click()
    await phone.wait_for_load_state("networkidle")
    await expect(phone.get_by_label("Note, in Markdown")).to_be_visible(timeout=1_000)
    assert await phone.get_by_label("Note, in Markdown").input_value() == text


async def test_the_text_stays_unsaved_and_knows_what_it_began_with(phone, mara):
    """Pinning shows the newest of the note, but the text in the editor is still an edit of what was opened."""
    note = await mara.make("notebook", title="Draft", bodyMarkdown="First")
    await phone.goto(note)
    await phone.get_by_label("Note, in Markdown").fill("Mine")
    await mara.send(note, note, "PUT", bodyMarkdown="Theirs")
    await phone.get_by_role("button", name="Pin", exact=True).click()
    await expect(phone.get_by_role("button", name="Unpin")).to_be_visible()
    await expect(phone.locator(".preview")).to_have_text("Theirs")
    await expect(phone.get_by_label("Note, in Markdown")).to_have_value("Mine")
    await phone.get_by_role("button", name="Save", exact=True).click()
    await expect(phone.get_by_text("This text has two versions")).to_be_visible()
    await expect(phone.get_by_label("Note, in Markdown")).to_have_value("Theirs\nMine")


async def test_deleting_asks_and_leaves_when_told_to(phone, mara):
    asked: list[str] = []

    async def leave(dialog):
        asked.append(dialog.message)
        await dialog.accept()

    phone.on("dialog", leave)
    note = await mara.make("notebook", title="Draft", bodyMarkdown="Saved")
    await phone.goto(note)
    await phone.get_by_label("Note, in Markdown").fill("Not saved")
    await phone.get_by_role("button", name="Delete").click()
    await expect(phone.get_by_role("status")).to_contain_text("Note deleted")
    assert len(asked) == 1
    await phone.get_by_role("button", name="Undo").click()
    await expect(phone.get_by_label("Note, in Markdown")).to_have_value("Saved")


async def test_ticking_a_task_keeps_the_next_one(phone):
    await phone.goto("/planner")
    await phone.get_by_label("Add a task for today").fill("First")
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_label("Add a task for today")).to_have_value("")
    await phone.get_by_label("Add a task for today").fill("Half a thou")
    await phone.get_by_role("button", name="Complete: First").click()
    await expect(phone.get_by_role("button", name="Complete: First")).to_have_count(0)
    await expect(phone.get_by_label("Add a task for today")).to_have_value("Half a thou")


async def test_what_is_typed_while_saving_stays(phone, mara):
    note = await mara.make("notebook", title="Draft", bodyMarkdown="One")
    await phone.goto(note)

    async def slowly(route):
        await phone.get_by_label("Note, in Markdown").press_sequentially(" three")
        await route.continue_()

    await phone.route(f"**{note}", lambda route: slowly(route) if route.request.method == "POST" else route.continue_())
    await phone.get_by_label("Note, in Markdown").fill("One two")
    await phone.get_by_label("Note, in Markdown").press("End")
    await phone.get_by_role("button", name="Save", exact=True).click()
    await expect(phone.get_by_text("2 words ·")).to_be_visible()
    await expect(phone.get_by_label("Note, in Markdown")).to_have_value("One two three")
    await phone.unroute_all()
    await phone.get_by_role("button", name="Save", exact=True).click()
    await expect(phone.get_by_text("3 words ·")).to_be_visible()


async def test_saving_goes_on_after_signing_in_again(phone, mara):
    note = await mara.make("notebook", title="Draft", bodyMarkdown="Saved")
    await phone.goto(note)
    await phone.get_by_label("Note, in Markdown").fill("A long evening's work")
    await mara.post("/sign-out")
    await phone.get_by_role("button", name="Save", exact=True).click()
    await expect(phone.get_by_role("alert")).to_contain_text("You were signed out")
    async with phone.context.expect_page() as opened:
        await phone.get_by_role("link", name="Sign in").click()
    other = await opened.value
    await other.get_by_label("User name").fill(mara.username)
    await other.get_by_label("Password").fill(PASSWORD)
    await other.get_by_role("button", name="Sign in").click()
    await expect(other.get_by_role("heading", level=1)).to_contain_text(mara.username)
    await phone.get_by_role("button", name="Save", exact=True).click()
    await expect(phone.get_by_text("4 words ·")).to_be_visible()
    await expect(phone.get_by_role("alert")).to_be_hidden()


async def test_staying_after_back_keeps_the_address(phone, mara):
    note = await mara.make("notebook", title="Draft", bodyMarkdown="Saved")
    await phone.goto("/notebook")
    await phone.get_by_role("link", name="Draft").click()
    await phone.get_by_label("Note, in Markdown").fill("Not saved")
    phone.once("dialog", lambda dialog: dialog.dismiss())
    async with phone.expect_event("dialog"):
        await phone.evaluate("history.back()")
    await expect(phone).to_have_url(re.compile(f"{note}$"))
    await expect(phone.get_by_label("Note, in Markdown")).to_have_value("Not saved")
    phone.once("dialog", lambda dialog: dialog.accept())
    await phone.evaluate("history.back()")
    await expect(phone).to_have_url(re.compile("/notebook$"))
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Notebook")


async def test_the_limit_is_near(phone):
    await phone.goto("/notebook/new")
    count = phone.get_by_text("of 50,000 characters")
    await phone.get_by_label("Note, in Markdown").fill("x " * 20_000)
    await expect(count).to_be_hidden()
    await phone.get_by_label("Note, in Markdown").fill("🪴" + "x " * 24_905 + "x")
    await expect(count).to_have_text("49,812 of 50,000 characters")
    await phone.get_by_label("Note, in Markdown").fill("x " * 25_000 + "x")
    await phone.get_by_role("button", name="Save note").click()
    await expect(phone.get_by_text("Use at most 50,000 characters.")).to_be_visible()
