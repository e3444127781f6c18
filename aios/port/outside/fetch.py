"""One GET to another server: bounded in time and size, and never to an address that is not public.

The name is resolved once, every address it has is checked, and the connection goes to one of those, so a second
answer of the resolver cannot lead elsewhere. Each redirect is a new address, and passes the same checks.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

import h11
import idna

from aios import __version__
from aios.errors import AiosError
from aios.port.outside.addresses import is_public

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

MOST_BYTES = 10_000_000
MOST_S = 30.0
"""For everything: resolving, connecting, redirects, reading."""
MOST_REDIRECTS = 5
MOST_LETTERS = 2_000
"""Of an address."""
MOST_WIRE = 2 * MOST_BYTES
"""Bytes of an answer as they are sent, with heads and marks of chunks."""
MOST_PARTS = 200_000
"""Chunks of an answer; each costs more than its bytes."""
MOST_INTERIM = 10
"""Interim answers (RFC 9110, 15.2) before the real one."""
MOST_TAG = 200
"""Letters of an ETag or a Last-Modified that is kept."""
_PIECE = 4_096
"""Read at once; between two of them others get their turn."""
_BUFFER = 65_536
_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK, _NOT_MODIFIED = 200, 304
_SAFE = "/?#[]@!$&'()*+,;=:%-._~"
NOT_AN_ADDRESS = "Write an address that begins with https://, http:// or webcal://."
NOT_PUBLIC = "This address leads into a private network, where the server does not look."
WITH_NAME = "An address with a name and a password in it is not taken."
WRONG_PORT = "The server does not look at this port."
UNKNOWN_HOST = "There is no server of this name, or the name service does not answer."
UNREACHABLE = "The other server does not answer."
NOT_SAFE = "The other server does not prove who it is: its certificate is not valid."
TOO_SLOW = f"The other server took more than {MOST_S:.0f} seconds."
TOO_LARGE = f"What is there is larger than {MOST_BYTES // 1_000_000} MB."
NO_HTTP = "The other server gave an answer that cannot be read."
TOO_MANY_REDIRECTS = "The other server sends from address to address without an end."
LESS_SAFE = "The other server leads from https to http, which others could read along."


class OutsideError(AiosError):
    """Nothing came from there. `detail` says why, to the person who gave the address."""


class Answer(NamedTuple):
    """What the other server gave. `body` is None where nothing is new."""

    body: bytes | None
    kind: str
    """Its media type, without parameters."""
    etag: str
    modified: str
    """Its ETag and Last-Modified, to send with the next request."""


class Outside:
    """Reads from outside. `allowed` says of an address whether it may be connected to."""

    def __init__(self, allowed: Callable[[str], bool] = is_public, *, most_s: float = MOST_S) -> None:
        self._allowed = allowed
        self._most_s = most_s
        self._context: ssl.SSLContext | None = None

    async def get(self, url: str, *, etag: str = "", modified: str = "") -> Answer:
        """Fetch what is at `url`. Raises OutsideError."""
        etag, modified = _tag(etag), _tag(modified)
        headers = [("If-None-Match", etag)] if etag else [("If-Modified-Since", modified)] if modified else []
        try:
            async with asyncio.timeout(self._most_s):
                for _ in range(MOST_REDIRECTS + 1):
                    parts = check(url)
                    found = await self._ask(parts, headers)
                    if isinstance(found, Answer):
                        return found
                    url = _onwards(parts, found)
        except TimeoutError as error:
            raise OutsideError(TOO_SLOW) from error
        raise OutsideError(TOO_MANY_REDIRECTS)

    async def _ask(self, parts: SplitResult, headers: list[tuple[str, str]]) -> Answer | str:
        """One request. Gives where it leads on to, where it does. Raises OutsideError."""
        reader, writer = await self._connect(parts)
        try:
            return await _Exchange(reader, writer).get(parts, headers)
        except (h11.ProtocolError, UnicodeError, zlib.error) as error:
            raise OutsideError(NO_HTTP) from error
        except OSError as error:
            raise OutsideError(UNREACHABLE) from error
        finally:
            writer.transport.abort()

    async def _connect(self, parts: SplitResult) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        addresses = await self._resolve(host, port)
        secure = {"ssl": await self._trust(), "server_hostname": host} if parts.scheme == "https" else {}
        problem = UNREACHABLE
        for address in addresses:
            try:
                return await asyncio.open_connection(address, port, limit=_BUFFER, **secure)  # type: ignore[arg-type]
            except ssl.SSLError:
                problem = NOT_SAFE
            except OSError:
                continue
        raise OutsideError(problem)

    async def _trust(self) -> ssl.SSLContext:
        """Whose certificates are believed: read once, which takes a while, and not by the loop."""
        if self._context is None:
            self._context = await asyncio.to_thread(ssl.create_default_context)
        return self._context

    async def _resolve(self, host: str, port: int) -> list[str]:
        """The addresses of a host, once and for all. One that is not public refuses them all."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise OutsideError(UNKNOWN_HOST) from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if not all(self._allowed(address) for address in addresses):
            raise OutsideError(NOT_PUBLIC)
        return addresses


