"""Signing in at scripted servers: which way is tried next, and what a yes or a no is worth."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.servers import scripted
from tests.servers.scripted import Act, Answer, Rule, Scripted, rule
from tui.model.account import Auth, Login
from tui.model.error import Busy, Garbled, MailError, SignInNeeded, Untrusted
from tui.model.explain_rule import Retry
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.net.pop3 import Pop3Connection
from tui.net.smtp import SmtpConnection

Connection = ImapConnection | Pop3Connection | SmtpConnection
ME, TOKEN = Login("me"), Login("me", Auth.OAUTH2)
SECRET = Secret("canary")
ERROR_CHALLENGE = b"eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIn0="


@dataclass(frozen=True)
class Kind:
    """A protocol: its connection and server, and how this server goes on, says yes and says no."""

    make: Callable[..., Connection]
    greeting: bytes
    offering: Callable[[list[Rule], str], list[Rule]]
    more: bytes
    yes: bytes
    no: bytes
    ask: bytes


def _imap(rules: list[Rule], mechanisms: str) -> list[Rule]:
    capability = "IMAP4rev1 LOGINDISABLED " + " ".join(f"AUTH={each}" for each in mechanisms.split())
    return scripted.imap(*rules, capability=capability.encode())


def _pop3(rules: list[Rule], mechanisms: str) -> list[Rule]:
    return scripted.pop3(*rules, capa=f"UIDL\r\nSASL {mechanisms}\r\n".encode())


def _smtp(rules: list[Rule], mechanisms: str) -> list[Rule]:
    return scripted.smtp(*rules, features=f"250 AUTH {mechanisms}\r\n".encode())


KINDS = {
    "imap": Kind(
        ImapConnection, scripted.IMAP_GREETING, _imap,
        b"+ ", b"{tag} OK in\r\n", b"{tag} NO ", b" AUTHENTICATE ",
    ),
    "pop3": Kind(Pop3Connection, scripted.POP3_GREETING, _pop3, b"+ ", b"+OK in\r\n", b"-ERR ", b"^AUTH "),
    "smtp": Kind(SmtpConnection, scripted.SMTP_GREETING, _smtp, b"334 ", b"235 in\r\n", b"535 ", b"^AUTH "),
}  # fmt: skip


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each protocol in turn."""
    return KINDS[request.param]


@contextmanager
def connected(kind: Kind, mechanisms: str, *rules: Rule) -> Iterator[tuple[Connection, Scripted]]:
    """A connection to a server that offers these mechanisms."""
    with Scripted(kind.greeting, kind.offering(list(rules), mechanisms)) as server:
        connection = kind.make(server.server())
        try:
            connection.connect()
            yield connection, server
        finally:
            connection.close()


def asked(kind: Kind, server: Scripted) -> list[str]:
    """The mechanisms that were asked for, in their order."""
    word = kind.ask.strip(b"^ ")
    return [line.split()[-1].decode() for line in server.lines if word + b" " in line]


def refusing(kind: Kind, name: str, words: bytes) -> Rule:
    """A server that refuses a mechanism as soon as it is named."""
    return rule(kind.ask + name.encode(), kind.no + words + b"\r\n")


def test_a_mechanism_that_is_offered_but_unknown(kind: Kind) -> None:
    words = b"unsupported authentication mechanism"
    rules = (refusing(kind, "SCRAM-SHA-256", words), refusing(kind, "CRAM-MD5", words))
    with connected(kind, "PLAIN CRAM-MD5 SCRAM-SHA-256", *rules, rule(kind.ask, kind.more + b"\r\n")) as (
        connection,
        server,
    ):
        connection.sign_in(ME, SECRET)
        assert asked(kind, server) == ["SCRAM-SHA-256", "CRAM-MD5", "PLAIN"]


def test_smtp_says_by_number_that_it_does_not_know_a_mechanism() -> None:
    rules = rule(rb"^AUTH CRAM", b"504 5.5.4 Unrecognized authentication type\r\n")
    with connected(KINDS["smtp"], "CRAM-MD5 PLAIN", rules) as (connection, server):
        connection.sign_in(ME, SECRET)
        assert asked(KINDS["smtp"], server) == ["CRAM-MD5", "PLAIN"]


