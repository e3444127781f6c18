"""The files behind private addresses, kept as long as nothing changes: many ask for the same one again and again."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from aios.accounts.limits import Gate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MOST_BYTES = 20_000_000
"""Of all files that are kept by a process."""


class Kept:
    """The latest file of each account, those asked for last."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._size = 0
        self._gate = Gate()

    async def get(self, account_id: str, version: str, write: Callable[[], Awaitable[bytes]]) -> bytes:
        """The file of an account at this version, written where it is not there yet: once, however many ask."""
        async with self._gate.passing(1, [account_id]):
            known = self._files.get(account_id)
            if known is not None and known[0] == version:
                self._files.move_to_end(account_id)
                return known[1]
            body = await write()
            self._keep(account_id, version, body)
            return body

    def _keep(self, account_id: str, version: str, body: bytes) -> None:
        before = self._files.pop(account_id, ("", b""))
        self._files[account_id] = (version, body)
        self._size += len(body) - len(before[1])
        while self._size > MOST_BYTES:
            _, (_, dropped) = self._files.popitem(last=False)
            self._size -= len(dropped)
