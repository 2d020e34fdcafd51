"""A server that says what it is told to: for refusals, half lines, lies, silence and sudden ends."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Self

from tui.model.account import Security, Server


class Act(Enum):
    """What a server can do besides talking; PAUSE is silence for a second."""

    CLOSE = auto()
    STALL = auto()
    PAUSE = auto()
    TLS = auto()


@dataclass(frozen=True, slots=True)
class Endless:
    """The same octets again and again, with a pause of so many seconds between, until the client has gone."""

    octets: bytes
    pause: float = 0.0


Part = bytes | Act | Endless
Answer = Part | tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What to answer to a line that `pattern` is found in. The n-th such line gets the n-th answer, later
    ones the last. In an answer `{tag}` stands for the first word of the last line of several words."""

    pattern: bytes
    answers: tuple[Answer, ...]


def rule(pattern: bytes, *answers: Answer) -> Rule:
    """A Rule, written shortly."""
    return Rule(pattern, answers)


class Scripted:
    """Listens on a loopback port from `with` on; the first rule that fits a line gives the answer.

    `context` makes it speak TLS: at once, or with Act.TLS when `implicit` is False. `lines` holds what
    was said to it, `clear` what was said before TLS. A line that no rule fits is answered with `otherwise`.
    """

    def __init__(
        self,
        greeting: Answer,
        rules: Sequence[Rule],
        *,
        context: ssl.SSLContext | None = None,
        implicit: bool = True,
        otherwise: Answer = b"",
        port: int = 0,
    ) -> None:
        self.lines: list[bytes] = []
        self.clear: list[bytes] = []
        self._greeting, self._rules, self._otherwise = greeting, rules, otherwise
        self._context, self._implicit = context, implicit
        self._used = dict.fromkeys(range(len(rules)), 0)
        self._stopped = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]

    def server(self, security: Security = Security.PLAIN, host: str = "127.0.0.1") -> Server:
        """The endpoint as a client is told of it."""
        return Server(host, self.port, security)

    @property
    def connections(self) -> int:
        """How many have come so far."""
        return len(self._open)

    def heard(self, line: bytes, within: float = 5.0) -> bool:
        """Whether the client has said `line`, or says it within so many seconds."""
        deadline = time.monotonic() + within
        while line not in self.lines and time.monotonic() < deadline:
            time.sleep(0.005)
        return line in self.lines

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for each in self._open:
            each.close()

    def _begin(self, what: object, *arguments: object) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                self._begin(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._context and self._implicit:
                connection = self._encrypted(connection)
            self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        tag = b"*"
        reader = connection.makefile("rb")
        try:
            answer: Answer = self._greeting
            while True:
                for part in answer if isinstance(answer, tuple) else (answer,):
                    if part is Act.CLOSE:
                        socket.socket.shutdown(connection, socket.SHUT_RDWR)
                        return
                    if part is Act.STALL:
                        self._stopped.wait()
                    elif part is Act.PAUSE:
                        self._stopped.wait(1.0)
                    elif part is Act.TLS:
                        self.clear, self.lines = self.clear + self.lines, []
                        reader.close()
                        connection = self._encrypted(connection)
                        reader = connection.makefile("rb")
                    elif isinstance(part, Endless):
                        while not self._stopped.wait(part.pause):
                            connection.sendall(part.octets)
                    elif isinstance(part, bytes):
                        connection.sendall(part.replace(b"{tag}", tag))
                line = reader.readline()
                if not line:
                    return
                self.lines.append(line)
                first, space, _ = line.partition(b" ")
                tag = first if space else tag
                answer = self._answer(line)
        finally:
            reader.close()

    def _encrypted(self, connection: socket.socket) -> socket.socket:
        assert self._context
        if not connection.recv(1, socket.MSG_PEEK):  # wrapping a closed connection leaks it (CPython)
            raise ConnectionResetError
        wrapped = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._open.append(wrapped)  # before the handshake, which may fail
        wrapped.do_handshake()
        return wrapped

    def _answer(self, line: bytes) -> Answer:
        for n, each in enumerate(self._rules):
            if re.search(each.pattern, line):
                answer = each.answers[min(self._used[n], len(each.answers) - 1)]
                self._used[n] += 1
                return answer
        return self._otherwise


IMAP_GREETING = b"* OK ready\r\n"
POP3_GREETING = b"+OK ready\r\n"
SMTP_GREETING = b"220 ready\r\n"


def imap(*rules: Rule, capability: bytes = b"IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS UNSELECT") -> list[Rule]:
    """Rules of a small IMAP server with an INBOX of two messages, behind those given."""
    return [
        *rules,
        rule(rb" CAPABILITY", b"* CAPABILITY " + capability + b"\r\n{tag} OK done\r\n"),
        rule(rb" AUTHENTICATE", b"+ \r\n"),
        rule(rb" LOGIN ", b"{tag} OK in\r\n"),
        rule(rb" LIST ", b'* LIST () "/" INBOX\r\n{tag} OK done\r\n'),
        rule(
            rb" (SELECT|EXAMINE) ",
            b"* FLAGS (\\Seen)\r\n* 2 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n"
            b"* OK [UIDNEXT 3] ok\r\n{tag} OK [READ-WRITE] ok\r\n",
        ),
        rule(rb" LOGOUT", (b"* BYE\r\n{tag} OK done\r\n", Act.CLOSE)),
        rule(rb"^[A-Za-z0-9+/=]*\r\n$", b"{tag} OK in\r\n"),
        rule(rb" ", b"{tag} OK done\r\n"),
    ]


def pop3(*rules: Rule, capa: bytes = b"UIDL\r\nTOP\r\nUSER\r\n") -> list[Rule]:
    """Rules of a small POP3 server with two messages, behind those given."""
    return [
        *rules,
        rule(rb"^CAPA", b"+OK\r\n" + capa + b".\r\n"),
        rule(rb"^UIDL", b"+OK\r\n1 one\r\n2 two\r\n.\r\n"),
        rule(rb"^LIST", b"+OK\r\n1 20\r\n2 20\r\n.\r\n"),
        rule(rb"^(RETR|TOP)", b"+OK\r\nSubject: x\r\n\r\n..body\r\n.\r\n"),
        rule(rb"^QUIT", (b"+OK\r\n", Act.CLOSE)),
        rule(rb"", b"+OK\r\n"),
    ]


def smtp(
    *rules: Rule, features: bytes = b"250-SIZE 1000\r\n250-AUTH PLAIN LOGIN\r\n250 HELP\r\n"
) -> list[Rule]:
    """Rules of a small SMTP server, behind those given; lines of a mail's text get no answer."""
    return [
        *rules,
        rule(rb"^(?i:EHLO)", b"250-hello\r\n" + features),
        rule(rb"^AUTH ", b"334 \r\n"),
        rule(rb"^(MAIL|RCPT|RSET|NOOP)", b"250 ok\r\n"),
        rule(rb"^DATA", b"354 go\r\n"),
        rule(rb"^\.\r\n", b"250 taken\r\n"),
        rule(rb"^QUIT", (b"221 bye\r\n", Act.CLOSE)),
        rule(rb"^[A-Za-z0-9+/=]{8,}\r\n$", b"235 in\r\n"),
    ]