def test_two_refusals_are_enough(kind: Kind) -> None:
    words = b"[AUTHENTICATIONFAILED] 5.7.8 authentication failed"
    mechanisms = ("SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN")
    rules = [refusing(kind, name, words) for name in mechanisms]
    with connected(kind, " ".join(mechanisms), *rules) as (connection, server):
        with pytest.raises(SignInNeeded):
            connection.sign_in(ME, SECRET)
        assert asked(kind, server) == ["SCRAM-SHA-256", "PLAIN"]


def test_a_password_once_told_and_refused_is_not_told_again(kind: Kind) -> None:
    rules = [refusing(kind, name, b"wrong") for name in ("PLAIN", "LOGIN")]
    with connected(kind, "PLAIN LOGIN", *rules) as (connection, server):
        with pytest.raises(SignInNeeded) as raised:
            connection.sign_in(ME, SECRET)
        assert asked(kind, server) == ["PLAIN"]
        assert raised.value.retry in (Retry.USER, Retry.NEVER)


def test_a_server_that_hangs_up_after_its_refusal(kind: Kind) -> None:
    refusal = rule(kind.ask, (kind.no + b"no such user\r\n", Act.CLOSE))
    with (
        connected(kind, "CRAM-MD5 PLAIN", refusal) as (connection, _),
        pytest.raises(SignInNeeded) as raised,
    ):
        connection.sign_in(ME, SECRET)
    assert "no such user" in raised.value.detail


def test_a_busy_server_is_left_alone(kind: Kind) -> None:
    words = b"[UNAVAILABLE] [SYS/TEMP] later\r\n"
    answer = b"454 4.7.0 Temporary authentication failure\r\n" if kind.no == b"535 " else kind.no + words
    with connected(kind, "CRAM-MD5 PLAIN", rule(kind.ask, answer)) as (connection, server):
        with pytest.raises(Busy):
            connection.sign_in(ME, SECRET)
        assert asked(kind, server) == ["CRAM-MD5"]


def test_a_yes_without_a_proof(kind: Kind) -> None:
    """Whoever does not know the password can say yes to a SCRAM of any kind."""
    with connected(kind, "SCRAM-SHA-256 PLAIN", rule(kind.ask, kind.yes)) as (connection, server):
        with pytest.raises(Untrusted):
            connection.sign_in(ME, SECRET)
        assert asked(kind, server) == ["SCRAM-SHA-256"]
        assert b"canary" not in b"".join(server.lines)


@pytest.mark.parametrize("first", [b"", b"cj14LHM9eCxpPTE=", b"bm90IHNjcmFt", b"rubbish"])
def test_a_scram_that_is_none(kind: Kind, first: bytes) -> None:
    rules = (rule(kind.ask, kind.more + b"\r\n"), rule(rb"^biwsbj1t", kind.more + first + b"\r\n"))
    with connected(kind, "SCRAM-SHA-256 PLAIN", *rules) as (connection, server):
        with pytest.raises(Untrusted):
            connection.sign_in(ME, SECRET)
        assert asked(kind, server) == ["SCRAM-SHA-256"]


def test_an_endless_exchange(kind: Kind) -> None:
    with (
        connected(kind, "PLAIN", rule(rb"^([A-Za-z0-9+/]{12,}=*)?\r\n|" + kind.ask, kind.more + b"\r\n")) as (
            connection,
            server,
        ),
        pytest.raises(Garbled),
    ):
        connection.sign_in(ME, SECRET)
    assert len(server.lines) < 20


@pytest.mark.parametrize(("mechanism", "end"), [("XOAUTH2", b"\r\n"), ("OAUTHBEARER", b"AQ==\r\n")])
def test_an_error_challenge_is_answered_as_the_mechanism_says(kind: Kind, mechanism: str, end: bytes) -> None:
    rules = (
        rule(kind.ask, kind.more + b"\r\n"),
        rule(rb"^" + end + rb"$", kind.no + b"[AUTHENTICATIONFAILED] 5.7.8 no\r\n"),
        rule(rb"^(dXNlcj1|bixh)", kind.more + ERROR_CHALLENGE + b"\r\n"),
    )
    with connected(kind, f"PLAIN {mechanism}", *rules) as (connection, server):
        with pytest.raises(SignInNeeded) as raised:
            connection.sign_in(TOKEN, SECRET)
        assert server.lines[-1] == end
        assert raised.value.detail.endswith("(status 400)")
        assert raised.value.retry is Retry.REFRESH
        assert asked(kind, server) == [mechanism]


