"""The small pure parts: arguments, flags, errors."""

from __future__ import annotations

import imaplib
import poplib
import smtplib
import socket
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.error_texts import ERRORS
from tui.model.account import Auth
from tui.model.error import (
    BadInput,
    Busy,
    Cancelled,
    Garbled,
    MailError,
    Offline,
    Refused,
    SignInNeeded,
    Untrusted,
)
from tui.model.explain_rule import Retry
from tui.model.message import Flag
from tui.net import flags
from tui.net.argument import ascii_line, one_line, uid_set
from tui.net.faults import refused, smtp_refused, translated


@given(st.sets(st.integers(1, 300)))
def test_uid_sets(uids: set[int]) -> None:
    back: set[int] = set()
    for part in filter(None, uid_set(uids).split(",")):
        first, _, last = part.partition(":")
        back |= set(range(int(first), int(last or first) + 1))
    assert back == uids


def test_uids_that_are_none() -> None:
    assert uid_set([3, 1, 2, 7]) == "1:3,7"
    for uid in (0, -1, 1 << 32):
        with pytest.raises(ValueError, match="not a UID"):
            uid_set([uid])


@pytest.mark.parametrize("text", ["a\rb", "a\nb", "a\0b", "\r\n"])
def test_line_ends_in_arguments(text: str) -> None:
    with pytest.raises(BadInput):
        one_line(text, "word")
    with pytest.raises(BadInput):
        ascii_line("ü", "word")
    assert one_line("ü b", "word") == "ü b"


def test_flags_there_and_back() -> None:
    everything = (
        Flag.SEEN | Flag.ANSWERED | Flag.FLAGGED | Flag.DRAFT | Flag.DELETED | Flag.FORWARDED | Flag.JUNK
    )
    said = " ".join(flags.words(everything, frozenset({"todo"}))).encode()
    assert flags.parse(said) == (everything, frozenset({"todo"}))
    assert flags.parse(b"\\SEEN \\Recent \\Strange $MDNSent NonJunk Junk") == (
        Flag.SEEN | Flag.JUNK,
        frozenset(),
    )
    assert flags.parse(b"") == (Flag(0), frozenset())


@pytest.mark.parametrize("tag", ["a b", "a)", "(", "", "\\Seen", "ü", "a\r\nb", '"', "{5}", "*", "x" * 200])
def test_tags_that_are_no_keywords(tag: str) -> None:
    with pytest.raises(BadInput):
        flags.words(Flag(0), frozenset({tag}))


CERTIFICATE = ssl.SSLCertVerificationError(1, "certificate verify failed")
CERTIFICATE.verify_code, CERTIFICATE.verify_message = 10, "certificate has expired"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (socket.gaierror(-2, "Name or service not known"), Offline),
        (ConnectionRefusedError(111, "Connection refused"), Offline),
        (TimeoutError("timed out"), Offline),
        (ConnectionResetError(104, "reset"), Offline),
        (OSError(101, "Network is unreachable"), Offline),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), Garbled),
        (ssl.SSLError(1, "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] alert"), Untrusted),
        (ssl.SSLEOFError(8, "EOF occurred"), Offline),
        (CERTIFICATE, Untrusted),
        (imaplib.IMAP4.abort("socket error: EOF"), Offline),
        (imaplib.IMAP4.abort("unexpected response: b'x'"), Garbled),
        (imaplib.IMAP4.error("select failed: [NONEXISTENT] no"), Refused),
        (imaplib.IMAP4.error("login failed: [AUTHENTICATIONFAILED] no"), SignInNeeded),
        (poplib.error_proto(b"-ERR [IN-USE] x"), Busy),
        (poplib.error_proto(b"-ERR no such message"), Refused),
        (poplib.error_proto(b"HTTP/1.1 400"), Garbled),
        (smtplib.SMTPServerDisconnected("x"), Offline),
        (smtplib.SMTPResponseException(451, b"4.7.500 Server busy"), Busy),
        (smtplib.SMTPResponseException(550, b"no"), Refused),
        (smtplib.SMTPResponseException(-1, b"x"), Garbled),
        (UnicodeDecodeError("ascii", b"\xff", 0, 1, "x"), Garbled),
        (KeyError("x"), Garbled),
    ],
)
def test_foreign_errors(error: Exception, expected: type[MailError]) -> None:
    with pytest.raises(expected) as raised, translated("trying", "mail.example"):
        raise error
    assert type(raised.value) is expected
    assert raised.value.what
    assert raised.value.hint
    assert raised.value.__cause__ is error
    with pytest.raises(Cancelled), translated("trying", "mail.example", aborted=lambda: True):
        raise error


@given(st.sampled_from([text for _, _, text, _, _ in ERRORS]) | st.text(max_size=80), st.data())
def test_class_and_retry_agree(text: str, data: st.DataObject) -> None:
    """What is tried again by itself is of a class that the engine tries again, and nothing else is."""
    protocol = data.draw(st.sampled_from(["imap", "pop3", "smtp"]))
    signing_in = data.draw(st.sampled_from([None, Auth.PASSWORD, Auth.OAUTH2]))
    error = (
        smtp_refused(data.draw(st.integers(400, 599)), text, "trying", "h", signing_in=signing_in)
        if protocol == "smtp"
        else refused(text, "trying", "h", protocol, signing_in=signing_in)
    )
    allowed = {
        Retry.BACKOFF: (Busy, Offline), Retry.REFRESH: (SignInNeeded, Offline),
        Retry.NEVER: (Refused, SignInNeeded, Untrusted), Retry.USER: (Refused, SignInNeeded),
    }  # fmt: skip
    assert error.retry is not None
    opens_not = isinstance(error, SignInNeeded) and "mailbox did not open" in error.what
    assert opens_not or isinstance(error, allowed[error.retry])


def test_our_own_errors_pass() -> None:
    ours = Refused("no")
    with pytest.raises(Refused) as raised, translated("trying", "mail.example"):
        raise ours
    assert raised.value is ours


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (421, "4.7.66 TLS 1.0 and 1.1 are not supported", Untrusted),
        (432, "4.3.2 Concurrent connections limit exceeded", Busy),
        (535, "5.7.3 Authentication unsuccessful", SignInNeeded),
        (535, "5.7.139 SmtpClientAuthentication is disabled for the Tenant", SignInNeeded),
        (451, "5.7.3 STARTTLS is required to send mail", SignInNeeded),
        (452, "4.2.2 mailbox full", Busy),
        (452, "4.5.3 too many recipients", Refused),
        (550, "5.4.0 server busy", Refused),
        (550, "5.7.30 Basic authentication is not supported for Client Submission.", Refused),
        (552, "5.3.4 too large", Refused),
        (999, "x", Garbled),
    ],
)
def test_smtp_replies(code: int, text: str, expected: type[MailError]) -> None:
    error = smtp_refused(code, text, "sending", "smtp.example")
    assert type(error) is expected
    assert str(code) in error.detail
