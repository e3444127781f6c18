"""Rate limits, counted in the database, so that all processes share them.

An attempt is counted before its password is checked and given back when it was right: attempts that run
at the same time cannot slip through together. A refused attempt is not counted, so a count never passes
its limit and a window always ends.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from aios.accounts.forwarded import limit_address
from aios.database import Sql, Statement
from aios.errors import TooManyError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from aios.database import Steps
    from aios.settings import Rate

_COUNT = Sql(
    "INSERT INTO rate_count (key, count, resets_at) VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET "
    "count = CASE WHEN rate_count.resets_at > ? THEN rate_count.count + 1 ELSE 1 END, "
    "resets_at = CASE WHEN rate_count.resets_at > ? THEN rate_count.resets_at ELSE excluded.resets_at END "
    "RETURNING count, resets_at"
)
_GIVE_BACK = Sql("UPDATE rate_count SET count = count - 1 WHERE key = ? AND count > 0")
_SWEEP = Sql("DELETE FROM rate_count WHERE resets_at <= ?")


class Use(msgspec.Struct, frozen=True):
    """What is left of a limit, as the RateLimit header fields of the IETF HTTPAPI draft say it."""

    limit: int
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        """The header fields."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


def address_key(purpose: str, address: str) -> str:
    """The key of attempts from one address."""
    return f"{purpose}:address:{limit_address(address)}"[:64]


def name_key(purpose: str, username_key: str) -> str:
    """The key of attempts on one name, whether somebody has it or not, so that the limit does not tell."""
    return f"{purpose}:name:{hashlib.sha256(username_key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def device_key(purpose: str, device_id: str) -> str:
    """The key of attempts by one known device."""
    return f"{purpose}:device:{device_id}"


def admit(rate: Rate, keys: Sequence[str], now_ms: int) -> Steps[Use]:
    """Count one attempt under each of `keys`, always in the same order of kinds, so that no two wait for each other.

    Gives the tightest use. Raises TooManyError, with nothing counted, when one is used up.
    """
    tightest: Use | None = None
    for key in keys:
        ends = now_ms + rate.window_s * 1000
        rows = yield Statement(_COUNT, (key, ends, now_ms, now_ms))
        counted, resets_at = rows[0]
        use = Use(rate.count, max(0, rate.count - counted), -(-(resets_at - now_ms) // 1000))
        if counted > rate.count:
            raise _too_many(use)
        if tightest is None or use.remaining < tightest.remaining:
            tightest = use
    return tightest or Use(rate.count, rate.count, 0)


def give_back(keys: Sequence[str]) -> Steps[None]:
    """Take one attempt off each of `keys`: it was no failure."""
    for key in keys:
        yield Statement(_GIVE_BACK, (key,))


def sweep(now_ms: int) -> Steps[None]:
    """Forget windows that have ended."""
    yield Statement(_SWEEP, (now_ms,))


class Gate:
    """Lets at most `places` attempts of a key be under way in this process; the next one waits its turn.

    Without it, right passwords that arrive together would refuse each other, because each counts until
    it has proved to be right.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def passing(self, places: int, keys: Sequence[str]) -> AsyncGenerator[None, None]:
        """Hold one place of each of `keys`."""
        async with AsyncExitStack() as stack:
            for key in keys:
                await stack.enter_async_context(self._one(places, key))
            yield

    @asynccontextmanager
    async def _one(self, places: int, key: str) -> AsyncGenerator[None, None]:
        semaphore, users = self._waiting.get(key) or (asyncio.Semaphore(places), 0)
        self._waiting[key] = (semaphore, users + 1)
        try:
            async with semaphore:
                yield
        finally:
            semaphore, users = self._waiting.pop(key)
            if users > 1:
                self._waiting[key] = (semaphore, users - 1)


def _too_many(use: Use) -> TooManyError:
    minutes = -(-use.reset_s // 60)
    wait = f"{minutes} minutes" if minutes > 1 else "a minute"
    headers = {"Retry-After": str(use.reset_s), **use.headers()}
    return TooManyError(f"Too many attempts. Try again in {wait}.", headers=headers)
