"""Every error that is known, said by a server at its moment of a real conversation, or met on the way there.

What comes out must have the class that makes the engine do the right thing, the words of the table, its retry
class, and the exit code of a shell command that met it.
"""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.model.error_texts import ERRORS
from tests.net import conversations
from tests.servers import scripted
from tests.servers.certificates import Certificates
from tests.servers.scripted import Act, Scripted, rule
from tui.model.account import Login, Security, Server
from tui.model.error import Busy, Garbled, MailError, Offline, Refused, SignInNeeded, Untrusted
from tui.model.explain import explain, rules
from tui.model.explain_rule import Retry, Rule
from tui.model.secret import Secret
from tui.net.faults import translated
from tui.net.imap import ImapConnection
from tui.net.smtp import SmtpConnection

EXIT = {Offline: 69, Garbled: 69, Busy: 75, Refused: 76, SignInNeeded: 77, Untrusted: 77}
WIRE = ("imap", "pop3", "smtp", "token")

MOMENTS: dict[type[MailError], dict[str, str]] = {
    SignInNeeded: {
        "password": "microsoft-imap-basic-disabled imap-login-failed imap-wrong-password gmail-app-password "
        "pop-logon-failure microsoft-smtp-basic-disabled microsoft-smtp-wrong-password smtp-basic-removed "
        "smtp-wrong-password gmail-smtp-app-password imap-expired imap-privacy imap-other-identity "
        "gmail-web-login imap-contact-admin imap-off pop-off pop-permanent mechanism-unknown",
        "token": "imap-authenticate-failed pop-authentication-failure pop-token-too-long smtp-token "
        "smtp-auth-disabled-tenant smtp-auth-disabled-mailbox security-defaults conditional-access-smtp "
        "token-refused",
        "list": "token-other-mailbox",
        "command": "smtp-auth-mechanism",
        "mail": "smtp-not-signed-in smtp-starttls-required",
    },
    Busy: {
        "noop": "imap-not-connected throttled",
        "select": "imap-unavailable imap-in-use imap-server-bug",
        "greeting": "too-many-connections server-busy",
        "token": "pop-unavailable",
        "password": "pop-in-use pop-login-delay pop-temporary",
        "mail": "concurrent-connections",
        "rcpt": "recipient-flooded",
        "dot": "sending-dropped",
    },
    Refused: {
        "search": "imap-search-charset",
        "store": "imap-argument imap-limit imap-expunged",
        "append": "imap-quota imap-no-folder",
        "create": "imap-exists imap-cannot",
        "select": "imap-no-permission imap-client-bug imap-corruption",
        "mail": "bad-outbound-sender banned-sender low-reputation unregistered-domain message-too-big",
        "rcpt": "too-many-recipients recipient-size-limit no-such-recipient invalid-address domain-refuses "
        "recipient-restricted sender-not-allowed relay-rcpthosts",
        "dot": "send-as-denied outbound-spam daily-limit duplicate-delivery tenant-limit onmicrosoft-limit "
        "unauthenticated-domain recipient-unreachable malformed-message",
    },
    Offline: {"noop": "token-expired imap-closed"},
    Untrusted: {"greeting": "smtp-old-tls"},
}
"""At which moment of a conversation the rows come, by the class of the error that must come of them."""

MAILBOX_FULL = {"imap": "append", "smtp": "rcpt"}
ON_THE_WAY = frozenset(
    {"name-lookup", "no-connection", "tls-mismatch", "certificate", "certificate-expired", "certificate-host",
     "hung-up"}
)  # fmt: skip
NOT_ON_THE_WIRE = ("aad-", "google-", "outlook-", "keyring-too-long", "no-keyring")
BY_NAME: dict[str, Rule] = {each.name: each for each in rules()}


