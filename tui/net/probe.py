"""Trying an account step by step, so that a failure names the step that fails and what to do about it."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tui.model.account import Account, Login, Protocol, Server
from tui.model.command import Check
from tui.model.error import MailError, SignInNeeded
from tui.model.secret import Secret
from tui.net import reach, starttls
from tui.net.imap import ImapConnection
from tui.net.link import Link
from tui.net.pop3 import Pop3Connection
from tui.net.smtp import SmtpConnection

_SOON = 14  # days
_AGAIN = "Try again in a minute; if it stays so, the log says more."

Tell = Callable[[Check], None]
Ask = Callable[[], Secret | None]
"""Where the secret of a half comes from, asked when it is needed; it may raise a MailError of its own."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a step that went well has found, and what should be done all the same, "" for nothing."""

    detail: str = ""
    fix: str = ""


Step = tuple[str, Callable[[], Found]]


def test(account: Account, secret: Secret | None, smtp_secret: Secret | None, tell: Tell) -> list[Check]:
    """Try receiving, then sending; every step's Check is told as soon as it is done, and all are returned.

    A step that fails ends its half: sending is tried even when receiving does not work. Secrets are used,
    never told. `smtp_secret` None means that sending signs in with `secret`.
    """
    outgoing = smtp_secret if account.smtp_login else secret
    return receiving(account, lambda: secret, tell) + sending(account, lambda: outgoing, tell)


def receiving(account: Account, ask: Ask, tell: Tell) -> list[Check]:
    """Try receiving alone, as `test` does; nothing for an account that only sends."""
    server = account.receiving
    if server is None:
        return []
    steps = _imap if account.incoming is Protocol.IMAP else _pop3
    return _run(steps(server, account.ca_file, account.login, ask), account.incoming, tell)


def sending(account: Account, ask: Ask, tell: Tell) -> list[Check]:
    """Try sending alone, as `test` does; no mail is sent."""
    if account.smtp is None:
        return []
    return _run(_smtp(account.smtp, account.ca_file, account.sending_login, ask), "smtp", tell)


def _run(steps: Iterator[Step], half: str, tell: Tell) -> list[Check]:
    checks: list[Check] = []
    try:
        for name, step in steps:
            check = _tried(f"{half} {name}", step)
            checks.append(check)
            tell(check)
            if not check.ok:
                break
    finally:
        steps.close()  # type: ignore[attr-defined]  # they are generators, which close their connection
    return checks


def _tried(name: str, step: Callable[[], Found]) -> Check:
    started = time.monotonic()
    try:
        found = step()
    except MailError as error:
        text = " ".join(part for part in (error.what, error.detail) if part)
        check = Check(name, False, text, error.hint or _AGAIN, error.exit_code)
    else:
        check = Check(name, True, found.detail, found.fix)
    return replace(check, seconds=round(time.monotonic() - started, 3))


def _way(server: Server, ca_file: str, protocol: str) -> Iterator[Step]:
    """DNS, TCP, TLS: the steps that every protocol begins with, on a connection of their own."""
    yield "name", lambda: Found(reach.named(reach.addresses(server)))
    yield "port", lambda: Found(reach.reach(server))
    ask = {"imap": starttls.imap, "pop3": starttls.pop3, "smtp": starttls.smtp}[protocol]
    yield "encryption", lambda: _encrypt(server, ca_file, ask)


def _encrypt(server: Server, ca_file: str, ask: Callable[[socket.socket], None]) -> Found:
    tried = Link(server, ca_file)
    try:
        tried.open(ask)
        return _facts(tried.sock)
    finally:
        tried.close()


def _facts(sock: socket.socket) -> Found:
    """The encryption in words: version, cipher, how long the certificate is valid and who issued it."""
    if not isinstance(sock, ssl.SSLSocket):
        return Found("no encryption (this computer only)")
    certificate = sock.getpeercert() or {}
    cipher = sock.cipher()
    issuer: Any = certificate.get("issuer", ())
    names = [value for part in issuer for key, value in part if key in ("organizationName", "commonName")]
    until = str(certificate.get("notAfter", "unknown"))
    return Found(
        f"{sock.version()}, {cipher[0] if cipher else 'unknown cipher'}, certificate valid until {until}, "
        f"issued by {', '.join(names) or 'unknown'}",
        ends_soon(until, time.time()),
    )


def ends_soon(until: str, now: float) -> str:
    """A sentence when a certificate ends within two weeks of `now`, "" else; `until` as OpenSSL writes it."""
    try:
        days = int(ssl.cert_time_to_seconds(until) - now) // 86_400
    except ValueError:
        return ""
    if days >= _SOON:
        return ""
    when = "today" if days < 1 else "tomorrow" if days == 1 else f"in {days} days"
    return f"The certificate ends {when}. Whoever runs the server has to renew it, or nobody can sign in."


def _signed_in(login: Login | None, ask: Ask, host: str) -> tuple[Login, Secret]:
    if login is None:
        raise SignInNeeded(f"There is no user name for {host}.", "Enter a user name in the account.")
    secret = ask()
    if not secret:
        raise SignInNeeded(
            f"There is no password or token for {login.username} at {host}.",
            "Enter it, or name a command that prints it.",
        )
    return login, secret


def _imap(server: Server, ca_file: str, login: Login | None, ask: Ask) -> Iterator[Step]:
    yield from _way(server, ca_file, "imap")
    connection = ImapConnection(server, ca_file)

    def connect() -> Found:
        connection.connect()
        return Found(" ".join(sorted(connection.capabilities)))

    def sign_in() -> Found:
        connection.sign_in(*_signed_in(login, ask, server.host))
        return Found(" ".join(sorted(connection.capabilities)))

    def folders() -> Found:
        found = connection.folders()
        roles = ", ".join(f"{each.role}: {each.name}" for each in found if each.role)
        return Found(f"{len(found)} folders ({roles})")

    try:
        yield "capabilities", connect
        yield "sign-in", sign_in
        yield "folders", folders
    finally:
        connection.close()


def _pop3(server: Server, ca_file: str, login: Login | None, ask: Ask) -> Iterator[Step]:
    yield from _way(server, ca_file, "pop3")
    connection = Pop3Connection(server, ca_file)

    def connect() -> Found:
        connection.connect()
        return Found(" ".join(sorted(connection.capabilities)))

    def sign_in() -> Found:
        connection.sign_in(*_signed_in(login, ask, server.host))
        return Found()

    try:
        yield "capabilities", connect
        yield "sign-in", sign_in
        yield "mail", lambda: Found(f"{len(connection.uidl())} messages")
    finally:
        connection.close()


def _smtp(server: Server, ca_file: str, login: Login | None, ask: Ask) -> Iterator[Step]:
    yield from _way(server, ca_file, "smtp")
    connection = SmtpConnection(server, ca_file)

    def connect() -> Found:
        connection.connect()
        features = sorted(connection.features.items())
        return Found(", ".join(" ".join((name, *words.split())) for name, words in features))

    def sign_in() -> Found:
        connection.sign_in(*_signed_in(login, ask, server.host))
        return Found()

    try:
        yield "capabilities", connect
        yield "sign-in", sign_in
    finally:
        connection.quit()
