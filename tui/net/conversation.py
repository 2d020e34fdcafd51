"""Commands and responses read as they come: the lean path under FETCH, SEARCH and IDLE.

Works over imaplib's public `read`, `readline` and `send`; its tags are lower case and imaplib's upper case,
so that neither takes the other's answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.net import faults
from tui.net.answer import Push
from tui.net.imap_wire import Transport

_LITERAL = re.compile(rb"~?\{(\d{1,12})\+?\}\r\n\Z")
_PUSH = re.compile(rb"\* (\d{1,10}) (EXISTS|EXPUNGE|FETCH)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Response:
    """A response's text with every literal's announcement left in, CRLF and all, and the literals."""

    text: bytes
    literals: tuple[bytes, ...] = ()


class Conversation:
    """Sends commands and hands out whole responses, literals included."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._count = 0

    def send(self, command: str) -> bytes:
        """Send a command without waiting; the tag that its end will bear is returned."""
        self._count += 1
        tag = f"t{self._count}"
        self.transport.send(f"{tag} {command}\r\n".encode("ascii"))
        return tag.encode("ascii")

    def response(self) -> Response:
        """The next response. A BYE raises: the server is about to close."""
        line = self.transport.readline()
        if not line.endswith(b"}\r\n"):
            if line[:5].upper() == b"* BYE":
                raise faults.bye(line[5:].strip(), self.transport.host)
            return Response(line)
        text, literals = [line], []
        while found := _LITERAL.search(line):
            literals.append(self.transport.read(int(found[1])))
            line = self.transport.readline()
            text.append(line)
        return Response(b"".join(text), tuple(literals))

    def is_end(self, response: Response, tag: bytes, doing: str) -> bool:
        """Whether this is the tagged end of the command; raises what NO or BAD mean."""
        text = response.text
        if text.startswith(b"* "):
            return False
        found, _, rest = text.partition(b" ")
        status, _, words = rest.partition(b" ")
        if found != tag or status.upper() not in (b"OK", b"NO", b"BAD"):
            raise self.transport.broken(repr(text[:200]))
        if status.upper() != b"OK":
            raise faults.refused(words.strip(), doing, self.transport.host, "imap")
        return True

    def run(self, command: str, doing: str) -> list[Response]:
        """Send a command and gather its untagged responses; for short answers only."""
        tag = self.send(command)
        gathered: list[Response] = []
        while not self.is_end(response := self.response(), tag, doing):
            gathered.append(response)
        return gathered


def push(response: Response) -> Push | None:
    """What a response tells of a change in the mailbox, or None."""
    found = _PUSH.match(response.text)
    if found:
        return Push(found[2].decode("ascii").upper(), int(found[1]))
    if response.text[:10].upper() == b"* VANISHED":
        return Push("VANISHED", 0)
    return None


def quoted(text: str) -> str:
    """An IMAP quoted string (RFC 3501 4.3) of text that has passed `argument.ascii_line`."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
