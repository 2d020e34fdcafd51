"""Certificates, STARTTLS and what is said before it, for all three protocols in both ways."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import pytest

from tests.servers import scripted
from tests.servers.certificates import Certificates
from tests.servers.scripted import Act, Part, Rule, Scripted, rule
from tui.model.account import Login, Security, Server
from tui.model.error import BadConfig, Garbled, MailError, Offline, Untrusted
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.net.link import context, is_loopback
from tui.net.pop3 import Pop3Connection
from tui.net.smtp import SmtpConnection


class Connection(Protocol):
    """What the three have in common."""

    def connect(self) -> None: ...
    def sign_in(self, account: Login, secret: Secret) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Kind:
    """A protocol: its connection, greeting, rules, and how STARTTLS is asked for and granted."""

    make: Callable[[Server, str], Connection]
    greeting: bytes
    rules: Callable[..., list[Rule]]
    ask: bytes
    grant: bytes
    refuse: bytes


KINDS = {
    "imap": Kind(
        ImapConnection, scripted.IMAP_GREETING, scripted.imap,
        b"STARTTLS", b"{tag} OK go\r\n", b"{tag} NO no\r\n",
    ),
    "pop3": Kind(
        Pop3Connection, scripted.POP3_GREETING, scripted.pop3, b"^STLS", b"+OK go\r\n", b"-ERR no\r\n"
    ),
    "smtp": Kind(
        SmtpConnection, scripted.SMTP_GREETING, scripted.smtp, b"^STARTTLS", b"220 go\r\n", b"454 no\r\n"
    ),
}  # fmt: skip


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each protocol in turn."""
    return KINDS[request.param]


def starttls(kind: Kind, server_context: ssl.SSLContext, *answer: Part, greeting: bytes = b"") -> Scripted:
    """A server that answers to STARTTLS as given, or grants it."""
    granted = answer or (kind.grant, Act.TLS)
    rules = kind.rules(rule(kind.ask, granted))
    return Scripted(greeting or kind.greeting, rules, context=server_context, implicit=False)


def connect(kind: Kind, server: Server, ca_file: str) -> None:
    """Connect and sign in, and give everything back whatever happens."""
    connection = kind.make(server, ca_file)
    try:
        connection.connect()
        connection.sign_in(Login("me"), Secret("canary-password"))
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_good_certificate(kind: Kind, certs: Certificates, security: Security, host: str) -> None:
    if security is Security.TLS:
        running = Scripted(kind.greeting, kind.rules(), context=certs.server_context())
    else:
        running = starttls(kind, certs.server_context())
    with running as server:
        connect(kind, server.server(security, host), str(certs.ca))
        assert b"canary" not in b"".join(server.clear)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("wrong_host", "another (name|address)"),
        ("expired", "has expired"),
        ("not_yet_valid", "not valid yet"),
        ("unknown_ca", "not trusted"),
        ("self_signed", "nobody but itself"),
        ("any_name", "another (name|address)"),
        ("no_alternative_name", "another (name|address)"),
        ("for_clients", "not meant for servers"),
        ("weak_key", "too weak"),
    ],
)
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_bad_certificate(
    kind: Kind, certs: Certificates, security: Security, name: str, says: str, host: str
) -> None:
    served = certs.server_context(getattr(certs, name))
    if security is Security.TLS:
        running = Scripted(kind.greeting, kind.rules(), context=served)
    else:
        running = starttls(kind, served)
    with running as server:
        with pytest.raises(Untrusted, match=says) as raised:
            connect(kind, server.server(security, host), str(certs.ca))
        assert host in raised.value.what
        assert raised.value.hint
        assert server.lines == []
        assert "SHA-256 fingerprint" in raised.value.detail


def test_without_the_ca_file_nothing_of_ours_is_trusted(kind: Kind, certs: Certificates) -> None:
    with (
        Scripted(kind.greeting, kind.rules(), context=certs.server_context()) as server,
        pytest.raises(Untrusted),
    ):
        connect(kind, server.server(Security.TLS), "")


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_one_certificate_can_be_named_as_trusted(kind: Kind, certs: Certificates, security: Security) -> None:
    """As Proton Bridge and home servers need it: by the person's own word, and no other comes with it."""
    for served, trusted in (("self_signed", True), ("unknown_ca", False), ("good", False)):
        context = certs.server_context(getattr(certs, served))
        if security is Security.TLS:
            running = Scripted(kind.greeting, kind.rules(), context=context)
        else:
            running = starttls(kind, context)
        with running as server:
            if trusted:
                connect(kind, server.server(security, "localhost"), str(certs.self_signed))
                continue
            with pytest.raises(Untrusted):
                connect(kind, server.server(security, "localhost"), str(certs.self_signed))
            assert server.lines == []


def test_starttls_that_is_refused(kind: Kind, certs: Certificates) -> None:
    with starttls(kind, certs.server_context(), kind.refuse) as server:
        with pytest.raises(Untrusted, match="does not offer encryption") as raised:
            connect(kind, server.server(Security.STARTTLS), str(certs.ca))
        assert raised.value.detail == ""  # the words could be those of somebody in between
        assert b"canary" not in b"".join(server.lines)


