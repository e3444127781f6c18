"""Which of many backups stay: the newest of each of the last days, weeks and months."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import msgspec

from aios.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PART = re.compile(r"(\d{1,4})([dwm])")
_PERIODS = {"d": "%Y-%m-%d", "w": "%G-%V", "m": "%Y-%m"}


class Retention(msgspec.Struct, frozen=True):
    """How many days, weeks and months keep one backup each."""

    d: int = 0
    w: int = 0
    m: int = 0

    @classmethod
    def parse(cls, text: str) -> Retention:
        """Read `7d,4w,6m`, or a part of it. Raises SettingsError."""
        parts = [_PART.fullmatch(part.strip()) for part in text.split(",")]
        found = {part.group(2): int(part.group(1)) for part in parts if part is not None}
        if None in parts or len(found) != len(parts) or not any(found.values()):
            message = f"{text!r} does not say which backups stay. Write it like 7d,4w,6m: days, weeks, months."
            raise SettingsError(message)
        return cls(**found)

    def kept(self, made: Iterable[int]) -> set[int]:
        """Those of the instants (ms) that stay; the newest always does."""
        newest_first = sorted(made, reverse=True)
        stays = set(newest_first[:1])
        for period, count in (("d", self.d), ("w", self.w), ("m", self.m)):
            seen: list[str] = []
            for each in newest_first:
                name = time.strftime(_PERIODS[period], time.gmtime(each / 1000))
                if name in seen or len(seen) == count:
                    continue
                seen.append(name)
                stays.add(each)
        return stays
