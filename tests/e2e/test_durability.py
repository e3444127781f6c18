"""What was acknowledged survives a kill in mid-edit, exactly once and word for word, on both databases."""

from __future__ import annotations

import asyncio
from html import unescape

import httpx
import pytest
from playwright.async_api import expect

from aios.records.text import text_hash
from tests.e2e.browsing import PHONE, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
MANY = 20


async def test_everything_acknowledged_survives_kill_9(own_server, browse):
    mara = Visitor(own_server.url)
    await mara.sign_up("mara")
    page = await browse(own_server.url, PHONE, person=mara)
    await page.goto("/notebook/new")
    await page.get_by_label("Title").fill("Note by hand")
    await page.get_by_label("Note, in Markdown").fill("From a browser 🪴")
    await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Note by hand")
    notes = [await mara.make("notebook", title=f"Note {n}", bodyMarkdown=f"Body {n}") for n in range(MANY)]
    tasks = [await mara.make("planner", title=f"Task {n}", userNotes=f"Detail {n}") for n in range(MANY)]

    kept = {path: f"Body {n}" for n, path in enumerate(notes)}
    under_way: dict[str, str] = {}
    writer = asyncio.create_task(_keep_editing(mara, kept, under_way))
    while not all(text.startswith("Edit") for text in kept.values()):
        assert not writer.done(), writer.exception()
        await asyncio.sleep(0.005)
    await asyncio.to_thread(own_server.kill)
    await writer
    assert under_way, "the server was not killed in mid-edit"
    await asyncio.to_thread(own_server.start)

    for number, path in enumerate(notes):
        html = await mara.show(path)
        # The edit that was on its way may have arrived or not: it was promised nothing.
        assert _text_of(html, "bodyMarkdown") in {kept[path], under_way.get(path, kept[path])}
        assert f'value="Note {number}"' in html
    for number, path in enumerate(tasks):
        html = await mara.show(path)
        assert _text_of(html, "userNotes") == f"Detail {number}"
        assert f'value="Task {number}"' in html
    for address, name in (("/notebook?sort=title", "Note"), ("/planner?view=all", "Task")):
        html = await mara.show(address)
        assert [html.count(f"<b>{name} {n}</b>") for n in range(MANY)] == [1] * MANY
    await page.goto("/notebook?q=browser")
    await page.get_by_role("link", name="Note by hand").click()
    await expect(page.get_by_label("Note, in Markdown")).to_have_value("From a browser 🪴")
    await mara.client.aclose()


async def _keep_editing(mara: Visitor, kept: dict[str, str], under_way: dict[str, str]) -> None:
    """Edit one note after the other until the server is gone, noting what is under way and what was acknowledged."""
    titles = {path: f"Note {number}" for number, path in enumerate(kept)}
    for number in range(100_000):
        path = list(kept)[number % len(kept)]
        text = f"Edit {number}"
        base = {"bases.bodyMarkdown": text_hash(kept[path])}
        under_way[path] = text
        try:
            answer = await mara.post(path, _method="PUT", title=titles[path], bodyMarkdown=text, **base)
        except httpx.TransportError:
            return
        assert answer.status_code == 303, answer.text
        kept[path] = under_way.pop(path)


def _text_of(html: str, name: str) -> str:
    return unescape(html.partition(f'name="{name}"')[2].partition(">\n")[2].partition("</textarea>")[0])
