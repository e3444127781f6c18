"""What Node shows of the device's app holds in a real browser: the real worker beside the real server, page by page.

The account made by hand is written as a device writes, a phone fetches it, and each of its pages is asked of both.
"""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from aios.records.clock import from_wire, to_wire
from aios.records.ids import new_id
from aios.records.sync.release import MOST_MUTATIONS
from tests.e2e.browsing import Visitor, path_of
from tests.e2e.conftest import _environment
from tests.e2e.server import Server
from tests.e2e.test_offline import profile, ready, synced
from tests.parity.accounts import DAY_MS, NOW_MS, Ask, Item
from tests.parity.documents import REGISTRY
from tests.parity.furnished import FURNISHED, NOTES, TASKS, lists, records
from tests.parity.pages import ALLOWED_HEADERS
from tests.parity.test_pages import first_difference

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")
NAME = "Ana é<b>"
BEAM, TODAY = f"/notebook/{NOTES[0].id}", f"/planner/{TASKS[0].id}"
KNOWN = {each.id for each in FURNISHED.items}
_OWN = {
    "new id": r'(?<=name="id" value=")[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}',
    "state": r'(?<=data-status="" data-state=")[^"]*(?=")|(?<=data-status data-state=")[^"]*(?=")',
    "label": r'(?<=<span data-status-label>)[^<]*|(?<=<span data-status-label="">)[^<]*',
}
"""What is each side's own by nature: the id that it gives to what is not written yet, and how its copy stands."""
SEEN = re.compile(r'(?<=name="baseRev" value=")[0-9]+')
"""What the page of a record that was just written here says until it is shown anew: the server had no number for it."""
NOT_THE_APPS = {**ALLOWED_HEADERS, "date": "the server process says when it sent something"}
COPY = re.compile(r'<main class="page[^"]*" id="main".*</main>', re.DOTALL)
"""All of the pages of storage that is not the shell: the server has no copy to show."""
ASK = """async ({ path, partial, form }) => {
  const headers = partial ? { "HX-Request-Type": "partial" } : {};
  const post = form === null ? {} : { method: "POST", body: new URLSearchParams(form), redirect: "manual" };
  const answer = await fetch(path, { headers, mode: "same-origin", ...post });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
}"""
SHOWN = """(html) => {
  const read = new DOMParser().parseFromString(html, "text/html");
  const shown = document.body.cloneNode(true);
  for (const each of shown.querySelectorAll("[data-htmx-powered]")) each.removeAttribute("data-htmx-powered");
  // What script adds: the words of a toast for who listens, buttons that are of no use without it, and the way back of
  // the sheet for capture, with what was asked.
  for (const each of [read, shown].map((page) => page.querySelector("#said"))) if (each) each.textContent = "";
  for (const each of read.querySelectorAll("[role=toolbar]")) each.hidden = false;
  for (const page of [read, shown]) page.querySelector("[popover] [name=back]")?.setAttribute("value", "");
  return [read.body.innerHTML, shown.innerHTML];
}"""

ELSEWHERE = """addEventListener("submit", () => {
  const channel = new BroadcastChannel("aios");
  for (const ms of [0, 15, 60]) setTimeout(() => channel.postMessage({ type: "changed" }), ms);
}, true);"""
"""While each form is on its way, and just after, other devices' changes arrive, and the page is to be shown anew."""


class Answered(NamedTuple):
    """What one side answered."""

    status: int
    headers: dict[str, str]
    body: str