def moment(name: str, protocol: str) -> tuple[str, type[MailError]]:
    """When a server says it, and the class of what comes of it."""
    if name == "mailbox-full":
        return MAILBOX_FULL[protocol], Refused
    for kind, moments in MOMENTS.items():
        for each, names in moments.items():
            if name in names.split():
                return each, kind
    raise LookupError(name)


def protocol_of(text: str, protocol: str) -> str:
    """Rows of the protocol "token" are said by any; their texts tell."""
    if protocol != "token":
        return protocol
    return "pop3" if text.startswith("-ERR") else "smtp" if text[:3].isdigit() else "imap"


def check(error: MailError | None, name: str, kind: type[MailError], retry: str) -> None:
    """The error is of this class and says what the table's row says."""
    assert error is not None, "nothing came of it"
    known = BY_NAME[name]
    assert type(error) is kind
    assert known.title in error.what
    assert known.meaning in error.hint
    assert known.fix in error.hint
    assert error.retry is Retry(retry)
    assert error.exit_code == EXIT[kind]
    assert "canary" not in f"{error.what}{error.hint}{error.detail}"


@pytest.mark.parametrize(
    ("row", "protocol", "text", "name", "retry"), [each for each in ERRORS if each[1] in WIRE]
)
def test_said_in_a_conversation(row: int, protocol: str, text: str, name: str, retry: str) -> None:
    spoken = protocol_of(text, protocol)
    when, kind = moment(name, spoken)
    error = conversations.at(spoken, when, text)
    check(error, name, kind, retry)
    assert error is not None
    words = re.sub(r"^(\S+ )(NO |BAD |BYE )?", "", text.split("\n", maxsplit=1)[0])
    assert words[:20] in error.detail, f"row {row}: the server's own words are kept"


def test_every_row_has_its_moment() -> None:
    """No row without a conversation, none in two, and nothing here that is not in the table."""
    placed = [name for moments in MOMENTS.values() for names in moments.values() for name in names.split()]
    placed += [*ON_THE_WAY, "mailbox-full"]
    elsewhere = {each for each in BY_NAME if each.startswith(NOT_ON_THE_WIRE)}
    assert len(placed) == len(set(placed))
    assert set(placed) | elsewhere == set(BY_NAME)
    assert not set(placed) & elsewhere
    said = {name for _, protocol, _, name, _ in ERRORS if protocol in WIRE}
    assert set(placed) - ON_THE_WAY == said
    assert {row for row, *_ in ERRORS} >= set(range(1, 109))


# Rows 86 to 90: no server says these, they are met


def connect(server: Server, ca_file: str = "") -> MailError | None:
    """Connect by IMAP; what came of it."""
    imap = ImapConnection(server, ca_file)
    try:
        imap.connect()
    except MailError as error:
        return error
    finally:
        imap.close()
    return None


def test_a_name_that_does_not_exist() -> None:
    error = connect(Server("no-such-host.invalid", 993))
    assert type(error) is Offline
    assert BY_NAME["name-lookup"].title in error.what
    assert "misspelt" in error.hint
    assert (error.retry, error.exit_code) == (Retry.BACKOFF, 69)


def test_a_port_that_nobody_listens_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    check(connect(Server("127.0.0.1", port)), "no-connection", Offline, "backoff")


def test_a_server_that_never_answers() -> None:
    with pytest.raises(Offline) as raised, translated("connecting", "mail.example"):
        raise TimeoutError("timed out")
    check(raised.value, "no-connection", Offline, "backoff")


