"""What a refused certificate says of itself."""

from __future__ import annotations

import socket
import ssl
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import scripted
from tests.servers.certificates import Certificates
from tests.servers.scripted import Act, Scripted, rule
from tui.model.account import Security
from tui.model.error import MailError, Untrusted
from tui.net.certificate import facts
from tui.net.imap import ImapConnection


def _der(pem: str) -> bytes:
    begin = pem.index("-----BEGIN CERTIFICATE-----")
    return ssl.PEM_cert_to_DER_cert(pem[begin : pem.index("-----END CERTIFICATE-----") + 25])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("good", "It names localhost, 127.0.0.1, ::1; issued by "),
        ("wrong_host", "It names elsewhere.example; "),
        ("any_name", "It names *; "),
        ("no_alternative_name", "It names no server (only “CN=localhost” as its subject); "),
        ("self_signed", "issued by CN=localhost; "),
    ],
)
def test_a_certificate_in_words(certs: Certificates, name: str, says: str) -> None:
    told = facts(_der(getattr(certs, name).read_text()))
    assert says in told
    assert " valid from 20" in told
    assert len(told.rpartition("fingerprint ")[2].split(":")) == 32


@given(st.binary(max_size=200))
def test_what_is_no_certificate(der: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        facts(der)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_refusal_bears_the_facts_and_tells_the_server_nothing(
    certs: Certificates, security: Security
) -> None:
    context = certs.server_context(certs.wrong_host)
    implicit = security is Security.TLS
    rules = scripted.imap(rule(rb"STARTTLS", (b"{tag} OK go\r\n", Act.TLS)))
    with Scripted(scripted.IMAP_GREETING, rules, context=context, implicit=implicit) as server:
        imap = ImapConnection(server.server(security, "localhost"), str(certs.ca))
        with pytest.raises(Untrusted, match="another name") as raised:
            imap.connect()
        with pytest.raises(MailError):  # it is not used for anything else
            imap.folders()
        imap.close()
        assert server.lines == []
        assert set(server.clear) <= {b"S STARTTLS\r\n"}
    assert raised.value.detail.startswith("OpenSSL 62: ")
    assert "It names elsewhere.example" in raised.value.detail


class _OnceOnly(Scripted):
    """Speaks on its first connection only; every other is kept waiting or, with `hangs_up`, closed."""

    served = 0
    hangs_up = False

    def _serve(self, connection: socket.socket) -> None:
        self.served += 1
        if self.served == 1:
            super()._serve(connection)
        elif self.hangs_up:
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


def test_the_refusal_is_told_without_a_second_look_too(certs: Certificates) -> None:
    with _OnceOnly(scripted.IMAP_GREETING, [], context=certs.server_context(certs.expired)) as server:
        server.hangs_up = True
        imap = ImapConnection(server.server(Security.TLS, "localhost"), str(certs.ca))
        with pytest.raises(Untrusted, match="has expired") as raised:
            imap.connect()
        imap.close()
    assert server.served == 2
    assert raised.value.detail == "OpenSSL 10: certificate has expired"


def test_a_second_look_can_be_broken_off(certs: Certificates) -> None:
    with _OnceOnly(scripted.IMAP_GREETING, [], context=certs.server_context(certs.expired)) as server:
        imap = ImapConnection(server.server(Security.TLS, "localhost"), str(certs.ca))
        threading.Timer(0.3, imap.abort).start()
        began = time.monotonic()
        with pytest.raises(Untrusted):
            imap.connect()
        imap.close()
        assert 0.2 < time.monotonic() - began < 2
