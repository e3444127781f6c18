"""The epoch of a space names one order of its revisions; a restored backup begins another (docs/sync.md)."""

from __future__ import annotations

import secrets


def new_epoch(rev: int = 0) -> str:
    """A name that no other epoch has. It tells up to which revision the past is shared with the epoch before."""
    return f"{secrets.token_hex(4)}-{rev}" if rev else secrets.token_hex(4)


def began_at(epoch: str) -> int:
    """The revision that an epoch began with: what was restored, or 0."""
    rev = epoch.partition("-")[2]
    return int(rev) if rev.isdecimal() else 0
