"""The local authority: good for this machine's names, renewed in time, and of no use for anybody else's."""

from __future__ import annotations

import ssl
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from aios import tls
from aios.tls import LEAF_DAYS, Certificate, ensure_certificate, local_names, qr_code

if TYPE_CHECKING:
    from pathlib import Path


def leaf(certificate: Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(certificate.chain.read_bytes())


def names(certificate: Certificate) -> set[str]:
    extension = leaf(certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return {str(name.value) for name in extension.value}


def test_it_covers_this_machine_for_at_most_397_days(tmp_path: Path) -> None:
    certificate = ensure_certificate(tmp_path / "tls")
    assert names(certificate) >= {"localhost", "127.0.0.1", "::1", *local_names()}
    life = leaf(certificate).not_valid_after_utc - leaf(certificate).not_valid_before_utc
    assert life <= timedelta(days=LEAF_DAYS)
    assert leaf(certificate).not_valid_after_utc > datetime.now(UTC) + timedelta(days=360)


def test_only_the_owner_reads_the_keys(tmp_path: Path) -> None:
    ensure_certificate(tmp_path / "tls")
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    for name in ("authority.key", "server.key"):
        assert stat.S_IMODE((tmp_path / "tls" / name).stat().st_mode) == 0o600


def test_it_is_kept_until_names_change_or_it_ends_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = leaf(ensure_certificate(tmp_path))
    assert leaf(ensure_certificate(tmp_path)) == first
    authority = (tmp_path / "authority.crt").read_bytes()

    monkeypatch.setattr(tls, "local_names", lambda: ["localhost", "192.168.7.7"])
    moved = ensure_certificate(tmp_path)
    assert names(moved) == {"localhost", "192.168.7.7"}

    monkeypatch.setattr(tls, "RENEW_BEFORE_DAYS", LEAF_DAYS + 1)
    assert leaf(ensure_certificate(tmp_path)) != first
    assert (tmp_path / "authority.crt").read_bytes() == authority  # people need not install it again


def test_a_certificate_of_a_lost_authority_is_replaced(tmp_path: Path) -> None:
    first = leaf(ensure_certificate(tmp_path))
    (tmp_path / "authority.key").unlink()
    certificate = ensure_certificate(tmp_path)
    assert leaf(certificate) != first
    leaf(certificate).verify_directly_issued_by(x509.load_der_x509_certificate(certificate.authority.read_bytes()))


@pytest.mark.parametrize(
    ("name", "trusted"), [("aios.local", True), ("10.1.2.3", True), ("bank.example", False), ("8.8.8.8", False)]
)
def test_it_vouches_for_this_network_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, trusted: bool
) -> None:
    """A thief of the key cannot make a certificate for somebody else's site that this authority's users accept."""
    monkeypatch.setattr(tls, "local_names", lambda: [name])
    certificate = ensure_certificate(tmp_path)
    authority = tmp_path / "authority.pem"
    authority.write_text(ssl.DER_cert_to_PEM_cert(certificate.authority.read_bytes()))
    done = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-CAfile", authority, certificate.chain],  # noqa: S607  wherever it is
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) is trusted, done.stderr
    if not trusted:
        assert "permitted subtree violation" in done.stderr


def test_the_code_is_drawn_for_a_terminal() -> None:
    drawn = qr_code("http://192.168.1.20:5000/dev/install")
    lines = drawn.splitlines()
    assert len({len(line) for line in lines if line}) == 1
    assert 10 < len(lines) < 30
    assert drawn != qr_code("http://192.168.1.21:5000/dev/install")
