"""Which network addresses a person's URL may lead to: those of the public internet, however they are written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
"""The last 32 bits are an IPv4 address (RFC 6052)."""
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
"""A translator of one network (RFC 8215)."""
_COMPATIBLE = IPv6Network("::/96")
"""IPv4-compatible addresses (RFC 4291, 2.5.5.1), with the unspecified address and loopback among them."""
_ASSIGNED = IPv4Network("192.0.0.0/24")
"""Kept for protocols (RFC 6890), two of them global; no calendar is there."""
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
    return _is_global(found)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address) and address in _ASSIGNED:
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
    number = int(address)
    if address in _NAT64 or (number >> 32 & 0xFFFFFFFF) in _ISATAP:
        return IPv4Address(number & 0xFFFFFFFF)
    return None
