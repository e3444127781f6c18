"""Static files, all under one path that names their content: `/assets/<hash of all files>/css/look.css`.

One hash for the whole tree keeps relative imports and `url()` right, and lets every answer be immutable. Bodies are
kept in memory, and compressed when first asked for; the gzip stamp is zero, so equal files give equal bytes.

Some files are generated (web/device.py) and name addresses of this tree themselves. So the hash covers what they are
made from instead of what they are, and they are made when they are first asked for.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import threading
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from litestar.types import Receive, Scope, Send

PREFIX = "/assets/"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_TEXT = "text/plain; charset=utf-8"
_COMPRESSED = frozenset({".png", ".woff2"})
_COMMENT = re.compile(rb"/\*.*?\*/\n?", re.DOTALL)
_SCRIPT_COMMENT = re.compile(
    rb"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n|^[ \t]*//[^\n]*\n|/\*\* @[^*\n]*\*/ ?", re.DOTALL | re.MULTILINE
)
"""Comments that have their lines for themselves, and types in JSDoc: a fifth of what a worker would load."""
Headers = list[tuple[bytes, bytes]]


class _Answer(msgspec.Struct, frozen=True):
    body: bytes
    etag: bytes
    headers: Headers


class Assets:
    """An ASGI handler for `GET` and `HEAD` of the files in `static_dir`, read when it is made.

    `more` are further files by name; `made_from` is whatever else decides what generated files hold.
    """

    def __init__(
        self, static_dir: Path, more: Mapping[str, bytes] | None = None, made_from: Mapping[str, bytes] | None = None
    ) -> None:
        paths = [path for path in sorted(static_dir.rglob("*")) if path.is_file() and not path.name.endswith(".d.ts")]
        files = {path.relative_to(static_dir).as_posix(): load(path) for path in paths} | dict(more or {})
        digest = hashlib.sha256()
        for name, body in [*files.items(), *(made_from or {}).items()]:
            digest.update(f"{name}\0{len(body)}\0".encode() + body)
        self.root = f"{PREFIX}{digest.hexdigest()[:16]}/"
        self._names = frozenset(files)
        self._plain = {self.root + name: _answer(name, body) for name, body in files.items()}
        self._gzip: dict[str, _Answer] = {}
        self._generated: dict[str, Callable[[], bytes]] = {}
        self._making = threading.RLock()  # a generated file may be made from others

    def generate(self, name: str, make: Callable[[], bytes]) -> None:
        """Answer the file `name` with what `make` gives, once and in a thread, when it is first asked for."""
        self._generated[self.root + name] = make

    def read(self, name: str) -> bytes:
        """The bytes of a file as they are served. Raises KeyError for one that is not there."""
        path = self.root + name
        if path in self._generated:
            self._make(path)
        return self._plain[path].body

    def names(self) -> list[str]:
        """The names of all files, generated ones too."""
        generated = [path.removeprefix(self.root) for path in self._generated]
        return sorted({*self._names, *generated})

    def url(self, path: str) -> str:
        """The address of a file, such as `css/look.css`. Raises KeyError for one that is not there."""
        if path not in self._names:
            raise KeyError(path)
        return self.root + path

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI hands it over
        """Answer one request: 200, 304 when the client's ETag is current, 404, or 405."""
        headers = dict(scope["headers"])
        path = str(scope["path"])
        accepts_gzip = b"gzip" in headers.get(b"accept-encoding", b"")
        if path in self._generated and path not in self._plain:
            await asyncio.to_thread(self._make, path)
        answer = self._plain.get(path)
        if answer is not None and accepts_gzip and "." + path.rpartition(".")[2] not in _COMPRESSED:
            answer = self._compressed(path, answer)
        method = str(dict(scope).get("method", "GET"))
        if answer is None:
            await _send(send, 404, _REFUSED, b"There is no such file. Load the page again.")
        elif method not in {"GET", "HEAD"}:
            await _send(send, 405, [*_REFUSED, (b"allow", b"GET, HEAD")], b"")
        elif answer.etag in headers.get(b"if-none-match", b""):
            await _send(send, 304, answer.headers, b"")
        else:
            length = (b"content-length", str(len(answer.body)).encode())
            await _send(send, 200, [*answer.headers, length], answer.body if method == "GET" else b"")

    def _make(self, path: str) -> None:
        with self._making:
            if path not in self._plain:
                self._plain[path] = _answer(path, self._generated[path]())

    def _compressed(self, path: str, answer: _Answer) -> _Answer:
        """The same, gzipped: once, when it is first asked for, since a start must not wait for what nobody reads."""
        found = self._gzip.get(path)
        if found is None:
            found = _answer(path, gzip.compress(answer.body, 9, mtime=0), encoding=b"gzip")
            self._gzip[path] = found
        return found


_REFUSED: Headers = [(b"content-type", _TEXT.encode()), (b"cache-control", b"no-store")]


def load(path: Path) -> bytes:
    """A file as it is served: styles and scripts without comments. Minified ones have none, and stay as they are."""
    body = path.read_bytes()
    if path.suffix == ".css":
        return _COMMENT.sub(b"", body)
    if path.suffix == ".js" and ".min." not in path.name:
        return _without_indents(_SCRIPT_COMMENT.sub(b"", body))
    return body


def _without_indents(script: bytes) -> bytes:
    """Lines without the spaces before them; unless a template literal goes over several lines, where they count."""
    lines = script.split(b"\n")
    if any(line.count(b"`") % 2 for line in lines):
        return script
    return b"\n".join(line.lstrip(b" ") for line in lines)


def _answer(name: str, body: bytes, encoding: bytes = b"") -> _Answer:
    etag = b'"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"'
    headers: Headers = [
        (b"content-type", _TYPES.get("." + name.rpartition(".")[2], _TEXT).encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"etag", etag),
        (b"vary", b"accept-encoding"),
    ]
    if encoding:
        headers.append((b"content-encoding", encoding))
    return _Answer(body, etag, headers)


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
