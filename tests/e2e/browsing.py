"""Using AIOS in a browser, and without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from tests.modules.forms import Forms
from tests.people import PASSWORD

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


class Visitor:
    """Somebody who sends forms over HTTP, as a browser without script does, but faster."""

    def __init__(self, url: str, **headers: str) -> None:
        headers = {"accept": "text/html", "origin": url, **headers}
        self.client = httpx.AsyncClient(base_url=url, headers=headers, timeout=30)
        self.username = ""

    async def sign_up(self, username: str) -> None:
        """Create an account."""
        self.username = username
        answer = await self.post("/sign-up", username=username, password=PASSWORD)
        assert answer.status_code == 303, answer.text

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form with these fields."""
        return await self.client.post(path, data=fields)

    async def send(self, page: str, action: str, method: str = "POST", **typed: str) -> httpx.Response:
        """Open `page`, fill the form that leads to `action`, and send it."""
        fields = Forms(await self.show(page)).fields(action, method)
        return await self.post(action, **(fields | typed))

    async def make(self, module: str, **typed: str) -> str:
        """Fill the form for something new and give its path: `await mara.make("notebook", title="Roof")`."""
        answer = await self.send(f"/{module}/new", f"/{module}", **typed)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def show(self, path: str) -> str:
        """The HTML of a page."""
        answer = await self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    async def enter(self, context: BrowserContext) -> None:
        """Let a browser window be signed in as this person."""
        url = str(self.client.base_url).rstrip("/")
        await context.add_cookies(
            [{"name": each.name, "value": each.value, "url": url} for each in self.client.cookies.jar]
        )


class Browsing:
    """The windows of one test. Closing them says what went wrong in any page."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._contexts: list[BrowserContext] = []
        self.troubles: list[str] = []

    async def open(self, url: str, size: dict[str, int] = PHONE, *, person: Visitor | None = None, **more: Any) -> Page:
        """A page in a window of its own, with its own cookies."""
        context = await self.browser.new_context(
            base_url=url,
            viewport=size,
            locale="en-GB",
            timezone_id="Europe/Lisbon",
            reduced_motion="reduce",
            service_workers="block",
            **more,
        )
        self._contexts.append(context)
        context.set_default_timeout(30_000)
        context.on("console", self._listen)
        context.on("weberror", lambda error: self.troubles.append(str(error.error)))
        if person is not None:
            await person.enter(context)
        return await context.new_page()

    async def close(self) -> None:
        """Close all windows."""
        for context in self._contexts:
            await context.close()
        assert not self.troubles, "\n".join(self.troubles)

    def _listen(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.troubles.append(message.text)


def path_of(page: Page) -> str:
    """The path and query that the address bar shows."""
    parts = urlsplit(page.url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
