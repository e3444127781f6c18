"""The page of import and export in a browser: with script, without it, and without a network."""

from __future__ import annotations

import io
import zipfile

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import DESKTOP, PHONE
from tests.e2e.network import network
from tests.e2e.test_offline import profile, ready, sign_up

pytestmark = pytest.mark.asyncio(loop_scope="session")


def vault(number: int) -> dict[str, object]:
    """A zip of notes, as a file input takes it."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for each in range(number):
            archive.writestr(f"vault/note {each}.md", f"Text of {each}, see [[note {each + 1}]] #vault")
        archive.writestr("vault/picture.png", b"\x89PNG")
    return {"name": "vault.zip", "mimeType": "application/zip", "buffer": kept.getvalue()}


async def bring(page, number):
    await page.goto("/settings")
    await page.get_by_role("link", name="Import and export").click()
    await page.get_by_label("File").set_input_files(vault(number))
    await page.get_by_role("button", name="Bring in").click()
    await expect(page.get_by_role("heading", level=1, name="Import")).to_be_visible()
    again = page.get_by_role("link", name="Look again")  # without script the page does not look by itself
    while await again.count():
        await again.click()
    await expect(page.get_by_text("Everything is in")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize(("size", "script"), [(PHONE, True), (DESKTOP, False)], ids=["phone", "desktop, no script"])
async def test_a_vault_comes_in_and_everything_goes_out(server, browse, mara, size, script):
    page = await browse(server.url, size, person=mara, java_script_enabled=script)
    await bring(page, 90)
    await expect(page.get_by_text("90 new")).to_be_visible()
    await expect(page.get_by_text("picture.png")).to_be_visible()
    await page.get_by_role("link", name="Notes").click()
    await expect(page.get_by_role("heading", level=1, name="Notebook")).to_be_visible()
    await page.goto("/notebook?q=note+89")
    await expect(page.get_by_role("link", name="note 89", exact=True)).to_be_visible()
    await page.goto("/settings/import")
    await expect(page.get_by_role("link", name="vault.zip")).to_be_visible()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Export everything").click()
    download = await downloading.value
    with zipfile.ZipFile(await download.path()) as archive:
        assert sum(name.startswith("Notebook/") for name in archive.namelist()) == 90


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_device_gets_what_came_in_and_says_what_needs_the_network(own_server, tmp_path):
    async with network(own_server.url) as between, profile(tmp_path / "phone", between.url) as phone:
        page = await phone.new_page()
        await sign_up(page, "mara")
        await bring(page, 40)
        await page.goto("/notebook")
        await ready(page)
        await expect(page.get_by_role("link", name="note 39", exact=True)).to_be_visible()
        between.pull_out()
        await page.goto("/settings/import")
        await expect(page.get_by_role("heading", level=1)).to_have_text("This page needs the network")
        await page.goto("/notebook?q=note+39")
        await expect(page.get_by_role("link", name="note 39", exact=True)).to_be_visible()
