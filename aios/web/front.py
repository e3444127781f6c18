"""The outermost layer, plain ASGI: who asks, is it allowed, is the answer known, and one line in the log.

It reads the session and the space's revision in one statement for each request, which makes sign-out real
at once and gives every answer its ETag. An answer given before is sent again as bytes while that revision
stands: the same list costs one look-up instead of a query (docs/architecture.md, "The hot path").
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Any

from aios.accounts.cookies import session_cookie
from aios.accounts.forwarded import header, over_https
from aios.accounts.session import SESSION
from aios.accounts.tokens import RENEW_AFTER_S
from aios.database import Statement
from aios.errors import AiosError, ForbiddenError, TooLargeError, UnauthenticatedError
from aios.port.receive import MOST_SENT
from aios.port.receive import PATH as IMPORT
from aios.port.source import TOO_LARGE as TOO_LARGE_FILE
from aios.records.clock import now_ms
from aios.records.sync.release import MOST_READ, PUSH
from aios.web.body import MOST_BODY, TOO_LARGE
from aios.web.errors import UNEXPECTED, for_program, problem
from aios.web.security import cross_site, security_headers

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

    from aios.accounts.identity import Identity, Kind
    from aios.accounts.service import Accounts
    from aios.accounts.tokens import Tokens
    from aios.database import Database
    from aios.records.create import Creator
    from aios.records.sync.events import Streams
    from aios.settings import Settings
    from aios.web.assets import Assets
    from aios.web.log import Log
    from aios.web.pages import Pages

MOST_BODIES = {PUSH: MOST_READ, IMPORT: MOST_SENT}
"""A push is read a little further, to name the mutation that is one too many (docs/sync.md); a file may be larger."""
CACHE_BYTES = 8_000_000
ASSETS = "/assets/"
BEARER = b"Bearer "
COOKIE = b"; aios_session="
ZONE = b"; zone="
PRIVATE = [(b"cache-control", b"private, no-cache"), (b"vary", b"HX-Request-Type, Cookie, Authorization")]
"""On every answer but hashed assets: a shared cache keeps nothing, a browser asks again each time."""


class Front:
    """Wraps the Litestar app."""

    def __init__(  # noqa: PLR0913  what it stands in front of, by name
        self,
        app: ASGIApp,
        *,
        database: Database,
        tokens: Tokens,
        accounts: Accounts,
        creator: Creator,
        streams: Streams,
        settings: Settings,
        assets: Assets,
        pages: Pages,
        log: Log,
    ) -> None:
        self.app = app
        self.answers = Answers(CACHE_BYTES)
        self._database = database
        self._tokens = tokens
        self._accounts = accounts
        self._creator = creator
        self._streams = streams
        self._settings = settings
        self._assets = assets
        self._pages = pages
        self.log = log
        self._headers = security_headers(settings)
        self._private = [*self._headers, *PRIVATE]
        self._prefix = os.urandom(4).hex()
        self._numbers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        plain: Any = scope
        if plain["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = self._headers if plain["path"].startswith(ASSETS) else self._private
        exchange = Exchange(scope, send, f"{self._prefix}-{next(self._numbers):x}", headers)
        try:
            await self._handle(exchange, receive)
        except AiosError as error:
            await self._refuse(exchange, error)
        except Exception as error:  # noqa: BLE001  the last line of defence: answer, and log where it happened
            self.log.failure(exchange.id, exchange.method, scope["path"], error)
            await self._refuse(exchange, AiosError(UNEXPECTED))
        finally:
            # A stream took as long as its first event did, not as long as somebody listened.
            answered = exchange.began or time.perf_counter()
            duration_ms = (answered - exchange.started) * 1000
            identity = exchange.scope.get("aios.identity")
            account = identity.account_id if identity is not None else ""
            self.log.request(exchange.id, exchange.method, scope["path"], exchange.status, duration_ms, account)

    def leave(self) -> None:
        """The server was told to stop: it is not ready for more."""
        self._streams.leaving = True

    def stop(self) -> None:
        """The server is stopping: end what would not end by itself."""
        self._streams.end_all()

    async def _handle(self, exchange: Exchange, receive: Receive) -> None:
        scope: Any = exchange.scope
        path: str = scope["path"]
        if path.startswith(ASSETS):
            await self._assets.handle(scope, receive, exchange.send)
            return
        exchange.read_headers()
        if exchange.method not in {"GET", "HEAD"}:
            if cross_site(scope, self._settings):
                message = "This request came from another site. Open the page here and try again."
                raise ForbiddenError(message)
            if exchange.length > MOST_BODIES.get(path, MOST_BODY):
                raise TooLargeError(TOO_LARGE_FILE if path == IMPORT else TOO_LARGE)
        identity = await self._identify(exchange)
        key = None
        if identity is not None and exchange.method in {"GET", "HEAD"}:
            key = (identity.account_id, identity.device_id, path, scope["query_string"], exchange.variant)
            known = self.answers.get(key, exchange.session)
            if known is not None:
                await exchange.repeat(known)
                return
        if identity is not None and exchange.method == "POST":
            found = self._creator.find(path)
            if found is not None:
                answer = await self._creator.create(found, identity, exchange.session, receive)
                await answer(scope, receive, exchange.send)
                return
        await self.app(scope, receive, exchange.send)
        if key is not None and scope.get("aios.cache") and exchange.status == HTTPStatus.OK:
            self.answers.put(key, exchange.session, exchange.answer(scope.get("aios.cache")))

    async def _refuse(self, exchange: Exchange, error: AiosError) -> None:
        """Remembered an error that arose before the app: to a person as a page, to a program as a problem."""
        accept = header(exchange.scope, b"accept")
        if for_program(exchange.scope["path"], accept):
            status, headers, body = problem(error)
        else:
            signed_in = "aios.identity" in exchange.scope
            body = self._pages.error_body(error, signed_in=signed_in)
            status, headers = error.status, {"content-type": "text/html; charset=utf-8", **error.headers}
        await exchange.refuse(status, headers, body)

    async def _identify(self, exchange: Exchange) -> Identity | None:
        """Who asks: a signed token whose device is still signed in. Leaves the reason where it is refused."""
        if not exchange.token:
            return None
        scope: Any = exchange.scope
        try:
            identity = self._tokens.read(exchange.token, exchange.kind)
        except UnauthenticatedError as error:
            scope["aios.refused"] = error.reason
            return None
        now = now_ms()
        rows = await self._database.fetch(Statement(SESSION, (identity.account_id, identity.device_id, now)))
        if not rows:
            scope["aios.refused"] = "revoked"
            return None
        scope["aios.identity"] = identity
        scope["aios.session"] = exchange.session = (rows[0][0], rows[0][1])
        self._accounts.touch(identity, now)
        if exchange.method == "GET" and identity.kind == "cookie" and now // 1000 - identity.issued_at >= RENEW_AFTER_S:
            await self._renew(exchange, identity, now)
        return identity

    async def _renew(self, exchange: Exchange, identity: Identity, now: int) -> None:
        """Let a session that is used slide on."""
        token = await self._accounts.renew(identity, now)
        if token:
            secure = self._settings.secure_cookies or over_https(exchange.scope, self._settings)
            exchange.add(b"set-cookie", session_cookie(token, secure=secure).to_header(header="").encode())


class Exchange:
    """One request and its answer on the way out."""

    __slots__ = (
        "_body", "_extra", "_head", "_none_match", "_own", "_send", "_start", "began", "id", "kind", "length", "method",
        "scope", "session", "started", "status", "token", "variant",
    )  # fmt: skip

    def __init__(self, scope: Scope, send: Send, request_id: str, extra: list[tuple[bytes, bytes]]) -> None:
        plain: Any = scope
        self.started = time.perf_counter()
        self.began = 0.0
        """When the first of several parts of the body was sent."""
        self.id = request_id
        self.method: str = plain["method"]
        self.scope: Any = plain
        self.status = 0
        self.length = 0
        self.token = ""
        self.kind: Kind = "bearer"
        """How the token came; one kind is not taken for the other."""
        self.variant = b""
        self.session: tuple[str, int] = ("", 0)
        self._send = send
        self._head = self.method == "HEAD"
        self._none_match = b""
        self._own = [(b"x-request-id", request_id.encode())]
        """Of this exchange alone; never kept with an answer."""
        self._extra = extra
        self._start: Any = None
        self._body = b""
        plain["aios.id"] = request_id
        if self._head:
            self.scope = {**plain, "method": "GET", "aios.head": True}

    def add(self, name: bytes, value: bytes) -> None:
        """Send one more header with this answer."""
        self._own.append((name, value))

    def read_headers(self) -> None:
        """Pick the few headers that decide what happens, in one pass."""
        cookie = authorization = b""
        for name, value in self.scope["headers"]:
            if name == b"authorization":
                authorization = value
            elif name == b"cookie":
                cookie += b"; " + value
            elif name == b"if-none-match":
                self._none_match = value
            elif name == b"hx-request-type":
                self.variant = value
            elif name == b"content-length" and value.isdigit():
                self.length = int(value)
        if authorization.startswith(BEARER):
            self.token, self.kind = authorization[len(BEARER) :].decode("latin-1"), "bearer"
        elif COOKIE in cookie:
            self.token, self.kind = cookie.partition(COOKIE)[2].partition(b";")[0].decode("latin-1"), "cookie"
            self.variant += b"|" + cookie.partition(ZONE)[2].partition(b";")[0]

    async def send(self, message: Message) -> None:
        """Add our headers to the start, keep what may be repeated, answer 304 and HEAD without a body."""
        plain: Any = message
        if plain["type"] == "http.response.start":
            self.status = plain["status"]
            given = plain.get("headers", ())
            more = self._extra
            if any(name == b"cache-control" for name, _ in given):
                more = [header for header in more if header[0] != b"cache-control"]
            plain["headers"] = [*given, *more, *self._own]
            self._start = plain
            return
        if self._start is not None:
            start, self._start = self._start, None
            if plain.get("more_body"):
                self.began = time.perf_counter()
            keep = self.scope.get("aios.cache")
            if keep:
                self._body = plain.get("body", b"")
                self._extra = start["headers"][: -len(self._own)]
            if self._matches(start["headers"]):
                self.status = 304
                start = _not_modified(start)
                plain = {"type": "http.response.body", "body": b""}
            await self._send(start)
        if self._head:
            plain = {**plain, "body": b""}
        await self._send(plain)

    def _matches(self, headers: list[tuple[bytes, bytes]]) -> bool:
        if not self._none_match or self.status != HTTPStatus.OK:
            return False
        return any(name == b"etag" and names(self._none_match, value) for name, value in headers)

    def answer(self, until: object) -> Remembered:
        """What was sent, to be sent again."""
        etag = next((value for name, value in self._extra if name == b"etag"), b"")
        return Remembered(self._extra, self._body, etag, until if isinstance(until, float) else 0.0)

    async def repeat(self, known: Remembered) -> None:
        """Send a known answer, or 304 when the client has it."""
        headers = [*known.headers, *self._own]
        self.status = 200
        start: Any = {"type": "http.response.start", "status": 200, "headers": headers}
        body = known.body
        if self._none_match and names(self._none_match, known.etag):
            self.status, body = 304, b""
            start = _not_modified(start)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": b"" if self._head else body, "more_body": False})

    async def refuse(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Remembered instead of the app. If an answer has begun, it can only be cut short."""
        if self.status and self._start is None:
            return
        self.status = status
        encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        encoded += [(b"content-length", str(len(body)).encode()), *self._extra, *self._own]
        await self._send({"type": "http.response.start", "status": self.status, "headers": encoded})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def names(if_none_match: bytes, etag: bytes) -> bool:
    """Whether `If-None-Match` names the tag, weakly (RFC 9110, 13.1.2): a proxy that compresses weakens tags."""
    return any(tag.strip().removeprefix(b"W/") == etag for tag in if_none_match.split(b","))


