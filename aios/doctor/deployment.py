"""What only matters on a server that others reach: TLS, the proxy before it, and backups. Looked at in production."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aios.backup.schedule import made
from aios.doctor.asking import HEADER, PATH, pass_for
from aios.doctor.finding import Finding
from aios.records.clock import now_ms, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.settings import Settings

TIMEOUT_S = 5
LEAST_DAYS = 14
_DAY_S = 86_400


def deployment(settings: Settings) -> Iterator[Finding]:
    """Look at it from outside, as a person's browser would."""
    if not settings.production:
        return
    yield from _public(settings)
    yield _backups(settings)


def _public(settings: Settings) -> Iterator[Finding]:
    if not settings.public_url.startswith("https://"):
        sentence = (
            "AIOS_PUBLIC_URL is no https address. Set it to the one that people use, such as https://aios.example"
        )
        yield Finding("tls", well=False, sentence=sentence)
        return
    parts = urlsplit(settings.public_url)
    connection = http.client.HTTPSConnection(
        parts.hostname or "", parts.port, timeout=TIMEOUT_S, context=ssl.create_default_context()
    )
    try:
        connection.connect()
        certificate: Any = connection.sock.getpeercert()
        connection.request("GET", PATH, headers={HEADER: pass_for(settings.jwt_secret, int(time.time()))})
        answer = connection.getresponse()
        body = answer.read()
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or error.reason
        sentence = f"{settings.public_url} has a certificate that browsers refuse: {reason}. Get another one."
        yield Finding("tls", well=False, sentence=sentence)
        return
    except (OSError, http.client.HTTPException) as error:
        sentence = f"{settings.public_url} cannot be reached from here: {error}. Look at name, proxy and server."
        yield Finding("tls", well=False, sentence=sentence)
        return
    finally:
        connection.close()
    yield _certificate(certificate)
    yield _proxy(settings, answer.status, body)


def _certificate(certificate: dict[str, Any]) -> Finding:
    left = (ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) / _DAY_S
    sentence = f"The certificate holds for {left:.0f} more days."
    if left < LEAST_DAYS:
        sentence += " Look why it was not renewed."
    return Finding("tls", left >= LEAST_DAYS, sentence)


def _proxy(settings: Settings, status: int, body: bytes) -> Finding:
    try:
        said: dict[str, Any] = json.loads(body)
        https, host, peer, trusted = said["https"], said["host"], said["peer"], said["trusted"]
    except (ValueError, KeyError, TypeError):
        sentence = f"{settings.public_url}{PATH} answers {status}, but not as this server does. Is it this one?"
        return Finding("proxy", well=False, sentence=sentence)
    wanted = urlsplit(settings.public_url).netloc.lower()
    if not trusted and not said["direct"]:
        sentence = f"Requests come through {peer}, which is not believed. Set AIOS_TRUSTED_PROXIES={peer}"
        return Finding("proxy", well=False, sentence=sentence)
    if not https:
        sentence = f"The proxy {peer} does not say that people use https. Let it send X-Forwarded-Proto."
        return Finding("proxy", well=False, sentence=sentence)
    if host != wanted:
        sentence = f"The server is called {host} instead of {wanted}. Let the proxy pass Host on."
        return Finding("proxy", well=False, sentence=sentence)
    if trusted and said["address"] == peer:
        sentence = f"The proxy {peer} does not say who asks, so all share one limit. Let it send X-Forwarded-For."
        return Finding("proxy", well=False, sentence=sentence)
    return Finding("proxy", well=True, sentence="The server sees who asks, and that they use https.")


def _backups(settings: Settings) -> Finding:
    if not settings.backup_every.count:
        return Finding("backups", well=True, sentence="They are made elsewhere, says AIOS_BACKUP_EVERY.")
    if settings.backup_dir is None:
        sentence = "Nothing makes any. Set AIOS_BACKUP_DIR, or AIOS_BACKUP_EVERY=elsewhere if something else does."
        return Finding("backups", well=False, sentence=sentence)
    newest = max(made(settings.backup_dir), default=None)
    if newest is None:
        sentence = f"There is none in {settings.backup_dir} yet. Look at the job backup.make below."
        return Finding("backups", well=False, sentence=sentence)
    late = now_ms() - newest > 2 * settings.backup_every.window_s * 1000
    sentence = f"The last one was made at {to_wire(newest)}."
    return Finding("backups", not late, sentence + (" That is too long ago. Look at the log." if late else ""))
