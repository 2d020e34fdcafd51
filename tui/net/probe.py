"""Trying an account step by step, so that a failure names the step that fails and what to do about it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

from tui.model.account import Account, Login, Protocol, Server
from tui.model.command import Check
from tui.model.error import MailError, SignInNeeded
from tui.model.secret import Secret
from tui.net import faults, link, starttls
from tui.net.imap import ImapConnection
from tui.net.link import Link
from tui.net.pop3 import Pop3Connection
from tui.net.smtp import SmtpConnection

Tell = Callable[[Check], None]
Step = tuple[str, Callable[[], str]]
_LOOKED_UP = 6


def test(account: Account, secret: Secret | None, smtp_secret: Secret | None, tell: Tell) -> list[Check]:
    """Try receiving, then sending; every step's Check is told as soon as it is done, and all are returned.

    A step that fails ends its half: sending is tried even when receiving does not work. Secrets are used,
    never told. `smtp_secret` None means that sending signs in with `secret`.
    """
    checks: list[Check] = []
    receiving, sending = account.receiving, account.smtp
    if receiving:
        steps = _imap if account.incoming is Protocol.IMAP else _pop3
        _run(steps(receiving, account.ca_file, account.login, secret), account.incoming, tell, checks)
    if sending:
        login = account.sending_login
        steps_out = _smtp(sending, account.ca_file, login, smtp_secret if account.smtp_login else secret)
        _run(steps_out, "smtp", tell, checks)
    return checks


def _run(steps: Iterator[Step], half: str, tell: Tell, checks: list[Check]) -> None:
    try:
        for name, step in steps:
            started = time.monotonic()
            try:
                detail = step()
            except MailError as error:
                text = " ".join(part for part in (error.what, error.detail) if part)
                check = Check(f"{half} {name}", False, text, error.hint, error.exit_code)
            else:
                check = Check(f"{half} {name}", True, detail)
            check = _timed(check, time.monotonic() - started)
            checks.append(check)
            tell(check)
            if not check.ok:
                return
    finally:
        steps.close()  # type: ignore[attr-defined]  # they are generators, which close their connection


def _timed(check: Check, seconds: float) -> Check:
    return Check(check.check, check.ok, check.detail, check.fix, check.exit_code, round(seconds, 3))


def _way(server: Server, ca_file: str, protocol: str) -> Iterator[Step]:
    """DNS, TCP, TLS: the steps that every protocol begins with, on a connection of their own."""
    yield "name", lambda: _look_up(server)
    yield "port", lambda: _reach(server)
    ask = {"imap": starttls.imap, "pop3": starttls.pop3, "smtp": starttls.smtp}[protocol]
    yield "encryption", lambda: _encrypt(server, ca_file, ask)


def _look_up(server: Server) -> str:
    with faults.translated("looking up the name", server.host):
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    return ", ".join(list(dict.fromkeys(str(each[4][0]) for each in found))[:_LOOKED_UP])


def _reach(server: Server) -> str:
    return ", ".join(link.reachable(server))


def _encrypt(server: Server, ca_file: str, ask: Callable[[socket.socket], None]) -> str:
    tried = Link(server, ca_file)
    try:
        tried.open(ask)
        return tried.description()
    finally:
        tried.close()


def _credentials(login: Login | None, secret: Secret | None, host: str) -> tuple[Login, Secret]:
    if login is None:
        raise SignInNeeded(f"There is no user name for {host}.", "Enter a user name in the account.")
    if not secret:
        raise SignInNeeded(
            f"There is no password or token for {login.username} at {host}.",
            "Enter it, or name a command that prints it.",
        )
    return login, secret


def _imap(server: Server, ca_file: str, login: Login | None, secret: Secret | None) -> Iterator[Step]:
    yield from _way(server, ca_file, "imap")
    connection = ImapConnection(server, ca_file)

    def connect() -> str:
        connection.connect()
        return " ".join(sorted(connection.capabilities))

    def sign_in() -> str:
        connection.sign_in(*_credentials(login, secret, server.host))
        return " ".join(sorted(connection.capabilities))

    def folders() -> str:
        found = connection.folders()
        roles = ", ".join(f"{each.role}: {each.name}" for each in found if each.role)
        return f"{len(found)} folders ({roles})"

    try:
        yield "capabilities", connect
        yield "sign-in", sign_in
        yield "folders", folders
    finally:
        connection.close()


def _pop3(server: Server, ca_file: str, login: Login | None, secret: Secret | None) -> Iterator[Step]:
    yield from _way(server, ca_file, "pop3")
    connection = Pop3Connection(server, ca_file)

    def connect() -> str:
        connection.connect()
        return " ".join(sorted(connection.capabilities))

    def sign_in() -> str:
        connection.sign_in(*_credentials(login, secret, server.host))
        return ""

    try:
        yield "capabilities", connect
        yield "sign-in", sign_in
        yield "mail", lambda: f"{len(connection.uidl())} messages"
    finally:
        connection.close()


def _smtp(server: Server, ca_file: str, login: Login | None, secret: Secret | None) -> Iterator[Step]:
    yield from _way(server, ca_file, "smtp")
    connection = SmtpConnection(server, ca_file)

    def connect() -> str:
        connection.connect()
        return ", ".join(f"{name} {words}".strip() for name, words in sorted(connection.features.items()))

    def sign_in() -> str:
        connection.sign_in(*_credentials(login, secret, server.host))
        return ""

    try:
        yield "capabilities", connect
        yield "sign-in", sign_in
    finally:
        connection.quit()
