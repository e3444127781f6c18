"""Where a request really comes from, when a proxy stands before the server.

X-Forwarded-* headers can be written by anybody, so they count only when the peer is a proxy that
AIOS_TRUSTED_PROXIES names.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any, TypeAlias

from aios.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aios.settings import Settings

Scope: TypeAlias = "Mapping[str, Any]"
IpAddress: TypeAlias = IPv4Address | IPv6Address
UNIX_PEER = "unix"
"""How a peer without an address (a Unix socket) is called, in AIOS_TRUSTED_PROXIES too."""


class Proxies:
    """The proxies that are believed."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        self._unix = UNIX_PEER in entries
        self._networks = [_network(entry) for entry in entries if entry != UNIX_PEER]

    def trust(self, address: str) -> bool:
        """Whether `address` is one of them."""
        if address == UNIX_PEER:
            return self._unix
        parsed = parse_address(address)
        return parsed is not None and any(parsed in network for network in self._networks)


@lru_cache(maxsize=16)
def proxies(entries: tuple[str, ...]) -> Proxies:
    """Parse `settings.trusted_proxies` once. Raises SettingsError for what is neither address nor network."""
    return Proxies(entries)


def client_address(scope: Scope, settings: Settings) -> str:
    """The address of the person's device, or `unix` where a Unix socket without a proxy header leads here.

    Behind trusted proxies it is the right-most entry of X-Forwarded-For that is not a trusted proxy: what
    stands further left was written by the client itself.
    """
    address = peer(scope)
    trusted = proxies(settings.trusted_proxies)
    if not trusted.trust(address):
        return address
    for entry in reversed(_entries(scope, b"x-forwarded-for")):
        parsed = parse_address(entry)
        if parsed is None:
            return address
        address = str(parsed)
        if not trusted.trust(address):
            return address
    return address


def limit_address(address: str) -> str:
    """What a rate limit counts as one address: an IPv6 household has a whole /64 (RFC 6177)."""
    parsed = parse_address(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, 64), strict=False))
    return address


def over_https(scope: Scope, settings: Settings) -> bool:
    """Whether the person's browser speaks https with us, or with a trusted proxy before us."""
    if scope.get("scheme") == "https":
        return True
    return _forwarded(scope, settings, b"x-forwarded-proto") == "https"


def hosts(scope: Scope, settings: Settings) -> list[str]:
    """The names (`host` or `host:port`, lower case) by which the person may have called this server."""
    given = (header(scope, b"host"), _forwarded(scope, settings, b"x-forwarded-host"))
    public = settings.public_url.partition("://")[2].partition("/")[0]
    return [host.lower() for host in (*given, public) if host]


def header(scope: Scope, name: bytes) -> str:
    """The first header `name` (lower case), or an empty string."""
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for key, value in headers if key == name), "")


def parse_address(text: str) -> IpAddress | None:
    """Read an address as proxies write it: with brackets, a port or a zone; IPv4 inside IPv6 becomes IPv4."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def peer(scope: Scope) -> str:
    """The address of who is connected to us: a person's device, or the proxy next to us."""
    client = scope.get("client")
    if not client or not client[0]:
        return UNIX_PEER
    parsed = parse_address(client[0])
    return client[0] if parsed is None else str(parsed)


def _forwarded(scope: Scope, settings: Settings, name: bytes) -> str:
    """The right-most value of a forwarding header: the one that the proxy next to us wrote."""
    if not settings.trusted_proxies or not proxies(settings.trusted_proxies).trust(peer(scope)):
        return ""
    entries = _entries(scope, name)
    return entries[-1].strip().lower() if entries else ""


def _entries(scope: Scope, name: bytes) -> list[str]:
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return [entry for value in values for entry in value.split(",") if entry.strip()]


def _network(entry: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(entry, strict=False)
    except ValueError as error:
        message = f"AIOS_TRUSTED_PROXIES: {entry!r} is neither an address (10.0.0.5), a network (10.0.0.0/8) nor unix."
        raise SettingsError(message) from error
