"""Run the GTK shell with a script beside it, in the process of the app: what no keyboard can ask.

`python inside.py NAME SERVER`: the script is the coroutine of that name; the exit status says whether it held.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from aios_shell.app import AiosShell
from aios_shell.core import back
from aios_shell.core.build import Build
from server import PASSWORD, USER

PATIENCE_S = 60
SIGN_IN = f"""(() => {{
  const form = document.querySelector('form[action="/sign-in"]');
  if (!form) return "no form";
  form.username.value = {json.dumps(USER)};
  form.password.value = {json.dumps(PASSWORD)};
  form.requestSubmit();
  return "sent";
}})()"""


class Scripted(AiosShell):
    """The app, with a script that ends it."""

    status = 1

    async def on_running(self) -> None:
        """Toga calls it when the window is there."""
        self.script = asyncio.create_task(self.go())

    async def go(self) -> None:
        """Run the script to its end."""
        try:
            await globals()[sys.argv[1]](self)
            Scripted.status = 0
        except BaseException:
            traceback.print_exc()
        self.exit()

    async def ask(self, expression: str) -> Any:
        """What the page says."""
        assert self.view is not None
        return await self.view.evaluate_javascript(expression)

    async def until(self, expression: str) -> Any:
        """Wait until the page says something true."""
        deadline = time.monotonic() + PATIENCE_S
        while not (answer := await self.ask(expression)) or answer in {"null", "undefined", "false"}:
            assert time.monotonic() < deadline, f"never: {expression}; at {self.view and self.view.url}"
            await asyncio.sleep(0.2)
        return answer

    async def signed_in(self) -> None:
        """Sign in, and wait for the copy."""
        await self.until('document.readyState !== "loading" && !!document.querySelector("form")')
        await self.ask(SIGN_IN)
        # A display without a window manager gives nobody the focus, with which pages ask how things stand.
        await self.until('dispatchEvent(new Event("focus")) && document.documentElement.dataset.offline === "ready"')

    def said(self) -> str:
        """The words of a screen of the shell."""
        return " ".join(
            " ".join(each.text.split()) for each in self.main_window.content.children if hasattr(each, "text")
        )


async def budget(app: Scripted) -> None:
    """The page keeps to the 6 MB that the shell says, with 9 MB of texts on the server, and says so on Storage."""
    await app.signed_in()
    app.shell.link("aios://storage")
    await app.until('location.pathname === "/storage" && /of 6 MB/.test(document.body.innerText)')
    used = float(await app.until("document.body.innerText.match(/([0-9.]+) MB of 6 MB/)?.[1]"))
    print("used", used)
    assert 2 < used < 6, used


async def killed(app: Scripted) -> None:
    """The page's process is killed; the shell opens the page again where it was."""
    await app.signed_in()
    app.shell.link("aios://planner")
    await app.until('location.pathname === "/planner" && document.readyState === "complete"')
    await app.ask("window.before = 1")
    lost = web_processes()
    assert lost
    for process in lost:
        os.kill(process, signal.SIGKILL)
    await asyncio.sleep(2)
    await app.until('location.pathname === "/planner" && window.before === undefined && document.title')


def web_processes() -> list[int]:
    """The processes of pages and workers: children of this one."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            _, name, rest = stat.read_text("utf-8").replace("(", ")").split(")", 2)
            if name.startswith("WebKitWebProces") and int(rest.split()[1]) == os.getpid():
                found.append(int(stat.parent.name))
    return found


async def unreachable(app: Scripted) -> None:
    """The first start without a server shows a screen of widgets, not the engine's error."""
    deadline = time.monotonic() + PATIENCE_S
    while app.main_window.content is app.view:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)
    assert "No connection" in app.said()
    assert "first time" in app.said()


async def pressing_back(app: Scripted) -> None:
    """Back goes back, closes what is open, and leaves from Home."""
    await app.signed_in()
    await app.until('location.pathname === "/"')
    left: list[int] = []
    app.leave = lambda: left.append(1)  # type: ignore[method-assign]  # the process shall stay
    await app.ask('document.querySelector("a[href=\\"/planner\\"]").click()')
    await app.until('location.pathname === "/planner"')
    await app.go_back()
    await app.until('location.pathname === "/"')
    assert not left
    await app.ask('document.body.insertAdjacentHTML("beforeend", "<div popover id=over>x</div>"); over.showPopover()')
    assert await app.ask(back.ASK) == "closed"
    assert await app.ask('String(document.querySelector(":popover-open"))') == "null"
    await app.go_back()
    assert left


async def elsewhere(app: Scripted) -> None:
    """A link to another site is opened outside, and the page stays."""
    opened: list[str] = []
    app.open_outside = opened.append  # type: ignore[method-assign]  # there is no browser on this display
    await app.until('document.readyState === "complete" && !!document.querySelector("form")')
    where = await app.ask("location.href")
    await app.ask('location.assign("https://elsewhere.example/page")')
    await app.ask(
        'const a = document.createElement("a"); a.href = "mailto:ines@example.org"; document.body.append(a); a.click()'
    )
    await app.ask(
        'const b = document.createElement("a"); b.href = "https://elsewhere.example/new"; b.target = "_blank"; '
        "document.body.append(b); b.click()"
    )
    deadline = time.monotonic() + PATIENCE_S
    while len(opened) < 2:
        assert time.monotonic() < deadline, opened
        await asyncio.sleep(0.2)
    assert set(opened) <= {"https://elsewhere.example/page", "mailto:ines@example.org", "https://elsewhere.example/new"}
    assert await app.ask("location.href") == where


if __name__ == "__main__":
    Scripted(Build.from_environment({"AIOS_SHELL_SERVER": sys.argv[2]})).main_loop()
    raise SystemExit(Scripted.status)
