"""imaplib and IMAPClient on our own socket: bounded reading, no log of secrets, nothing left from before.

imaplib allocates whatever a server announces and keeps every untagged answer; the limits stand here.
"""

from __future__ import annotations

import contextlib
import imaplib
from collections.abc import Iterator
from typing import Any

from imapclient import IMAPClient

from tui.model.error import MailError
from tui.net import faults
from tui.net.link import Link

LARGEST_LITERAL = 160 << 20  # Exchange takes 150 MB at most, the base64 of attachments included
LONGEST_LINE = 16 << 20
_KEPT_AT_MOST = 64 << 20  # octets of answers to one command that imaplib holds in memory
_LINE_OVERHEAD = 100


class Transport(imaplib.IMAP4):
    """An IMAP4 connection over a Link; `read`, `readline` and `send` are what others may use of it.

    After STARTTLS a server greets nobody, so `greeted` gives imaplib the greeting that it waits for.
    """

    def __init__(self, link: Link, *, greeted: bool) -> None:
        self.link = link
        self._streaming = False
        self._kept = 0
        self._greeting = b"* OK ready\r\n" if greeted else b""
        super().__init__(link.server.host, link.server.port)

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """Take over the connected socket; called by imaplib."""
        self.host, self.port = host, port
        self.sock = self.link.sock
        self.reader = self.link.reader()

    def read(self, size: int) -> bytes:
        """Exactly `size` octets. Raises Garbled when that is too much, Offline at the end of the stream."""
        if size > LARGEST_LITERAL:
            raise self.broken(f"a literal of {size} octets")
        if not self._streaming:
            self._count(size)
        data = self.reader.read(size)
        if len(data) < size:
            raise faults.closed(self.host, f"after {len(data)} of {size} octets")
        return data

    def readline(self) -> bytes:
        """One line with its CRLF. Raises Garbled when it is endless, Offline at the end of the stream."""
        if self._greeting:
            greeting, self._greeting = self._greeting, b""
            return greeting
        line = self.reader.readline(LONGEST_LINE + 1)
        if not line.endswith(b"\r\n"):
            if len(line) > LONGEST_LINE:
                raise self.broken("an endless line")
            if line.endswith(b"\n"):
                raise self.broken("a line that ends in a bare LF")
            raise faults.closed(self.host, f"in a line of {len(line)} octets" if line else "")
        if not self._streaming:
            self._count(len(line) + _LINE_OVERHEAD)
        return line

    def send(self, data: bytes) -> None:  # type: ignore[override]
        """Send all of `data`; a new command begins, so the count of what is kept begins again."""
        self._kept = 0
        self.link.send(data)

    def shutdown(self) -> None:
        """Give everything back."""
        self.reader.close()
        self.link.close()

    @contextlib.contextmanager
    def stream(self) -> Iterator[None]:
        """A `with` block in which answers are used as they come, so that their sum has no limit."""
        self._streaming = True
        try:
            yield
        finally:
            self._streaming = False

    def broken(self, what: str) -> MailError:
        """The error for a server that breaks the protocol; the connection is closed, whatever follows."""
        self.link.close()
        return faults.garbled(self.host, what)

    def _count(self, octets: int) -> None:
        self._kept += octets
        if self._kept > _KEPT_AT_MOST:
            raise self.broken("an endless answer")

    def _log(self, line: object) -> None:
        """Keep no record of the last commands: LOGIN is among them."""


class Client(IMAPClient):
    """IMAPClient on a Transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        super().__init__(transport.host, transport.port, ssl=False)
        transport.debug = 0  # IMAPClient turns everything on, the answers to a SASL challenge included

    def _create_IMAP4(self) -> Transport:  # noqa: N802 - IMAPClient's hook
        return self._transport

    def _set_read_timeout(self) -> None:
        """The Link has set it."""

    def renew_capabilities(self) -> frozenset[str]:
        """Ask for the capabilities now (RFC 3501 6.2.2: they change with sign-in) and forget earlier ones."""
        self._transport.untagged_responses.clear()
        _, lines = self._transport.capability()
        words: Any = lines[-1] or b""
        found = frozenset(words.decode("ascii", "replace").upper().split())
        cached = tuple(word.encode("ascii", "replace") for word in sorted(found))
        self._cached_capabilities = cached  # type: ignore[assignment]  # IMAPClient declares None
        return found

    def take(self, name: str) -> bytes:
        """The last untagged answer or response code of that name, b"" when there was none."""
        values: list[Any] = self._transport.untagged_responses.pop(name, [])
        return values[-1] if values and isinstance(values[-1], bytes) else b""

    def forget(self) -> None:
        """Drop the untagged answers that imaplib has gathered and nobody has asked for."""
        self._transport.untagged_responses.clear()
