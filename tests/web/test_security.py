"""Which writes are refused as another site's, and what every answer carries."""

from __future__ import annotations

import pytest

from aios.settings import Settings
from aios.web.security import cross_site, security_headers

HERE = "http://aios.test:5000"
THERE = "https://evil.example"
COOKIE = "theme=dark; aios_session=token"
PLAIN = Settings()


def scope(method="POST", scheme="http", peer="203.0.113.5", **headers):
    given = {"host": "aios.test:5000", **headers}
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()]
    return {"type": "http", "method": method, "scheme": scheme, "client": (peer, 1), "headers": pairs}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_is_open(method):
    assert not cross_site(scope(method, origin=THERE, cookie=COOKIE, sec_fetch_site="cross-site"), PLAIN)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"sec_fetch_site": "same-origin"}, False),
        ({"sec_fetch_site": "same-origin", "origin": THERE}, False),  # the browser's own word comes first
        ({"sec_fetch_site": "same-site"}, True),
        ({"sec_fetch_site": "cross-site"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "cross-site", "origin": HERE}, True),
        ({"origin": HERE}, False),
        ({"origin": HERE.upper()}, False),
        ({"origin": "http://aios.test"}, True),
        ({"origin": THERE}, True),
        ({"origin": "null"}, True),
        ({"origin": "http://aios.test:5000.evil.example"}, True),
        ({"origin": "http://evil.example/aios.test:5000"}, True),
        ({"origin": "http://aios.test:5000@evil.example"}, True),
        ({"origin": "http://[broken"}, True),
        ({"referer": f"{HERE}/notebook?tag=a"}, False),
        ({"referer": f"{THERE}/{HERE}"}, True),
        ({"origin": THERE, "referer": f"{HERE}/"}, True),
        ({}, True),
    ],
)
def test_a_write_with_a_cookie_must_come_from_here(method, headers, refused):
    assert cross_site(scope(method, cookie=COOKIE, **headers), PLAIN) is refused


@pytest.mark.parametrize("headers", [{}, {"cookie": "theme=dark"}, {"cookie": "xaios_session=1"}])
def test_a_program_without_a_session_needs_no_origin(headers):
    assert not cross_site(scope(**headers), PLAIN)


def test_a_form_elsewhere_cannot_sign_somebody_in():
    assert cross_site(scope(origin=THERE), PLAIN)
    assert cross_site(scope(sec_fetch_site="cross-site"), PLAIN)


def test_a_bearer_token_is_proof_enough_and_other_schemes_are_not():
    assert not cross_site(scope(authorization="Bearer token", cookie=COOKIE, origin=THERE), PLAIN)
    assert cross_site(scope(authorization="Basic bWFyYTp4", cookie=COOKIE, origin=THERE), PLAIN)


def test_the_public_address_counts_as_ours():
    settings = Settings(public_url="https://aios.example")
    assert not cross_site(scope(origin="https://aios.example", cookie=COOKIE), settings)
    assert not cross_site(scope(host="aios.example:443", origin="https://aios.example", cookie=COOKIE), PLAIN)
    assert cross_site(scope(origin="https://aios.example", cookie=COOKIE), PLAIN)


def test_a_forwarded_host_counts_from_a_trusted_proxy_only():
    headers = {"origin": "https://aios.example", "cookie": COOKIE, "x_forwarded_host": "aios.example"}
    settings = Settings(trusted_proxies=("10.0.0.1",))
    assert not cross_site(scope(peer="10.0.0.1", **headers), settings)
    assert cross_site(scope(peer="203.0.113.5", **headers), settings)
    assert cross_site(scope(peer="10.0.0.1", **headers), PLAIN)


def test_a_page_without_tls_cannot_write_to_one_with():
    assert cross_site(scope(scheme="https", origin=HERE, cookie=COOKIE), PLAIN)
    assert not cross_site(scope(scheme="https", origin="https://aios.test:5000", cookie=COOKIE), PLAIN)


def test_every_answer_is_strict():
    headers = dict(security_headers(PLAIN))
    policy = headers[b"content-security-policy"].decode()
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    wanted = {
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "script-src 'self'",
        "style-src 'self'",
    }
    assert wanted <= set(policy.split("; "))
    assert headers[b"referrer-policy"] == b"same-origin"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"strict-transport-security" not in headers


def test_only_a_public_https_address_promises_https():
    assert b"strict-transport-security" in dict(security_headers(Settings(public_url="https://aios.example")))
    assert b"strict-transport-security" not in dict(security_headers(Settings(env="production")))
