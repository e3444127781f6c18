"""Light calls at a low, fixed rate while a server is busy with something heavy."""

from __future__ import annotations

import threading
import time
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Self

from benchmarks.errors import MeasurementError

if TYPE_CHECKING:
    from types import TracebackType

_EVERY_S = 0.03
_OK = 200


class Probe:
    """Asks `GET /api/auth/me` about 33 times a second on one connection, as long as the `with` block runs.

    Each wait is counted from the moment the call was due, so that a server that stands still for a while
    cannot hide it by delaying the next call.
    """

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._waits_ms: list[float] = []
        self._failure = ""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="probe", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join(10)

    def waits_ms(self) -> list[float]:
        """How long each call waited, in milliseconds. Raises MeasurementError when a call failed."""
        if self._failure or not self._waits_ms:
            message = f"The calls beside the load failed: {self._failure or 'none was answered'}."
            raise MeasurementError(message)
        return self._waits_ms

    def _run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=10)
        due = time.perf_counter()
        try:
            while not self._done.wait(max(due - time.perf_counter(), 0)):
                connection.request("GET", "/api/auth/me", headers={"Authorization": f"Bearer {self._token}"})
                response = connection.getresponse()
                response.read()
                if response.status != _OK:
                    self._failure = f"status {response.status}"
                    return
                self._waits_ms.append((time.perf_counter() - due) * 1000)
                due += _EVERY_S
        except (OSError, HTTPException) as error:
            self._failure = repr(error)
        finally:
            connection.close()
