"""Certificates for test servers: a good one, and every kind a client must refuse."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files made by `make`. `ca` is the authority a client is told to trust; `good` names localhost,
    127.0.0.1 and ::1; the others are wrong in the way their names say."""

    ca: Path
    good: Path
    wrong_host: Path
    expired: Path
    not_yet_valid: Path
    unknown_ca: Path
    self_signed: Path

    def server_context(self, pem: Path | None = None) -> ssl.SSLContext:
        """A server's TLS context with the certificate in `pem` (the good one by default)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem or self.good)
        return context


def make(folder: Path) -> Certificates:
    """Write a new authority's certificates into `folder`."""
    authority, stranger = trustme.CA(), trustme.CA()
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    names = ("localhost", "127.0.0.1", "::1")
    issued = {
        "good": authority.issue_cert(*names),
        "wrong_host": authority.issue_cert("elsewhere.example"),
        "expired": authority.issue_cert(*names, not_before=now - 9 * day, not_after=now - day),
        "not_yet_valid": authority.issue_cert(*names, not_before=now + day, not_after=now + 9 * day),
        "unknown_ca": stranger.issue_cert(*names),
    }
    ca = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    for name, leaf in issued.items():
        leaf.private_key_and_cert_chain_pem.write_to_path(str(folder / f"{name}.pem"))
    (folder / "self_signed.pem").write_bytes(_self_signed(now - day, now + day))
    return Certificates(
        ca, **{name: folder / f"{name}.pem" for name in issued}, self_signed=folder / "self_signed.pem"
    )


def _self_signed(start: datetime.datetime, end: datetime.datetime) -> bytes:
    """Key and certificate that vouch for themselves, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    addresses = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    return private + certificate.public_bytes(pem)
