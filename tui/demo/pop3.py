"""A POP3 server (RFC 1939, 2449) over the demo's inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

# RFC 1939 3: an idle session may be ended after ten minutes, without deleting anything.
IDLE_SECONDS = 600

CAPABILITIES = ("USER", "TOP", "UIDL", "PIPELINING", "RESP-CODES", "AUTH-RESP-CODE", "EXPIRE NEVER")


@dataclass(frozen=True, slots=True)
class Stored:
    """A message of the maildrop: the number it is deleted by, its unique id, and its bytes."""

    uid: int
    uidl: str
    raw: bytes


class Maildrop(Protocol):
    """What a POP3 session needs of the mailbox behind it."""

    async def inbox(self) -> list[Stored]:
        """All messages, oldest first."""

    async def expunge(self, uids: list[int]) -> None:
        """Remove messages for good."""


class _AnswerError(Exception):
    """An -ERR answer with its text."""


class Pop3Host:
    """Serves one maildrop to one session at a time, as RFC 1939 3 wants it."""

    def __init__(self, maildrop: Maildrop, username: str, password: str) -> None:
        self._maildrop = maildrop
        self._credentials = (username, password)
        self._locked = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk POP3 on one connection until it ends; a dropped one deletes nothing."""
        session = _Session(self, writer)
        try:
            await session.run(reader)
        except (ConnectionError, TimeoutError, ValueError):  # ValueError: a line beyond the stream's limit
            pass
        finally:
            if session.open:
                self._locked = False  # a session that was refused does not hold the lock
            writer.close()

    async def open(self, username: str, password: str) -> list[Stored]:
        """Check the sign-in, take the lock, give the messages. Raises _AnswerError when it may not be."""
        if (username, password) != self._credentials:
            raise _AnswerError("[AUTH] user name or password is wrong")
        if self._locked:
            raise _AnswerError("[IN-USE] another session has this mailbox")
        self._locked = True
        return await self._maildrop.inbox()

    async def commit(self, uids: list[int]) -> None:
        """Delete what a session marked; the update state of RFC 1939 6."""
        await self._maildrop.expunge(uids)


class _Session:
    def __init__(self, host: Pop3Host, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._writer = writer
        self._username = ""
        self._messages: list[Stored] = []
        self._deleted: set[int] = set()
        self.open = False
        self._commands: dict[str, Callable[[list[str]], Awaitable[None]]] = {
            "CAPA": self._capa,
            "USER": self._user,
            "PASS": self._pass,
            "STAT": self._stat,
            "LIST": self._list,
            "UIDL": self._uidl,
            "TOP": self._top,
            "RETR": self._retr,
            "DELE": self._dele,
            "RSET": self._rset,
            "NOOP": self._noop,
        }

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Answer line after line, so that pipelined commands need nothing special."""
        self._ok("Demo server ready, nothing leaves this computer")
        while True:
            await self._writer.drain()
            async with asyncio.timeout(IDLE_SECONDS):
                line = await reader.readline()
            if not line.endswith(b"\n"):
                return
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            verb, _, rest = text.partition(" ")
            if verb.upper() == "QUIT":
                await self._quit()
                return
            # A password may hold spaces.
            arguments = [rest] if verb.upper() == "PASS" else rest.split()
            await self._answer(verb.upper(), arguments)

    async def _answer(self, verb: str, arguments: list[str]) -> None:
        try:
            command = self._commands.get(verb)
            if command is None:
                raise _AnswerError("unknown command")
            if not self.open and verb not in {"CAPA", "USER", "PASS"}:
                raise _AnswerError("sign in first")
            await command(arguments)
        except _AnswerError as error:
            self._writer.write(f"-ERR {error}\r\n".encode())

    def _ok(self, text: str = "") -> None:
        self._writer.write(f"+OK {text}\r\n".encode())

    def _lines(self, body: bytes) -> None:
        """A multi-line answer: dots doubled at the beginning of lines, and the lone dot (RFC 1939 3)."""
        if body and not body.endswith(b"\r\n"):
            body += b"\r\n"
        stuffed = (b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:]
        self._writer.write(stuffed + b".\r\n")

    def _numbered(self, arguments: list[str]) -> tuple[int, Stored]:
        number = int(arguments[0]) if arguments and arguments[0].isdecimal() else 0
        if not 1 <= number <= len(self._messages) or number in self._deleted:
            raise _AnswerError("no such message")
        return number, self._messages[number - 1]

    def _present(self) -> list[tuple[int, Stored]]:
        numbered = enumerate(self._messages, start=1)
        return [(number, message) for number, message in numbered if number not in self._deleted]

    async def _capa(self, _arguments: list[str]) -> None:
        self._ok("what this server can do")
        self._lines("".join(f"{capability}\r\n" for capability in CAPABILITIES).encode())

    async def _user(self, arguments: list[str]) -> None:
        if self.open or not arguments:
            raise _AnswerError("not now")
        self._username = arguments[0]
        self._ok("and the password")

    async def _pass(self, arguments: list[str]) -> None:
        if self.open or not self._username:
            raise _AnswerError("USER comes first")
        self._messages = await self._host.open(self._username, arguments[0])
        self.open = True
        self._ok(f"{len(self._messages)} messages")

    async def _stat(self, _arguments: list[str]) -> None:
        present = self._present()
        self._ok(f"{len(present)} {sum(len(message.raw) for _, message in present)}")

    async def _list(self, arguments: list[str]) -> None:
        self._scan(arguments, lambda message: str(len(message.raw)))

    async def _uidl(self, arguments: list[str]) -> None:
        self._scan(arguments, lambda message: message.uidl)

    def _scan(self, arguments: list[str], shown: Callable[[Stored], str]) -> None:
        if arguments:
            number, message = self._numbered(arguments)
            self._ok(f"{number} {shown(message)}")
            return
        self._ok()
        rows = (f"{number} {shown(message)}\r\n" for number, message in self._present())
        self._lines("".join(rows).encode())

    async def _retr(self, arguments: list[str]) -> None:
        _, message = self._numbered(arguments)
        self._ok(f"{len(message.raw)} octets")
        self._lines(message.raw)

    async def _top(self, arguments: list[str]) -> None:
        _, message = self._numbered(arguments)
        if len(arguments) != 2 or not arguments[1].isdecimal():
            raise _AnswerError("TOP takes a message and a number of lines")
        header, blank, body = message.raw.partition(b"\r\n\r\n")
        self._ok()
        lines = body.split(b"\r\n", int(arguments[1]))[: int(arguments[1])]
        self._lines(header + blank + b"\r\n".join(lines))

    async def _dele(self, arguments: list[str]) -> None:
        number, _ = self._numbered(arguments)
        self._deleted.add(number)
        self._ok(f"message {number} goes on QUIT")

    async def _rset(self, _arguments: list[str]) -> None:
        self._deleted.clear()
        self._ok()

    async def _noop(self, _arguments: list[str]) -> None:
        self._ok()

    async def _quit(self) -> None:
        await self._host.commit([self._messages[number - 1].uid for number in sorted(self._deleted)])
        self._ok("bye")
        await self._writer.drain()
