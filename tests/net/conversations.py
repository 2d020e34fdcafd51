"""Real conversations that go well up to a given moment, at which the server says what it is told to."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.servers import scripted
from tests.servers.scripted import Act, Answer, Scripted, rule
from tui.model.account import Auth, Login
from tui.model.error import MailError
from tui.model.message import Flag
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.net.pop3 import Pop3Connection
from tui.net.smtp import SmtpConnection

SECRET = Secret("canary-secret")
RAW = b"Subject: x\r\n\r\nx\r\n"
_BASE64 = rb"^[A-Za-z0-9+/]{8,}=*\r\n$"
_TAG = re.compile(r"^[a-z]\d{1,3} ")


def at(protocol: str, moment: str, text: str) -> MailError | None:
    """The error that comes of `text`, said at `moment` of a conversation by "imap", "pop3" or "smtp"; None
    when nothing came of it."""
    talk = {"imap": _talk_imap, "pop3": _talk_pop3, "smtp": _talk_smtp}[protocol]
    with serving(protocol, moment, text) as server:
        try:
            talk(server, moment)
        except MailError as error:
            return error
    return None


def serving(protocol: str, moment: str, text: str) -> Scripted:
    """A server that says `text` at `moment`, and until then what a client hopes for."""
    return {"imap": _imap, "pop3": _pop3, "smtp": _smtp}[protocol](moment, text)


def auth(moment: str) -> Auth:
    """The kind of secret that is used up to `moment`."""
    return Auth.OAUTH2 if moment in ("token", "list") else Auth.PASSWORD


def _login(moment: str) -> Login:
    return Login("you@example.org", auth(moment))


_IMAP: dict[str, tuple[bytes, Callable[[ImapConnection], object]]] = {
    "password": (_BASE64, lambda _: None),
    "token": (_BASE64, lambda _: None),
    "list": (rb" LIST ", lambda _: None),
    "select": (rb" (SELECT|EXAMINE) \"?Other", lambda imap: imap.select("Other")),
    "append": (rb" APPEND ", lambda imap: imap.append("Archive", RAW)),
    "search": (rb" UID SEARCH ", lambda imap: imap.search_header("Subject", "x")),
    "store": (rb" UID STORE ", lambda imap: imap.store_flags([1], Flag.SEEN)),
    "create": (rb" CREATE ", lambda imap: imap.create("a/b")),
    "noop": (rb" NOOP", lambda imap: imap.noop()),
}


def _imap(moment: str, text: str) -> Scripted:
    line = _TAG.sub("{tag} ", text).encode() + b"\r\n"
    answer: Answer = (line, Act.CLOSE) if text.startswith("* BYE") else line
    first = moment == "greeting"
    rules = [] if first else [rule(_IMAP[moment][0], answer)]
    offered = b"PLAIN" if auth(moment) is Auth.PASSWORD else b"XOAUTH2"
    capability = b"IMAP4rev1 LOGINDISABLED UIDPLUS AUTH=" + offered
    greeting = answer if first else scripted.IMAP_GREETING
    return Scripted(greeting, scripted.imap(*rules, capability=capability))


def _talk_imap(server: Scripted, moment: str) -> None:
    imap = ImapConnection(server.server())
    try:
        imap.connect()
        imap.sign_in(_login(moment), SECRET)
        imap.select("INBOX")
        _IMAP[moment][1](imap)
    finally:
        imap.close()


def _pop3(moment: str, text: str) -> Scripted:
    line = text.encode() + b"\r\n"
    said = {"greeting": [], "password": [rule(rb"^PASS", line)], "uidl": [rule(rb"^UIDL", line)]}
    said["token"] = [rule(rb"^AUTH", b"+ \r\n"), rule(_BASE64, line)]
    greeting = (line, Act.CLOSE) if moment == "greeting" else scripted.POP3_GREETING
    capa = b"UIDL\r\nUSER\r\nSASL PLAIN XOAUTH2\r\n"
    return Scripted(greeting, scripted.pop3(*said[moment], capa=capa))


def _talk_pop3(server: Scripted, moment: str) -> None:
    pop3 = Pop3Connection(server.server())
    try:
        pop3.connect()
        pop3.sign_in(_login(moment), SECRET)
        pop3.uidl()
    finally:
        pop3.close()


def _smtp(moment: str, text: str) -> Scripted:
    line = _reply(text)
    patterns = {
        "password": _BASE64, "token": _BASE64, "command": rb"^AUTH", "mail": rb"^MAIL", "rcpt": rb"^RCPT",
        "data": rb"^DATA", "dot": rb"^\.\r\n",
    }  # fmt: skip
    rules = [rule(patterns[moment], line)] if moment in patterns else []
    greeting = (line, Act.CLOSE) if moment == "greeting" else scripted.SMTP_GREETING
    return Scripted(greeting, scripted.smtp(*rules, features=b"250 AUTH LOGIN PLAIN XOAUTH2\r\n"))


def _talk_smtp(server: Scripted, moment: str) -> None:
    smtp = SmtpConnection(server.server())
    try:
        smtp.connect()
        smtp.sign_in(_login(moment), SECRET)
        for recipient in smtp.begin("you@example.org", ["billing@contoso.example"], RAW):
            if recipient.code >= 300:
                raise smtp.refusal(recipient.code, recipient.text)
        smtp.body(RAW)
        code, words = smtp.dot()
        if code >= 300:
            raise smtp.refusal(code, words)
    finally:
        smtp.close()


def _reply(text: str) -> bytes:
    """A whole reply of one or more lines (RFC 5321 4.2.1); one that breaks off in the table is ended."""
    lines = text.split("\n")
    code = lines[0][:3]
    if lines[-1][3:4] == "-":
        lines.append(f"{code} end")
    lines = [f"{code}-{line[4:]}" for line in lines[:-1]] + lines[-1:]
    return "".join(f"{line}\r\n" for line in lines).encode()
