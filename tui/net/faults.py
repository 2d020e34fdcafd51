"""Foreign errors become ours here and nowhere else in this room: sockets, TLS, imaplib, poplib, smtplib.

What an error means is looked up in `tui.model.explain`; the class says what the caller does about it.
"""

from __future__ import annotations

import imaplib
import poplib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tui.model.error import Busy, Cancelled, Garbled, MailError, Offline, Refused, SignInNeeded, Untrusted
from tui.model.explain import explain
from tui.model.explain_rule import Retry

_DETAIL = 2000
_PATIENCE = re.compile(
    r"\[(?:UNAVAILABLE|LIMIT|INUSE|IN-USE|SYS/TEMP|LOGIN-DELAY|SERVERBUG|THROTTLED)\b"
    r"|server unavailable|throttled|try again later",
    re.IGNORECASE,
)
_BACKOFF_TIME = re.compile(r"backoff time:?\s*(\d{1,9})\s*(milliseconds|ms|seconds|s)\b", re.IGNORECASE)
_SIGN_IN = re.compile(
    r"\[(?:AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|PRIVACYREQUIRED|AUTH|WEBALERT)\b", re.IGNORECASE
)
_TOKEN_EXPIRED = re.compile(r"AccessTokenExpired|Session invalidated", re.IGNORECASE)
_NOT_CONNECTED = re.compile(r"authenticated but not connected", re.IGNORECASE)
_SMTP_SIGN_IN = frozenset({530, 534, 535, 538})
_OUR_LIBRARIES_CHOKED = (ValueError, LookupError, TypeError, RecursionError)
_FOREIGN = (
    OSError, EOFError, imaplib.IMAP4.error, poplib.error_proto, smtplib.SMTPException,
    *_OUR_LIBRARIES_CHOKED,
)  # fmt: skip


@contextmanager
def translated(
    doing: str,
    host: str,
    *,
    signing_in: bool = False,
    aborted: Callable[[], bool] = lambda: False,
) -> Iterator[None]:
    """A `with` block out of which only MailErrors come.

    `doing` completes the words "while …", `signing_in` says that a plain no is about the sign-in. When
    `aborted` answers True every error is Cancelled instead.
    """
    try:
        yield
    except (MailError, *_FOREIGN) as error:
        if aborted():
            raise Cancelled(f"The connection to {host} was stopped while {doing}.") from error
        if isinstance(error, MailError):
            raise
        raise _from_exception(error, doing, host, signing_in) from error


def refused(
    reply: bytes | str, doing: str, host: str, protocol: str, *, signing_in: bool = False
) -> MailError:
    """The error for a server's NO, BAD, BYE or -ERR; `reply` is its text without tag and status.

    Busy where it asks for patience, SignInNeeded where the sign-in is at fault, else Refused.
    """
    text = _text(reply)
    if _TOKEN_EXPIRED.search(text):
        return Offline(f"The sign-in at {host} has run its time; connecting again.", detail=text)
    found = explain(text, protocol)
    what = f"{found.title} ({host})." if found else _plain_refusal(doing, host, signing_in)
    hint = f"{found.meaning} {found.fix}" if found else _plain_hint(signing_in)
    retry = found.retry_class if found else None
    if _NOT_CONNECTED.search(text):
        return (SignInNeeded if signing_in else Busy)(what, hint, detail=text)
    if _PATIENCE.search(text) or (retry is Retry.BACKOFF and not _SIGN_IN.search(text)):
        return Busy(what, hint, detail=text, wait=_wait(text))
    if signing_in or _SIGN_IN.search(text):
        return SignInNeeded(what, hint, detail=text)
    return Refused(what, hint, detail=text)


def smtp_refused(
    code: int, reply: bytes | str, doing: str, host: str, *, signing_in: bool = False
) -> MailError:
    """The error for an SMTP reply other than the hoped-for one (RFC 5321 4.2): 4xx Busy, 5xx Refused.

    Replies on the sign-in (RFC 4954 section 6) are SignInNeeded; a number that is none is Garbled.
    """
    text = f"{code} {_text(reply)}".strip()
    if not 200 <= code < 600:
        return garbled(host, text)
    found = explain(text, "smtp")
    what = f"{found.title} ({host})." if found else _plain_refusal(doing, host, signing_in)
    hint = f"{found.meaning} {found.fix}" if found else _plain_hint(signing_in)
    if code < 500:
        return Busy(what, hint, detail=text, wait=_wait(text))
    if signing_in or code in _SMTP_SIGN_IN:
        return SignInNeeded(what, hint, detail=text)
    return Refused(what, hint, detail=text)


def garbled(host: str, detail: str) -> Garbled:
    """The error for a server that breaks the protocol."""
    return Garbled(
        f"{host} sent something that is not mail protocol.",
        "Check host, port and encryption of the account; it is tried again.",
        detail=detail[:_DETAIL],
    )


