"""A local certificate authority, so that a phone on the same network gets https: without it, no service worker.

The authority's name constraints (RFC 5280, 4.2.1.10) limit it to this network: whoever trusts it trusts it for
private addresses and `.local` names only, even if its key were stolen.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, Response, get

from aios.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

AUTHORITY_DAYS = 3_650
LEAF_DAYS = 397
"""The longest that browsers accept."""
RENEW_BEFORE_DAYS = 30
PORT_OFFSET = 443
"""https listens on PORT + 443: 5443 beside 5000."""
_PRIVATE = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)


class Certificate(msgspec.Struct, frozen=True):
    """Files that an https listener needs."""

    chain: Path
    key: Path
    authority: Path
    """What people install, DER."""


def ensure_certificate(folder: Path) -> Certificate:
    """Give the certificate for this machine's names and addresses, making or renewing what is missing or outdated."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate = Certificate(folder / "server.pem", folder / "server.key", folder / "authority.crt")
    authority, key = _authority(folder)
    names = local_names()
    if not _serves(certificate, authority, names):
        _issue(certificate, authority, key, names)
    return certificate


def local_names() -> list[str]:
    """What this machine is called on its network: localhost, `<host>.local`, and its private addresses."""
    host = socket.gethostname().partition(".")[0].lower()
    return ["localhost", f"{host}.local", "127.0.0.1", "::1", *lan_addresses()]


def lan_addresses() -> list[str]:
    """The private IPv4 addresses of this machine, the one that leads outside first; often one, maybe none."""
    found: list[str] = []
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # documentation address (RFC 5737): chooses a route, sends nothing
        found.append(probe.getsockname()[0])
    with contextlib.suppress(OSError):
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [each for each in dict.fromkeys(found) if _is_private(each) and not each.startswith("127.")]


def qr_code(url: str) -> str:
    """Draw `url` for a terminal."""
    import io  # noqa: PLC0415  only where a code is shown

    import segno  # noqa: PLC0415  as above

    out = io.StringIO()
    segno.make(url, error="l").terminal(out, border=2, compact=True)
    return out.getvalue()


def _is_private(address: str) -> bool:
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in _PRIVATE)


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    from cryptography import x509  # noqa: PLC0415  heavy
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415  heavy
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  heavy

    key_file, file = folder / "authority.key", folder / "authority.crt"
    if key_file.exists() and file.exists():
        kept: Any = serialization.load_pem_private_key(key_file.read_bytes(), None)
        authority = x509.load_der_x509_certificate(file.read_bytes())
        if authority.not_valid_after_utc > datetime.now(UTC) + timedelta(days=LEAF_DAYS):
            return authority, kept
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(x509.NameOID.COMMON_NAME, f"AIOS on {socket.gethostname().partition('.')[0]}"[:64])]
    )
    now = datetime.now(UTC)
    allowed: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName("local")]
    allowed += [x509.IPAddress(ipaddress.ip_network(network)) for network in _PRIVATE]
    authority = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.NameConstraints(allowed, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _pem(key))
    _write(file, authority.public_bytes(serialization.Encoding.DER))
    return authority, key


def _serves(certificate: Certificate, authority: x509.Certificate, names: list[str]) -> bool:
    """Whether the kept certificate is this authority's, is valid for a while, and covers `names`."""
    from cryptography import x509  # noqa: PLC0415  heavy
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  heavy

    if not (certificate.chain.exists() and certificate.key.exists()):
        return False
    leaf = x509.load_pem_x509_certificate(certificate.chain.read_bytes())
    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, InvalidSignature):
        return False
    covered = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {str(each.value) for each in covered}
    late = datetime.now(UTC) + timedelta(days=RENEW_BEFORE_DAYS)
    return leaf.not_valid_after_utc > late and known.issuperset(names)


def _issue(
    certificate: Certificate, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey, names: list[str]
) -> None:
    from cryptography import x509  # noqa: PLC0415  heavy
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415  heavy
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  heavy
    from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415  heavy

    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    leaf = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "AIOS")]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=LEAF_DAYS - 1))
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(certificate.key, _pem(key))
    pem = serialization.Encoding.PEM
    _write(certificate.chain, leaf.public_bytes(pem) + authority.public_bytes(pem))


def _general_name(name: str) -> x509.GeneralName:
    from cryptography import x509  # noqa: PLC0415  heavy

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, authority: bool) -> x509.KeyUsage:
    from cryptography import x509  # noqa: PLC0415  heavy

    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  heavy

    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    """Replace `path` whole, readable by its owner alone from the first byte."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    new.replace(path)


@get("/dev/install", include_in_schema=False)
async def install(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The page that helps to install the authority on a phone or computer."""
    settings = request.app.state.settings
    _authority_file(settings.data_dir)
    host = request.url.hostname or "localhost"
    context = {
        "title": "Private connection",
        "secure_url": f"https://{f'[{host}]' if ':' in host else host}:{settings.port + PORT_OFFSET}/",
    }
    response: Response[bytes] = await request.app.state.pages.render(request, "dev/install.html", context)
    return response


@get("/dev/authority.crt", include_in_schema=False, sync_to_thread=False)
def authority_certificate(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The authority's certificate. It is public; its key never leaves the data folder."""
    file = _authority_file(request.app.state.settings.data_dir)
    return Response(
        file.read_bytes(),
        media_type="application/x-x509-ca-cert",
        headers={"Content-Disposition": 'attachment; filename="aios-authority.crt"', "Cache-Control": "no-store"},
    )


def _authority_file(data_dir: Path) -> Path:
    file = data_dir / "tls" / "authority.crt"
    if not file.exists():
        message = "There is no local authority yet. Start AIOS with: aios serve --tls"
        raise NotFoundError(message)
    return file


install_handlers = [install, authority_certificate]