class Phone(NamedTuple):
    """A browser whose worker holds the account, and the same person without a worker."""

    page: Page
    client: httpx.AsyncClient

    async def compare(self, ask: Ask) -> Answered:
        """Ask the worker and the server, and hold what they say against each other. Gives the server's answer."""
        path = ask.path + ("?" + urlencode(ask.search, quote_via=quote) if ask.search else "")
        begun = minute()
        on_server, on_device = await self._server(ask, path), await self._device(ask, path)
        if on_server != on_device and minute() != begun:  # pages say what time it is
            on_server, on_device = await self._server(ask, path), await self._device(ask, path)
        for what in ("status", "body", "headers"):
            one, other = str(getattr(on_server, what)), str(getattr(on_device, what))
            assert one == other, f"{what} of {path}: {first_difference(one, other)}"
        return on_server

    async def compare_shown(self) -> None:
        """Hold the page that is open, once nothing waits, against the server's of the same address."""
        await synced(self.page)
        path = path_of(self.page)
        answer = await self.compare(asked(path))
        found = await self.page.evaluate(SHOWN, answer.body)
        on_server, shown = (SEEN.sub("(revision)", masked(each)) for each in found)
        assert on_server == shown, f"{path} as shown: {first_difference(on_server, shown)}"

    async def _server(self, ask: Ask, path: str) -> Answered:
        headers = {"hx-request-type": "partial"} if ask.partial else {}
        if ask.form is None:
            answer = await self.client.get(path, headers=headers)
        else:
            answer = await self.client.post(path, data=ask.form, headers=headers)
        assert "x-request-id" in answer.headers
        kept = {name: value for name, value in sorted(answer.headers.items()) if name not in NOT_THE_APPS}
        return Answered(answer.status_code, kept, masked(answer.text, path))

    async def _device(self, ask: Ask, path: str) -> Answered:
        form = [(name, each) for name, values in ask.form.items() for each in values] if ask.form else None
        found = await self.page.evaluate(ASK, {"path": path, "partial": ask.partial, "form": form})
        # Only the server names its answers, so one that the worker handed on would be seen.
        assert not found["headers"].keys() & ALLOWED_HEADERS.keys(), f"{path} is not the worker's: {found['headers']}"
        return Answered(found["status"], dict(sorted(found["headers"].items())), masked(found["body"], path))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def phone(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Phone]:
    """The furnished account, on the server and in a phone that has fetched it."""
    folder = tmp_path_factory.mktemp("phone")
    shutil.copyfile(migrated_file, folder / "aios.sqlite3")
    server = Server(_environment(folder, f"sqlite:///{folder / 'aios.sqlite3'}"), folder / "log")
    server.start()
    visitor = Visitor(server.url)
    try:
        await visitor.sign_up(NAME)
        await furnish(visitor.client)
        async with profile(folder / "profile", server.url) as context:
            await visitor.enter(context)
            page = await context.new_page()
            await page.goto("/")
            await ready(page)
            await synced(page)
            for cookie in await context.cookies():
                visitor.client.cookies.set(cookie["name"], cookie["value"], "127.0.0.1")
            assert visitor.client.cookies["zone"] == FURNISHED.zone
            yield Phone(page, visitor.client)
    finally:
        await visitor.client.aclose()
        server.stop()


async def test_every_page_is_the_servers(phone: Phone) -> None:
    answers = [await phone.compare(ask) for ask in (*lists(), *records())]
    assert {each.status for each in answers} == {200, 404}


async def test_the_storage_page_counts_what_is_here(phone: Phone) -> None:
    """What the server cannot know, and comparing leaves out."""
    await phone.page.goto("/storage")
    kept = await phone.page.locator("[aria-labelledby=kept] .row").all_inner_texts()
    module = {name: each.title for each in REGISTRY.modules.values() for name in (one.name for one in each.collections)}
    living = Counter(module[each.collection] for each in FURNISHED.items if not each.deleted)
    assert {tuple(re.findall(r"\w+", each)[:2]) for each in kept} == {
        (name, str(count)) for name, count in living.items()
    }


async def test_refused_forms_are_answered_alike(phone: Phone) -> None:
    """Nothing is written of these, so the same form can be sent to both."""
    unknown = f"/notebook/{BEAM[-36:-3]}999"
    answers = [
        await phone.compare(Ask(path, [], partial=False, form={name: [value] for name, value in form.items()}))
        for path, form in (
            ("/notebook", {"title": "x" * 201, "bodyMarkdown": "kept & <b>"}),
            (BEAM, {"_method": "PUT", "title": "", "bodyMarkdown": ""}),
            (unknown, {"_method": "PUT", "title": "t", "bodyMarkdown": "long", "bases.bodyMarkdown": "0" * 64}),
            (BEAM, {"_method": "PATCH"}),
            ("/planner", {"title": "t", "dueDate": "soon"}),
            (TODAY, {"_method": "PUT", "title": "Cycle", "parentTaskId": TASKS[1].id}),
            ("/planner/projects", {"name": " "}),
            ("/settings", {"_method": "PUT", "colorTheme": "none", "timezone": "Mars/Olympus"}),
        )
    ]
    assert {each.status for each in answers} == {404, 422}


