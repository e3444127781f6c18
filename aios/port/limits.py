"""How much is taken at once, and the error for what is too much (docs/import-export.md, "Limits")."""

from __future__ import annotations

from aios.errors import InvalidError

MOST_BYTES = 50_000_000
"""Of the file that is sent, and of all texts of a folder."""
MOST_ENTRIES = 10_000
MOST_OWN_ENTRIES = 200_000
"""Of our own export, of which only a few are read."""
MOST_EXPANSION = 100
"""How many times larger than the archive all that is read of it may be."""
MOST_UNPACKED = 500_000_000
MOST_TEXT = 20_000_000
"""Bytes of one text."""
MOST_JSON = 2_000_000
"""Bytes of one JSON object: what it holds takes up to thirty times as much memory."""
MOST_NAME = 1_000
"""Letters of the name of a file, with its folders."""
MOST_FOLDERS = 32
"""That a file stands in."""
MOST_DEPTH = 64
"""Of lists and objects inside each other, in YAML and JSON."""
MOST_FRONT_MATTER = 65_536


class RefusedError(InvalidError):
    """The source as a whole is not taken. `detail` says why."""


class UnreadableError(InvalidError):
    """One part of a source is not taken. `detail` says why."""
