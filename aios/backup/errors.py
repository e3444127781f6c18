"""What can go wrong with a backup."""

from __future__ import annotations

from aios.errors import AiosError


class BackupError(AiosError):
    """A backup cannot be made, read or restored; what was there before is as it was."""

    code = "backup"
