"""How `aios doctor` asks a running server by which way a request reached it; the server tells nobody else."""

from __future__ import annotations

import hmac

PATH = "/health/proxy"
HEADER = "x-aios-doctor"
VALID_S = 60


def pass_for(secret: str, now_s: int) -> str:
    """What lets the doctor ask at `now_s` (seconds), for a minute."""
    return f"{now_s}.{hmac.digest(secret.encode(), f'doctor {now_s}'.encode(), 'sha256').hex()}"


def may_ask(text: str, secret: str, now_s: int) -> bool:
    """Whether `text` is such a pass."""
    moment = text.partition(".")[0]
    if not moment.isdecimal() or len(moment) > 12 or abs(now_s - int(moment)) > VALID_S:  # noqa: PLR2004  digits of an instant
        return False
    return hmac.compare_digest(text.encode(), pass_for(secret, int(moment)).encode())
