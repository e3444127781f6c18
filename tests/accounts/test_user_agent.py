"""Names of devices."""

from __future__ import annotations

import pytest

from aios.accounts.user_agent import device_name

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
SAFARI = "Version/18.0 Mobile/15E148 Safari/604.1"
CHROME = "Chrome/142.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox on Android"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} {SAFARI}", "Safari on iPhone"),
        (f"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) {WEBKIT} CriOS/142.0 {SAFARI}", "Chrome on iPad"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} {CHROME} Edg/142.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} SamsungBrowser/28.0 {CHROME}", "Samsung Internet on Android"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} {CHROME}", "Chrome on Android"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        ("curl/8.5.0", "curl"),
        ("python-httpx/0.28", "python-httpx"),
        ("Mozilla/5.0", "Unknown device"),
        ("", "Unknown device"),
        ("<script>alert(1)</script>", "Unknown device"),
        ("x" * 5000, "x" * 40),
    ],
)
def test_a_device_has_a_short_name(user_agent, name):
    assert device_name(user_agent) == name