def test_unknown_words_about_a_token(kind: Kind) -> None:
    """Nobody knows what they mean: a new token is worth one try, the server's words are kept."""
    with connected(kind, "XOAUTH2", rule(kind.ask, kind.no + b"qwertz\r\n")) as (connection, _):
        with pytest.raises(SignInNeeded) as raised:
            connection.sign_in(TOKEN, SECRET)
        assert raised.value.retry is Retry.REFRESH
        assert "qwertz" in raised.value.detail
        assert "password" not in raised.value.what


def test_a_password_is_not_said_where_only_tokens_are_taken(kind: Kind) -> None:
    """Outlook.com's capabilities: known before any password is asked for or said."""
    with connected(kind, "XOAUTH2") as (connection, server):
        with pytest.raises(SignInNeeded, match="takes no passwords") as raised:
            connection.sign_in(ME, SECRET)
        assert raised.value.retry is Retry.NEVER
        assert asked(kind, server) == []
        assert not any(line.startswith((b"USER", b"PASS")) or b" LOGIN " in line for line in server.lines)


@pytest.mark.parametrize("login", [ME, TOKEN])
def test_ok_of_imap_counts_only_once_list_works(login: Login) -> None:
    refusal = (
        b"{tag} BAD User is authenticated but not connected.\r\n* BYE Connection closed. 14\r\n",
        Act.CLOSE,
    )
    with (
        connected(KINDS["imap"], "PLAIN XOAUTH2", rule(rb" LIST ", refusal)) as (connection, _),
        pytest.raises(SignInNeeded, match="mailbox did not open") as raised,
    ):
        connection.sign_in(login, SECRET)
    assert raised.value.retry is Retry.BACKOFF
    if login is TOKEN:
        assert "another mailbox" in raised.value.hint
        assert "switched off" in raised.value.hint
        assert "15 minutes" not in raised.value.hint


def test_the_same_words_later_are_throttling() -> None:
    refusal = b"{tag} BAD User is authenticated but not connected.\r\n"
    with connected(KINDS["imap"], "XOAUTH2", rule(rb" NOOP", refusal)) as (connection, _):
        connection.sign_in(TOKEN, SECRET)
        assert isinstance(connection, ImapConnection)
        with pytest.raises(Busy, match="mailbox did not open") as raised:
            connection.noop()
    assert raised.value.retry is Retry.BACKOFF


def test_a_token_too_long_for_pop3() -> None:
    long = Secret("t" * 4000)
    answer = (b"-ERR Protocol error. Connection is closed. 10\r\n", Act.CLOSE)
    rules = (rule(rb"^AUTH", b"+ \r\n"), rule(rb"^dXNlcj1", answer))
    with connected(KINDS["pop3"], "PLAIN XOAUTH2", *rules) as (connection, server):
        with pytest.raises(SignInNeeded, match="so long a token") as raised:
            connection.sign_in(TOKEN, long)
        assert "IMAP" in raised.value.hint
        assert raised.value.retry is Retry.NEVER
        assert len(server.lines[-1]) > 4096
        assert server.lines[1] == b"AUTH XOAUTH2\r\n"


def test_no_secret_leaves_before_the_server_has_agreed_to_hear_it(kind: Kind) -> None:
    """Never in the command's own line: Exchange's POP3 hangs up, and others limit it."""
    with connected(kind, "XOAUTH2", rule(kind.ask, kind.no + b"no\r\n")) as (connection, server):
        with pytest.raises(MailError):
            connection.sign_in(TOKEN, SECRET)
        assert not any(b"canary" in line or b"dXNlcj1" in line for line in server.lines)


