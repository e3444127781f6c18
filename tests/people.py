"""People who use the API in tests: each has an account, a token and a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

PASSWORD = "a long quiet sentence"


class Person:
    """Signed in by bearer token."""

    def __init__(self, client: httpx.AsyncClient, token: str, user: dict[str, str]) -> None:
        self.client = client
        self.token = token
        self.id = user["id"]
        self.username = user["username"]

    async def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request with the token."""
        headers = {"authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        """Read."""
        return await self.request("GET", path, **more)

    async def post(self, path: str, body: Any, **more: Any) -> httpx.Response:
        """Create."""
        return await self.request("POST", path, json=body, **more)

    async def put(self, path: str, body: Any, **more: Any) -> httpx.Response:
        """Change."""
        return await self.request("PUT", path, json=body, **more)

    async def patch(self, path: str, body: Any, **more: Any) -> httpx.Response:
        """Change."""
        return await self.request("PATCH", path, json=body, **more)

    async def delete(self, path: str, **more: Any) -> httpx.Response:
        """Delete."""
        return await self.request("DELETE", path, **more)


if TYPE_CHECKING:
    People = Callable[[], Awaitable[Person]]
