"""Which network addresses a person's URL may lead to: those of the public internet, however they are written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
"""The last 32 bits are an IPv4 address (RFC 6052)."""
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
"""A translator of one network (RFC 8215)."""
_COMPATIBLE = IPv6Network("::/96")
"""IPv4-compatible addresses (RFC 4291, 2.5.5.1), with the unspecified address and loopback among them."""
_PROTOCOLS = (
    IPv4Network("192.0.0.0/24"),  # RFC 6890
    IPv4Network("192.88.99.0/24"),  # relays of 6to4, given up (RFC 7526)
    IPv6Network("2001::/23"),  # RFC 2928; Teredo, which is in it, counts by the IPv4 address that it holds
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
)
"""Kept for protocols and examples. Some are global, to newer versions of Python at least; no calendar is there."""
_ISATAP = {0x00005EFE, 0x02005EFE}
"""The third quarter of an address whose last holds an IPv4 address (RFC 5214, 6.1)."""


def is_public(address: str) -> bool:
    """Whether an address, as a resolver gives it, is of the public internet, with the IPv4 address that it may hold."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _is_global(found)
    if "%" in address or found in _NAT64_LOCAL or found in _COMPATIBLE or found.is_site_local:
        return False
    inner = _embedded(found)
    if inner is not None:
        return _is_global(inner)
    number = int(found)
    if (number >> 32 & 0xFFFFFFFF) in _ISATAP and not _is_global(_last(number)):
        return False
    return _is_global(found)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    if any(address in network for network in _PROTOCOLS):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets to an IPv6 address end up at."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    return _last(int(address)) if address in _NAT64 else None


def _last(number: int) -> IPv4Address:
    return IPv4Address(number & 0xFFFFFFFF)