@pytest.mark.parametrize(
    "mechanism", ["XOAUTH2", "OAUTHBEARER", "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"]
)
def test_nothing_of_a_sign_in_is_logged_or_printed(
    kind: Kind, mechanism: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    rules = (
        rule(kind.ask, kind.more + b"PGNoYWxsZW5nZT4=\r\n"),
        rule(rb"^bWU=", kind.more + b"\r\n"),
        rule(rb"^[A-Za-z0-9+/]{8,}=*\r\n", kind.no + b"no\r\n"),
    )
    login = TOKEN if mechanism in ("XOAUTH2", "OAUTHBEARER") else ME
    with caplog.at_level(1), connected(kind, mechanism, *rules) as (connection, server):
        with pytest.raises(MailError):
            connection.sign_in(login, SECRET)
        said = [line.strip().decode() for line in server.lines if re.match(rb"[A-Za-z0-9+/]{8,}=*\r\n", line)]
    printed = caplog.text + "".join(capfd.readouterr())
    assert said
    assert not any(words in printed for words in ("canary", "Y2FuYXJ5", *said))


_PIECES = (
    b"{tag} ", b"OK ", b"NO ", b"BAD ", b"* BYE ", b"+ ", b"+OK ", b"-ERR ", b"334 ", b"235 ", b"535-",
    b"999 ", b"=", b"cj14LHM9ZUE9PSxpPTQwOTY=", b"v=", b"{5}", b"\xff", b"\0", b" ", b"[LIMIT]",
)  # fmt: skip
_LINE = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=5).map(
    lambda pieces: b"".join(pieces) + b"\r\n"
)


@pytest.mark.parametrize("mechanisms", ["SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN", "OAUTHBEARER XOAUTH2"])
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(_LINE, min_size=1, max_size=4))
def test_whatever_a_server_says_ends_in_our_errors(kind: Kind, mechanisms: str, lines: list[bytes]) -> None:
    """No answer to a sign-in raises anything else, shows the secret, or keeps the client waiting for ever."""
    answers: list[Answer] = [*lines[:-1], (lines[-1], Act.CLOSE)]
    said = rule(kind.ask + rb"|^[A-Za-z0-9+/=]{8,}\r\n|^\r\n", *answers)
    with connected(kind, mechanisms, said) as (connection, _):
        connection._link.sock.settimeout(0.3)  # nobody need wait a minute here
        try:
            connection.sign_in(TOKEN if "XOAUTH2" in mechanisms else ME, SECRET)
        except MailError as error:
            assert "canary" not in f"{error.what}{error.hint}{error.detail}"


REPEATED = b"wrong: canary AG1lAGNhbmFyeQ== Y2FuYXJ5\r\n"
"""The password, and what has it in it in base64: of LOGIN, and of PLAIN."""


def test_a_server_that_repeats_the_password(kind: Kind) -> None:
    """What it says stands on the screen, and in what is handed to others who help."""
    steps = rule(kind.ask, kind.more + b"\r\n"), rule(rb"^AG1l", kind.no + REPEATED)
    with connected(kind, "PLAIN", *steps) as (connection, _), pytest.raises(MailError) as raised:
        connection.sign_in(ME, SECRET)
    assert raised.value.detail.endswith("wrong: … … …")


@pytest.mark.parametrize(
    ("name", "make", "greeting", "rules"),
    [
        (
            "imap", ImapConnection, scripted.IMAP_GREETING,
            scripted.imap(rule(rb" LOGIN ", b"{tag} NO " + REPEATED), capability=b"IMAP4rev1"),
        ),
        (
            "pop3", Pop3Connection, scripted.POP3_GREETING,
            scripted.pop3(rule(rb"^USER ", b"+OK\r\n"), rule(rb"^PASS ", b"-ERR " + REPEATED)),
        ),
    ],
)  # fmt: skip
def test_a_server_without_sasl_that_repeats_the_password(
    name: str, make: Callable[..., Connection], greeting: bytes, rules: list[Rule]
) -> None:
    with Scripted(greeting, rules) as server:
        connection = make(server.server())
        connection.connect()
        with pytest.raises(MailError) as raised:
            connection.sign_in(ME, SECRET)
        connection.close()
    assert "wrong: …" in raised.value.detail, name
    assert "canary" not in raised.value.detail
