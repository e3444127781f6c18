"""Phones of one person that write at the same time, on a network that comes and goes: all of it is there in the end."""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.async_api import expect

from tests.e2e.network import Network, network
from tests.e2e.test_offline import profile, records, sign_in, sign_up, synced, write_note

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Page

    from tests.e2e.server import Server

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("dialect", ["sqlite"])]
FLAPPING_S = float(os.environ.get("AIOS_FLAPPING_S", "8"))
MOST_S = 120
SEED = int(os.environ.get("AIOS_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
NAME = "Mara"


class Phone(NamedTuple):
    """A browser with a profile of its own, and its own network."""

    name: str
    page: Page
    network: Network

    async def save(self, note: str, **typed: str) -> None:
        """Open the note, fill the fields of its editor, and save it."""
        await self.page.goto(note)
        for label, text in typed.items():
            await self.page.get_by_label(LABELS[label]).fill(text)
        await self._press("Save")

    async def append(self, note: str, line: str) -> None:
        """Write a line under the note's text."""
        await self.page.goto(note)
        await self.page.get_by_label(LABELS["text"]).focus()
        await self.page.keyboard.press("Control+End")
        # In one go, as a person types over what is there: what arrives meanwhile must not be taken away.
        await self.page.keyboard.insert_text(f"\n{line}")
        await self._press("Save")

    async def _press(self, name: str) -> None:
        async with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            await self.page.get_by_role("button", name=name, exact=True).click()
        await expect(self.page.get_by_role("button", name=name, exact=True)).to_be_visible()

    async def add_task(self, title: str) -> None:
        """Write a task with the quick form of the Planner."""
        await self.page.goto("/planner?view=all")
        await self.page.locator("#quick").fill(title)
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_role("link", name=title, exact=True)).to_be_visible()

    async def heal(self) -> None:
        """Put the network back, and wait until nothing waits."""
        self.network.put_back()
        await self.page.goto("/storage")
        await self.page.evaluate("dispatchEvent(new Event('online'))")
        await synced(self.page)


LABELS = {"title": "Title", "text": "Note, in Markdown", "tags": "Tags"}


@asynccontextmanager
async def phones(server: Server, folder: Path, count: int) -> AsyncIterator[list[Phone]]:
    """So many phones of one person, all in step."""
    async with AsyncExitStack() as stack:
        made: list[Phone] = []
        for number in range(count):
            between = await stack.enter_async_context(network(server.url))
            context = await stack.enter_async_context(profile(folder / str(number), between.url))
            page = await context.new_page()
            await (sign_in(page, NAME) if number else sign_up(page, NAME))
            await synced(page)
            made.append(Phone(f"phone{number}", page, between))
        yield made


async def test_what_two_phones_wrote_apart_is_all_there(own_server: Server, tmp_path: Path) -> None:
    async with phones(own_server, tmp_path, 2) as (phone, desk):
        note = await write_note(phone.page, "Foz", "beam\n\nroof")
        doomed = await write_note(phone.page, "Doomed", "text")
        await phone.heal()
        await desk.heal()
        phone.network.pull_out()
        desk.network.pull_out()

        await phone.save(note, text="beam, from the phone\n\nroof", tags="phone")
        await phone.save(note, title="Named by the phone")
        await desk.save(note, text="beam\n\nroof, from the desk", tags="desk")
        await desk.save(note, title="Named by the desk")
        await phone.page.goto(doomed)
        await phone.page.get_by_role("button", name="Delete").click()
        await expect(phone.page.get_by_text("Note deleted").last).to_be_visible()
        await desk.save(doomed, text="still needed")

        await desk.heal()
        await phone.heal()
        await desk.heal()
        kept = {each["id"]: each for each in records(own_server.url, NAME)["notes"]}
        joined = kept[note.rpartition("/")[2]]
        assert joined["bodyMarkdown"] == "beam, from the phone\n\nroof, from the desk"
        assert joined["title"] == "Named by the desk"
        assert set(joined["tags"]) == {"phone", "desk"}
        assert kept[doomed.rpartition("/")[2]]["bodyMarkdown"] == "still needed"
        for each in (phone, desk):
            await each.page.goto(note)
            await expect(each.page.get_by_label(LABELS["text"])).to_have_value(joined["bodyMarkdown"])
            await expect(each.page.get_by_label(LABELS["title"])).to_have_value("Named by the desk")
        # The title that gave way is among the versions.
        await phone.page.goto(f"/history/notes/{note.rpartition('/')[2]}")
        await expect(phone.page.get_by_text("Gave way to a later edit: title").first).to_be_visible()


async def test_the_same_line_is_settled_without_a_network(own_server: Server, tmp_path: Path) -> None:
    async with phones(own_server, tmp_path, 2) as (phone, desk):
        note = await write_note(phone.page, "Foz", "40 mm")
        await phone.heal()
        await desk.heal()
        for each, text in ((phone, "45 mm"), (desk, "50 mm")):
            each.network.pull_out()
            await each.save(note, text=text)
        await phone.heal()
        await desk.heal()
        await phone.heal()
        phone.network.pull_out()
        await phone.page.goto(note)
        await phone.page.get_by_role("link", name="Compare").click()
        await phone.page.get_by_text("Second version").click()
        await phone.page.get_by_role("button", name="Keep what I chose").click()
        await expect(phone.page.get_by_label(LABELS["text"])).to_have_value("50 mm")
        await expect(phone.page.get_by_role("link", name="Compare")).to_have_count(0)
        await phone.heal()
        await desk.heal()
        await desk.page.goto(note)
        await expect(desk.page.get_by_label(LABELS["text"])).to_have_value("50 mm")
        await expect(desk.page.get_by_role("link", name="Compare")).to_have_count(0)


async def test_three_phones_and_a_network_that_flaps(own_server: Server, tmp_path: Path) -> None:
    print(f"AIOS_SEED={SEED}")  # noqa: T201  how to repeat it
    async with phones(own_server, tmp_path, 3) as made:
        note = await write_note(made[0].page, "Shared", "begin")
        for each in made:
            await each.heal()
        until = time.monotonic() + FLAPPING_S
        written = await asyncio.gather(*(_write(each, note, until) for each in made))
        for _ in range(2):
            for each in made:
                await each.heal()
        lines, tasks = ([text for pair in written for text in pair[kind]] for kind in (0, 1))
        cuts = sum(each.network.cuts for each in made)
        print(f"{len(lines)} lines, {len(tasks)} tasks, {cuts} cuts")  # noqa: T201  part of the result
        kept = records(own_server.url, NAME)
        body = next(each for each in kept["notes"] if each["id"] == note.rpartition("/")[2])["bodyMarkdown"]
        assert sorted(body.split("\n")) == sorted(["begin", *lines])
        assert sorted(each["title"] for each in kept["tasks"]) == sorted(tasks)
        for each in made:
            await each.page.goto(note)
            await expect(each.page.get_by_label(LABELS["text"])).to_have_value(body)
        assert lines
        assert tasks
        assert cuts > len(made)


async def _write(phone: Phone, note: str, until: float) -> tuple[list[str], list[str]]:
    """Write lines and tasks while the network comes and goes. Gives what was shown as saved."""
    chance = random.Random(f"{SEED} {phone.name}")  # noqa: S311  a run to be repeated
    lines: list[str] = []
    tasks: list[str] = []
    while time.monotonic() < until or (
        # A busy machine gets less done in that time.
        not (lines and tasks and phone.network.cuts > 1) and time.monotonic() < until + MOST_S
    ):
        if chance.random() < 0.5:
            phone.network.pull_out()
        else:
            phone.network.put_back()
        if chance.random() < 0.6:
            line = f"{phone.name} line {len(lines)}"
            await phone.append(note, line)
            lines.append(line)
        else:
            task = f"{phone.name} task {len(tasks)}"
            await phone.add_task(task)
            tasks.append(task)
    return lines, tasks
