"""What the server sends and refuses so that other sites cannot act for a person."""

from __future__ import annotations

from typing import Any, TypeAlias
from urllib.parse import urlsplit

from aios.accounts.cookies import SESSION_COOKIE
from aios.accounts.forwarded import header, hosts, over_https
from aios.settings import Settings

Scope: TypeAlias = Any
Headers: TypeAlias = list[tuple[bytes, bytes]]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
SECURITY_HEADERS: Headers = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
HSTS = (b"strict-transport-security", b"max-age=31536000")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def security_headers(settings: Settings) -> Headers:
    """The header fields of every answer. Only a server whose public address is https promises to stay there."""
    return [*SECURITY_HEADERS, HSTS] if settings.public_url.startswith("https://") else list(SECURITY_HEADERS)


def cross_site(scope: Scope, settings: Settings) -> bool:
    """Whether a write may have been caused by another site, and must be refused.

    Other sites can make a browser send our cookie, but never an Authorization header without asking first
    (Fetch, "CORS-preflight fetch"), so a bearer token is proof enough. Otherwise the browser itself says where
    a request comes from: Sec-Fetch-Site where it sends that (to https and localhost), else Origin, else Referer.
    Without any of them it was no browser, and is refused only when it carries a session cookie.
    """
    if scope["method"] in SAFE_METHODS or header(scope, b"authorization").startswith("Bearer "):
        return False
    site = header(scope, b"sec-fetch-site")
    if site:
        # `none` is an address typed or a bookmark (Fetch Metadata, 2.3), which is never a write.
        return site != "same-origin"
    origin = header(scope, b"origin") or header(scope, b"referer")
    if origin:
        return not _own(origin, scope, settings)
    return _has_session(scope)


def _own(origin: str, scope: Scope, settings: Settings) -> bool:
    """Whether `origin`, a URL, is on one of the names of this server, and no less private than this request."""
    try:
        parts = urlsplit(origin.lower())
    except ValueError:
        return False
    if parts.scheme not in _DEFAULT_PORTS or (parts.scheme == "http" and over_https(scope, settings)):
        return False
    named = {_plain(host) for host in hosts(scope, settings)}
    return _plain(parts.netloc) in named


def _plain(host: str) -> str:
    """A host without the port that its scheme implies; proxies and browsers differ in writing it."""
    return host.removesuffix(_DEFAULT_PORTS["https"]).removesuffix(_DEFAULT_PORTS["http"])


def _has_session(scope: Scope) -> bool:
    cookies = "; ".join(value.decode("latin-1") for key, value in scope["headers"] if key == b"cookie")
    return any(pair.strip().startswith(f"{SESSION_COOKIE}=") for pair in cookies.split(";"))
