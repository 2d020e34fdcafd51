"""smtplib on our own socket, with bounded replies (smtplib gathers as many lines as a server sends)."""

from __future__ import annotations

import smtplib
import time

from tui.net import faults
from tui.net.link import Link
from tui.net.starttls import EHLO_NAME

_LONGEST_LINE = 8192
_MOST_LINES = 500


class Wire(smtplib.SMTP):
    """Commands and replies over a connected Link. `patience` is how many seconds a whole reply may take."""

    patience = 300.0  # RFC 5321 4.5.3.2

    def __init__(self, link: Link) -> None:
        super().__init__(local_hostname=EHLO_NAME)
        self._link = link
        self._reader = link.reader()

    def send(self, s: object) -> None:
        """Send text or octets; called by smtplib too."""
        self._link.send(s.encode(self.command_encoding) if isinstance(s, str) else bytes(s))  # type: ignore[call-overload]

    def getreply(self) -> tuple[int, bytes]:
        """A whole reply (RFC 5321 4.2.1): its code, and its lines without the code joined by LF.

        Raises Garbled for what is none, Offline at the end of the stream and for one that takes too long,
        an octet now and then as it may come.
        """
        lines: list[bytes] = []
        deadline = time.monotonic() + max(self.patience, self._link.sock.gettimeout() or 0.0)
        while len(lines) < _MOST_LINES:
            line = self._line(deadline)
            if not line[:3].isdigit() or line[3:4] not in (b" ", b"-", b"\r", b"\n"):
                raise faults.garbled(self._link.server.host, repr(line[:200]))
            lines.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)
        raise faults.garbled(self._link.server.host, "an endless reply")

    def _line(self, deadline: float) -> bytes:
        line = bytearray()
        while not line.endswith(b"\n"):
            ready: bytes = self._reader.peek(1)
            if not ready:
                raise faults.closed(self._link.server.host)
            line += self._reader.read(ready.find(b"\n") + 1 or len(ready))
            if len(line) > _LONGEST_LINE:
                raise faults.garbled(self._link.server.host, "an endless line")
            if time.monotonic() > deadline:
                raise TimeoutError("the reply took too long")
        return bytes(line)

    def close(self) -> None:
        """Give everything back."""
        self._reader.close()
        self._link.close()
