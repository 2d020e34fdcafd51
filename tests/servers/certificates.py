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
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


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
    any_name: Path
    no_alternative_name: Path
    for_clients: Path
    weak_key: Path

    def server_context(self, pem: Path | None = None) -> ssl.SSLContext:
        """A server's TLS context with the certificate in `pem` (the good one by default)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if pem == self.weak_key:
            context.set_ciphers("ALL:@SECLEVEL=0")  # or OpenSSL would not even offer it
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
    strong, clients = ec.generate_private_key(ec.SECP256R1()), ExtendedKeyUsageOID.CLIENT_AUTH
    made = {
        "self_signed": _self_signed(now - day, now + day),
        "any_name": _issued(authority, strong, None, "*"),
        "no_alternative_name": _issued(authority, strong, None),
        "for_clients": _issued(authority, strong, x509.ExtendedKeyUsage([clients]), *names[:1]),
        "weak_key": _issued(authority, rsa.generate_private_key(65537, 1024), None, *names[:1]),
    }
    for name, pem in made.items():
        (folder / f"{name}.pem").write_bytes(pem)
    return Certificates(ca, **{name: folder / f"{name}.pem" for name in (*issued, *made)})


def _issued(authority: trustme.CA, key: _Key, usage: x509.ExtendedKeyUsage | None, *names: str) -> bytes:
    """Key and certificate of the authority, in PEM. Its subject is localhost, which counts for nothing."""
    issuer = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    signer = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    if usage:
        builder = builder.add_extension(usage, critical=False)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    return _pem(key, builder.sign(signer, hashes.SHA256()))


def _pem(key: _Key, certificate: x509.Certificate) -> bytes:
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return private + certificate.public_bytes(serialization.Encoding.PEM)


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
    return _pem(key, certificate)
