"""Addresses behind proxies."""

from __future__ import annotations

import pytest

from aios.accounts.forwarded import client_address, hosts, limit_address, over_https
from aios.settings import Settings, SettingsError


def scope(peer: str | None = "10.0.0.2", scheme: str = "http", **headers: str | list[str]) -> dict:
    pairs = []
    for name, value in headers.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name.replace("_", "-").encode(), each.encode()) for each in values]
    return {"type": "http", "scheme": scheme, "client": (peer, 1) if peer is not None else None, "headers": pairs}


PROXIED = Settings(trusted_proxies=("10.0.0.0/8", "2001:db8::1", "192.0.2.7"))
PLAIN = Settings()


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # no proxy of ours: the header is worth nothing
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # the left part is the client's invention
        ("10.0.0.2", "198.51.100.1, 10.9.9.9, 192.0.2.7", "198.51.100.1"),
        ("10.0.0.2", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),  # several headers are one list
        ("10.0.0.2", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.2", "[2001:db8:5::9]:4711", "2001:db8:5::9"),
        ("10.0.0.2", "2001:db8:5::9", "2001:db8:5::9"),
        ("10.0.0.2", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("2001:db8::1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1, unknown", "10.0.0.2"),  # nothing left of what cannot be read counts
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        (None, "198.51.100.1", "unix"),
        ("", "198.51.100.1", "unix"),
        ("testclient", "198.51.100.1", "testclient"),
    ],
)
def test_the_address_is_the_right_most_that_is_no_proxy(peer, forwarded, expected):
    assert client_address(scope(peer, x_forwarded_for=forwarded), PROXIED) == expected


def test_without_trusted_proxies_it_is_the_peer():
    assert client_address(scope("10.0.0.2", x_forwarded_for="198.51.100.1"), PLAIN) == "10.0.0.2"


def test_a_unix_socket_can_be_trusted():
    settings = Settings(trusted_proxies=("unix",))
    assert client_address(scope(None, x_forwarded_for="198.51.100.1"), settings) == "198.51.100.1"


def test_a_wrong_entry_is_named():
    with pytest.raises(SettingsError, match=r"AIOS_TRUSTED_PROXIES: 'proxy\.local'"):
        client_address(scope(), Settings(trusted_proxies=("proxy.local",)))


@pytest.mark.parametrize(
    ("address", "counted"),
    [("198.51.100.1", "198.51.100.1"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("unix", "unix")],
)
def test_an_ipv6_household_is_one_address(address, counted):
    assert limit_address(address) == counted


def test_https_is_believed_from_the_connection_or_a_trusted_proxy_only():
    assert over_https(scope("203.0.113.5", "https"), PLAIN)
    assert not over_https(scope("203.0.113.5", x_forwarded_proto="https"), PROXIED)
    assert over_https(scope("10.0.0.2", x_forwarded_proto="https"), PROXIED)
    assert not over_https(scope("10.0.0.2", x_forwarded_proto="https, http"), PROXIED)


def test_hosts_are_ours_a_trusted_proxys_and_the_public_one():
    settings = Settings(trusted_proxies=("10.0.0.2",), public_url="https://aios.example/")
    given = {"host": "Inner:5000", "x_forwarded_host": "outer.example"}
    assert hosts(scope("10.0.0.2", **given), settings) == ["inner:5000", "outer.example", "aios.example"]
    assert hosts(scope("203.0.113.5", **given), PLAIN) == ["inner:5000"]
