"""The error tree, mapped once: problem+json for programs, a page for people."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from aios.accounts.identity import own
from aios.errors import (
    AiosError,
    InvalidError,
    MethodNotAllowedError,
    NotFoundError,
    TooLargeError,
    UnauthenticatedError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PROBLEM = "application/problem+json"
PROGRAM_PATHS = ("/api/", "/schema/", "/health/", "/status")
UNEXPECTED = "Something went wrong on the server. Nothing you typed was kept; go back and try again."
_encode = msgspec.json.Encoder().encode


def problem(error: AiosError) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an error as problem+json (RFC 9457); `message` repeats `detail` for old clients."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
        "message": error.detail,
        "code": getattr(error, "reason", error.code),
    }
    if isinstance(error, InvalidError):
        body["errors"] = [{"field": each.field, "message": each.message} for each in error.errors]
    body |= error.members
    return error.status, {"content-type": PROBLEM, **error.headers}, _encode(body)


def for_program(path: str, accept: str) -> bool:
    """Whether a program asked: by its path, or because it does not accept HTML."""
    return path.startswith(PROGRAM_PATHS) or "text/html" not in accept


def on_error(request: Request[Any, Any, Any], error: AiosError) -> Response[bytes]:
    """Answer an error of our own tree."""
    if isinstance(error, UnauthenticatedError) and error.reason == "missing":
        error.reason = str(own(request).get("aios.refused", "missing"))
    if for_program(request.url.path, request.headers.get("accept", "")):
        status, headers, body = problem(error)
        kind = headers.pop("content-type")
        return Response(body, status_code=status, media_type=kind, headers=headers)
    if isinstance(error, UnauthenticatedError):
        return Response(b"", status_code=303, headers={"Location": f"/sign-in?next={_wanted(request)}"})
    pages = request.app.state.pages
    answer: Response[bytes] = pages.error(request, error)
    return answer


def _wanted(request: Request[Any, Any, Any]) -> str:
    """Where a person wanted to go, encoded for a query: an address may hold anything, line ends included."""
    if request.method != "GET":
        return quote("/", safe="")
    query = request.scope["query_string"].decode("latin-1")
    return quote(quote(request.url.path) + (f"?{query}" if query else ""), safe="")


def _allowed(request: Request[Any, Any, Any]) -> str:
    """The methods of the address (RFC 9110, 15.5.6), which Litestar knows and does not say."""
    methods: set[str] = set()
    for route in request.app.routes:
        if re.fullmatch(re.sub(r"\{\w+:str\}", "[^/]+", route.path), request.url.path.rstrip("/") or "/"):
            methods |= {str(method) for method in getattr(route, "methods", ())}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def translate(request: Request[Any, Any, Any], error: HTTPException) -> AiosError:
    """Litestar's own errors (no route, wrong method, body too large, malformed) as ours."""
    status = error.status_code
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError("There is nothing at this address.")
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return TooLargeError("The body is larger than 1 MB. Send less at a time.")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowedError("This address does not take that method.", allow=_allowed(request))
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return InvalidError(str(error.detail) or "The request cannot be read.")
    return AiosError(UNEXPECTED)


def _on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    return on_error(request, translate(request, error))


def _on_anything(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    log = request.app.state.log
    log.failure(str(own(request).get("aios.id", "")), request.method, request.url.path, error)
    return on_error(request, AiosError(UNEXPECTED))


exception_handlers: dict[int | type[Exception], Callable[..., Any]] = {
    AiosError: on_error,
    HTTPException: _on_http,
    Exception: _on_anything,
}
