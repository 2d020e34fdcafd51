"""What a certificate that was refused says of itself, so that a person can judge what is wrong.

Python hands out no certificate that it has refused, so it is looked at over a connection of its own, on which
nothing is said but the handshake. This is the one place that does without verifying.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509

_MOST_NAMES = 5
_LONGEST_NAME = 100


def looking() -> ssl.SSLContext:
    """A context that takes any certificate, to look at it and hang up."""
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def facts(der: bytes) -> str:
    """A certificate in words: whom it names, who issued it, when it is valid, and its fingerprint to compare.

    The words are the server's own: nothing of it is verified. Raises ValueError for what is no certificate.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    read = x509.load_der_x509_certificate(der)
    since, until = (
        f"{each:%Y-%m-%d %H:%M}" for each in (read.not_valid_before_utc, read.not_valid_after_utc)
    )
    fingerprint = read.fingerprint(hashes.SHA256()).hex(":").upper()
    return (
        f"It names {_names(read)}; issued by {_short(read.issuer.rfc4514_string()) or 'nobody named'}; "
        f"valid from {since} to {until} UTC; SHA-256 fingerprint {fingerprint}"
    )


def _names(read: x509.Certificate) -> str:
    from cryptography import x509

    try:
        found = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return f"no server (only “{_short(read.subject.rfc4514_string())}” as its subject)"
    names = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(map(_short, names[:_MOST_NAMES])) + more or "no server"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
