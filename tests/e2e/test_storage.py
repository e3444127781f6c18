"""The room of a phone: its limit is kept, texts come back when opened, and a save that finds no room loses no word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.async_api import expect

from aios.records.clock import now_ms
from aios.records.ids import new_id
from tests.e2e.test_life_cycle import inspect
from tests.e2e.test_offline import profile, ready, records, sign_up, synced
from tests.people import PASSWORD

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("dialect", ["sqlite"])]
WORD = "სიტყვა "
LONG = 45_000
MANY = 45
"""Each of more than 120 KB, so more than 4.8 MB: from there on a device of 6 MB makes room."""
AT_ONCE = 7
"""So many of them fit into a push."""
OPEN = 10
"""Pages that were opened last keep their texts for an hour: they may still be edited."""
REFUSE = """() => {
  const { put } = IDBObjectStore.prototype;
  self.unrefused = () => (IDBObjectStore.prototype.put = put);
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name === "records") throw new DOMException("no room", "QuotaExceededError");
    return put.apply(this, given);
  };
}"""


TOLD = """() => new Promise((resolve) => {
  const told = ({ data }) => data.type === "state" && setTimeout(resolve, 500);
  new BroadcastChannel("aios").addEventListener("message", told);
  dispatchEvent(new Event("online"));
})"""
"""The worker tries to sync, finds no server, and tells each page so."""
RECOUNT = """async () => {
  const name = (await indexedDB.databases()).map((each) => each.name).find((each) => /^aios-[0-9a-f]{8}-/.test(each));
  const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const database = await asked(indexedDB.open(name));
  const at = database.transaction(["records", "meta"]);
  const [rows, ledger] = await Promise.all([
    asked(at.objectStore("records").getAll()),
    asked(at.objectStore("meta").get("ledger")),
  ]);
  database.close();
  const size = (value) => (value ? new TextEncoder().encode(JSON.stringify(value)).length : 0);
  const notes = rows.filter((row) => row.collection === "notes");
  const each = ({ body, stub, base }) => [body, stub, base?.body, base?.stub];
  return [ledger.notes.bytes, notes.flatMap(each).reduce((sum, value) => sum + size(value), 0)];
}"""
"""What the ledger says of notes, and what they take up, at one instant: room may be made at any time."""


def body(number: int) -> str:
    """A long text that ends with its number."""
    return WORD * (LONG // len(WORD)) + f"and the end of {number}"


def fill(url: str, name: str, many: int) -> None:
    """Write notes as another device does."""
    with httpx.Client(base_url=url, timeout=60) as client:
        answer = client.post("/api/auth/login", json={"username": name, "password": PASSWORD}).json()
        headers = {"authorization": f"Bearer {answer['token']}"}
        device = new_id()
        made = [
            {"mid": number + 1, "op": "create", "collection": "notes", "id": new_id(),
             "fields": {"title": f"Note {number:03d}", "bodyMarkdown": body(number)}, "ms": now_ms() - number * 1_000}
            for number in range(many)
        ]  # fmt: skip
        for start in range(0, many, AT_ONCE):
            sent = {"account": answer["user"]["id"], "client": device, "epoch": None, "schema": 1, "now": now_ms(),
                    "mutations": made[start : start + AT_ONCE]}  # fmt: skip
            assert client.post("/api/sync/push", json=sent, headers=headers).json()["rejects"] == []


async def ledger(page: Page) -> dict[str, Any]:
    """What the device says it takes up, by collection."""
    found: dict[str, Any] = (await inspect(page))["store"]["meta"]["ledger"]
    return found


async def test_a_small_phone_keeps_its_limit_and_every_word(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Mara")
        await page.goto("/?shell=6")
        await synced(page)
        fill(own_server.url, "Mara", MANY)
        await page.reload()
        await synced(page)
        await expect(page.locator("html")).to_have_attribute("data-offline", "ready")
        while (await ledger(page)).get("notes", {}).get("records") != MANY:
            await page.wait_for_timeout(100)
        await synced(page)
        # Room is made a moment after what came.
        while (figures := await page.evaluate(RECOUNT))[0] >= 4_800_000:
            await page.wait_for_timeout(100)
        assert figures[0] == figures[1]
        assert (await ledger(page))["notes"]["stubs"] > 0
        # Each of them opens, whether its text is here or not.
        for each in sorted(records(own_server.url, "Mara")["notes"], key=lambda note: note["title"]):
            html = await page.evaluate("async (path) => (await fetch(path)).text()", f"/notebook/{each['id']}")
            assert f"and the end of {int(each['title'][5:])}" in html
        said, counted = await page.evaluate(RECOUNT)
        assert said == counted < 5_000_000

        await page.goto("/storage")
        await expect(page.locator(".figure")).to_contain_text("of 6 MB")
        await expect(page.get_by_text("without their long texts")).to_be_visible()
        await page.get_by_role("button", name="Keep on this device: Notebook").click()
        await expect(page.get_by_role("button", name="Keep on this device: Notebook")).to_have_attribute(
            "aria-pressed", "true"
        )
        await page.get_by_role("button", name="Keep on this device: Notebook").click()
        await page.get_by_role("button", name="Free", exact=True).click()
        await expect(page.get_by_role("status").get_by_text(re.compile("MB freed"))).to_be_visible()
        assert (await ledger(page))["notes"]["stubs"] == MANY - OPEN

        await page.goto("/notebook?sort=title")
        await page.get_by_role("link", name="Note 000").click()
        await expect(page.get_by_text("and the end of 0").first).to_be_visible()
        own_server.kill()
        await page.goto("/notebook?sort=title")
        await page.get_by_role("link", name="Note 001").click()
        await expect(page.get_by_text("The rest of this text is on your server")).to_be_visible()
        await page.goto("/notebook?sort=title")
        await page.get_by_role("link", name="Note 000").click()
        await expect(page.get_by_text("and the end of 0").first).to_be_visible()
        await page.goto("/storage")
        await page.get_by_role("radio", name="8", exact=True).check(force=True)
        # How things stand is told meanwhile, as it often is: the choice stays.
        await page.evaluate(TOLD)
        await expect(page.get_by_role("radio", name="8", exact=True)).to_be_checked()
        await page.get_by_role("button", name="Set the limit").click()
        await expect(page.locator(".figure")).to_contain_text("of 8 MB")


async def test_a_save_that_finds_no_room_keeps_the_text_on_screen(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Mara")
        await synced(page)
        (worker,) = context.service_workers
        await page.goto("/notebook/new")
        await worker.evaluate(REFUSE)
        await page.get_by_label("Title").fill("Beam")
        await page.get_by_label("Note, in Markdown").fill("Every word of it.")
        await page.get_by_role("button", name="Save note").click()
        alert = page.get_by_role("alert")
        await expect(alert).to_contain_text("no room left")
        await expect(alert.get_by_role("link", name="Make room")).to_have_attribute("href", "/storage")
        await expect(page.get_by_label("Note, in Markdown")).to_have_value("Every word of it.")
        await worker.evaluate("() => self.unrefused()")
        await page.get_by_role("button", name="Save note").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Beam")
        await synced(page)
        assert [each["bodyMarkdown"] for each in records(own_server.url, "Mara")["notes"]] == ["Every word of it."]


async def test_a_copy_that_the_browser_cleared_comes_back_and_says_so(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Mara")
        fill(own_server.url, "Mara", 3)
        await page.reload()
        await synced(page)
        session = await context.new_cdp_session(page)
        kinds = "indexeddb,cache_storage,service_workers"
        await page.goto("about:blank")
        await session.send("Storage.clearDataForOrigin", {"origin": own_server.url, "storageTypes": kinds})
        await page.goto("/")
        await ready(page)
        await page.goto("/storage")
        await expect(page.get_by_text("This browser had cleared its copy")).to_be_visible()
        assert (await ledger(page))["notes"]["records"] == 3
