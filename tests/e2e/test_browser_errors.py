"""Errors that nobody expected, in a page and in its worker, reach the server's log, without anybody's words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.test_offline import profile, sign_up

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("dialect", ["sqlite"])]
BREAKS = """(name) => { setTimeout(() => { throw Object.assign(new Error("dear diary"), { name }); }); }"""
PATIENCE_S = 20


def noted(log: Path) -> list[dict[str, Any]]:
    """The lines of the log that are of errors in browsers."""
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
    return [each for each in lines if "browser" in each["event"]]


async def test_an_error_in_a_page_and_one_in_its_worker_are_noted(own_server, tmp_path):
    async with profile(tmp_path / "profile", own_server.url) as context:
        page = await context.new_page()
        await sign_up(page, "Ana")
        await page.evaluate(BREAKS, "PageError")
        await context.service_workers[0].evaluate(BREAKS, "WorkerError")
        for _ in range(PATIENCE_S * 5):
            if len(noted(own_server._log)) == 2:
                break
            await page.wait_for_timeout(200)
    found = json.dumps(noted(own_server._log))
    assert "PageError" in found
    assert "WorkerError" in found
    assert "dear diary" not in own_server._log.read_text("utf-8")
