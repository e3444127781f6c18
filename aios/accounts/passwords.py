"""Password hashes: argon2id with the first parameters that OWASP recommends (19 MiB, two passes, one lane).

A hash costs about 20 ms and 19 MiB, so two threads of their own make them: pages and other calls go on
meanwhile, and a wave of sign-ins cannot use up the memory.
"""

from __future__ import annotations

import asyncio
import base64
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from aios.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
THREADS = 2
MOST_WAITING = 500
"""About five seconds of work; whoever comes later is asked to try again instead of waiting longer."""


class Passwords:
    """Hashes and checks passwords away from the event loop. Never call it inside a transaction."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, hash_len=32, salt_len=16
        )
        self._nobody = _hash_of_nothing()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="aios-password")
        self._waiting = 0

    async def hash_password(self, password: str) -> str:
        """The hash to keep for `password`, with its parameters and salt inside."""
        return await self._run(lambda: self._hasher.hash(_prepare(password)))

    async def verify(self, hashed: str, password: str) -> bool:
        """Whether `password` is the one that `hashed` was made from."""
        return await self._run(lambda: self._matches(hashed, password))

    async def verify_nothing(self, password: str) -> None:
        """Take as long as `verify` does: for names that nobody has, so that time does not tell them apart."""
        await self._run(lambda: self._matches(self._nobody, password))

    def outdated(self, hashed: str) -> bool:
        """Whether `hashed` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def close(self) -> None:
        """End the threads once they have finished what is under way."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            message = "Too many people are signing in at once. Try again in a moment."
            raise UnavailableError(message)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, _prepare(password))
        except (VerificationError, InvalidHashError):
            return False


def _prepare(password: str) -> bytes:
    """NFC, since keyboards compose accents differently (RFC 8265, 4.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _hash_of_nothing() -> str:
    """A well-formed hash with today's parameters that no password has."""
    salt, digest = (base64.b64encode(bytes(size)).rstrip(b"=").decode("ascii") for size in (16, 32))
    return f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${digest}"
