"""One window for each profile: a second start hands its link to the first and ends."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FILE = "instance.json"


def hand_over(profile: Path, link: str) -> bool:
    """Give the link to the window that runs with this profile; False where none does."""
    try:
        known = json.loads((profile / _FILE).read_text("utf-8"))
        key = bytes.fromhex(known["key"])
        with Client(("127.0.0.1", int(known["port"])), authkey=key) as connection:
            connection.send_bytes(link.encode())
            return connection.recv_bytes() == b"shown"
    except (OSError, ValueError, KeyError, EOFError, AuthenticationError):
        return False


def listen(profile: Path, shown: Callable[[str], None]) -> None:
    """Become that window. `shown` hears each link, on a thread of its own; the key is in a file of this person's."""
    key = secrets.token_bytes(32)
    listener = Listener(("127.0.0.1", 0), authkey=key)
    file = profile / _FILE
    file.unlink(missing_ok=True)
    file.touch(0o600)
    file.write_text(json.dumps({"port": listener.address[1], "key": key.hex()}), "utf-8")
    threading.Thread(target=_serve, args=(listener, shown), daemon=True).start()


def _serve(listener: Listener, shown: Callable[[str], None]) -> None:
    while True:
        # Whoever does not know the key is turned away, and the next one served.
        with contextlib.suppress(OSError, EOFError, ValueError, AuthenticationError), listener.accept() as connection:
            link = connection.recv_bytes(64_000).decode()
            shown(link)
            connection.send_bytes(b"shown")