async def test_what_is_done_on_the_phone_is_shown_alike(phone: Phone) -> None:
    """By hand: once the server has what was written, it shows the page that the phone showed at once."""
    page = phone.page
    await page.add_init_script(ELSEWHERE)
    await page.goto(BEAM)
    await page.get_by_label("Note, in Markdown").focus()
    await page.keyboard.press("Control+End")
    await page.keyboard.type(" **More** of it #new [[Pinned]]")
    await page.get_by_role("button", name="Save", exact=True).press("Enter")
    await expect(page.locator("p.cluster").get_by_text("new")).to_be_visible()
    await phone.compare_shown()
    await page.get_by_role("button", name="Pin", exact=True).click()
    await expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    await phone.compare_shown()
    await page.get_by_role("button", name="Delete").click()
    undo = page.get_by_role("button", name="Undo")
    await expect(undo).to_be_visible()
    await phone.compare_shown()
    await undo.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Beam")
    await phone.compare_shown()

    await page.goto("/planner")
    quick = page.get_by_label("Add a task for today")
    await quick.fill("Call Inês <now>")
    await quick.press("Enter")
    complete = page.get_by_role("button", name="Complete: Call Inês <now>")
    await expect(complete).to_be_visible()
    await phone.compare_shown()
    await complete.click()
    await expect(undo).to_be_visible()
    await phone.compare_shown()
    await undo.click()
    await expect(complete).to_be_visible()
    await phone.compare_shown()

    for path in (BEAM, "/", "/notebook", "/notebook?q=more", "/notebook?tag=new", "/planner", "/planner?view=all"):
        await phone.compare(asked(path))


async def test_settings_chosen_on_the_phone_hold_alike(phone: Phone) -> None:
    """A zone of the person's own comes before the browser's, on both sides."""
    page = phone.page
    await page.goto("/settings")
    await page.get_by_text("Light", exact=True).click()
    await page.get_by_label("Time zone").fill("Asia/Kathmandu")
    await page.get_by_label("Time zone").press("Enter")
    await expect(page).to_have_url(re.compile("saved"))
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await phone.compare_shown()
    for path in ("/", "/notebook", BEAM, "/planner", "/planner?view=upcoming", TODAY, "/settings"):
        await phone.compare(asked(path))


async def furnish(client: httpx.AsyncClient) -> None:
    """Write the account as another device of the person does, as old to today as it is to its own present."""
    later = (int(time.time() * 1_000) // DAY_MS - NOW_MS // DAY_MS) * DAY_MS
    made = [_mutation("create", each, later) for each in FURNISHED.items]
    made += [_mutation("delete", each, later) for each in FURNISHED.items if each.deleted]
    account = (await client.get("/")).headers["aios-account"]
    body = {"account": account, "client": new_id(), "schema": 1, "now": int(time.time() * 1_000)}
    numbered = [{"mid": number, **each} for number, each in enumerate(made, 1)]
    for start in range(0, len(numbered), MOST_MUTATIONS):
        push = {**body, "mutations": numbered[start : start + MOST_MUTATIONS]}
        answer = await client.post("/api/sync/push", json=push)
        assert answer.status_code == 200, answer.text
        assert answer.json()["rejects"] == []


def masked(body: str, path: str = "") -> str:
    """A page without what is each side's own."""
    for name, pattern in _OWN.items():
        body = re.sub(pattern, lambda found, name=name: found[0] if found[0] in KNOWN else f"({name})", body)
    return COPY.sub("", body) if path.startswith("/storage") else body


def asked(address: str) -> Ask:
    """A request for a page by its path and query."""
    path, _, search = address.partition("?")
    return Ask(path, parse_qsl(search), partial=False, form=None)


def minute() -> int:
    return int(time.time() // 60)


def _mutation(op: str, item: Item, later: int) -> dict[str, Any]:
    made = {"op": op, "collection": item.collection, "id": item.id, "ms": item.ms + later}
    if op == "delete":
        return made
    fields = {name: value for name, value in item.fields.items() if value is not None}
    if "dueDate" in fields:
        fields["dueDate"] = to_wire(from_wire(fields["dueDate"]) + later)
    return {**made, "fields": fields}
