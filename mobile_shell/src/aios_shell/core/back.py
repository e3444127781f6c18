"""Back: the page is asked first, because only it knows what is open on it."""

from __future__ import annotations

ASK = """(() => {
  const open = [...document.querySelectorAll("dialog[open], :popover-open")].pop();
  if (open) {
    if (open.matches(":popover-open")) open.hidePopover(); else open.close();
    return "closed";
  }
  if (["/", "/sign-in", "/welcome"].includes(location.pathname)) return "leave";
  const stack = window.navigation;
  if (stack ? stack.canGoBack : history.length > 1) { history.back(); return "back"; }
  location.assign("/");
  return "home";
})()"""
"""Close what lies on top; else go back; else Home; on Home leave the app.

htmx changes addresses by `pushState`, which `canGoBack()` of Android's WebView hears of late.
"""
LEAVE = "leave"
READY = 'document.documentElement.dataset.offline ?? ""'
"""`ready` once the worker answers pages by itself (docs/offline.md)."""


def leaves(answer: object) -> bool:
    """Whether the app goes to the background: the page says so, or there is none that could answer."""
    return answer is None or answer == LEAVE
