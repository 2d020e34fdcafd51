"""Nothing said before STARTTLS survives it, no argument becomes a command, nothing is told too early."""

from __future__ import annotations

import ssl
from collections.abc import Callable

import pytest

from tests.net.test_tls import KINDS, Kind, connect, starttls
from tests.servers import scripted
from tests.servers.certificates import Certificates
from tests.servers.scripted import Act, Scripted, rule
from tui.model.account import Auth, Login, Security, Server
from tui.model.error import BadInput, MailError, Refused, SignInNeeded, Untrusted
from tui.model.message import Flag
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.net.pop3 import Pop3Connection
from tui.net.smtp import SmtpConnection


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each protocol in turn."""
    return KINDS[request.param]


# Nothing said before TLS survives it


def test_imap_capabilities_of_the_greeting_are_forgotten(certs: Certificates) -> None:
    greeting = b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=LOGIN INJECTED] ready\r\n"
    rules = scripted.imap(
        rule(rb"STARTTLS", (b"{tag} OK go\r\n", Act.TLS)), capability=b"IMAP4rev1 AUTH=PLAIN"
    )
    with Scripted(greeting, rules, context=certs.server_context(), implicit=False) as server:
        imap = ImapConnection(server.server(Security.STARTTLS), str(certs.ca))
        imap.connect()
        assert imap.capabilities == {"IMAP4REV1", "AUTH=PLAIN"}
        imap.sign_in(Login("me"), Secret("pw"))
        assert [each.name for each in imap.folders()] == ["INBOX"]
        imap.close()
        assert server.clear == [b"S STARTTLS\r\n"]


def test_pop3_capabilities_are_asked_for_only_after_tls(certs: Certificates) -> None:
    rules = scripted.pop3(rule(rb"^STLS", (b"+OK go\r\n", Act.TLS)))
    with Scripted(b"+OK <1.2@x> ready\r\n", rules, context=certs.server_context(), implicit=False) as server:
        pop3 = Pop3Connection(server.server(Security.STARTTLS), str(certs.ca))
        pop3.connect()
        assert pop3.capabilities == {"UIDL", "TOP", "USER"}
        pop3.close()
        assert server.clear == [b"STLS\r\n"]


def test_smtp_features_from_before_tls_are_forgotten(certs: Certificates) -> None:
    hello = rule(
        rb"^(?i:EHLO)",
        b"250-x\r\n250-STARTTLS\r\n250-SIZE 1\r\n250 AUTH LOGIN\r\n",
        b"250-x\r\n250 AUTH PLAIN\r\n",
    )
    rules = scripted.smtp(hello, rule(rb"^STARTTLS", (b"220 go\r\n", Act.TLS)))
    with Scripted(scripted.SMTP_GREETING, rules, context=certs.server_context(), implicit=False) as server:
        smtp = SmtpConnection(server.server(Security.STARTTLS), str(certs.ca))
        smtp.connect()
        assert {name: words.split() for name, words in smtp.features.items()} == {"auth": ["PLAIN"]}
        smtp.close()
        assert server.clear == [b"EHLO [127.0.0.1]\r\n", b"STARTTLS\r\n"]


def test_clear_text_in_place_of_the_handshake(kind: Kind, certs: Certificates) -> None:
    """Sent only once the client has begun TLS, so that it does not stand behind the answer to STARTTLS."""
    after = rule(rb"\x16\x03", (b"* OK now I speak in the clear\r\n+OK\r\n250 ok\r\n", Act.CLOSE))
    rules = [rule(kind.ask, kind.grant), *kind.rules(), after]
    with Scripted(kind.greeting, [after, *rules]) as server:
        with pytest.raises(MailError):
            connect(kind, server.server(Security.STARTTLS), str(certs.ca))
        assert b"canary" not in b"".join(server.lines)


def test_a_server_that_lists_no_starttls_is_asked_all_the_same(certs: Certificates) -> None:
    """Somebody in between can strike it from the list: it is asked for, and its refusal ends it."""
    rules = scripted.smtp(rule(rb"^STARTTLS", b"502 what\r\n"), features=b"250 AUTH PLAIN\r\n")
    with Scripted(scripted.SMTP_GREETING, rules, context=certs.server_context(), implicit=False) as server:
        with pytest.raises(Untrusted):
            connect(KINDS["smtp"], server.server(Security.STARTTLS), str(certs.ca))
        assert not [line for line in server.lines if line.startswith(b"AUTH")]


def test_preauth_does_not_go_round_starttls(certs: Certificates) -> None:
    greeting = b"* PREAUTH [CAPABILITY IMAP4rev1] in\r\n"
    with starttls(KINDS["imap"], certs.server_context(), greeting=greeting) as server:
        with pytest.raises(Untrusted):
            connect(KINDS["imap"], server.server(Security.STARTTLS), str(certs.ca))
        assert server.clear + server.lines == []


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_tls_that_is_too_old(kind: Kind, certs: Certificates, security: Security) -> None:
    old = certs.server_context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    if security is Security.TLS:
        running = Scripted(kind.greeting, kind.rules(), context=old)
    else:
        running = starttls(kind, old)
    with running as server:
        with pytest.raises(MailError):
            connect(kind, server.server(security), str(certs.ca))
        assert server.lines == []


def test_the_name_of_the_server_is_asked_for(kind: Kind, certs: Certificates) -> None:
    """SNI (RFC 6066 3): one address may serve many names."""
    asked: list[str | None] = []
    context = certs.server_context()
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with Scripted(kind.greeting, kind.rules(), context=context) as server:
        connect(kind, server.server(Security.TLS, "localhost"), str(certs.ca))
    assert asked == ["localhost"]


# Nothing is told before TLS, whatever is configured


@pytest.mark.parametrize("host", ["mail.example.org", "10.0.0.1", "localhost.example.org", "::ffff:10.0.0.1"])
@pytest.mark.parametrize("auth", list(Auth))
def test_no_secret_leaves_this_computer_in_the_clear(kind: Kind, host: str, auth: Auth) -> None:
    connection = kind.make(Server(host, 25, Security.PLAIN), "")
    with pytest.raises(Untrusted, match="without encryption"):
        connection.connect()
    with pytest.raises(MailError):
        connection.sign_in(Login("me", auth), Secret("canary-password"))
    connection.close()


def test_a_referral_is_not_followed() -> None:
    with Scripted(scripted.IMAP_GREETING, []) as elsewhere:
        said = f"NO [REFERRAL imap://you@127.0.0.1:{elsewhere.port}/] go there".encode()
        rules = scripted.imap(rule(rb" (AUTHENTICATE|LOGIN) ", b"{tag} " + said + b"\r\n"))
        with Scripted(scripted.IMAP_GREETING, rules) as server, pytest.raises(SignInNeeded):
            connect(KINDS["imap"], server.server(), "")
        assert elsewhere.lines == []


# No argument becomes a command

NASTY = [
    f"x{end}{command}"
    for end in ("\r\n", "\n", "\r", "\0", "\r\n\r\n", "\n\r", "\0\n")
    for command in ("A9 DELETE INBOX", "DELE 1", "RCPT TO:<you@example.org>", "{5}", "")
]


@pytest.mark.parametrize("nasty", NASTY)
def test_imap_arguments(nasty: str) -> None:
    with Scripted(scripted.IMAP_GREETING, scripted.imap(capability=b"IMAP4rev1 UIDPLUS MOVE")) as server:
        imap = ImapConnection(server.server())
        imap.connect()
        for login, secret in ((Login(nasty), "p"), (Login("u"), nasty)):
            with pytest.raises(BadInput):
                imap.sign_in(login, Secret(secret))
        imap.sign_in(Login("me"), Secret("pw"))
        imap.select("INBOX")
        before = len(server.lines)
        attempts: list[Callable[[], object]] = [
            lambda: imap.select(nasty), lambda: imap.status(nasty), lambda: imap.create(nasty),
            lambda: imap.rename(nasty, "x"), lambda: imap.rename("x", nasty), lambda: imap.delete(nasty),
            lambda: imap.append(nasty, b"x"), lambda: imap.copy([1], nasty), lambda: imap.move([1], nasty),
            lambda: imap.search_header("Message-ID", nasty), lambda: imap.search_header(nasty, "x"),
            lambda: imap.store_flags([1], Flag(0), Flag(0), frozenset({nasty})),
        ]  # fmt: skip
        for attempt in attempts:
            with pytest.raises(BadInput):
                attempt()
        assert server.lines[before:] == []
        imap.close()


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("capa", [b"USER\r\n", b"SASL PLAIN\r\n", b"SASL LOGIN\r\n"])
def test_pop3_arguments(nasty: str, capa: bytes) -> None:
    for login, secret in ((Login(nasty), "p"), (Login("u"), nasty)):
        with Scripted(scripted.POP3_GREETING, scripted.pop3(capa=capa)) as server:
            pop3 = Pop3Connection(server.server())
            pop3.connect()
            with pytest.raises(BadInput):
                pop3.sign_in(login, Secret(secret))
            pop3.close()
            assert [line for line in server.lines if line not in (b"CAPA\r\n", b"USER u\r\n")] == []


@pytest.mark.parametrize("nasty", NASTY)
def test_smtp_arguments(nasty: str) -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp()) as server:
        smtp = SmtpConnection(server.server())
        smtp.connect()
        for login, secret in ((Login(nasty), "p"), (Login("u"), nasty)):
            with pytest.raises(BadInput):
                smtp.sign_in(login, Secret(secret))
        for sender, recipient in ((nasty, "you@example.org"), ("you@example.org", nasty)):
            with pytest.raises((BadInput, Refused)):
                smtp.begin(sender, [recipient], b"x\r\n")
            with pytest.raises((BadInput, Refused)):
                smtp.begin(f"{sender}@example.org", [f"{recipient}@example.org"], b"x\r\n")
        smtp.close()
        allowed = (b"ehlo", b"MAIL FROM:<you@example.org")
        assert [line for line in server.lines if not line.startswith(allowed)] == []


@pytest.mark.parametrize("nasty", ["mail.example.org\r\nX", "a\0b"])
def test_a_server_name_with_a_line_end(kind: Kind, nasty: str) -> None:
    with pytest.raises(BadInput):
        connect(kind, Server(nasty, 993), "")