def test_text_behind_the_answer_to_starttls(kind: Kind, certs: Certificates) -> None:
    injected = kind.grant + b"* CAPABILITY IMAP4rev1 INJECTED\r\n+OK\r\n250 INJECTED\r\n"
    with starttls(kind, certs.server_context(), injected, Act.TLS) as server:
        with pytest.raises(Untrusted):
            connect(kind, server.server(Security.STARTTLS), str(certs.ca))
        assert b"canary" not in b"".join(server.clear + server.lines)


@pytest.mark.parametrize(
    "said",
    [
        b'* LIST () "/" INJECTED\r\n', b"* 5 EXISTS\r\n", b"* OK [ALERT] call me\r\n", b"* BYE no\r\n",
        b"* CAPABILITY IMAP4rev1\r\n", b"+ go on\r\n", b"other OK\r\n", b"\r\n", b"\0\0\r\n", b"x" * 9000,
    ],
)  # fmt: skip
def test_anything_else_before_tls(kind: Kind, certs: Certificates, said: bytes) -> None:
    with starttls(kind, certs.server_context(), said + kind.grant, Act.TLS) as server:
        with pytest.raises(Untrusted) as raised:
            connect(kind, server.server(Security.STARTTLS), str(certs.ca))
        assert "call me" not in f"{raised.value.what}{raised.value.hint}{raised.value.detail}"
        assert b"canary" not in b"".join(server.clear + server.lines)


@pytest.mark.parametrize("greeting", [b"* PREAUTH hello\r\n", b"* BYE no\r\n", b"-ERR no\r\n", b"554 no\r\n"])
def test_an_odd_greeting_before_tls(kind: Kind, certs: Certificates, greeting: bytes) -> None:
    with starttls(kind, certs.server_context(), greeting=greeting) as server:
        with pytest.raises(Untrusted):
            connect(kind, server.server(Security.STARTTLS), str(certs.ca))
        assert server.clear + server.lines == []


def test_preauth_is_refused_with_tls_too(certs: Certificates) -> None:
    with (
        Scripted(b"* PREAUTH in\r\n", scripted.imap(), context=certs.server_context()) as server,
        pytest.raises(Untrusted),
    ):
        connect(KINDS["imap"], server.server(Security.TLS), str(certs.ca))


def test_a_server_without_tls(kind: Kind, certs: Certificates) -> None:
    with Scripted(kind.greeting, kind.rules()) as server:
        with pytest.raises((Garbled, Offline, Untrusted)) as raised:
            connect(kind, server.server(Security.TLS), str(certs.ca))
        assert raised.value.hint
        assert b"canary" not in b"".join(server.lines)


def test_a_server_that_only_speaks_old_tls(kind: Kind, certs: Certificates) -> None:
    old = certs.server_context()
    with pytest.warns(DeprecationWarning):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with Scripted(kind.greeting, kind.rules(), context=old) as server, pytest.raises((Untrusted, Offline)):
        connect(kind, server.server(Security.TLS), str(certs.ca))


def test_no_encryption_only_on_this_computer(kind: Kind) -> None:
    with pytest.raises(Untrusted, match="without encryption"):
        connect(kind, Server("mail.example.org", 25, Security.PLAIN), "")


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True),
        ("localhost.example.org", False), ("127.0.0.1.example.org", False), ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False), ("", False), ("0.0.0.0", False),
    ],
)  # fmt: skip
def test_what_this_computer_is(host: str, answer: bool) -> None:
    assert is_loopback(host) is answer


def test_a_ca_file_that_is_none(tmp_path: object) -> None:
    with pytest.raises(BadConfig):
        context(f"{tmp_path}/missing.pem")
    with pytest.raises(BadConfig):
        context(__file__)


def test_the_context_verifies() -> None:
    made = context()
    assert made.check_hostname
    assert made.verify_mode is ssl.CERT_REQUIRED
    assert made.minimum_version is ssl.TLSVersion.TLSv1_2


def test_every_error_here_is_ours(kind: Kind, certs: Certificates) -> None:
    with (
        Scripted((kind.greeting, Act.CLOSE), [], context=certs.server_context()) as server,
        pytest.raises(MailError),
    ):
        connect(kind, server.server(Security.TLS), str(certs.ca))


@pytest.mark.parametrize("capability", [b"IMAP4rev1", b"IMAP4rev1 AUTH=PLAIN"])
def test_no_secret_in_the_log(kind: Kind, caplog: pytest.LogCaptureFixture, capability: bytes) -> None:
    """Not even at the lowest level, nor in what is printed; PLAIN's base64 is no disguise."""
    rules = kind.rules(capability=capability) if kind.rules is scripted.imap else kind.rules()
    with caplog.at_level(1), Scripted(kind.greeting, rules) as server:
        connect(kind, server.server(), "")
        secret = b"".join(server.lines)
    assert b"canary-password" in secret or b"AG1lAGNhbmFyeS1wYXNzd29yZA==" in secret
    assert "canary" not in caplog.text
    assert "Y2FuYXJ5" not in caplog.text
    assert "NhbmFyeS1wYXNzd29yZA" not in caplog.text


def test_no_secret_in_an_error(kind: Kind) -> None:
    words = b"rubbish canary? no\r\n"
    with Scripted(kind.greeting, kind.rules(rule(rb"AUTH|PASS", (words, Act.CLOSE)))) as server:
        with pytest.raises(MailError) as raised:
            connect(kind, server.server(), "")
        error: BaseException | None = raised.value
        while error is not None:
            assert "canary-password" not in f"{error!r}{error}"
            error = error.__cause__
