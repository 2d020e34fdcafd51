"""poplib on our own socket: lines of any sensible length, multi-line answers in one piece.

poplib stops at 2,048 octets a line and then takes message text for the next answer, by which a sender could
write the server's `+OK` himself.
"""

from __future__ import annotations

import io
import poplib
import socket

from tui.net import faults
from tui.net.link import Link

LARGEST_MESSAGE = 160 << 20  # Exchange takes 150 MB at most, the base64 of attachments included
_LONGEST_ANSWER = 1 << 16
_END = b"\r\n.\r\n"


class Wire(poplib.POP3):
    """Commands and answers. After STARTTLS nobody greets; `greeted` makes up what poplib waits for."""

    def __init__(self, link: Link, *, greeted: bool) -> None:
        self._link = link
        self._greeting = b"+OK\r\n" if greeted else b""
        try:
            super().__init__(link.server.host, link.server.port)
        except BaseException:
            file: io.BufferedReader | None = getattr(self, "file", None)  # poplib leaves it open
            if file is not None:
                file.close()
            raise

    def _create_socket(self, timeout: float) -> socket.socket:
        return self._link.sock

    def _putline(self, line: bytes) -> None:
        self._link.send(line + b"\r\n")

    def _getline(self) -> tuple[bytes, int]:
        """poplib's way to read an answer: the line without its end, and its octets."""
        if self._greeting:
            line, self._greeting = self._greeting, b""
        else:
            line = self.file.readline(_LONGEST_ANSWER + 1)
        if not line.endswith(b"\r\n"):
            if line.endswith(b"\n") or len(line) > _LONGEST_ANSWER:
                raise faults.garbled(self.host, "a line that is endless or ends in a bare LF")
            raise faults.closed(self.host, f"in a line of {len(line)} octets" if line else "")
        return line[:-2], len(line)

    def send(self, command: str) -> None:
        """Send a command without waiting."""
        self._putline(command.encode("utf-8"))

    def answer(self) -> bytes:
        """The next answer's first line, which begins with `+`. Raises poplib's error_proto for `-ERR`."""
        line, _ = self._getline()
        if not line.startswith(b"+"):
            raise poplib.error_proto(line)
        return line

    def accepted(self) -> bool:
        """Whether the next answer is not `-ERR`."""
        return self._getline()[0].startswith(b"+")

    def ask(self, command: str) -> bytes:
        """Send a command and wait for the first line of the answer."""
        self.send(command)
        return self.answer()

    def lines(self, largest: int) -> bytes:
        """The lines of a multi-line answer as they came, dots unstuffed (RFC 1939 section 3).

        Only CRLF.CRLF ends them, so that no message can end itself early. Raises Garbled beyond `largest`.
        """
        data = bytearray(b"\r\n")  # as if behind a line, so that a dot may come first
        while True:
            more: bytes = self.file.peek(1)  # type: ignore[attr-defined]  # it is a BufferedReader
            if not more:
                raise faults.closed(self.host, f"after {len(data) - 2} octets of a message")
            searched = max(0, len(data) - len(_END) + 1)
            data += more
            end = data.find(_END, searched)
            if end >= 0:
                self.file.read(len(more) - (len(data) - end - len(_END)))
                del data[end + 2 :]  # in place, as the rest: a message may be as large as this limit
                if b"\r\n.." in data:
                    data = data.replace(b"\r\n..", b"\r\n.")
                del data[:2]
                return bytes(data)
            self.file.read(len(more))
            if len(data) > largest:
                raise faults.garbled(self.host, "an endless message")
