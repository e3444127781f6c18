from __future__ import annotations

import pytest
from aios_shell.core.address import AddressError, origin_of, parse_server


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        ("aios.example", "https://aios.example"),
        ("  https://AIOS.example/planner?x=1#y ", "https://aios.example"),
        ("https://aios.example:443", "https://aios.example"),
        ("aios.example:8443", "https://aios.example:8443"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
        ("http://[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_an_address_becomes_an_origin(typed, server):
    assert parse_server(typed) == server


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "http://aios.example",
        "http://192.168.1.4:5000",
        "http://localhost.evil.example",
        "ftp://aios.example",
        "javascript://aios.example/%0aalert(1)",
        "https://",
        "https://a b",
        "https://mara:secret@aios.example",
        "https://[::1",
        "aios.example:port",
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(typed):
    with pytest.raises(AddressError, match=r"[A-Z].*\."):
        parse_server(typed)


@pytest.mark.parametrize("url", ["", "about:blank", "data:text/html,x", "file:///etc/passwd", "https://[", "nothing"])
def test_what_is_no_web_address_has_no_origin(url):
    assert origin_of(url) == ""
