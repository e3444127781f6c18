"""Pages of the window itself, while there is none of a server: plain HTML, in the system's theme."""

from __future__ import annotations

from html import escape

_STYLE = """
:root {
  color-scheme: dark light;
  --ground: #0A0E1A; --text: #E6EDF7; --quiet: #9AA7BD; --line: #2A3550; --accent: #00D9FF; --ink: #04121A;
}
@media (prefers-color-scheme: light) {
  :root { --ground: #F3F5FA; --text: #121A2B; --quiet: #51607A; --line: #C3CDDF; --accent: #00657A; --ink: #FFFFFF }
}
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 26rem; margin: 12vh auto 0; padding: 0 24px; display: grid; gap: 16px }
h1 { font-size: 1.6rem; margin: 0 } p { margin: 0; color: var(--quiet) } [role=alert] { color: var(--text) }
input, button { font: inherit; min-height: 48px; border-radius: 12px; border: 1px solid var(--line); padding: 0 16px;
  background: transparent; color: inherit }
button.first { background: var(--accent); border-color: var(--accent); color: var(--ink); font-weight: 600 }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
"""


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)} · AIOS</title>'
        f"<style>{_STYLE}</style><main><h1>{escape(title)}</h1>{body}</main>"
    )


def address_page(typed: str, error: str, *, here: bool) -> str:
    """Ask for a server, and offer to start one on this computer."""
    wrong = f'<p role="alert" id="error">{escape(error)}</p>' if error else ""
    own = (
        "<p>Or keep everything on this computer alone. No other device sees it.</p>"
        '<button type="button" onclick="pywebview.api.here()">Use this computer</button>'
        if here
        else ""
    )
    return _page(
        "Your server",
        "<p>AIOS runs on a server of your own. Type its address once.</p>"
        '<form style="display:contents" onsubmit="event.preventDefault(); pywebview.api.choose(address.value)">'
        '<label for="address">Address</label>'
        f'<input id="address" autofocus placeholder="aios.example" value="{escape(typed)}">'
        f'{wrong}<button class="first">Connect</button></form>{own}',
    )


def unreachable_page(server: str, reason: str, *, change: bool) -> str:
    """Say that the server does not answer."""
    other = '<button type="button" onclick="pywebview.api.change()">Another server</button>' if change else ""
    return _page(
        "No connection",
        f"<p>{escape(server)}</p><p>{escape(reason)}</p>"
        f'<button class="first" type="button" autofocus onclick="pywebview.api.retry()">Try again</button>{other}',
    )