@pytest.mark.parametrize("spoken", [scripted.IMAP_GREETING, b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_tls_where_none_is_spoken(spoken: bytes) -> None:
    with Scripted(spoken, []) as server:
        check(connect(server.server(Security.TLS)), "tls-mismatch", Garbled, "never")


@pytest.mark.parametrize(
    ("certificate", "name"),
    [
        ("expired", "certificate-expired"), ("not_yet_valid", "certificate-expired"),
        ("wrong_host", "certificate-host"), ("unknown_ca", "certificate"), ("self_signed", "certificate"),
    ],
)  # fmt: skip
def test_certificates(certs: Certificates, certificate: str, name: str) -> None:
    context = certs.server_context(getattr(certs, certificate))
    with Scripted(scripted.IMAP_GREETING, scripted.imap(), context=context) as server:
        error = connect(server.server(Security.TLS), str(certs.ca))
    assert type(error) is Untrusted
    assert BY_NAME[name].fix in error.hint
    assert (error.retry, error.exit_code) == (Retry.NEVER, 77)


@pytest.mark.parametrize("when", [rb"^(?i:ehlo)", rb"^AUTH", rb"^MAIL", rb"^RCPT", rb"^DATA"])
def test_a_server_that_hangs_up(when: bytes) -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp(rule(when, Act.CLOSE))) as server:
        smtp = SmtpConnection(server.server())
        with pytest.raises(Offline, match="closed the connection") as raised:
            smtp.connect()
            smtp.sign_in(Login("me"), Secret("pw"))
            smtp.begin("you@example.org", ["billing@contoso.example"], b"x\r\n")
            smtp.body(b"x\r\n")
        smtp.close()
    assert (raised.value.retry, raised.value.exit_code) == (Retry.BACKOFF, 69)


# What no table knows


@pytest.mark.parametrize(
    ("protocol", "when", "text", "kind", "retry"),
    [
        ("imap", "password", "a1 NO qwertz 77", SignInNeeded, Retry.USER),
        ("imap", "token", "a1 NO qwertz 77", SignInNeeded, Retry.REFRESH),
        ("imap", "select", "a1 NO qwertz 77", Refused, Retry.NEVER),
        ("imap", "noop", "* BYE qwertz 77", Offline, Retry.BACKOFF),
        ("imap", "greeting", "* BYE qwertz 77", Offline, Retry.BACKOFF),
        ("pop3", "password", "-ERR qwertz 77", SignInNeeded, Retry.USER),
        ("pop3", "token", "-ERR qwertz 77", SignInNeeded, Retry.REFRESH),
        ("pop3", "uidl", "-ERR qwertz 77", Refused, Retry.NEVER),
        ("smtp", "password", "538 qwertz 77", SignInNeeded, Retry.USER),
        ("smtp", "token", "538 qwertz 77", SignInNeeded, Retry.REFRESH),
        ("smtp", "mail", "451 qwertz 77", Busy, Retry.BACKOFF),
        ("smtp", "rcpt", "550 qwertz 77", Refused, Retry.NEVER),
        ("smtp", "dot", "554 qwertz 77", Refused, Retry.NEVER),
    ],
)
def test_unknown_words_are_shown_with_what_was_being_done(
    protocol: str, when: str, text: str, kind: type[MailError], retry: Retry
) -> None:
    assert explain(text, protocol) is None
    error = conversations.at(protocol, when, text)
    assert type(error) is kind
    assert error.retry is retry
    assert error.exit_code == EXIT[kind]
    assert "qwertz 77" in error.detail
    assert error.hint
    doing = {"select": "opening Other", "uidl": "listing mail", "mail": "naming the sender"}.get(when, "")
    assert doing in error.what
    if when in ("password", "token"):
        assert "did not accept the sign-in" in error.what


# The shell explains them all: here come those of sign-in pages, of keyrings and of the desktop program


@pytest.mark.parametrize(
    ("row", "protocol", "text", "name", "retry"), [each for each in ERRORS if each[1] != "token"]
)
def test_the_shell_explains_it(
    row: int, protocol: str, text: str, name: str, retry: str, tmp_path: Path
) -> None:
    result = Program(tmp_path).json("explain", text)
    assert result.code == 0, f"row {row}"
    assert result.record["title"] == BY_NAME[name].title
    assert result.record["fix"] == BY_NAME[name].fix
    assert result.record["retry"] is (retry in ("refresh", "backoff"))
