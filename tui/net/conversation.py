"""Commands and responses read as they come: the lean path under FETCH, SEARCH and IDLE.

Works over imaplib's public `read`, `readline` and `send`; its tags are lower case and imaplib's upper case,
so that neither takes the other's answers.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tui.model.account import Auth
from tui.net import faults
from tui.net.answer import Push
from tui.net.imap_wire import LARGEST_LITERAL, Transport
from tui.net.login import MOST_STEPS, Answers, decoded, encoded

_LITERAL = re.compile(rb"~?\{(\d{1,12})\+?\}\r\n\Z")
_OVERHEAD = 100  # octets that an empty literal and the text before it take here
_PUSH = re.compile(rb"\* (\d{1,10}) (EXISTS|EXPUNGE|FETCH)\b", re.IGNORECASE)


class Response(NamedTuple):
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

    def response(self, line: bytes = b"", *, signing_in: Auth | None = None) -> Response:
        """The next response, of which `line` may have been read already. A BYE raises: the server is about to
        close."""
        line = line or self.transport.readline()
        if not line.endswith(b"}\r\n"):
            if line[:5].upper() == b"* BYE":
                raise faults.bye(line[5:].strip(), self.transport.host, signing_in=signing_in)
            return Response(line)
        text, literals, octets = [line], [], 0
        while line.endswith(b"}\r\n") and (found := _LITERAL.search(line)):
            octets += int(found[1]) + len(line) + _OVERHEAD
            if octets > LARGEST_LITERAL:
                raise self.transport.broken(f"a response of {octets} octets")
            literals.append(self.transport.read(int(found[1])))
            line = self.transport.readline()
            text.append(line)
        return Response(b"".join(text), tuple(literals))

    def is_end(self, response: Response, tag: bytes, doing: str, *, signing_in: Auth | None = None) -> bool:
        """Whether this is the tagged end of the command; raises what NO or BAD mean."""
        text = response.text
        if text.startswith(b"* "):
            return False
        found, _, rest = text.partition(b" ")
        status, _, words = rest.partition(b" ")
        if found != tag or status.upper() not in (b"OK", b"NO", b"BAD"):
            raise self.transport.broken(repr(text[:200]))
        if status.upper() != b"OK":
            host = self.transport.host
            raise faults.refused(words.strip(), doing, host, "imap", signing_in=signing_in)
        return True

    def run(self, command: str, doing: str) -> list[Response]:
        """Send a command and gather its untagged responses; for short answers only."""
        tag = self.send(command)
        gathered: list[Response] = []
        while not self.is_end(response := self.response(), tag, doing):
            gathered.append(response)
        return gathered

    def sign_in(self, answers: Answers, kind: Auth) -> None:
        """One SASL exchange (RFC 3501 6.2.2), never all in one line. Raises what a refusal means."""
        tag, steps = self.send(f"AUTHENTICATE {answers.name}"), 0
        while True:
            response = self.response(signing_in=kind)
            if response.text[:1] == b"+":
                steps += 1
                if steps > MOST_STEPS:
                    raise self.transport.broken("an endless sign-in")
                self.transport.send(f"{encoded(answers(decoded(response.text[1:].strip())))}\r\n".encode())
            elif self.is_end(response, tag, "signing in", signing_in=kind):
                return

    def login(self, user: str, password: str) -> None:
        """The LOGIN command (RFC 3501 6.2.3), for servers without SASL. Both texts plain ASCII lines."""
        tag = self.send(f"LOGIN {quoted(user)} {quoted(password)}")
        kind = Auth.PASSWORD
        while not self.is_end(self.response(signing_in=kind), tag, "signing in", signing_in=kind):
            pass


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
