"""The address of a server, as a build fixes it or a person types it."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_DEFAULT_PORTS = {"https": 443, "http": 80}


class AddressError(ValueError):
    """An address that cannot be used; the message is a sentence for the person who typed it."""


def parse_server(text: str) -> str:
    """Give the origin that `text` names, such as `https://aios.example` for `aios.example/planner`.

    Without a scheme it is https; http is taken for this very device only, since both Android and iOS refuse
    cleartext to anywhere else, and no browser runs a service worker over it. Raises AddressError.
    """
    text = text.strip()
    if not text:
        message = "Type the address of your AIOS server, such as aios.example."
        raise AddressError(message)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        message = "This is not an address. It should look like aios.example."
        raise AddressError(message) from error
    if parts.scheme not in _DEFAULT_PORTS or not host or " " in host:
        message = "This is not an address of a website. It should look like aios.example."
        raise AddressError(message)
    if parts.username is not None:
        message = "Leave out the name and the password: AIOS asks for them on its own page."
        raise AddressError(message)
    if parts.scheme == "http" and host not in LOOPBACK:
        message = "The address must begin with https, or nothing works without a network and others can read along."
        raise AddressError(message)
    return origin_of(text if "://" in text else f"https://{text}")


def origin_of(url: str) -> str:
    """Scheme, host and port as browsers compare them (RFC 6454, section 4); empty where there is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, _DEFAULT_PORTS[parts.scheme]} else "")