def closed(host: str, detail: str = "") -> Offline:
    """The error for a connection that the other side has ended."""
    return Offline(f"{host} closed the connection.", "It is tried again by itself.", detail=detail[:_DETAIL])


def bye(reply: bytes | str, host: str) -> MailError:
    """The error for an IMAP server that says goodbye by itself: Busy where it asks for patience."""
    said = refused(reply, "talking", host, "imap")
    patient = isinstance(said, Offline) or _PATIENCE.search(said.detail)
    return said if patient else closed(host, said.detail)


def _from_exception(error: BaseException, doing: str, host: str, signing_in: bool) -> MailError:
    if isinstance(error, imaplib.IMAP4.error):
        return _imap(error, doing, host, signing_in)
    if isinstance(error, poplib.error_proto):
        return _pop3(error, doing, host, signing_in)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return closed(host, str(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return smtp_refused(error.smtp_code, error.smtp_error, doing, host, signing_in=signing_in)
    if isinstance(error, OSError):  # behind smtplib's errors, which are OSErrors, too
        return _network(error, doing, host)
    return garbled(host, f"{type(error).__name__}: {error}")


def _network(error: OSError, doing: str, host: str) -> MailError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate(error, host)
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)):
        return closed(host, detail)
    found = explain(detail)
    what = f"{found.title} ({host})." if found else f"The connection to {host} broke while {doing}."
    hint = f"{found.meaning} {found.fix}" if found else "Check the internet connection; it is tried again."
    if isinstance(error, ssl.SSLError):
        mixed_up = "WRONG_VERSION" in detail or "RECORD_LAYER" in detail
        return (Garbled if mixed_up else Untrusted)(what, hint, detail=detail)
    if isinstance(error, (ConnectionResetError, BrokenPipeError)):
        return closed(host, detail)
    if isinstance(error, TimeoutError) and doing != "connecting":
        return Offline(f"{host} did not answer in time while {doing}.", hint, detail=detail)
    if isinstance(error, socket.gaierror):
        hint = "This computer may be offline, or the name is misspelt: check the server's name."
    return Offline(what, hint, detail=detail)


_CERTIFICATE = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by nobody but itself",
    19: "comes from an authority that is not trusted here",
    20: "comes from an authority that is not trusted here",
    21: "comes from an authority that is not trusted here",
    23: "was revoked",
    62: "is made out to another name",
    64: "is made out to another address",
    66: "has a key that is too weak",
    67: "comes from an authority whose key is too weak",
    68: "is signed in a way that is too weak",
}


def _certificate(error: ssl.SSLCertVerificationError, host: str) -> Untrusted:
    """What is wrong with a certificate, by OpenSSL's verification code (x509_vfy.h)."""
    reason = _CERTIFICATE.get(error.verify_code, "could not be verified")
    found = explain(error.verify_message) or explain("certificate verify failed")
    hint = f"{found.meaning} {found.fix}" if found else "Do not go round this."
    detail = f"OpenSSL {error.verify_code}: {error.verify_message}"
    return Untrusted(f"The certificate of {host} {reason}.", hint, detail=detail)


def _imap(error: imaplib.IMAP4.error, doing: str, host: str, signing_in: bool) -> MailError:
    """imaplib's `abort` is a broken conversation or a BYE, its `error` a NO or BAD."""
    text = _text(error.args[0] if error.args else "")
    if type(error).__name__ == "ProtocolError" or "unexpected" in text or "unterminated line" in text:
        return garbled(host, text)
    if not isinstance(error, imaplib.IMAP4.abort):
        words = re.sub(r"^.{1,40}?(?: failed: | command error: BAD |=> )", "", text, count=1)
        return refused(words, doing, host, "imap", signing_in=signing_in)
    return bye(text, host)


def _pop3(error: poplib.error_proto, doing: str, host: str, signing_in: bool) -> MailError:
    text = _text(error.args[0] if error.args else "")
    if text == "-ERR EOF":
        return closed(host)
    if not text.startswith("-ERR"):
        return garbled(host, text)
    return refused(text, doing, host, "pop3", signing_in=signing_in)


def _text(reply: object) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    return text[:_DETAIL]


def _wait(text: str) -> float:
    found = _BACKOFF_TIME.search(text)
    if not found:
        return 0.0
    return int(found[1]) / (1000 if found[2].lower().startswith("m") else 1)


def _plain_refusal(doing: str, host: str, signing_in: bool) -> str:
    return f"{host} did not accept the sign-in." if signing_in else f"{host} said no while {doing}."


def _plain_hint(signing_in: bool) -> str:
    return (
        "Check user name and password of the account."
        if signing_in
        else "The server's own words are in the details."
    )