def check(url: str) -> SplitResult:
    """An address in its parts, as far as it can be judged without asking anybody. Raises OutsideError."""
    plain = url.strip()
    if plain[:9].lower() == "webcal://":  # how calendars are linked; it means either, and almost always https
        plain = f"https://{plain[9:]}"
    elif plain[:10].lower() == "webcals://":
        plain = f"https://{plain[10:]}"
    if len(plain) > MOST_LETTERS:
        raise OutsideError(NOT_AN_ADDRESS)
    try:
        plain = quote(_named(plain), safe=_SAFE)
        parts = urlsplit(plain)
        port = parts.port
    except ValueError as error:
        raise OutsideError(NOT_AN_ADDRESS) from error
    if parts.scheme not in _PORTS or not parts.hostname or len(plain) > MOST_LETTERS:
        raise OutsideError(NOT_AN_ADDRESS)
    if "@" in parts.netloc:
        raise OutsideError(WITH_NAME)
    if port is not None and port not in _PORTS.values() and port < _FIRST_FREE_PORT:
        raise OutsideError(WRONG_PORT)
    return parts


def _named(url: str) -> str:
    """The address with its host as name services know it (IDNA, UTS 46). Raises ValueError."""
    parts = urlsplit(url)
    if parts.netloc.isascii() or "@" in parts.netloc:
        return url
    host = idna.encode(parts.hostname or "", uts46=True).decode()
    return parts._replace(netloc=host if parts.port is None else f"{host}:{parts.port}").geturl()


def _onwards(parts: SplitResult, location: str) -> str:
    """Where a redirect leads. Raises OutsideError."""
    try:
        url = urljoin(parts.geturl(), location)
        scheme = urlsplit(url).scheme.lower()
    except ValueError as error:
        raise OutsideError(NO_HTTP) from error
    if parts.scheme == "https" and scheme == "http":
        raise OutsideError(LESS_SAFE)
    return url


def _tag(given: str) -> str:
    """An ETag or a date that can be sent back; "" for one that cannot, which then does not count."""
    return given if len(given) <= MOST_TAG and given.isascii() and given.isprintable() else ""


class _Exchange:
    """A request and its answer on a connection of its own."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT)
        self._wire = 0
        self._parts = 0

    async def get(self, parts: SplitResult, headers: list[tuple[str, str]]) -> Answer | str:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        request = h11.Request(
            method="GET",
            target=target,
            headers=[
                ("Host", parts.netloc),
                ("User-Agent", f"AIOS/{__version__}"),
                ("Accept", "text/calendar, */*;q=0.1"),
                ("Accept-Encoding", "gzip, identity;q=0.5"),
                ("Connection", "close"),
                *headers,
            ],
        )
        self._writer.write(self._http.send(request) or b"")
        self._writer.write(self._http.send(h11.EndOfMessage()) or b"")
        await self._writer.drain()
        response = await self._next()
        for _ in range(MOST_INTERIM):
            if not isinstance(response, h11.InformationalResponse):
                break
            response = await self._next()
        if not isinstance(response, h11.Response):
            raise OutsideError(NO_HTTP)
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
        if response.status_code in _REDIRECTS and "location" in given:
            # Some write letters beyond ASCII as they are, and then in UTF-8.
            return given["location"].encode("latin-1").decode("utf-8", "replace")
        if response.status_code == _NOT_MODIFIED:
            return Answer(None, "", "", "")
        if response.status_code != _OK:
            raise OutsideError(_refused(response.status_code))
        body = await self._body(given.get("content-encoding", "").lower())
        kind = given.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(body, kind, _tag(given.get("etag", "")), _tag(given.get("last-modified", "")))

    async def _body(self, encoding: str) -> bytes:
        """All of it; what is packed is unpacked while it is read, so that it is stopped while it grows."""
        unpack = zlib.decompressobj(wbits=47) if encoding in {"gzip", "x-gzip", "deflate"} else None
        body = bytearray()
        while isinstance(event := await self._next(), h11.Data):
            data = bytes(event.data)
            body += unpack.decompress(data, MOST_BYTES + 1 - len(body)) if unpack else data
            self._parts += 1
            if len(body) > MOST_BYTES or self._parts > MOST_PARTS:
                raise OutsideError(TOO_LARGE)
            if unpack is not None and unpack.eof:
                break
        return bytes(body)

    async def _next(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            # A reader that has something gives it at once, so that a quick server would never let others run.
            await asyncio.sleep(0)
            data = await self._reader.read(_PIECE)
            self._wire += len(data)
            if self._wire > MOST_WIRE:
                raise OutsideError(TOO_LARGE)
            self._http.receive_data(data)
        return event


def _refused(status: int) -> str:
    said = {
        401: "It wants a name and a password.",
        403: "It does not let us read this.",
        404: "There is nothing at this address.",
        410: "There is nothing at this address any more.",
        429: "We asked too often.",
    }.get(status, "Try again later." if status >= 500 else "")  # noqa: PLR2004  an error of theirs
    return f"The other server answered {status}. {said}".rstrip()
