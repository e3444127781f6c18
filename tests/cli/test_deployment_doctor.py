"""`aios doctor` in production looks from outside: certificate, proxy, backups."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

import pytest

from tests.cli.commands import Command
from tests.cli.test_serve import free_port, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def findings(environment: dict[str, str], **more: str) -> dict[str, str]:
    done = Command({**environment, "AIOS_ENV": "production", **more})("doctor")
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    return {rest.strip().partition(":")[0]: f"{state} {rest.strip()}" for state, rest in lines}


@contextlib.contextmanager
def proxy(environment: dict[str, str], to: int, *, headers: bytes) -> Iterator[int]:
    """A proxy that speaks https with the certificate of our own authority, and adds `headers`."""
    import ssl  # noqa: PLC0415  here only
    from pathlib import Path  # noqa: PLC0415  as above

    from aios.tls import ensure_certificate  # noqa: PLC0415  as above

    certificate = ensure_certificate(Path(environment["AIOS_DATA_DIR"]) / "tls")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.key)
    port, loop, ready = free_port(), asyncio.new_event_loop(), threading.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        near, far = await asyncio.open_connection("127.0.0.1", to)
        far.write(asked[:-2] + b"Connection: close\r\n" + headers + b"\r\n")
        writer.write(await near.read())
        for each in (far, writer):
            each.close()
            with contextlib.suppress(OSError, ssl.SSLError):
                await each.wait_closed()

    async def serve() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", port, ssl=context)
        ready.set()
        async with server:
            await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(10)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def test_a_deployment_that_lacks_everything_is_told_so(environment: dict[str, str]) -> None:
    said = findings(environment)
    assert said["tls"].startswith("WRONG tls: AIOS_PUBLIC_URL is no https address")
    assert said["backups"].startswith("WRONG backups: Nothing makes any")
    unreached = findings(environment, AIOS_PUBLIC_URL=f"https://127.0.0.1:{free_port()}")
    assert "cannot be reached from here" in unreached["tls"]


def test_the_proxy_is_looked_at_from_outside(environment: dict[str, str], tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    for forwarded, trusted, wanted in (
        (b"X-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.7\r\n", "", "AIOS_TRUSTED_PROXIES=127.0.0.1"),
        (b"X-Forwarded-For: 203.0.113.7\r\n", "127.0.0.1", "Let it send X-Forwarded-Proto"),
        (b"X-Forwarded-Proto: https\r\n", "127.0.0.1", "Let it send X-Forwarded-For"),
        (b"X-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.7\r\n", "127.0.0.1", "ok proxy"),
    ):
        there = {**environment, "AIOS_ENV": "production", "AIOS_TRUSTED_PROXIES": trusted}
        with serving(there) as (_, url), proxy(there, int(url.rpartition(":")[2]), headers=forwarded) as port:
            public = f"https://127.0.0.1:{port}"
            if not authority.exists():
                assert "certificate that browsers refuse" in findings(there, AIOS_PUBLIC_URL=public)["tls"]
                import ssl  # noqa: PLC0415  here only

                der = (tmp_path / "tls" / "authority.crt").read_bytes()
                authority.write_text(ssl.DER_cert_to_PEM_cert(der))
            said = findings(there, AIOS_PUBLIC_URL=public, SSL_CERT_FILE=str(authority))
            assert said["tls"].startswith("ok tls: The certificate holds for")
            assert wanted in said["proxy"]


def test_the_age_of_the_last_backup_is_looked_at(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    there = {"AIOS_BACKUP_DIR": str(folder)}
    assert "There is none" in findings(environment, **there)["backups"]
    (folder / "aios-20260101T000000Z").mkdir(parents=True)
    assert "too long ago" in findings(environment, **there)["backups"]
    assert findings(environment, AIOS_BACKUP_EVERY="elsewhere")["backups"].startswith("ok")