def _not_modified(start: Any) -> Any:  # noqa: ANN401  an ASGI message
    kept = [header for header in start["headers"] if header[0] not in {b"content-length", b"content-type"}]
    return {"type": "http.response.start", "status": 304, "headers": kept}


class Remembered:
    """Headers and body of an answer, its tag, and the time (monotonic seconds, 0 for ever) it holds until."""

    __slots__ = ("body", "etag", "headers", "until")

    def __init__(self, headers: list[tuple[bytes, bytes]], body: bytes, etag: bytes, until: float) -> None:
        self.headers = headers
        self.body = body
        self.etag = etag
        self.until = until


class Answers:
    """The least recently used answers are forgotten first; an answer of another revision is never given."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Any, tuple[tuple[str, int], Remembered]] = OrderedDict()

    def get(self, key: object, session: tuple[str, int]) -> Remembered | None:
        """The answer to `key` at this epoch and revision."""
        found = self._kept.get(key)
        if found is None or found[0] != session or (found[1].until and found[1].until < time.monotonic()):
            return None
        self._kept.move_to_end(key)
        return found[1]

    def put(self, key: object, session: tuple[str, int], answer: Remembered) -> None:
        """Keep an answer, unless it alone is a quarter of the whole."""
        if len(answer.body) > self._limit // 4:
            return
        before = self._kept.pop(key, None)
        if before is not None:
            self._size -= _weight(before[1])
        self._kept[key] = (session, answer)
        self._size += _weight(answer)
        while self._size > self._limit:
            self._size -= _weight(self._kept.popitem(last=False)[1][1])


def _weight(answer: Remembered) -> int:
    return len(answer.body) + 1_000
