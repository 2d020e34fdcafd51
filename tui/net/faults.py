"""Foreign errors become ours here and nowhere else in this room: sockets, TLS, imaplib, poplib, smtplib.

What an error means, and whether it is tried again, is looked up in `tui.model.explain`; the class follows
from that and from what was being done.
"""

from __future__ import annotations

import imaplib
import poplib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from tui.model.account import Auth
from tui.model.error import Busy, Cancelled, Garbled, MailError, Offline, Refused, SignInNeeded, Untrusted
from tui.model.explain import Explanation, explain
from tui.model.explain_rule import Retry

_DETAIL = 2000
_BACKOFF_TIME = re.compile(r"backoff time:?\s*(\d{1,9})\s*(milliseconds|ms|seconds|s)\b", re.IGNORECASE)
_WEB_PAGE = re.compile(r"HTTP/\d|<!doctype html|<html", re.IGNORECASE)
_SIGN_IN = re.compile(
    r"\[(?:AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|PRIVACYREQUIRED|AUTH|WEBALERT)\b", re.IGNORECASE
)
_SMTP_SIGN_IN = frozenset({530, 534, 535, 538})
_BY_NAME: Mapping[str, type[MailError]] = MappingProxyType(
    {
        "token-expired": Offline,  # in the middle of a session: nobody need sign in, a new connection does it
        "token-other-mailbox": SignInNeeded,
        "imap-closed": Offline,
        "hung-up": Offline,
        "no-connection": Offline,
        "name-lookup": Offline,
        "smtp-starttls-required": SignInNeeded,  # all mail of the account waits, none is given up
        "smtp-old-tls": Untrusted,
    }
)
_AT_SIGN_IN: Mapping[str, type[MailError]] = MappingProxyType(
    {
        "imap-limit": Busy,  # it can only be the number of connections
        "imap-not-connected": SignInNeeded,  # never opened yet, so hardly throttled
    }
)
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
    signing_in: Auth | None = None,
    aborted: Callable[[], bool] = lambda: False,
) -> Iterator[None]:
    """A `with` block out of which only MailErrors come.

    `doing` completes the words "while …", `signing_in` says that a plain no is about the sign-in by this kind
    of secret. When `aborted` answers True every error is Cancelled instead.
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
    reply: bytes | str, doing: str, host: str, protocol: str, *, signing_in: Auth | None = None
) -> MailError:
    """The error for a server's NO, BAD, BYE or -ERR; `reply` is its text without tag and status.

    Busy where it asks for patience, SignInNeeded where the sign-in is at fault, else Refused; Offline where a
    new connection is all it takes.
    """
    text = _text(reply)
    found = explain(text, protocol, token=signing_in is Auth.OAUTH2)
    retry = found.retry_class if found else _unknown(signing_in)
    kind = _special(found, signing_in)
    if kind is None and retry is Retry.BACKOFF:
        kind = Busy
    if kind is None:
        kind = SignInNeeded if signing_in or retry is Retry.REFRESH or _SIGN_IN.search(text) else Refused
    return _made(kind, found, retry, text, doing, host, signing_in)


def smtp_refused(
    code: int, reply: bytes | str, doing: str, host: str, *, signing_in: Auth | None = None
) -> MailError:
    """The error for an SMTP reply other than the hoped-for one (RFC 5321 4.2).

    Busy for what is tried again (4xx, but for what the table knows better), SignInNeeded on the sign-in
    (RFC 4954 section 6), else Refused. A number that is none is Garbled.
    """
    text = f"{code} {_text(reply)}".strip()
    if not 200 <= code < 600:
        return garbled(host, text)
    found = explain(text, "smtp", token=signing_in is Auth.OAUTH2)
    retry = found.retry_class if found else Retry.BACKOFF if code < 500 else _unknown(signing_in)
    kind = _special(found, signing_in)
    if kind and (retry is Retry.BACKOFF) != (kind in (Busy, Offline)) and retry is not Retry.REFRESH:
        kind = None  # 4yz is for now and 5yz for good, whatever the text looks like
    if kind is None and (retry is Retry.BACKOFF or (code < 500 and retry is not Retry.NEVER)):
        kind = Busy
    if kind is None:
        sign_in = signing_in or retry is Retry.REFRESH or code in _SMTP_SIGN_IN
        kind = SignInNeeded if sign_in else Refused
    return _made(kind, found, retry, text, doing, host, signing_in)


def garbled(host: str, detail: str) -> Garbled:
    """The error for a server that breaks the protocol. A web page comes from a network that wants one to
    sign in by the browser first, as those of hotels and trains do."""
    hint = "Check host, port and encryption of the account; it is tried again."
    if _WEB_PAGE.search(detail):
        hint = "This network may want you to sign in on a page in the browser first; it is tried again."
    return Garbled(f"{host} sent something that is not mail protocol.", hint, detail=detail[:_DETAIL])


def closed(host: str, detail: str = "") -> Offline:
    """The error for a connection that the other side has ended."""
    error = Offline(f"{host} closed the connection.", "It is tried again by itself.", detail=detail[:_DETAIL])
    error.retry = Retry.BACKOFF
    return error


def bye(reply: bytes | str, host: str, *, signing_in: Auth | None = None) -> MailError:
    """The error for an IMAP server that says goodbye by itself (RFC 3501 7.1.5).

    Busy where it asks for patience; SignInNeeded where it ends a sign-in for good; else Offline, since a new
    connection may do.
    """
    said = refused(reply, "talking", host, "imap", signing_in=signing_in)
    for_good = isinstance(said, SignInNeeded) and explain(said.detail, "imap") is not None
    return said if for_good or isinstance(said, Busy | Offline | Untrusted) else closed(host, said.detail)


def _made(
    kind: type[MailError], found: Explanation | None, retry: Retry, text: str, doing: str, host: str,
    signing_in: Auth | None,
) -> MailError:  # fmt: skip
    what = f"{found.title} ({host})." if found else _plain_refusal(doing, host, signing_in)
    hint = f"{found.meaning} {found.fix}" if found else _plain_hint(signing_in)
    error = Busy(what, hint, detail=text, wait=_wait(text)) if kind is Busy else kind(what, hint, detail=text)
    error.retry = Retry.BACKOFF if kind is Busy else retry
    return error


def _special(found: Explanation | None, signing_in: Auth | None) -> type[MailError] | None:
    """The class of the few rows for which it does not follow from the retry class."""
    if found is None:
        return None
    return (signing_in and _AT_SIGN_IN.get(found.name)) or _BY_NAME.get(found.name)


def _unknown(signing_in: Auth | None) -> Retry:
    """What to do about words that no row knows: a token may just have run out, a password has not."""
    if signing_in is Auth.OAUTH2:
        return Retry.REFRESH
    return Retry.USER if signing_in else Retry.NEVER


def _from_exception(error: BaseException, doing: str, host: str, signing_in: Auth | None) -> MailError:
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
    hung_up = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError, ConnectionResetError)
    if isinstance(error, (*hung_up, BrokenPipeError)):
        return closed(host, detail)
    found = explain(detail)
    what = f"{found.title} ({host})." if found else f"The connection to {host} broke while {doing}."
    hint = f"{found.meaning} {found.fix}" if found else "Check the internet connection; it is tried again."
    made: MailError = Offline(what, hint, detail=detail)
    if isinstance(error, ssl.SSLError):
        mixed_up = "WRONG_VERSION" in detail or "RECORD_LAYER" in detail
        made = (Garbled if mixed_up else Untrusted)(what, hint, detail=detail)
    elif isinstance(error, TimeoutError) and doing != "connecting":
        made = Offline(f"{host} did not answer in time while {doing}.", hint, detail=detail)
    elif isinstance(error, socket.gaierror):
        hint = "This computer may be offline, or the name is misspelt: check the server's name."
        made = Offline(what, hint, detail=detail)
    made.retry = found.retry_class if found else Retry.BACKOFF if isinstance(made, Offline) else Retry.NEVER
    return made


_CERTIFICATE = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by nobody but itself",
    19: "comes from an authority that is not trusted here",
    20: "comes from an authority that is not trusted here",
    21: "comes from an authority that is not trusted here",
    23: "was revoked",
    26: "is not meant for servers",
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
    made = Untrusted(f"The certificate of {host} {reason}.", hint, detail=detail)
    made.retry = Retry.NEVER
    return made


def _imap(error: imaplib.IMAP4.error, doing: str, host: str, signing_in: Auth | None) -> MailError:
    """imaplib's `abort` is a broken conversation or a BYE, its `error` a NO or BAD."""
    text = _text(error.args[0] if error.args else "")
    if text[:5].upper() == "* BYE":  # instead of a greeting
        return bye(text[5:].strip(), host, signing_in=signing_in)
    if text[:2] == "* " and text[2:5].upper() not in ("NO ", "BAD"):  # another thing instead of a greeting
        return garbled(host, text)
    if type(error).__name__ == "ProtocolError" or "unexpected" in text or "unterminated line" in text:
        return garbled(host, text)
    if not isinstance(error, imaplib.IMAP4.abort):
        words = re.sub(r"^.{1,40}?(?: failed: | command error: BAD |=> )", "", text, count=1)
        return refused(words, doing, host, "imap", signing_in=signing_in)
    return bye(text, host, signing_in=signing_in)


def _pop3(error: poplib.error_proto, doing: str, host: str, signing_in: Auth | None) -> MailError:
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


def _plain_refusal(doing: str, host: str, signing_in: Auth | None) -> str:
    return f"{host} did not accept the sign-in." if signing_in else f"{host} said no while {doing}."


def _plain_hint(signing_in: Auth | None) -> str:
    if signing_in is Auth.OAUTH2:
        return "A new token is fetched by itself. If that does not help, sign in again."
    if signing_in:
        return "Check user name and password of the account."
    return "The server's own words are in the details."
