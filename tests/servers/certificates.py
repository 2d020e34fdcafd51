"""Certificates for test servers: a good one, and every kind a client must refuse."""

from __future__ import annotations

import datetime
import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


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
    return Certificates(ca, **{name: folder / f"{name}.pem" for name in issued})
