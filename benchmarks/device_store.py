"""The device's store in Chromium with 10,000 records: `.venv/bin/python benchmarks/device_store.py`."""

from __future__ import annotations

import functools
import statistics
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from playwright.sync_api import sync_playwright

from aios.modules import discover
from aios.web.device import plain_registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import BrowserContext, Page

PACKAGE = Path(__file__).parents[1] / "aios"
RECORDS = 10_000
STARTS, RESTARTS, ROUNDS, SAVES = 15, 5, 30, 40
SCRIPT = Path(__file__).with_name("device_store.js").read_text(encoding="utf-8")


class Files(SimpleHTTPRequestHandler):
    """The package's files, and an empty page."""

    registry = b""

    def do_GET(self) -> None:
        """Answer one."""
        if self.path in {"/", "/registry.json"}:
            body = self.registry if self.path == "/registry.json" else b"<!doctype html><title>store</title>"
            self.send_response(200)
            self.send_header("Content-Type", "application/json" if self.path == "/registry.json" else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def show(name: str, values: Iterable[float]) -> None:
    """Print median and 95th percentile."""
    ordered = sorted(values)
    late = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    best, median = ordered[0], statistics.median(ordered)
    print(f"{name:42} best {best:6.1f} ms   median {median:7.1f} ms   p95 {late:7.1f} ms   n={len(ordered)}")


def main() -> None:
    """Fill a store, then measure starts, pages, searches and saves."""
    Files.registry = msgspec.json.encode(plain_registry(discover()))
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(PACKAGE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:

        def begin() -> BrowserContext:
            return playwright.chromium.launch_persistent_context(
                profile, executable_path="/usr/bin/chromium", args=["--no-sandbox"]
            )

        def fresh(context: BrowserContext) -> Page:
            page = context.new_page()
            page.goto(url)
            page.evaluate(SCRIPT)
            return page

        context = begin()
        page = fresh(context)
        print(page.evaluate(f"measure.fill({RECORDS})"))
        for name in ("home", "planner", "notebook"):
            starts = []
            for _ in range(STARTS):
                other = fresh(context)
                starts.append(other.evaluate("name => measure.start(name)", name))
                other.close()
            show(f"cold start, new page, {name}", [each["ms"] for each in starts])
        context.close()
        for name in ("home", "planner"):
            starts = []
            for _ in range(RESTARTS):
                context = begin()
                starts.append(fresh(context).evaluate("name => measure.start(name)", name))
                context.close()
            show(f"cold start, new browser, {name}", [each["ms"] for each in starts])
            show("  of it opening", [each["opened"] for each in starts])
        context = begin()
        page = fresh(context)
        for name in ("home", "planner", "planner all", "notebook"):
            show(f"page reads, warm, {name}", page.evaluate("([name, n]) => measure.pages(name, n)", [name, ROUNDS]))
        show("first search (reads every text)", page.evaluate("measure.search(['first'])"))
        words = ["beam", "roof load", "zzzz", "north x", "nothingofthekind", "e"] * 5
        show("search, warm", page.evaluate("words => measure.search(words)", words))
        show("save, strict", page.evaluate("n => measure.saves(n)", SAVES))
        show("save and read the page again", page.evaluate("n => measure.saves(n, true)", SAVES))
        show("writing the projection", page.evaluate("measure.settle()"))
        context.close()
    server.shutdown()


if __name__ == "__main__":
    main()
